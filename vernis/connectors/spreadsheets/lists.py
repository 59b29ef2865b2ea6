"""Lists of services and of products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.blocks import Block
from vernis.connectors.spreadsheets.facts import Refused
from vernis.connectors.spreadsheets.listing import Listing
from vernis.connectors.spreadsheets.mapping import SheetMapping
from vernis.connectors.spreadsheets.reading import Opened
from vernis.connectors.spreadsheets.values import money, plain
from vernis.connectors.spreadsheets.values.unreadable import Unreadable, is_nothing


@dataclass
class Listed:
    """What came of rows of a list."""

    staged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    refused: Refused = field(default_factory=Refused)
    folded: list[tuple[int, str, int, int]] = field(default_factory=list)  # line, reason, into file, into line


def read_services(block: Block, sheet: Opened, mapping: SheetMapping, listing: Listing, *, file: int) -> Listed:
    """Take the services of a block into the listing."""
    done = Listed()
    for one in block.refused:
        done.refused.add(one.line, one.reason, None, None, one.cells)
    places = {column.role: column.index for column in mapping.columns if column.role}
    if mapping.answer("currency") == "no":
        places.pop("price", None)
    at = places.get("price")
    shown = [row[at].strip() for row in sheet.samples if at is not None and at < len(row)]
    decimal = "." if sheet.is_machine else money.decimal_of(shown)
    for number, line in enumerate(block.lines.tolist()):
        cells = block.row(number)
        filled = [cell for cell in cells if cell.strip()]
        title = _cell(cells, places, "title")
        code = _cell(cells, places, "service_id")
        if not filled:
            done.skipped["blank"] += 1
        elif words.is_total(filled[0]) and len(filled) < len(cells):
            done.skipped["totals"] += 1
        elif cells == list(sheet.layout.headers):
            done.skipped["header"] += 1
        elif not title and not code:
            done.refused.add(line, "no_title", None, None, cells)
        else:
            try:
                row = _service(cells, places, decimal)
            except _BadCell as bad:
                header = sheet.layout.headers[bad.at]
                done.refused.add(line, bad.reason, header, cells[bad.at].strip(), cells)
                continue
            row |= {"external_id": code or None, "title": " ".join(title.split()) or None}
            if known := listing.tell(row, file=file, line=line):
                done.folded.append((line, "same_service", *known))
            else:
                done.staged += 1
    return done


class _BadCell(ValueError):
    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        self.reason = reason


def _service(cells: list[str], places: dict[str, int], decimal: str) -> dict[str, Any]:
    readers: dict[str, Callable[[str], Any]] = {
        "price": lambda text: None if is_nothing(text) else money.amount(text, decimal=decimal),
        "minutes": plain.minutes,
        "interval_days": plain.whole,
        "is_active": plain.truth,
    }
    found: dict[str, Any] = {"category": _cell(cells, places, "service_category") or None}
    for role, read in readers.items():
        text = _cell(cells, places, role)
        try:
            found[role] = read(text) if text else None
        except Unreadable as fault:
            raise _BadCell(places[role], fault.reason) from None
    if found["interval_days"] == 0:
        found["interval_days"] = None
    return found


def read_products(block: Block, mapping: SheetMapping, listing: Listing) -> int:
    """Take the products of a block into the listing; return how many rows there are."""
    places = {column.role: column.index for column in mapping.columns if column.role}
    for number in range(len(block)):
        cells = block.row(number)
        listing.tell_product(_cell(cells, places, "title"), _cell(cells, places, "service_id"))
    return len(block)


def _cell(cells: list[str], places: dict[str, int], role: str) -> str:
    return cells[places[role]].strip() if role in places else ""
