"""Facts about clients: who they are, when they come, what was said to them."""

from vernis.book.models.appointments import Appointment, AppointmentLine, WaitlistEntry
from vernis.book.models.clients import Client, Consent, SearchTerm, Trait
from vernis.book.models.contacts import Contact
from vernis.book.models.merges import Merge, MovedRow
from vernis.book.models.services import Service, ServiceInterval
from vernis.book.models.staff import Staff

__all__ = [
    "Appointment",
    "AppointmentLine",
    "Client",
    "Consent",
    "Contact",
    "Merge",
    "MovedRow",
    "SearchTerm",
    "Service",
    "ServiceInterval",
    "Staff",
    "Trait",
    "WaitlistEntry",
]
