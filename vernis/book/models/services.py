"""Services, and after how many days each is due again (B15 to B18)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Owned

DAYS = (MinValueValidator(1), MaxValueValidator(3650))


class Service(Owned):
    """Something a client books; services of one `category` share a cycle."""

    title = models.CharField(_("title"), max_length=200)
    category = models.CharField(_("category"), max_length=100, blank=True)
    interval_days = models.PositiveIntegerField(_("due again after, days"), null=True, blank=True, validators=DAYS)
    duration_minutes = models.PositiveIntegerField(_("duration, minutes"), default=60)
    price = models.BigIntegerField(_("price"), null=True, blank=True)  # hundredths of the currency
    is_active = models.BooleanField(_("offered"), default=True)
    external_id = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ("category", "title", "pk")
        indexes = (models.Index(fields=["organization", "category", "title"], name="service_by_title"),)

    def __str__(self) -> str:
        return self.title


class ServiceInterval(Owned):
    """Another interval of a service or a category: in some months, or for clients with a trait."""

    service = models.ForeignKey(
        Service, models.CASCADE, null=True, blank=True, related_name="intervals", verbose_name=_("service")
    )
    category = models.CharField(_("category"), max_length=100, blank=True)
    months = models.CharField(_("months"), max_length=40, blank=True)  # 4-9, or 11,12,1,2,3; empty: all year
    trait = models.CharField(_("trait"), max_length=50, blank=True)
    trait_value = models.CharField(_("value"), max_length=50, blank=True)
    interval_days = models.PositiveIntegerField(_("due again after, days"), validators=DAYS)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(service__isnull=False, category="") | Q(service__isnull=True) & ~Q(category=""),
                name="interval_is_of_service_or_category",
            ),
            models.CheckConstraint(
                condition=Q(trait="", trait_value="") | ~Q(trait="") & ~Q(trait_value=""),
                name="interval_trait_has_value",
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=True) | ~Q(months="") | ~Q(trait=""),
                name="interval_of_service_is_special",
            ),
        )
