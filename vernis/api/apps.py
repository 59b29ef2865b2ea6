from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "vernis.api"
    label = "api"

    def ready(self) -> None:
        """Put the pages behind "Settings", follow what people change, and write down what others want to hear."""
        from vernis.accounts import audit  # noqa: PLC0415 (models are there only now)
        from vernis.accounts.rules import is_owner  # noqa: PLC0415
        from vernis.api import jobs, listening, models  # noqa: PLC0415
        from vernis.book.signals import client_erased, happened  # noqa: PLC0415
        from vernis.ui.context import register_setting  # noqa: PLC0415

        happened.connect(listening.write_down, dispatch_uid="api.outbox")
        client_erased.connect(listening.forget_answers, dispatch_uid="api.answers")
        post_migrate.connect(jobs.schedule, sender=self, dispatch_uid="api.schedule")
        register_setting(
            title=_("Programs"),
            about=_("Tokens for other programs, and what we tell them"),
            view="programs:index",
            icon="robot",
            may_enter=is_owner,
            place=75,
        )
        audit.register(
            models.Token, title=_("token"), leave_out=("secret_hash", "person", "last_used_at", "created_at")
        )
        audit.register(
            models.Endpoint,
            title=_("webhook"),
            mask=("url",),
            leave_out=("secret", "old_secret", "failing_since", "created_at"),
        )
