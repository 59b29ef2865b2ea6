"""`vernis manage rotate_secrets`: seal everything with the newest key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from vernis.accounts import rotation

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Seal all secrets with a new key; may run while the application works."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("--forget-old", action="store_true", help="then delete the older keys from the file")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Add a key where keys are in a file, seal anew, and say how many secrets there were."""
        count = rotation.rotate(forget_old=options["forget_old"])
        self.stdout.write(_("%(count)s secrets are sealed with the newest key.") % {"count": count})
