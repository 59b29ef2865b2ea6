"""The room tells the bar, the settings and the log what it has."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "vernis.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Put "Settings" into the bar and its pages behind it; follow changes of people and branches."""
        from vernis.accounts import audit, events, models  # noqa: F401, PLC0415 (models are there only now)
        from vernis.accounts.rules import is_manager, runs_everything  # noqa: PLC0415
        from vernis.ui.context import register, register_setting  # noqa: PLC0415

        register(title=_("Settings"), view="settings:index", may_enter=is_manager, place=90)
        for place, view, icon, title, about, may_enter in (
            (10, "people", "users", _("People"), _("Who works here, who may do what, invitations"), is_manager),
            (20, "branches", "building-store", _("Branches"), _("Time zone, currency, open or closed"), is_manager),
            (
                60,
                "rules",
                "adjustments",
                _("Rules of the list"),
                _("When whom to call"),
                runs_everything,
            ),
            (70, "organization", "id", _("Organization"), _("Name, country, language"), runs_everything),
            (80, "history", "history", _("History of changes"), _("Who changed what and when"), is_manager),
        ):
            register_setting(
                title=title, about=about, view=f"settings:{view}", icon=icon, may_enter=may_enter, place=place
            )
        audit.register(models.Organization, title=_("organization"))
        audit.register(models.Branch, title=_("branch"))
        audit.register(
            models.User,
            title=_("person"),
            mask=("email",),
            leave_out=("password", "last_login", "created_at"),
            many=("branches",),
        )
