"""What a reader should know of the data: counted, on the standard error."""

import sys
from typing import Any

from vernis.lib.texts import _, ngettext


def report_findings(findings: dict[str, Any], unclosed_count: int | None, *, is_verbose: bool) -> None:
    """Say what is suspicious in the data although it could be used."""
    notes = []
    if unclosed_count:
        notes.append(
            ngettext(
                "{count} past appointment is still open: nobody noted whether the client came.",
                "{count} past appointments are still open: nobody noted whether the clients came.",
                unclosed_count,
            ).format(count=unclosed_count)
        )
    for name, note in _notes(findings).items():
        if findings[name]:
            notes.append(note.format(count=findings[name]))
    if findings["unknown_columns"]:
        names = ", ".join(findings["unknown_columns"])
        notes.append(_("Columns that Vernis does not know were passed over: {names}.").format(names=names))
    for note in notes:
        print(_("Note: {note}").format(note=note), file=sys.stderr)
    if is_verbose and not notes:
        print(_("Nothing suspicious in the data."), file=sys.stderr)


def _notes(found: dict[str, Any]) -> dict[str, str]:
    return {
        "contradicting_appointments": ngettext(
            "{count} appointment has lines of different status; completed counts first, then no_show, booked.",
            "{count} appointments have lines of different status; completed counts first, then no_show, booked.",
            found["contradicting_appointments"],
        ),
        "unknown_clients": ngettext(
            "{count} client has appointments but is not listed in clients.",
            "{count} clients have appointments but are not listed in clients.",
            found["unknown_clients"],
        ),
        "unknown_services": ngettext(
            "{count} appointment line names a service that services does not list.",
            "{count} appointment lines name services that services does not list.",
            found["unknown_services"],
        ),
        "unknown_branches": ngettext(
            "{count} appointment line names a branch that branches does not list; its times are taken as UTC.",
            "{count} appointment lines name branches that branches does not list; their times are taken as UTC.",
            found["unknown_branches"],
        ),
        "visits_before_creation": ngettext(
            "{count} visit took place before the day its booking was made.",
            "{count} visits took place before the day their bookings were made.",
            found["visits_before_creation"],
        ),
    }
