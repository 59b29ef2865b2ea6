"""What a token may be allowed to do. A token can do nothing that is not named."""

from django.utils.translation import gettext_lazy as _

SCOPES = {
    "clients:read": _("Read clients: names, birthdays, wishes"),
    "clients:contacts": _("See whole phone numbers and e-mails"),
    "clients:write": _("Add and change clients"),
    "consents:read": _("Read consents"),
    "consents:write": _("Record consents"),
    "clients:export": _("Take everything known about a client"),
    "clients:erase": _("Forget a client for ever"),
    "catalogue:read": _("Read branches, services and staff"),
    "appointments:read": _("Read appointments"),
    "appointments:write": _("Book, move and cancel; say who came"),
    "imports:write": _("Bring in records of another system"),
    "events:write": _("Report appointments of a booking system"),
    "contacts:read": _("Read the log of contacts"),
    "contacts:write": _("Record what came of a call"),
    "worklist:read": _("Read the list of the day and the reasons"),
}

DANGEROUS = ("clients:contacts", "clients:export", "clients:erase")
"""What lets the base walk out of the door; said so on the page."""
