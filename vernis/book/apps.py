"""The room tells the bar, the settings and the log of changes what it has."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookConfig(AppConfig):
    name = "vernis.book"
    label = "book"

    def ready(self) -> None:
        """Put the room into the bar and behind "Settings", and follow what people change."""
        from vernis.accounts.rules import is_manager, works_with_clients  # noqa: PLC0415 (models are there only now)
        from vernis.ui.context import register, register_setting  # noqa: PLC0415

        register(title=_("Clients"), view="book:clients", may_enter=works_with_clients, place=20)
        register(title=_("Appointments"), view="appointments:day", may_enter=lambda _user: True, place=30)
        for place, view, icon, title, about in (
            (30, "services", "scissors", _("Services"), _("Prices, duration, and after how many days each is due")),
            (32, "traits", "tag", _("Traits of clients"), _("Length of hair, type of skin: what intervals depend on")),
            (34, "staff", "users", _("Who serves"), _("Masters, doctors, specialists of each branch")),
        ):
            register_setting(
                title=title, about=about, view=f"catalogue:{view}", icon=icon, may_enter=is_manager, place=place
            )
        follow_changes()
        say_what_goes_along()


def say_what_goes_along() -> None:
    """Say which rows go with a client whose card is merged into another one."""
    from vernis.book import merging, models  # noqa: PLC0415

    for model in (models.Appointment, models.Contact, models.Consent, models.WaitlistEntry):
        merging.goes_along(model)
    merging.stays(models.Client, "an absorbed card keeps the cards that it had absorbed")
    merging.stays(models.Merge, "is the record of the merge itself")
    merging.stays(models.MovedRow, "is the record of the merge itself")
    merging.stays(models.SearchTerm, "is made of the card")


def follow_changes() -> None:
    """Let the log of changes follow the models; of clients it keeps what was changed, but nothing of its contents."""
    from vernis.accounts import audit  # noqa: PLC0415
    from vernis.book import models  # noqa: PLC0415

    audit.register(
        models.Client,
        title=_("client"),
        mask=(
            "name", "phone", "second_phone", "email", "birth_year", "birth_month", "birth_day", "traits", "allergies",
            "preferences", "wishes", "favourite_line", "source", "note", "external_id",
        ),
        leave_out=("search_name", "search_phone", "changed_at", "key"),
        hides=True,
    )  # fmt: skip
    audit.register(
        models.Appointment,
        title=_("appointment"),
        mask=("note", "cancel_reason", "external_id"),
        leave_out=("key",),
        hides=True,
    )
    audit.register(models.AppointmentLine, title=_("service of an appointment"))
    audit.register(
        models.WaitlistEntry, title=_("wish on the waiting list"), mask=("note",), leave_out=("key",), hides=True
    )
    audit.register(models.Service, title=_("service"))
    audit.register(models.ServiceInterval, title=_("interval of a service"))
    audit.register(models.Trait, title=_("trait of clients"))
    audit.register(models.Staff, title=_("one who serves"))
    audit.register(
        models.Merge,
        title=_("merged cards"),
        mask=("before", "theirs", "after"),
        leave_out=("moved", "choices"),
        hides=True,
    )
    # Consents and contacts are logs themselves, terms are made of the card.
