"""Items: the rows of the list that the rules want today, as people work them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Owned
from vernis.book.models import Client, Contact, Service, Staff
from vernis.book.models.contacts import Block, Outcome


class Item(Owned):
    """A row of the list; grain: one opening of one (client, block, anchor). At most one of them is open.

    The facts are those of the engine's row (data.md, the result); `first_key` to `third_key` order a block as
    rules.md, section 5, says.
    """

    class Closing(models.TextChoices):
        CONTACTED = "contacted", _("contacted")
        BOOKED = "booked_by_themselves", _("has booked")
        EXPIRED = "expired", _("no longer in this block")
        RULE_CHANGED = "rule_changed", _("the rules have changed")

    client = models.ForeignKey(Client, models.CASCADE, related_name="items")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True)
    block = models.CharField(max_length=20, choices=Block.choices)
    anchor = models.CharField(max_length=150)
    opened_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_on = models.DateField(null=True)  # the day in the branch
    closing = models.CharField(max_length=30, choices=Closing.choices, blank=True)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="+")  # that closed it

    cycle_key = models.CharField(max_length=100, blank=True)
    service = models.ForeignKey(Service, models.SET_NULL, null=True, related_name="+")
    last_visit_on = models.DateField(null=True)
    expected_on = models.DateField(null=True)
    interval_days = models.IntegerField(null=True)
    interval_source = models.CharField(max_length=20, blank=True)
    due_on = models.DateField(null=True)
    also_due = models.JSONField(default=list)  # cycle keys
    visits_count = models.IntegerField()
    spent = models.BigIntegerField()  # hundredths of the currency
    usual_weekday = models.SmallIntegerField(null=True)  # 1 Monday to 7
    usual_hour = models.SmallIntegerField(null=True)
    last_staff = models.ForeignKey(Staff, models.SET_NULL, null=True, related_name="+")
    attempts = models.IntegerField(default=0)
    last_outcome = models.CharField(max_length=20, choices=Outcome.choices, blank=True)
    first_key = models.BigIntegerField()
    second_key = models.BigIntegerField()
    third_key = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["client", "block", "anchor"], condition=Q(closed_at__isnull=True), name="item_is_open_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["organization", "branch", "block", "first_key", "second_key", "third_key", "client"],
                condition=Q(closed_at__isnull=True),
                name="item_in_order",
            ),
            models.Index(fields=["organization", "closed_on", "block"], name="item_closed_on"),
            models.Index(fields=["organization", "client", "closed_at"], name="item_of_client"),
        )

    @property
    def is_lead(self) -> bool:
        """Has not been here yet."""
        return self.visits_count == 0

    @property
    def is_new(self) -> bool:
        """Has been here once."""
        return self.visits_count == 1


class Sync(Owned):
    """One run over the whole organization, so that everybody can see how fresh the list is."""

    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    created_count = models.IntegerField(default=0)
    updated_count = models.IntegerField(default=0)
    closed_count = models.IntegerField(default=0)
    findings = models.JSONField(default=dict)  # what is odd in the facts, with counts
    rules_hash = models.CharField(max_length=64, blank=True)  # of the settings and intervals by which it was made
    fault = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-started_at",)
        indexes = (models.Index(fields=["organization", "-started_at"], name="sync_latest"),)


class LearnedInterval(Owned):
    """What the nightly run has learned about a cycle (rules.md, section 2); used all day for single clients.

    Branches far to the east have a day earlier than the others: so there are those of the last days.
    """

    cycle_key = models.CharField(max_length=100)
    as_of = models.DateField()
    interval_days = models.IntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["organization", "as_of", "cycle_key"], name="learned_once"),)


class Refreshed(Owned):
    """When the items of a client were last made anew after a change, so that the nightly run does not undo it."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_index=True)
