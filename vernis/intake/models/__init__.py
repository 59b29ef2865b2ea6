"""What was brought in, what it has become, and where facts come from by themselves."""

<<<<<<< HEAD
from vernis.intake.models.connections import Access, Connection, Reading, SourceRecord, System
=======
from vernis.intake.models.checkups import Checkup
from vernis.intake.models.duplicates import DuplicateKey, DuplicatePair
>>>>>>> main
from vernis.intake.models.imports import GOING, Import, ImportFile, KnownMapping
from vernis.intake.models.links import Change, Link

__all__ = [
    "GOING",
<<<<<<< HEAD
    "Access",
    "Change",
    "Connection",
=======
    "Change",
    "Checkup",
    "DuplicateKey",
    "DuplicatePair",
>>>>>>> main
    "Import",
    "ImportFile",
    "KnownMapping",
    "Link",
<<<<<<< HEAD
    "Reading",
    "SourceRecord",
    "System",
=======
>>>>>>> main
]
