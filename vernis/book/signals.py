"""What rooms above the book may want to know."""

from django.dispatch import Signal

facts_changed = Signal()
"""Something about one client has changed: `client_id`. Sent by operations, inside their transaction, when done."""

client_erased = Signal()
"""A client is forgotten: `client_id`. Whoever keeps something of her elsewhere deletes it, in the same transaction."""

facts_imported = Signal()
"""Many facts of an organization have changed at once: `organization_id`. Sent when all of them are committed."""
