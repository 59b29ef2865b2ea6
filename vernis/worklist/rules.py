"""Who may do what with the list."""

import rules

from vernis.accounts.rules import is_manager, works_with_clients

rules.add_perm("worklist.work", works_with_clients)
rules.add_perm("worklist.edit_playbooks", is_manager)
