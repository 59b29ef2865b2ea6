"""What rooms above the book may want to know."""

from django.dispatch import Signal

facts_changed = Signal()
"""Something about one client has changed: `client_id`. Sent by operations, in their transaction, when done."""

happened = Signal()
"""Something has happened that other programs may want to hear: `event` ("appointment.booked"), `organization_id`,
`rows` (the appointments, clients or other rows it is about). Sent by operations, in their transaction, when done."""
