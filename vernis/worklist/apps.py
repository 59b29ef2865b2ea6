from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorklistConfig(AppConfig):
    name = "vernis.worklist"
    label = "worklist"

    def ready(self) -> None:
        """Put the room into the bar, and the editor of playbooks behind the settings."""
        from vernis.accounts.rules import is_manager  # noqa: PLC0415 (models are there only now)
        from vernis.ui.context import register, register_setting  # noqa: PLC0415

        register(title=_("Clients to call"), view="worklist:worklist", may_enter=lambda _user: True, place=10)
        register_setting(
            title=_("Orders of work"),
            about=_("What each role works through in the morning"),
            view="worklist:playbooks",
            icon="list-check",
            may_enter=is_manager,
            place=40,
        )
