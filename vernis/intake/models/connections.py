"""Booking systems that are read by themselves: the way in, the companies, and how reading them goes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Owned
from vernis.intake.models.imports import Import


class System(models.TextChoices):
    """The names under which the system is sold."""

    YCLIENTS = "yclients", "YCLIENTS"
    ALTEGIO = "altegio", "Altegio"


class Access(Owned):
    """Keys to a booking system, and the companies that they open."""

    SEALED = ("sealed",)  # what `vernis manage rotate_secrets` seals anew

    system = models.CharField(_("system"), max_length=20, choices=System.choices, default=System.YCLIENTS)
    sealed = models.BinaryField(editable=False)  # JSON: partner, user; `accounts.secrets`
    companies = models.JSONField(default=list)  # [{"id": 4564, "title": "Студия"}], as of `made_at`
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(System(self.system).label)


class Connection(Owned):
    """One company of a booking system that is one branch of ours.

    Until `whole_at` the history is not in the book, and nothing of it is. Afterwards the book knows what the system
    knew at `fresh_at`; what has happened there since is not known, and since `failing_since` cannot be.
    """

    access = models.ForeignKey(Access, models.CASCADE, related_name="connections")
    branch = models.OneToOneField(Branch, models.PROTECT, related_name="+", verbose_name=_("branch"))
    company = models.BigIntegerField()  # its number there
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    wants_all = models.BooleanField(default=True)  # the whole history is to be read, once or once more
    done = models.IntegerField(default=0)  # days of `total` that a full reading has read
    total = models.IntegerField(default=0)
    of_import = models.ForeignKey(Import, models.SET_NULL, null=True, blank=True, related_name="+")  # going on
    whole_at = models.DateTimeField(null=True, blank=True)
    fresh_at = models.DateTimeField(null=True, blank=True)
    night_at = models.DateTimeField(null=True, blank=True)  # the last comparison record by record
    cursor = models.CharField(max_length=19, blank=True)  # wall clock of the system
    hinted_at = models.DateTimeField(null=True, blank=True)  # the system says that something has changed
    fault = models.CharField(max_length=20, blank=True)  # kind of the last fault, empty when all is well
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)  # not before
    busy_until = models.DateTimeField(null=True, blank=True)
    refused_count = models.IntegerField(default=0)
    hidden_phones = models.IntegerField(default=0)

    class Meta:
        ordering = ("title", "pk")
        constraints = (models.UniqueConstraint(fields=["access", "company"], name="connection_company_is_unique"),)

    def __str__(self) -> str:
        return self.title

    @property
    def source(self) -> str:
        """Whose numbers the refs are (`intake.sources.Source.name`)."""
        return f"{self.access.system}:{self.company}"


class Reading(Owned):
    """One reading, for the page that tells how it goes; kept for some days."""

    class Kind(models.TextChoices):
        ALL = "all", _("the whole history")
        CHANGES = "changes", _("what has changed")
        NIGHT = "night", _("comparison record by record")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    fault = models.CharField(max_length=20, blank=True)
    records = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)  # things of the book that are new or different
    gone = models.IntegerField(default=0)

    class Meta:
        ordering = ("-at", "-pk")


class SourceRecord(Owned):
    """A record of the system as it was brought in last; it holds numbers, no names.

    By it we notice what has not changed, what has vanished, and since when we know that something is cancelled.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="records")
    number = models.BigIntegerField()
    digest = models.CharField(max_length=32, blank=True)
    status = models.CharField(max_length=20)
    starts_at = models.DateTimeField(null=True)  # the wall clock of the branch, written as UTC
    cancelled_at = models.DateTimeField(null=True)  # the same
    rows = models.JSONField(default=list)  # of the table of appointments

    class Meta:
        constraints = (models.UniqueConstraint(fields=["connection", "number"], name="source_record_is_unique"),)
        indexes = (models.Index(fields=["connection", "starts_at"], name="source_record_by_start"),)
