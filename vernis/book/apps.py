from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookConfig(AppConfig):
    name = "vernis.book"
    label = "book"

    def ready(self) -> None:
        """Follow the changes that people make; what is imported in bulk leaves no entries."""
        from vernis.accounts import audit  # noqa: PLC0415 (models are there only now)
        from vernis.book import models  # noqa: PLC0415

        audit.register(
            models.Client,
            title=_("client"),
            mask=("phone", "second_phone", "email"),
            leave_out=("search_name", "search_phone", "created_at", "changed_at", "external_id"),
        )
        audit.register(models.Contact, title=_("contact"), leave_out=("key", "call"))
        for model, title in (
            (models.Appointment, _("appointment")),
            (models.AppointmentLine, _("line of an appointment")),
            (models.Consent, _("consent")),
            (models.Service, _("service")),
            (models.ServiceInterval, _("interval of a service")),
            (models.Staff, _("staff member")),
            (models.Trait, _("trait")),
            (models.WaitlistEntry, _("waiting list entry")),
        ):
            audit.register(model, title=title, leave_out=("external_id",))
