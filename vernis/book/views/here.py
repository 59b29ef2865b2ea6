"""Where a person works."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from vernis.accounts.models import Branch
from vernis.book.models import Client
from vernis.book.queries.merges import survivor_id

if TYPE_CHECKING:
    from vernis.accounts.models import User
    from vernis.accounts.requests import AuthenticatedRequest


def branches_of(user: User) -> list[Branch]:
    """Return the open branches that a person works for."""
    return list(Branch.objects.visible_to(user).filter(is_active=True))


def chosen_branch(request: AuthenticatedRequest, branches: list[Branch]) -> Branch | None:
    """Return the branch of the address, else the first one; None where there is none."""
    wanted = request.GET.get("branch", "")
    return next((branch for branch in branches if str(branch.pk) == wanted), branches[0] if branches else None)


def client_or_404(request: AuthenticatedRequest, pk: int) -> Client:
    """Return a client that the person may see and who has not been erased; of a merged card the one that stands for it.

    So old links lead to where the client is now.
    """
    rows = Client.objects.visible_to(request.user).filter(erased_at=None).select_related("branch", "organization")
    client: Client | None = rows.filter(pk=pk).first()
    return client or get_object_or_404(rows, pk=survivor_id(pk))
