"""Who may do what: predicates about a person, and about a person and a row (django-rules)."""

from __future__ import annotations

import rules

from vernis.accounts.models import Branch, Role, User


@rules.predicate
def is_manager(user: User) -> bool:
    """Owners and managers run the organization."""
    return user.is_authenticated and user.role in (Role.OWNER, Role.MANAGER)


@rules.predicate
def is_owner(user: User) -> bool:
    """Tell whether the person owns the business."""
    return user.is_authenticated and user.role == Role.OWNER


@rules.predicate
def runs_everything(user: User) -> bool:
    """Owners, and managers of all branches: what holds for the whole organization is theirs."""
    return is_owner(user) or (is_manager(user) and user.sees_all_branches)


@rules.predicate
def works_with_clients(user: User) -> bool:
    """Everybody but those who only serve."""
    return user.is_authenticated and user.role != Role.STAFF


@rules.predicate
def may_change_person(user: User, person: User) -> bool:
    """Nobody changes the own role; a manager changes people below the owner whose branches are all the manager's."""
    if user.organization_id != person.organization_id or user == person or not is_manager(user):
        return False
    if user.role == Role.OWNER:
        return True
    if person.role == Role.OWNER:
        return False
    return user.sees_all_branches or (
        not person.sees_all_branches and set(person.branch_ids) <= set(user.branch_ids) and bool(person.branch_ids)
    )


@rules.predicate
def may_change_branch(user: User, branch: Branch) -> bool:
    """Owners change every branch, managers their own."""
    return (
        is_manager(user)
        and user.organization_id == branch.organization_id
        and (is_owner(user) or user.sees_all_branches or branch.pk in user.branch_ids)
    )


def roles_given_by(user: User) -> list[Role]:
    """Return the roles that the person may give to others: an owner every one, a manager those below the owner."""
    if user.role == Role.OWNER:
        return list(Role)
    return [role for role in Role if role != Role.OWNER] if user.role == Role.MANAGER else []


rules.add_perm("accounts.run_organization", is_manager)
rules.add_perm("accounts.run_everything", runs_everything)
rules.add_perm("accounts.own_organization", is_owner)
rules.add_perm("accounts.change_person", may_change_person)
rules.add_perm("accounts.change_branch", may_change_branch)
rules.add_perm("book.work_with_clients", works_with_clients)
