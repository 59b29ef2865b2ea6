"""Why a row of a source went into no table, or into another row: keys that are kept, sentences that are shown."""

from __future__ import annotations

from vernis.lib.texts import _


def sentence(reason: str, *, column: str = "", value: str = "") -> str:
    """Return what a reason says to people, in the chosen language; an unknown key comes back as it is."""
    return _sentences().get(reason, reason).format(column=column, value=value)


def keys() -> tuple[str, ...]:
    """Return every reason there is."""
    return tuple(_sentences())


def _sentences() -> dict[str, str]:
    return {
        # refused
        "no_client": _("Nobody is named: there is no client, phone or number in this row."),
        "no_date": _("There is no date."),
        "not_a_date": _('"{value}" is not a date.'),
        "date_out_of_range": _('"{value}" is too far from today to be true.'),
        "not_a_time": _('"{value}" is not a time.'),
        "not_a_phone": _('"{value}" is not one complete phone number.'),
        "phone_lost": _('Excel has spoiled this phone: of "{value}" the last digits are lost.'),
        "not_an_amount": _('"{value}" is not an amount of money.'),
        "not_a_number": _('"{value}" is not a whole number.'),
        "not_a_birthday": _('"{value}" is not a birthday.'),
        "not_an_email": _('"{value}" is not an e-mail address.'),
        "unknown_status": _('What "{value}" means for a visit is not known: say it in the settings of this file.'),
        "moment_in_utc": _('"{value}" is the time of another zone: bring the local time of the branch.'),
        "no_service": _("What was sold is not said: it may be a service or a product."),
        "no_title": _("The service has no title."),
        "row_too_long": _("This row has more cells than the header."),
        "row_broken": _("This row cannot be read: a quotation mark is open and never closes."),
        "not_text": _("There are bytes here that are no text in the encoding of this file."),
        # folded
        "same_row": _("The same row once more."),
        "newer_row": _("A newer file says more of the same appointment."),
        "same_service_again": _("The same service of the same day once more: the amounts were added up."),
        "closed_booking": _("The receipt of a booking: it has become a visit with an amount."),
        "cancelled_booking": _("The cancellation of a booking: the booking has become cancelled."),
        "missed_booking": _("The no-show of a booking: the booking has become missed."),
        "receipt_of_missed": _("A receipt for a booking that is reported as cancelled or missed: please check."),
        "same_client": _("The same client once more."),
        "same_service": _("The same service once more."),
        # skipped
        "blank": _("Empty rows."),
        "header": _("Headers."),
        "title": _("Titles above the table."),
        "totals": _("Totals."),
        "products": _("Products: they are not services."),
        "not_brought": _("Rows of a sheet that you left out."),
    }
