"""What a client is found by: words of the name, and digits with which a phone begins or ends."""

from __future__ import annotations

import re

LONGEST_WORD = 40
ENDINGS = (7, 4)
"""People name the last seven or the last four digits of a phone."""


def folded(name: str) -> str:
    """Return a name for comparing and ordering: lower case, ё as е, one space between words."""
    return " ".join(name.casefold().replace("ё", "е").split())


def words(name: str) -> list[str]:
    """Return the words of a name, each once, cut where nobody types on."""
    return list(dict.fromkeys(word[:LONGEST_WORD] for word in re.findall(r"\w+", folded(name))))


def of_phone(e164: str) -> list[str]:
    """Return the digits by which a phone is found: from its beginning, without the country, and its endings."""
    digits = re.sub(r"\D", "", e164)
    if not digits:
        return []
    national = digits[-10:]
    return list(dict.fromkeys([digits, national, *(digits[-count:] for count in ENDINGS)]))


def of_client(name: str, *phones: str) -> set[str]:
    """Return all terms of a client."""
    return {*words(name), *(term for phone in phones for term in of_phone(phone))}
