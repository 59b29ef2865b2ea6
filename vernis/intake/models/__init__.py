"""What was brought in, what it has become, and where facts come from by themselves."""

from vernis.intake.models.checkups import Checkup
from vernis.intake.models.connections import Access, Connection, Reading, SourceRecord, System
from vernis.intake.models.duplicates import DuplicateKey, DuplicatePair
from vernis.intake.models.imports import GOING, Import, ImportFile, KnownMapping
from vernis.intake.models.links import Change, Link

__all__ = [
    "GOING",
    "Access",
    "Change",
    "Checkup",
    "Connection",
    "DuplicateKey",
    "DuplicatePair",
    "Import",
    "ImportFile",
    "KnownMapping",
    "Link",
    "Reading",
    "SourceRecord",
    "System",
]
