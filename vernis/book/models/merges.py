"""Two cards of one person made one, so that it can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Owned
from vernis.book.models.clients import Client


class Merge(Owned):
    """An event: the card `absorbed` went into the card `survivor`. Undone it stays as a record.

    `before` and `theirs` are the two cards, whole, as they were; `choices` says whose value each field took and `after`
    what came of it. Once the client has been erased all four are empty, and nothing can be undone.
    """

    survivor = models.ForeignKey(Client, models.CASCADE, related_name="merges")
    absorbed = models.ForeignKey(Client, models.CASCADE, related_name="absorptions")
    choices = models.JSONField(default=dict)  # {"phone": "survivor"}
    before = models.JSONField(default=dict)
    theirs = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)  # {"book.appointment": 12}
    at = models.DateTimeField(_("merged at"), default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at__isnull=True), name="card_is_absorbed_once"
            ),
            models.CheckConstraint(condition=~Q(survivor=models.F("absorbed")), name="merge_is_of_two"),
        )
        indexes = (models.Index(fields=["organization", "-at"], name="merge_latest"),)


class MovedRow(Owned):
    """A row that came with an absorbed card; `home` is the card it was written on. Grain: one row away from home.

    Who has it now follows from `home` and the merges in force: whoever stands for `home`.
    """

    home = models.ForeignKey(Client, models.CASCADE, related_name="+")
    table = models.CharField(max_length=100)  # label of the model: book.appointment
    row = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["table", "row"], name="row_has_one_home"),)
        indexes = (models.Index(fields=["home", "table"], name="moved_from_home"),)
