"""Where a person can work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.accounts.models import Branch
from vernis.worklist.models import Item

if TYPE_CHECKING:
    from vernis.accounts.models import User


def open_branches(*, user: User) -> list[Branch]:
    """Return the branches of a person that are open, by name."""
    return list(Branch.objects.visible_to(user).filter(is_active=True))


def has_rows_without_branch(*, user: User) -> bool:
    """Tell whether somebody on the list belongs to no branch yet."""
    return Item.objects.of(user.organization_id).filter(branch=None, closed_at=None).exists()
