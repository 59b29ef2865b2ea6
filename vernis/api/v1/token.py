"""What the token may do: the first call of a new program."""

from __future__ import annotations

from ninja import Router

from vernis.api.door import Call, reads
from vernis.api.shapes.base import At, Out

router = Router(tags=["token"])


class TokenOut(Out):
    """The token that was shown, without its secret."""

    name: str
    prefix: str
    organization: str
    scopes: list[str]
    branch_ids: list[int] | None  # null: all
    expires_at: At | None


@reads(router, "/token", scope="", name="token", response=TokenOut)
def token(request: Call) -> TokenOut:
    """Say what this token may do."""
    person = request.person
    return TokenOut(
        name=person.name,
        prefix=request.token.prefix,
        organization=person.organization.name,
        scopes=request.token.scopes,
        branch_ids=None if person.sees_all_branches else sorted(person.branch_ids),
        expires_at=request.token.expires_at,
    )
