"""The room tells the settings, the worker and the log of changes what it has."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "vernis.intake"
    label = "intake"

    def ready(self) -> None:
        """Put imports behind "Settings", follow who imported what, and clean up by the clock."""
        from vernis.accounts import audit  # noqa: PLC0415 (models are there only now)
        from vernis.accounts.rules import runs_everything  # noqa: PLC0415
        from vernis.book.signals import client_erased  # noqa: PLC0415
        from vernis.intake import jobs, models  # noqa: PLC0415
        from vernis.intake.operations.forgetting import forget_client  # noqa: PLC0415
        from vernis.ui.context import register_setting  # noqa: PLC0415

        client_erased.connect(forget_client, dispatch_uid="intake.forget")
        post_migrate.connect(jobs.schedule, sender=self, dispatch_uid="intake.schedule")
        register_setting(
            title=_("Bring in data"),
            about=_("Your history from spreadsheets: what came in, and how to take it back"),
            view="intake:imports",
            icon="download",
            may_enter=runs_everything,
            place=25,
        )
        audit.register(
            models.Import,
            title=_("import"),
            leave_out=("key", "source", "mapping", "answers", "cursor", "balance", "beat_at", "done", "total", "lines"),
        )
        look_for_duplicates()


def look_for_duplicates() -> None:
    """Follow cards that change, and put the pages of this room behind "Settings"."""
    from vernis.accounts import audit  # noqa: PLC0415
    from vernis.accounts.rules import is_manager, runs_everything  # noqa: PLC0415
    from vernis.book import merging  # noqa: PLC0415
    from vernis.book.signals import facts_changed, facts_imported  # noqa: PLC0415
    from vernis.intake import models  # noqa: PLC0415
    from vernis.intake.jobs import look_after_import  # noqa: PLC0415
    from vernis.intake.operations.duplicates import note_change  # noqa: PLC0415
    from vernis.ui.context import register_setting  # noqa: PLC0415

    facts_changed.connect(note_change, dispatch_uid="intake.duplicates")
    facts_imported.connect(look_after_import, dispatch_uid="intake.duplicates.imported")
    merging.stays(models.DuplicateKey, "is made of the card")
    merging.stays(models.DuplicatePair, "is about the two cards")
    register_setting(
        title=_("Duplicates"),
        about=_("One person on two cards: put together, and taken apart"),
        view="duplicates:pairs",
        icon="users",
        may_enter=is_manager,
        place=26,
    )
    register_setting(
        title=_("Truth of the data"),
        about=_("What is wrong in the data, what it spoils, and how to mend it"),
        view="truth:checks",
        icon="shield-check",
        may_enter=runs_everything,
        place=27,
    )
    audit.register(models.DuplicatePair, title=_("pair of cards"), leave_out=("kind", "score", "reasons", "found_at"))
