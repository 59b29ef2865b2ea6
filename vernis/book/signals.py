"""What rooms above the book may want to know."""

from django.dispatch import Signal

facts_changed = Signal()
"""Something about one client has changed: `client_id`. Sent by operations, inside their transaction, when done."""

cards_merging = Signal()
"""Two cards are about to become one: `client_ids`, `by`, `now`. Whoever must stop it raises `InConversation`."""
