from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "vernis.ui"
    label = "ui"

    def ready(self) -> None:
        """Register the checks of the database."""
        from vernis.ui import checks  # noqa: F401, PLC0415
