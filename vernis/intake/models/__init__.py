"""What was brought in, and what it has become."""

from vernis.intake.models.imports import GOING, Import, ImportFile, KnownMapping
from vernis.intake.models.links import Change, Link

__all__ = ["GOING", "Change", "Import", "ImportFile", "KnownMapping", "Link"]
