from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "vernis.worklist"
    label = "worklist"

    def ready(self) -> None:
        """Keep the items of a client up to date with every change of the facts, in the same transaction."""
        from vernis.book.signals import facts_changed  # noqa: PLC0415 (models are ready only now)
        from vernis.worklist.operations.listening import refresh_after_change  # noqa: PLC0415

        facts_changed.connect(refresh_after_change, dispatch_uid="worklist.refresh")
