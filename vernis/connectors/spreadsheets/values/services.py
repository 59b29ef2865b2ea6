"""Several services in one cell."""

from __future__ import annotations

import re

from vernis.connectors.spreadsheets import words


def services_in(text: str, known: frozenset[str]) -> list[str]:
    """Return the services of a cell; `known` are folded titles and codes of the list of services, if there is one.

    A title of the list stays whole, whatever stands in it. Without a list commas divide, except inside of brackets.
    """
    cleaned = text.strip()
    if not cleaned:
        return []
    if words.folded(cleaned) in known:
        return [cleaned]
    found: list[str] = []
    for part in re.split(r"[\n;]|\s\+\s|(?<=[^\W\d_)])\+(?=[^\W\d_])", cleaned):
        found += _by_commas(part.strip(), known)
    return [one for one in found if one]


def _by_commas(text: str, known: frozenset[str]) -> list[str]:
    if "," not in text or words.folded(text) in known:
        return [text]
    pieces = _outside_of_brackets(text)
    if len(pieces) < 2:
        return pieces
    found, at = [], 0
    while at < len(pieces):
        for end in range(len(pieces), at, -1):
            joined = ", ".join(pieces[at:end])
            if end == at + 1 or words.folded(joined) in known:
                found.append(joined)
                at = end
                break
    if known and not any(words.folded(one) in known for one in found):
        return [text]
    return found


def _outside_of_brackets(text: str) -> list[str]:
    pieces, depth, start = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        is_decimal = text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()
        if char == "," and depth <= 0 and not is_decimal:
            pieces.append(text[start:place].strip())
            start = place + 1
    return [piece for piece in [*pieces, text[start:].strip()] if piece]
