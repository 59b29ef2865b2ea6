from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WorklistConfig(AppConfig):
    name = "vernis.worklist"
    label = "worklist"

    def ready(self) -> None:
        """Keep items up to date with the facts, put the room into the bar, and follow what people change."""
        from vernis.accounts import audit  # noqa: PLC0415 (models are there only now)
        from vernis.accounts.rules import is_manager  # noqa: PLC0415
        from vernis.book import merging  # noqa: PLC0415
        from vernis.book.signals import cards_merging, facts_changed, facts_imported  # noqa: PLC0415
        from vernis.ui.context import register, register_setting  # noqa: PLC0415
        from vernis.worklist import jobs, models  # noqa: PLC0415
        from vernis.worklist.operations.listening import (  # noqa: PLC0415
            refresh_after_change,
            refuse_while_talking,
            sync_after_import,
        )

        facts_changed.connect(refresh_after_change, dispatch_uid="worklist.refresh")
        facts_imported.connect(sync_after_import, dispatch_uid="worklist.sync")
        post_migrate.connect(jobs.schedule, sender=self, dispatch_uid="worklist.schedule")
        register(title=_("Clients to call"), view="worklist:worklist", may_enter=lambda _user: True, place=10)
        register_setting(
            title=_("Orders of work"),
            about=_("What each role works through in the morning"),
            view="worklist:playbooks",
            icon="list-check",
            may_enter=is_manager,
            place=40,
        )
        merging.goes_along(models.Item, where=Q(closed_at__isnull=False))  # open ones are made anew for both
        merging.stays(models.Lease, "nobody merges a card that somebody is talking to")
        merging.stays(models.Refreshed, "is written anew for both")
        cards_merging.connect(refuse_while_talking, dispatch_uid="worklist.refuse_while_talking")
        # Items and leases change by themselves and are not followed.
        audit.register(models.Step, title=_("step of a playbook"))
        audit.register(models.Skip, title=_("skipped step"))
