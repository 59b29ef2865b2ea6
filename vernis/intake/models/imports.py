"""Imports, their files, and mappings worth remembering."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Owned


class Import(Owned):
    """One bringing-in, from the files to the balance sheet.

    Its files and the rows' fates lie in a folder named by `key` (`intake.places`), for 30 days.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("files are here")
        MAPPED = "mapped", _("columns are known")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, not yet brought in")
        APPLYING = "applying", _("being brought in")
        STOPPED = "stopped", _("stopped half-way")
        DONE = "done", _("brought in")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

    key = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    source = models.CharField(max_length=100)  # whose refs these are
    kind = models.CharField(max_length=20)  # sources.Kind
    title = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.UPLOADED)
    mapping = models.JSONField(null=True, blank=True)  # of the connector
    answers = models.JSONField(default=dict, blank=True)  # {"branch": 3, "branches": {"Центр": 3, "Юг": 0}}
    cursor = models.JSONField(default=dict, blank=True)  # how far it is: steps.Cursor
    done = models.IntegerField(default=0)  # rows of `total`
    total = models.IntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)  # when somebody last worked on it
    queued_at = models.DateTimeField(null=True, blank=True)  # its place in the line
    started_at = models.DateTimeField(null=True, blank=True)  # "now" of all its rows
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    files_deleted_at = models.DateTimeField(null=True, blank=True)
    balance = models.JSONField(default=dict, blank=True)
    kept_count = models.IntegerField(default=0)  # things that undoing has left, since people had touched them
    fault = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=["organization", "state"], name="import_by_state"),)

    def __str__(self) -> str:
        return f"№ {self.pk}"

    @property
    def is_going(self) -> bool:
        """Tell whether the worker has something to do for it."""
        return self.state in GOING


GOING = (Import.State.CHECKING, Import.State.APPLYING, Import.State.UNDOING)


class ImportFile(Owned):
    """A file of an import, as it was given."""

    of_import = models.ForeignKey(Import, models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    lines = models.IntegerField(default=0)  # physical lines of text, or rows of sheets
    rows = models.IntegerField(default=0)
    skipped = models.JSONField(default=dict, blank=True)  # headers, totals, empty rows: reason -> rows

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=["of_import", "number"], name="import_file_is_unique"),)

    def __str__(self) -> str:
        return self.name


class KnownMapping(Owned):
    """What somebody said of the columns of files with these headers, for the next file of this kind."""

    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organization", "fingerprint"], name="known_mapping_is_unique"),)
