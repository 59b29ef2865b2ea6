"""Those who serve."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Owned


class Staff(Owned):
    """A master or doctor; `user` where the person also works in Vernis."""

    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, verbose_name=_("branch"))
    name = models.CharField(_("name"), max_length=200)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="staff", verbose_name=_("login")
    )
    is_active = models.BooleanField(_("works here"), default=True)
    external_id = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ("name", "pk")
        indexes = (models.Index(fields=["organization", "name"], name="staff_by_name"),)
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return self.name
