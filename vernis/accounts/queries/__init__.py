"""What the pages of the room read."""

from vernis.accounts.queries.people import (
    demo_people,
    has_second_factor,
    invitation_by_token,
    open_invitations,
    people_visible_to,
    sessions_of,
)

__all__ = [
    "demo_people",
    "has_second_factor",
    "invitation_by_token",
    "open_invitations",
    "people_visible_to",
    "sessions_of",
]
