"""What was brought in, and what it has become."""

from vernis.intake.models.checkups import Checkup
from vernis.intake.models.duplicates import DuplicateKey, DuplicatePair
from vernis.intake.models.imports import GOING, Import, ImportFile, KnownMapping
from vernis.intake.models.links import Change, Link

__all__ = [
    "GOING",
    "Change",
    "Checkup",
    "DuplicateKey",
    "DuplicatePair",
    "Import",
    "ImportFile",
    "KnownMapping",
    "Link",
]
