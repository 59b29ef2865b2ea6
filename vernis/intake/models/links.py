"""What the rows of sources are in the book, and what an import has changed there."""

from __future__ import annotations

from django.db import models

from vernis.accounts.models import Owned
from vernis.intake.models.imports import Import


class Link(Owned):
    """A thing of a source is this thing of the book.

    Nothing of a person can be read here: `ref` and `said` are digests. `said` has one digest per field, of what the
    source said last: a field of the book that differs from it was changed by a person, and stays.
    """

    class Kind(models.TextChoices):
        BRANCH = "branch"
        SERVICE = "service"
        STAFF = "staff"
        CLIENT = "client"
        APPOINTMENT = "appointment"
        CONSENT = "consent"

    source = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    ref = models.BinaryField(max_length=16)
    object_id = models.BigIntegerField()
    said = models.BinaryField(max_length=100, default=b"")
    of_import = models.ForeignKey(Import, models.RESTRICT, related_name="links")  # that found or made it
    is_created = models.BooleanField()  # the thing was not in the book before
    is_kept = models.BooleanField(default=False)  # undoing has left the thing: people had touched it

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "source", "kind", "ref"], name="link_is_unique"),
        )
        indexes = (
            models.Index(fields=["of_import", "kind", "is_created"], name="link_of_import"),
            models.Index(fields=["organization", "kind", "object_id"], name="link_of_object"),
        )


class Change(Owned):
    """What an import has changed in a thing that was there before it; kept as long as it can be undone.

    `before`: field -> [the value before, digest of the value after].
    """

    of_import = models.ForeignKey(Import, models.RESTRICT, related_name="changes")
    link = models.ForeignKey(Link, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12, choices=Link.Kind.choices)
    object_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    said_before = models.BinaryField(max_length=100, null=True)  # of the link; None: the link was not there

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["organization", "kind", "object_id"], name="change_of_object"),)
