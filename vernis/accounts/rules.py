"""Who may do what: predicates about a person, and about a person and a row (django-rules)."""

import rules

from vernis.accounts.models import Role, User


@rules.predicate
def is_manager(user: User) -> bool:
    """Owners and managers run the organization."""
    return user.is_authenticated and user.role in (Role.OWNER, Role.MANAGER)


@rules.predicate
def is_owner(user: User) -> bool:
    """Tell whether the person owns the business."""
    return user.is_authenticated and user.role == Role.OWNER


@rules.predicate
def works_with_clients(user: User) -> bool:
    """Everybody but those who only serve."""
    return user.is_authenticated and user.role != Role.STAFF


rules.add_perm("accounts.run_organization", is_manager)
rules.add_perm("accounts.own_organization", is_owner)
rules.add_perm("book.work_with_clients", works_with_clients)
