"""What the checks of the data have found."""

from django.db import models

from vernis.accounts.models import Owned


class Checkup(Owned):
    """One look at all the data of an organization; the latest is kept. Rows are named by numbers, not by names."""

    made_at = models.DateTimeField()
    findings = models.JSONField(default=list)  # [{key, count, of, severity, rows: [[client, appointment, ...]]}]

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = (models.Index(fields=["organization", "-made_at"], name="checkup_latest"),)
