"""What rooms above the book may want to know."""

from django.dispatch import Signal

facts_changed = Signal()
"""Something about one client has changed: `client_id`. Sent by operations, inside their transaction, when done."""
