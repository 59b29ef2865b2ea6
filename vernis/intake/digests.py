"""Digests: enough to tell whether something is what it was, too little to read it."""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SIZE = 4
NOTHING = bytes(SIZE)


def of_ref(ref: str) -> bytes:
    """Return the digest by which a thing of a source is found again."""
    return hashlib.blake2b(ref.encode(), digest_size=16).digest()


def of_value(value: Any) -> bytes:
    """Return the digest of one field; that of nothing is NOTHING."""
    if is_nothing(value):
        return NOTHING
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.UTC).isoformat(timespec="seconds")
    return hashlib.blake2b(str(value).encode(), digest_size=SIZE).digest()


def is_nothing(value: Any) -> bool:
    """Tell whether a field says nothing; False and 0 say something."""
    return value is None or value in ("", ())


def of_fields(fields: Sequence[str], values: Mapping[str, Any]) -> bytes:
    """Return the digests of fields, one after another."""
    return b"".join(of_value(values[field]) for field in fields)


def part(said: bytes | memoryview | None, number: int) -> bytes:
    """Return the digest of one field out of those of all."""
    return bytes(said[number * SIZE : (number + 1) * SIZE]) if said else NOTHING
