"""Kinds of values: what does not look exactly so is refused, never guessed."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer, Strict, WithJsonSchema

MOST_ID = 2**63 - 1
T = TypeVar("T")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
EARLIEST, LATEST = 1900, 2200


def _day(value: Any) -> datetime.date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("write a day as 2026-05-12")
    day = datetime.date.fromisoformat(value)
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"must lie between {EARLIEST} and {LATEST}")
    return day


def _moment(value: Any) -> datetime.datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("write a moment with its offset from UTC: 2026-05-12T10:00:00+03:00")
    text = re.sub(r"\.([0-9]{1,6})[0-9]*", lambda found: "." + found[1].ljust(6, "0"), value.upper())
    moment = datetime.datetime.fromisoformat(text)
    if not EARLIEST < moment.year < LATEST:
        raise ValueError(f"must lie between {EARLIEST} and {LATEST}")
    return moment.astimezone(datetime.UTC)


def _clock(value: Any) -> datetime.time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError("write a time as 16:30")
    return datetime.time.fromisoformat(value)


def _text(value: Any) -> Any:
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= char <= "\udfff" for char in value)):
        raise ValueError("has characters that are no text (NUL, or half of a surrogate pair)")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,19}", value, re.ASCII):
        raise ValueError("write a whole number in digits")
    return value


Day = Annotated[datetime.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Moment = Annotated[
    datetime.datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "description": "RFC 3339, with the offset from UTC"}),
]
Clock = Annotated[
    datetime.time,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}),
]
Id = Annotated[int, Strict(), Field(ge=1, le=MOST_ID)]
PathId = Annotated[int, Field(ge=1, le=MOST_ID)]
QueryId = Annotated[int, Field(ge=1, le=MOST_ID), BeforeValidator(_number)]
Cursor = Annotated[int, Field(ge=0, le=MOST_ID, description="`next` of the page before"), BeforeValidator(_number)]
Limit = Annotated[int, Field(ge=1, le=100), BeforeValidator(_number)]
Hundredths = Annotated[int, Strict(), Field(ge=-(10**15), le=10**15, description="hundredths of the currency")]
Flag = Annotated[bool, Strict()]
Word = Annotated[str, Field(min_length=1, max_length=100), BeforeValidator(_text)]
Line = Annotated[str, Field(max_length=200), BeforeValidator(_text)]
Title = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), BeforeValidator(_text)]
Note = Annotated[str, Field(max_length=500), BeforeValidator(_text)]
Text = Annotated[str, Field(max_length=5000), BeforeValidator(_text)]
Phone = Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14})?$", description="E.164: +79161234567, or empty")]
Mail = Annotated[str, Field(max_length=254, pattern=r"^([^\s@\x00-\x1f]+@[^\s@\x00-\x1f]+\.[^\s@\x00-\x1f]+)?$")]
Birthday = Annotated[
    str, Field(pattern=r"^(([0-9]{4}|-)-[0-9]{2}-[0-9]{2})?$", description="1990-05-12, or --05-12 without the year")
]

At = Annotated[
    datetime.datetime,
    PlainSerializer(lambda at: f"{at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
On = Annotated[datetime.date, WithJsonSchema({"type": "string", "format": "date"})]


class In(Schema):
    """What comes in: a field that we do not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Out(Schema):
    """What goes out."""


class Page(Out, Generic[T]):
    """Some rows in the order of their numbers; `next` is the `cursor` of the next page, null at the end."""

    items: list[T]
    next: int | None


class Paging(In):
    """Which part of a list."""

    cursor: Cursor = 0
    limit: Limit = 50
