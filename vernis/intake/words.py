"""What people read about imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vernis.connectors import reasons

if TYPE_CHECKING:
    from django.utils.functional import Promise

FATES: dict[str, str | Promise] = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("updated"),
    "same": gettext_lazy("as before"),
    "merged": gettext_lazy("known already"),
    "refused": gettext_lazy("refused"),
    "folded": gettext_lazy("joined to another row"),
    "skipped": gettext_lazy("not about clients"),
}
KINDS: dict[str, str | Promise] = {
    "clients": gettext_lazy("Clients"),
    "appointments": gettext_lazy("Appointments"),
    "services": gettext_lazy("Services"),
    "staff": gettext_lazy("Who serves"),
    "branches": gettext_lazy("Branches"),
}
FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "title": gettext_lazy("title"),
    "phone": gettext_lazy("phone"),
    "second_phone": gettext_lazy("second phone"),
    "email": gettext_lazy("e-mail"),
    "birthday": gettext_lazy("birthday"),
    "source": gettext_lazy("how she found us"),
    "note": gettext_lazy("note"),
    "branch_id": gettext_lazy("branch"),
    "client_id": gettext_lazy("client"),
    "starts_at": gettext_lazy("beginning"),
    "ends_at": gettext_lazy("end"),
    "status": gettext_lazy("status"),
    "cancelled_at": gettext_lazy("when it was cancelled"),
    "cancel_reason": gettext_lazy("why it was cancelled"),
    "lines": gettext_lazy("services and amounts"),
    "category": gettext_lazy("category"),
    "interval_days": gettext_lazy("due again after, days"),
    "duration_minutes": gettext_lazy("duration"),
    "price": gettext_lazy("price"),
    "is_active": gettext_lazy("offered"),
}


def reason(key: str, *, column: str = "", value: str = "") -> str:
    """Return why a row was refused or joined to another, as a sentence."""
    ours = {
        "time_does_not_exist": _("The clocks are put forward over this time on that day: it does not exist."),
        "no_client": _("Nobody is named: there is no client, phone or number in this row."),
        "erased_client": _("This client has asked to be forgotten."),
    }
    return ours.get(key) or reasons.sentence(key, column=column, value=value)


def note(text: str) -> str:
    """Return what is to be seen in a row: what was kept, or what somebody should look at."""
    what, _colon, more = text.partition(":")
    if what == "kept":
        whys = {
            "import": _("Another import speaks of it as well"),
            "used": _("It is in use by now"),
        }
        if more in whys:
            return whys[more]
        fields = ", ".join(str(FIELDS.get(field, field)) for field in more.split(","))
        return _("Left as people wrote it here: {fields}").format(fields=fields)
    return {
        "shared": _("Somebody else has this phone or e-mail: added as a person of her own"),
        "several": _("Several cards fit: added as a person of her own"),
        "erased": _("She has asked to be forgotten: left alone"),
        "gone": _("Was deleted here, and stays so"),
    }.get(more, "")
