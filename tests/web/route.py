"""What the table of the sweeps says of a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

READ, READ_AND_POST, POST = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("POST",)

SIGNED_IN = frozenset({"olga", "boris", "timur", "maria", "nina", "pavel"})
EVERYBODY = SIGNED_IN | {"anonymous", "gleb"}
NOT_STAFF = SIGNED_IN - {"timur"}
MANAGERS = frozenset({"maria", "nina", "pavel"})
OWNERS = frozenset({"nina", "pavel"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Route:
    """Who may open a page and write by it, with what of their own place; nobody may with what of another's."""

    who: frozenset[str]
    writers: frozenset[str] | None = None  # None: the same people
    methods: tuple[str, ...] = READ
    arguments: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)
    is_of_organization: bool = False  # its row belongs to the organization, not to a branch
    answers: tuple[int, ...] = (200,)  # to those who may read
    is_ours: bool = True  # False: of allauth, whose views answer OPTIONS and treat PUT as POST
    is_of_programs: bool = False  # its door is a token, no session: nobody is forged there
    to_forged: int = 403  # to a click from another site; 404 where an address that nobody can guess stands for it
    writes: tuple[str, ...] = ()  # tables that its GET writes to, and may

    def has(self, method: str) -> bool:
        """Tell whether the page knows a method."""
        return ("GET" if method == "HTMX" else method) in self.methods


def allauth(who: frozenset[str], writes: tuple[str, ...] = (), **arguments: str) -> Route:
    """Return the entry of a page of allauth."""
    answers = (200, 302, 403, 404, 405, 409)
    return Route(who=who, methods=READ_AND_POST, arguments=arguments, answers=answers, is_ours=False, writes=writes)
