"""The list as a person reads it: block by block, with the reason in words."""

import datetime
import shutil
from pathlib import Path
from typing import IO, Any

import click
import pyarrow as pa
import pyarrow.compute as pc

from vernis.cli.grid import grid
from vernis.engine.history import BLOCKS
from vernis.lib import money
from vernis.lib.days import spoken, weekday_name
from vernis.lib.texts import _, ngettext
from vernis.warehouse.names import block_purpose, block_title, client_names, outcome_title, service_titles

COLORS = {"missed": "red", "follow_up": "green", "due": "yellow", "overdue": "yellow", "lapsed": "magenta"}


def write_table(
    table: pa.Table, file: IO[bytes], data: Path, as_of: datetime.date, *, top: int, is_screen: bool
) -> None:
    """Write the list with a heading per block, at most `top` rows each (0: all)."""
    names, titles = client_names(data), service_titles(data)
    width = shutil.get_terminal_size().columns if is_screen else None
    parts = [_styled(_heading(table, as_of), is_screen, bold=True)]
    for block in BLOCKS:
        rows = table.filter(pc.equal(table.column("block"), block))
        if rows.num_rows:
            title = f"{block_title(block)} · {rows.num_rows}"
            parts.append("")
            parts.append(
                _styled(title, is_screen, bold=True, fg=COLORS.get(block, "cyan"))
                + _styled(f" — {block_purpose(block)}", is_screen, dim=True)
            )
            parts.append(_block(rows.slice(0, top) if top else rows, names, titles, as_of, width))
            left = rows.num_rows - top if top else 0
            if left > 0:
                more = ngettext("and {count} more (--top 0 shows all)", "and {count} more (--top 0 shows all)", left)
                parts.append(_styled(more.format(count=left), is_screen, dim=True))
    if not table.num_rows:
        parts.append(_("Nobody is to be contacted on this day."))
    file.write(("\n".join(parts) + "\n").encode())


def _styled(text: str, is_screen: bool, **style: Any) -> str:
    return click.style(text, **style) if is_screen else text


def _heading(table: pa.Table, as_of: datetime.date) -> str:
    clients = pc.count_distinct(table.column("client_id")).as_py()
    people = ngettext("{count} client", "{count} clients", clients).format(count=clients)
    return _("To contact on {day}: {people}").format(day=f"{spoken(as_of, near=as_of)} {as_of.year}", people=people)


def _block(
    rows: pa.Table, names: dict[str, str], titles: dict[str, str], as_of: datetime.date, width: int | None
) -> str:
    """Return the rows of one block as a grid."""
    lines = [
        (
            str(row["rank"]),
            names.get(row["client_id"], row["client_id"]),
            _visits(row),
            reason(row, titles, as_of),
            _usual_time(row),
            _last_call(row),
            money.spoken(int(row["spent"] * 100), is_rounded=True),
        )
        for row in rows.to_pylist()
    ]
    headers = ("№", _("Client"), _("Visits"), _("Why"), _("Usually"), _("Last call"), _("Spent"))
    return grid(headers, lines, right=(0, 2, 6), width=width, gives_way=3, may_go=(6, 4))


def reason(row: dict[str, Any], titles: dict[str, str], as_of: datetime.date) -> str:
    """Return in words why a row is on the list."""

    def say(day: datetime.date | None) -> str:
        return "" if day is None else spoken(day, near=as_of)

    match row["block"]:
        case "missed":
            return _("the booking fell through; call from {day}").format(day=say(row["due_on"]))
        case "follow_up":
            return _("visit on {day}").format(day=say(row["last_visit_on"]))
        case "due" | "overdue" | "lapsed":
            return _expectation(row, titles, say)
        case "rebooked":
            return _("remind of the booking from {day}").format(day=say(row["due_on"]))
        case "waitlist":
            service = titles.get(row["service_id"] or "", row["service_id"] or _("any service"))
            since = _(", from {day}").format(day=say(row["due_on"])) if row["due_on"] else ""
            return f"{service}{since}"
        case _:
            return _("birthday on {day}").format(day=say(row["due_on"]))


def _expectation(row: dict[str, Any], titles: dict[str, str], say: Any) -> str:
    service = row["service_id"] or ""
    what = row["cycle_key"] or _("visit")
    if what == service:  # a service without a category is a cycle of its own
        what = titles.get(service, service)
    every = ngettext("every {count} day", "every {count} days", row["interval_days"]).format(count=row["interval_days"])
    late = row["days_late"]
    if late == 0:
        text = _("{what}: expected today, {every}")
    elif late < 0:
        text = _("{what}: expected {day}, {every}")
    else:
        text = ngettext(
            "{what}: {late} day late (expected {day}), {every}",
            "{what}: {late} days late (expected {day}), {every}",
            late,
        )
    text = text.format(day=say(row["expected_on"]), what=what, every=every, late=late)
    also = [titles.get(key, key) for key in (row["also_due"] or "").split(";") if key]
    return text + (_("; also: {cycles}").format(cycles=", ".join(also)) if also else "")


def _visits(row: dict[str, Any]) -> str:
    if row["is_lead"]:
        return _("lead")
    return _("new") if row["is_new"] else str(row["visits_count"])


def _usual_time(row: dict[str, Any]) -> str:
    if row["usual_weekday"] is None:
        return ""
    return f"{weekday_name(row['usual_weekday'])} {row['usual_hour']}:00"


def _last_call(row: dict[str, Any]) -> str:
    if row["last_outcome"] is None:
        return ""
    tries = f" ×{row['attempts']}" if row["attempts"] > 1 else ""
    return outcome_title(row["last_outcome"]) + tries
