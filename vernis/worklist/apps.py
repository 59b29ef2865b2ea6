from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WorklistConfig(AppConfig):
    name = "vernis.worklist"
    label = "worklist"

    def ready(self) -> None:
        """Keep items up to date with every change of the facts, and follow the changes that people make.

        Items and leases change by themselves and are not followed.
        """
        from vernis.accounts import audit  # noqa: PLC0415 (models are ready only now)
        from vernis.book.signals import facts_changed  # noqa: PLC0415
        from vernis.worklist import jobs, models  # noqa: PLC0415
        from vernis.worklist.operations.listening import refresh_after_change  # noqa: PLC0415

        facts_changed.connect(refresh_after_change, dispatch_uid="worklist.refresh")
        post_migrate.connect(jobs.schedule, sender=self, dispatch_uid="worklist.schedule")
        audit.register(models.Step, title=_("step of a playbook"))
        audit.register(models.Skip, title=_("skipped step"))
