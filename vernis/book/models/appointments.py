"""Appointments and the waiting list."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Owned
from vernis.book.models.clients import Client
from vernis.book.models.services import Service
from vernis.book.models.staff import Staff


class Appointment(Owned):
    """A booking of one client; a visit once it is completed. The services are its lines."""

    class Status(models.TextChoices):
        BOOKED = "booked", _("booked")
        COMPLETED = "completed", _("came")
        CANCELLED = "cancelled", _("cancelled")
        NO_SHOW = "no_show", _("did not come")

    client = models.ForeignKey(Client, models.CASCADE, related_name="appointments", verbose_name=_("client"))
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, verbose_name=_("branch"))
    created_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)  # empty where nobody said how long it takes
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.BOOKED)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=500, blank=True)
    key = models.UUIDField(null=True, blank=True, editable=False)  # of the form that booked it, so that twice is once
    external_id = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ("starts_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=["organization", "key"], name="appointment_key_is_unique"),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
                name="appointment_ends_after_it_starts",
            ),
        )
        indexes = (
            models.Index(fields=["organization", "client", "starts_at"], name="appointment_of_client"),
            models.Index(fields=["organization", "branch", "starts_at"], name="appointment_of_branch"),
        )


class AppointmentLine(Owned):
    """One service of an appointment."""

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="lines")
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, verbose_name=_("service"))
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, verbose_name=_("staff"))
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)  # hundredths of the currency

    class Meta:
        ordering = ("pk",)


class WaitlistEntry(Owned):
    """A wish for a time that was not free (B41)."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="waitlist", verbose_name=_("client"))
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, verbose_name=_("branch"))
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, verbose_name=_("service"))
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, verbose_name=_("staff"))
    created_at = models.DateTimeField(default=timezone.now)
    wanted_from = models.DateField(_("from"), null=True, blank=True)
    wanted_until = models.DateField(_("until"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    key = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=["organization", "closed_on", "created_at"], name="waitlist_open"),)
        constraints = (
            models.UniqueConstraint(fields=["organization", "key"], name="waitlist_key_is_unique"),
            models.CheckConstraint(
                condition=Q(wanted_until__isnull=True) | Q(wanted_until__gte=models.F("wanted_from")),
                name="waitlist_ends_after_it_begins",
            ),
        )
