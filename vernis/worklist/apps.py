from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorklistConfig(AppConfig):
    name = "vernis.worklist"
    label = "worklist"

    def ready(self) -> None:
        """Follow the changes that people make; items and leases change by themselves and are not followed."""
        from vernis.accounts import audit  # noqa: PLC0415 (models are there only now)
        from vernis.worklist import models  # noqa: PLC0415

        audit.register(models.Step, title=_("step of a playbook"))
        audit.register(models.Skip, title=_("skipped step"))
