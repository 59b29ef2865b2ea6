"""Yes and no, statuses, lengths of time, whole numbers, e-mail addresses, names."""

from __future__ import annotations

import re

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.values.unreadable import Unreadable, is_nothing

STATUSES = ("booked", "completed", "cancelled", "no_show")
_EMAIL = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\s@<>(),;:\".]{2,}")
MOST_MINUTES = 24 * 60


def truth(text: str) -> bool | None:
    """Return what yes or no in any usual form means; None for a blank cell or anything else."""
    word = text.strip().lower()
    if word in words.words("yes"):
        return True
    return False if word in words.words("no") else None


def status(text: str, answers: dict[str, str]) -> str:
    """Return the status that a word means: what people said about this file, else what is usual; "" for blank."""
    if not (word := words.folded(text)) and not text.strip():
        return ""
    if answer := answers.get(text.strip()):
        return answer
    known = words.statuses()
    if found := known.get(word):
        return found
    pieces = word.split()
    for length in range(len(pieces) - 1, 0, -1):  # "пришел (оплачено картой)"
        if found := known.get(" ".join(pieces[:length])):
            return found
    raise Unreadable("unknown_status")


def minutes(text: str) -> int | None:
    """Return the minutes of "90", "1:30", "1 ч 30 мин", "1h 30m", "1,5 часа"."""
    cleaned = text.strip().lower()
    if is_nothing(cleaned):
        return None
    if found := re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", cleaned):
        total = int(found[1]) * 60 + int(found[2])
    elif found := re.fullmatch(r"(\d+)(?:[.,]0+)?", cleaned):
        total = int(found[1])
    else:
        total = _in_words(cleaned)
    if total > MOST_MINUTES:
        raise Unreadable("not_a_number")
    return total


def _in_words(text: str) -> int:
    total, seen = 0.0, 0
    for number, unit in re.findall(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]*)\.?", text):
        value = float(number.replace(",", "."))
        if unit in words.words("hours"):
            total += value * 60
        elif unit in words.words("minutes") or (not unit and seen):
            total += value
        else:
            raise Unreadable("not_a_number")
        seen += 1
    if not seen:
        raise Unreadable("not_a_number")
    return round(total)


def whole(text: str, *, most: int = 32_767) -> int | None:
    """Return a whole number such as days."""
    cleaned = re.sub(r"[\s\u00a0]", "", text)
    if is_nothing(cleaned):
        return None
    found = re.match(r"-?(\d+)(?:[.,]0+)?(?![\d.,])", cleaned)
    if not found or int(found[1]) > most or cleaned.startswith("-"):
        raise Unreadable("not_a_number")
    return int(found[1])


def per_cent(text: str) -> int | None:
    """Return whole per cent: "10", "10 %", "0.1" as a cell of per cent is kept."""
    cleaned = text.replace("%", "").replace(",", ".").strip()
    if is_nothing(cleaned):
        return None
    try:
        value = float(cleaned)
    except ValueError:
        raise Unreadable("not_a_number") from None
    value = value * 100 if 0 < value < 1 and "%" not in text else value
    if not 0 <= value <= 100:
        raise Unreadable("not_a_number")
    return round(value)


def email(text: str) -> str:
    """Return an address in lower case, of several the first; "" for none."""
    cleaned = text.strip().strip("<>").lower().removeprefix("mailto:")
    if is_nothing(cleaned):
        return ""
    for part in re.split(r"[,;\s]+", cleaned):
        if _EMAIL.fullmatch(part):
            return part
    raise Unreadable("not_an_email")


def gender(text: str) -> str | None:
    """Return "f", "m" or None."""
    word = text.strip().lower()
    if word in words.words("female"):
        return "f"
    return "m" if word in words.words("male") else None


def name(text: str) -> str:
    """Return a name as written, its spaces single."""
    cleaned = " ".join(text.replace("\xa0", " ").split())
    return "" if is_nothing(cleaned) else cleaned


def name_key(text: str) -> str:
    """Return a name as it is compared: its words in order of the alphabet."""
    return " ".join(sorted(words.folded(text).split()))
