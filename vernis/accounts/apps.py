"""The room tells the bar and the settings what it has."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "vernis.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Put "Settings" into the bar."""
        from vernis.accounts.rules import is_manager  # noqa: PLC0415 (models are there only now)
        from vernis.ui.context import register  # noqa: PLC0415

        register(title=_("Settings"), view="settings:index", may_enter=is_manager, place=90)
