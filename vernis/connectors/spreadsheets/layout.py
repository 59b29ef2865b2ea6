"""Where the table of a sheet begins: titles above it, a header of one row or two, or none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vernis.connectors.spreadsheets import words

LOOKED_AT = 40
_DATA = re.compile(r"[\s\d.,:/()+\-₽$€%№]*\d[\s\d.,:/()+\-₽$€%]*(?:[tT]\d\d:\d\d.*|[APap][Mm])?|\S+@\S+\.\S+")

Rows = Sequence[tuple[int, list[str]]]


@dataclass(frozen=True)
class Layout:
    """The columns of a sheet; the table begins below line `after`; what stands above it, by kind."""

    headers: tuple[str, ...]
    after: int
    above: tuple[tuple[str, int], ...]


def layout_of(rows: Rows) -> Layout | None:
    """Return the layout of a sheet by its first rows (with their lines), None where nothing stands in it."""
    if not any(_filled(cells) for _line, cells in rows):
        return None
    first, count = _header(rows)
    width = _table_width(rows, first, count)
    above: Counter[str] = Counter()
    for number, (_line, cells) in enumerate(rows[: first + count]):
        is_header = number >= first or cells[0:1] == ["sep="] or "".join(cells).startswith("sep=")
        above["header" if is_header else "title" if _filled(cells) else "blank"] += 1
    after = rows[first + count][0] - 1 if first + count < len(rows) else rows[-1][0]
    if not count:
        headers = [""] * width
    elif count == 1:
        headers = [*rows[first][1], *[""] * width][:width]
    else:
        headers = _joined(rows[first][1], rows[first + 1][1], width)
    return Layout(_named(headers), after, tuple(above.items()))


def _table_width(rows: Rows, first: int, count: int) -> int:
    """Return how many columns there are: those of the header, and others that many rows fill."""
    wide = max((_width(cells) for _line, cells in rows[first : first + count]), default=0)
    widths = sorted((_width(cells) for _line, cells in rows[first + count :] if _filled(cells)), reverse=True)
    usual = widths[min(max(1, len(widths) // 5), len(widths) - 1)] if widths else 0
    return max(wide, usual) if count else max(usual, *widths[:1])


def _header(rows: Rows) -> tuple[int, int]:
    """Return the number of the header's first row and how many rows it has (0: there is none)."""
    best, most = -1, 0.0
    for number, (_line, cells) in enumerate(rows[:LOOKED_AT]):
        score = _score(cells)
        if score > most and (best < 0 or score > most * 1.5 + 2):
            best, most = number, score
    if best < 0:
        return _unknown_header(rows)
    cells = rows[best][1]
    if best and _is_upper_half(rows[best - 1][1], cells):
        return best - 1, 2
    if best + 1 < len(rows) and _is_lower_half(rows, best):
        return best, 2
    return best, 1


def _score(cells: list[str]) -> float:
    """Return how much a row looks like a header: known names, no data; below 0: not at all."""
    filled = _filled(cells)
    known = sum(1 for cell in filled if words.folded(cell) in words.headers())
    data = sum(1 for cell in filled if _is_data(cell))
    if not known or data > len(filled) / 2 or known < len(filled) / 5:
        return 0.0
    return 3 * known + len(filled) - 3 * data


def _unknown_header(rows: Rows) -> tuple[int, int]:
    """Return the first row of several texts above rows with numbers, else that there is no header."""
    for number, (_line, cells) in enumerate(rows[:LOOKED_AT]):
        filled = _filled(cells)
        if len(filled) < 2:
            continue
        below = [_filled(row) for _line, row in rows[number + 1 : number + 6] if _filled(row)]
        has_data_below = any(_is_data(cell) for row in below for cell in row)
        is_text = not any(_is_data(cell) for cell in filled)
        return (number, 1) if is_text and has_data_below else (number, 0)
    first = next(number for number, (_line, cells) in enumerate(rows) if _filled(cells))
    return first, 0


def _is_upper_half(upper: list[str], lower: list[str]) -> bool:
    """Say whether a row above the header names groups of its columns."""
    filled = _filled(upper)
    if len(filled) < 2 or any(_is_data(cell) for cell in filled):
        return False
    pairs = list(zip(upper, [*lower, *[""] * len(upper)], strict=False))
    is_group = any(above.strip() and not below.strip() for above, below in pairs) or len(filled) < len(_filled(lower))
    repeats = len({words.folded(cell) for cell in _filled(lower)}) < len(_filled(lower))
    is_known = any(words.folded(cell) in words.headers() for cell in filled)
    return (is_group or repeats) and (is_known or repeats)


def _is_lower_half(rows: Rows, at: int) -> bool:
    """Say whether the row below the header says more about columns that have no name yet."""
    upper, lower = rows[at][1], rows[at + 1][1]
    filled = _filled(lower)
    if len(filled) < 2 or any(_is_data(cell) for cell in filled):
        return False
    below = [_filled(cells) for _line, cells in rows[at + 2 : at + 6]]
    fills_gaps = any(
        down.strip() and not up.strip() for up, down in zip([*upper, *[""] * len(lower)], lower, strict=False)
    )
    is_known = any(words.folded(cell) in words.headers() for cell in filled)
    return fills_gaps and is_known and any(_is_data(cell) for row in below for cell in row)


def _joined(upper: list[str], lower: list[str], width: int) -> list[str]:
    names, group = [], ""
    above = [cell.strip() for cell in [*upper, *[""] * width][:width]]
    below = [cell.strip() for cell in [*lower, *[""] * width][:width]]
    for up, down in zip(above, below, strict=True):
        group = up or group
        if not down:
            names.append(up)
        elif not group or down == group:
            names.append(down)
        else:
            names.append(f"{group} / {down}")
        if not down:
            group = ""
    return names


def _named(headers: Sequence[str]) -> tuple[str, ...]:
    """Return headers of which none is empty and no two are the same."""
    found: list[str] = []
    for number, header in enumerate(headers, 1):
        name = " ".join(header.replace("\ufeff", "").split()) or f"#{number}"
        times = 2
        unique = name
        while unique in found:
            unique = f"{name} ({times})"
            times += 1
        found.append(unique)
    return tuple(found)


def _filled(cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell.strip()]


def _width(cells: list[str]) -> int:
    return max((number for number, cell in enumerate(cells, 1) if cell.strip()), default=0)


def _is_data(cell: str) -> bool:
    return _DATA.fullmatch(cell.strip()) is not None
