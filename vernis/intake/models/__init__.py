"""What was brought in, what it has become, and where facts come from by themselves."""

from vernis.intake.models.connections import Access, Connection, Reading, SourceRecord, System
from vernis.intake.models.imports import GOING, Import, ImportFile, KnownMapping
from vernis.intake.models.links import Change, Link

__all__ = [
    "GOING",
    "Access",
    "Change",
    "Connection",
    "Import",
    "ImportFile",
    "KnownMapping",
    "Link",
    "Reading",
    "SourceRecord",
    "System",
]
