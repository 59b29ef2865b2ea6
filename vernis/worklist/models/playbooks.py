"""The order of work of each role (C01 to C08)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Owned, Role
from vernis.book.models.contacts import Block


class Step(Owned):
    """A step of a role's playbook: a block, narrowed by a filter. Managers edit them."""

    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    position = models.PositiveSmallIntegerField(_("order"))
    block = models.CharField(_("block"), max_length=20, choices=Block.choices)
    filter = models.JSONField(_("filter"), default=dict, blank=True)  # `worklist.filters`
    title = models.CharField(_("title"), max_length=200, blank=True)  # empty: made from block and filter

    class Meta:
        ordering = ("role", "position", "pk")
        indexes = (models.Index(fields=["organization", "role", "position"], name="step_in_order"),)


class Skip(Owned):
    """A step that a person skipped on a day, and why (C07)."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="skips")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    on = models.DateField()
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["step", "person", "on"], name="step_skipped_once_a_day"),)
