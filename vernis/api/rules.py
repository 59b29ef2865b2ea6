"""Who may do what with the interface: it opens the whole business, so only its owner."""

import rules

from vernis.accounts.rules import is_owner

rules.add_perm("api.manage", is_owner)

__all__ = ["is_owner"]
