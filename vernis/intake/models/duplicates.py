"""Cards that may be of one person."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Owned
from vernis.book.models import Client


class DuplicateKey(Owned):
    """A key under which cards of one person meet: a digest of a phone, an e-mail, or a birthday with a name."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    key = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["client", "key"], name="duplicate_key_once"),)
        indexes = (models.Index(fields=["organization", "key"], name="duplicate_by_key"),)


class DuplicatePair(Owned):
    """Two cards that may be of one person, or of a family. Grain: one pair, the smaller number first."""

    class Kind(models.TextChoices):
        SURE = "sure", _("surely one person")
        LIKELY = "likely", _("perhaps one person")
        FAMILY = "family", _("family phone")

    first = models.ForeignKey(Client, models.CASCADE, related_name="+")
    second = models.ForeignKey(Client, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    score = models.SmallIntegerField()
    reasons = models.JSONField(default=list)  # of evidence.Reason
    found_at = models.DateTimeField()
    are_different = models.BooleanField(default=False)  # somebody has said so, for good
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-score", "pk")
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=models.F("second")), name="duplicate_pair_in_order"),
        )
        indexes = (models.Index(fields=["organization", "are_different", "kind", "-score"], name="duplicates_open"),)
