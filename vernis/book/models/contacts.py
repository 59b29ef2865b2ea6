"""The one log of contacts (A05)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Owned
from vernis.book.models.appointments import Appointment
from vernis.book.models.clients import Client


class Block(models.TextChoices):
    """The reasons to contact, in the order of rules.md."""

    MISSED = "missed", _("Missed")
    FOLLOW_UP = "follow_up", _("Follow-up")
    DUE = "due", _("Due")
    OVERDUE = "overdue", _("Overdue")
    LAPSED = "lapsed", _("Lapsed")
    REBOOKED = "rebooked", _("Rebooked")
    WAITLIST = "waitlist", _("Waiting list")
    BIRTHDAY = "birthday", _("Birthdays")


class Outcome(models.TextChoices):
    """What came of a contact (A09), in the order of the keys 1 to 8."""

    BOOKED = "booked", _("booked")
    PROMISED = "promised", _("promised to book")
    NO_ANSWER = "no_answer", _("no answer")
    CALLBACK = "callback", _("call back")
    REACHED = "reached", _("reached")
    DECLINED = "declined", _("declined")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    DO_NOT_CALL = "do_not_call", _("asked not to be called")


class Contact(Owned):
    """One contact that we made about one row of the list. Append-only; one taken back is marked, not deleted.

    `key` is made by the page that records it: however often it is sent, there is one contact. A call that served
    several rows is several contacts with one `call`.
    """

    class Channel(models.TextChoices):
        CALL = "call", _("call")
        MESSENGER = "messenger", _("messenger")
        IN_PERSON = "in_person", _("in person")

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts")
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True)  # of the row
    block = models.CharField(max_length=20, choices=Block.choices)
    anchor = models.CharField(max_length=150)
    call = models.UUIDField(db_index=True)  # shared by the rows that one call has served
    key = models.UUIDField(unique=True)
    channel = models.CharField(max_length=20, choices=Channel.choices, default=Channel.CALL)
    made_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    next_on = models.DateField(null=True, blank=True)
    next_time = models.TimeField(null=True, blank=True)  # wall clock of the branch
    note = models.TextField(blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    appointment = models.ForeignKey(Appointment, models.SET_NULL, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("made_at", "pk")
        indexes = (
            models.Index(fields=["organization", "client", "made_at"], name="contact_of_client"),
            models.Index(fields=["organization", "made_at"], name="contact_of_day"),
        )
