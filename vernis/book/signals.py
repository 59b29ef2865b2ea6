"""What rooms above the book may want to know."""

from django.dispatch import Signal

facts_changed = Signal()
"""Something about one client has changed: `client_id`. Sent by operations, in their transaction, when done."""

happened = Signal()
"""Something has happened that other programs may want to hear: `event` ("appointment.booked"), `organization_id`,
`rows` (the appointments, clients or other rows it is about). Sent by operations, in their transaction, when done."""

cards_merging = Signal()
"""Two cards are about to become one: `client_ids`, `by`, `now`. Whoever must stop it raises `InConversation`."""

client_erased = Signal()
"""A client is forgotten: `client_id`. Whoever keeps something of her elsewhere deletes it, in the same transaction."""

facts_imported = Signal()
"""Many facts of an organization have changed at once: `organization_id`. Sent when all of them are committed."""
