"""What the pages of the room change."""

from vernis.accounts.operations.invitations import (
    InvitationUsed,
    NameTaken,
    accept_invitation,
    invite,
    revoke_invitation,
)
from vernis.accounts.operations.organization import create_organization, save_branch, save_organization, save_rules
from vernis.accounts.operations.people import (
    LastOwner,
    change_person,
    dismiss,
    end_other_sessions,
    restore,
)

__all__ = [
    "InvitationUsed",
    "LastOwner",
    "NameTaken",
    "accept_invitation",
    "change_person",
    "create_organization",
    "dismiss",
    "end_other_sessions",
    "invite",
    "restore",
    "revoke_invitation",
    "save_branch",
    "save_organization",
    "save_rules",
]
