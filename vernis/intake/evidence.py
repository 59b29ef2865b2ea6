"""Whether two cards are of one person: what speaks for it, and how sure that is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from vernis.intake.alike import Alike, alike, given, sounds

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kind(StrEnum):
    """How sure it is."""

    SURE = "sure"
    LIKELY = "likely"
    FAMILY = "family"  # one phone, different people


class Reason(StrEnum):
    """What was found; nothing of the card itself is kept with a pair."""

    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_NAME = "same_name"
    SIMILAR_NAME = "similar_name"
    PART_OF_NAME = "part_of_name"
    SAME_BIRTHDAY = "same_birthday"
    OTHER_NAME = "other_name"
    OTHER_BIRTHDAY = "other_birthday"


class Person(NamedTuple):
    """What of a card is compared. Phones E.164."""

    pk: int
    name: str
    phone: str
    second_phone: str
    email: str
    birth_year: int | None
    birth_month: int | None
    birth_day: int | None


@dataclass(frozen=True)
class Verdict:
    """What two cards are to each other; `score` orders those of one kind, the surest first."""

    kind: Kind
    score: int
    reasons: tuple[Reason, ...]


COLUMNS = Person._fields


def compared(one: Person, other: Person) -> Verdict | None:
    """Return what two cards are to each other, None where nothing speaks for one person.

    Sure is only who shares a phone or e-mail and the whole name, or a phone, a whole birthday and a name that says no
    more than the other. A different name or birthday is never sure, as mother and daughter have one phone; nor is a
    typo or a pet name: Алиева and Валиева are a letter apart.
    """
    names = alike(one.name, other.name)
    same_phone, same_email = bool(_phones(one) & _phones(other)), bool(one.email and _email(one) == _email(other))
    birthday = _birthday(one, other)
    reasons = [
        reason
        for reason, holds in (
            (Reason.SAME_PHONE, same_phone),
            (Reason.SAME_EMAIL, same_email),
            (Reason.SAME_NAME, names == Alike.SAME),
            (Reason.SIMILAR_NAME, names == Alike.SIMILAR),
            (Reason.PART_OF_NAME, names == Alike.PART),
            (Reason.SAME_BIRTHDAY, birthday in (_SAME_DAY, _SAME_DATE)),
            (Reason.OTHER_NAME, names == Alike.DIFFERENT),
            (Reason.OTHER_BIRTHDAY, birthday == _OTHER),
        )
        if holds
    ]
    is_whole = min(len(sounds(one.name)), len(sounds(other.name))) >= 2
    kind = _kind(names, same_phone, same_email, birthday, is_whole=is_whole, has_phones=_both_have_phones(one, other))
    if kind is None:
        return None
    score = 4 * same_phone + 3 * same_email + 2 * max(names - 1, 0) + 3 * (birthday == _SAME_DATE) + is_whole
    return Verdict(kind, score + (birthday == _SAME_DAY), tuple(reasons))


def _kind(
    names: Alike, same_phone: bool, same_email: bool, birthday: int, *, is_whole: bool, has_phones: bool
) -> Kind | None:
    if names == Alike.DIFFERENT or birthday == _OTHER:
        return Kind.FAMILY if same_phone or same_email else None
    if same_phone or same_email:
        if names == Alike.SAME and is_whole:
            return Kind.SURE
        is_sure = same_phone and birthday == _SAME_DATE and names in (Alike.SAME, Alike.PART)
        return Kind.SURE if is_sure else Kind.LIKELY
    if birthday == _SAME_DATE and names >= Alike.SIMILAR and is_whole:
        return Kind.LIKELY
    if birthday == _SAME_DAY and names == Alike.SAME and is_whole and not has_phones:
        return Kind.LIKELY
    return None


_UNKNOWN, _OTHER, _SAME_DAY, _SAME_DATE = range(4)


def _birthday(one: Person, other: Person) -> int:
    if not one.birth_month or not other.birth_month:
        return _UNKNOWN
    if (one.birth_month, one.birth_day) != (other.birth_month, other.birth_day):
        return _OTHER
    if not one.birth_year or not other.birth_year:
        return _SAME_DAY
    return _SAME_DATE if one.birth_year == other.birth_year else _OTHER


def _phones(person: Person) -> set[str]:
    return {person.phone, person.second_phone} - {""}


def _both_have_phones(one: Person, other: Person) -> bool:
    return bool(_phones(one) and _phones(other))


def _email(person: Person) -> str:
    return person.email.strip().casefold()


def keys(person: Person) -> set[int]:
    """Return the keys of which two cards of one person share at least one, as numbers that tell nothing."""
    return {_number(key) for key in _keys(person)}


def shared_key(kind: str, value: str) -> int:
    """Return the key of a phone ("p") or e-mail ("e")."""
    return _number(f"{kind}{value}")


def _keys(person: Person) -> Iterator[str]:
    for phone in _phones(person):
        yield f"p{phone}"
    if person.email:
        yield f"e{_email(person)}"
    words = sounds(person.name)
    if person.birth_month and words:
        day = f"{person.birth_month}-{person.birth_day}"
        for word in words:
            for name in given(word) or {word}:  # Катя and Екатерина meet under one key
                yield f"b{day}{name[:3]}"


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
