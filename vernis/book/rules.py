"""Who may do what in the book. `book.work_with_clients` stands in `accounts.rules`."""

import rules

from vernis.accounts.models import Role, User
from vernis.accounts.rules import is_manager, works_with_clients


@rules.predicate
def serves(user: User) -> bool:
    """Those who only serve see their own day and nothing else."""
    return user.is_authenticated and user.role == Role.STAFF


rules.add_perm("book.see_own_day", serves)
rules.add_perm("book.read_log", is_manager)
rules.add_perm("book.edit_catalogue", is_manager)
rules.add_perm("book.export_client", is_manager)
rules.add_perm("book.erase_client", is_manager)

__all__ = ["is_manager", "serves", "works_with_clients"]
