"""What other programs can be told of."""

from django.utils.translation import gettext_lazy as _

EVENTS = {
    "client.changed": _("a client was added, changed or forgotten"),
    "appointment.booked": _("a visit was booked"),
    "appointment.moved": _("a booking was moved"),
    "appointment.cancelled": _("a booking was cancelled"),
    "appointment.completed": _("a client came"),
    "appointment.no_show": _("a client did not come"),
    "contact.recorded": _("a call or message was recorded"),
    "item.created": _("a client came onto the list"),
    "item.closed": _("a row of the list was closed"),
}
TEST = "webhook.test"
