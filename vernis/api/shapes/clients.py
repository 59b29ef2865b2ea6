"""Clients and consents."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from vernis.accounts.audit import masked as masked_mail
from vernis.api.shapes.base import (
    At,
    Birthday,
    Flag,
    Id,
    In,
    Line,
    Mail,
    Moment,
    Note,
    Out,
    Paging,
    Phone,
    QueryId,
    Text,
    Title,
    Word,
)
from vernis.lib import days, phones

if TYPE_CHECKING:
    from vernis.book.models import Client, Consent
    from vernis.book.operations.clients import Facts


class ClientFields(In):
    """What may be said of a client."""

    branch_id: Id | None = None
    phone: Phone = ""
    second_phone: Phone = ""
    email: Mail = ""
    birthday: Birthday = ""
    traits: Annotated[dict[Word, Word], Field(max_length=50, default_factory=dict)]
    allergies: Text = ""
    preferences: Text = ""
    wishes: Text = ""
    favourite_line: Line = ""
    source: Line = ""
    note: Text = ""


class ClientIn(ClientFields):
    """A new client."""

    name: Title
    is_other_person: Flag = False  # though somebody else has this phone


class ClientPatch(ClientFields):
    """What to change; a field that is not named stays as it is."""

    name: Title = ""


class ClientOut(Out):
    """A client. Without the right clients:contacts phones and e-mail are masked."""

    id: int
    name: str
    branch_id: int | None
    phone: str
    second_phone: str
    email: str
    birthday: str
    traits: dict[str, str]
    allergies: str
    preferences: str
    wishes: str
    favourite_line: str
    source: str
    note: str
    created_at: At
    changed_at: At
    is_erased: bool


class ClientsQuery(Paging):
    """Which clients."""

    q: Annotated[Line, Field(description="beginnings of names, or of a phone")] = ""
    branch_id: QueryId | None = None
    changed_since: Moment | None = None


class ConsentIn(In):
    """A consent given or withdrawn."""

    channel: Literal["call", "sms", "messenger", "email"]
    purpose: Literal["service", "advertising"]
    is_given: Flag
    means: Literal["paper", "spoken", "written", "page"]
    wording: Text = ""
    note: Note = ""


class ConsentOut(Out):
    """A consent given or withdrawn."""

    id: int
    channel: str
    purpose: str
    is_given: bool
    means: str
    wording: str
    note: str
    recorded_by: int | None
    at: At


class ConsentsOut(Out):
    """All that a client has allowed and withdrawn, the latest first."""

    items: list[ConsentOut]


class EraseIn(In):
    """The name of the client, so that nobody is forgotten by a slip."""

    name: Title


class Everything(Out):
    """All that is known of a client."""

    client: dict[str, Any]
    appointments: list[dict[str, Any]]
    consents: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    waitlist: list[dict[str, Any]]


def facts_of(said: ClientFields) -> Facts:
    """Return what a request says of a client, as the book takes it."""
    facts: dict[str, Any] = said.model_dump(exclude_unset=True, exclude={"birthday", "is_other_person"})
    if "birthday" in said.model_fields_set:
        year, month, day = birthday_of(said.birthday)
        facts |= {"birth_year": year, "birth_month": month, "birth_day": day}
    return facts  # type: ignore[return-value]


def birthday_of(text: str) -> tuple[int | None, int | None, int | None]:
    """Return year, month and day of a birthday as it is exchanged."""
    if not text:
        return None, None, None
    year, month, day = ("", *text[2:].split("-")) if text.startswith("--") else tuple(text.split("-"))
    return int(year) if year else None, int(month), int(day)


def shown(client: Client, *, with_contacts: bool) -> ClientOut:
    """Return a client as a program may see her."""
    phone = (lambda text: text) if with_contacts else phones.masked
    email = (lambda text: text) if with_contacts else masked_mail
    return ClientOut(
        id=client.pk,
        name=client.name,
        branch_id=client.branch_id,
        phone=phone(client.phone),
        second_phone=phone(client.second_phone),
        email=email(client.email),
        birthday=days.written(client.birth_year, client.birth_month, client.birth_day),
        traits={str(key): str(value) for key, value in client.traits.items()},
        allergies=client.allergies,
        preferences=client.preferences,
        wishes=client.wishes,
        favourite_line=client.favourite_line,
        source=client.source,
        note=client.note,
        created_at=client.created_at,
        changed_at=client.changed_at,
        is_erased=client.erased_at is not None,
    )


def etag_of(changed_at: datetime.datetime) -> str:
    """Return what changes whenever the client does."""
    return f'"{changed_at.astimezone(datetime.UTC):%Y%m%dT%H%M%S.%f}"'


def consent(row: Consent) -> ConsentOut:
    """Return a consent as it is shown."""
    return ConsentOut(
        id=row.pk,
        channel=row.channel,
        purpose=row.purpose,
        is_given=row.is_given,
        means=row.means,
        wording=row.wording,
        note=row.note,
        recorded_by=row.recorded_by_id,
        at=row.at,
    )
