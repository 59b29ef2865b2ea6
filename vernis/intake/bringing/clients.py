"""Clients: found by what the source calls them, by phone or e-mail with a name that agrees, else new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from vernis.book.models import Appointment, Client, Consent, SearchTerm
from vernis.book.operations import searching
from vernis.book.operations.clients import is_birthday
from vernis.intake import digests, names
from vernis.intake.bringing.survivors import survivors_of
from vernis.intake.fates import Fate, Kind
from vernis.intake.models import Link
from vernis.intake.weighing import weigh
from vernis.lib import phones

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from vernis.intake.bringing.context import Context
    from vernis.intake.bringing.links import Known
    from vernis.intake.reading import Home, Told
    from vernis.intake.weighing import Verdict

FIELDS = (
    "name", "phone", "second_phone", "email", "birthday", "source", "note", "branch_id", "refuses_sms",
)  # fmt: skip
FEW = 1_000
"""With no more rows than this, e-mails are looked up step by step; else those of all clients are read once."""

WITHDRAWN = (Consent.Channel.SMS, Consent.Purpose.ADVERTISING)


class Card(NamedTuple):
    """A client as far as she must be known to tell whether a row is about her."""

    pk: int
    name: str


class Clients:
    """Brings in rows of the table of clients."""

    def __init__(self, context: Context, total: int) -> None:
        self._context = context
        self._of_phone: dict[str, list[Card]] = {}  # made in this step; in a plan, in all steps
        self._of_email: dict[str, list[Card]] = {}
        self._all_emails: dict[str, list[int]] | None = None
        if total > FEW:
            self._all_emails = {}
            known = Client.objects.of(context.organization).exclude(email="").values_list("email", "pk")
            for email, pk in known.iterator(5_000):
                self._all_emails.setdefault(email.lower(), []).append(pk)

    def take(self, rows: list[Told]) -> None:
        """Bring in a few hundred rows, in the caller's transaction."""
        step = _Step(self._context, self, rows)
        step.decide()
        step.write()
        if self._context.writes:  # from now on the database knows them
            for email, cards in self._of_email.items():
                if self._all_emails is not None:
                    self._all_emails.setdefault(email, []).extend(card.pk for card in cards)
            self._of_phone.clear()
            self._of_email.clear()

    def emails_of(self, wanted: set[str]) -> Iterable[int]:
        """Return the clients of the book with one of these e-mails."""
        if self._all_emails is not None:
            return [pk for email in wanted for pk in self._all_emails.get(email, ())]
        if not wanted:
            return []
        return Client.objects.of(self._context.organization).filter(email__in=wanted).values_list("pk", flat=True)

    def fresh(self, numbers: Iterable[str], email: str) -> list[Card]:
        """Return those made in this import to whom a phone or e-mail belongs."""
        found = [card for number in numbers for card in self._of_phone.get(number, ())]
        return list(dict.fromkeys([*found, *self._of_email.get(email, ())]))

    def remember(self, card: Card, numbers: Iterable[str], email: str) -> None:
        """Note one made in this import."""
        for number in numbers:
            self._of_phone.setdefault(number, []).append(card)
        if email:
            self._of_email.setdefault(email, []).append(card)

    def renumber(self, made: dict[int, Client]) -> None:
        """Note the numbers that the database gave to those made in this step."""
        for cards in (*self._of_phone.values(), *self._of_email.values()):
            cards[:] = [Card(made[card.pk].pk, card.name) if card.pk in made else card for card in cards]


class _New(NamedTuple):
    client: Client
    ref: bytes
    said: bytes
    row: Told
    note: str


class _Step:
    def __init__(self, context: Context, clients: Clients, rows: list[Told]) -> None:
        self._context, self._clients, self._rows = context, clients, rows
        self._refs = {row["ref"]: digests.of_ref(row["ref"]) for row in rows}
        self._links = context.links.find(Link.Kind.CLIENT, self._refs.values())
        self._book = self._read_book()
        self._by_number: dict[str, list[Client]] = {}
        self._by_email: dict[str, list[Client]] = {}
        self._by_external: dict[str, Client] = {}
        for client in self._book.values():
            if client.pk in self._into:
                if client.external_id:
                    self._by_external[client.external_id] = self._there(client.pk) or client
                continue
            for number in {client.phone, client.second_phone} - {""}:
                self._by_number.setdefault(number, []).append(client)
            if client.email:
                self._by_email.setdefault(client.email.lower(), []).append(client)
            if client.external_id:
                self._by_external[client.external_id] = client
        self._new: list[_New] = []
        self._invented: dict[int, Client] = {}  # made in this step
        self._changed: dict[int, Client] = {}
        self._renamed: set[int] = set()
        self._refusing: list[tuple[Client, bytes]] = []
        self._visited: dict[int, datetime.datetime] | None = None

    def _read_book(self) -> dict[int, Client]:
        rows, organization = self._rows, self._context.organization
        numbers = {number for row in rows for number in _numbers(row)}
        emails = {row["email"] for row in rows if row["email"]}
        unknown = {
            row["external_id"] for row in rows if row["external_id"] and self._refs[row["ref"]] not in self._links
        }
        wanted = {known.object_id for known in self._links.values()}
        terms = [phones.digits(number).encode() for number in numbers]
        if terms:
            found = SearchTerm.objects.of(organization).filter(term__in=terms)
            wanted |= set(found.values_list("client_id", flat=True))
        wanted |= set(self._clients.emails_of(emails))
        of = Client.objects.of(organization)
        if unknown:
            wanted |= set(of.filter(external_id__in=unknown).values_list("pk", flat=True))
        self._into = survivors_of(organization, wanted)
        rows_of_book = of.filter(pk__in=wanted | set(self._into.values()))
        if self._context.writes:
            rows_of_book = rows_of_book.select_for_update(of=("self",), no_key=True).order_by("pk")
        return {client.pk: client for client in rows_of_book}

    def decide(self) -> None:
        for row in self._rows:
            self._decide(row)

    def _decide(self, row: Told) -> None:
        context, ref = self._context, self._refs[row["ref"]]
        home = context.homes.of(row["ref"])
        wanted = self._wanted(row, home)
        known = self._links.get(ref)
        client = self._there(known.object_id) if known else None
        note = ""
        if known is None:
            client, note = self._find(row, wanted)
        if client is None and known is not None:  # deleted here, or known to a plan only
            context.tell(Kind.CLIENT, row, Fate.SAME, object_id=known.object_id, label=wanted["name"])
        elif client is None:
            self._make(row, ref, wanted, home, note)
        elif client.erased_at is not None:
            if known is None:
                context.links.add(Link.Kind.CLIENT, ref, client.pk, b"", is_created=False)
            context.tell(Kind.CLIENT, row, Fate.SAME, note="look:erased", object_id=client.pk)
        else:
            self._compare(row, ref, client, known, wanted, home, note)
        if known is None:
            self._links |= context.links.find(Link.Kind.CLIENT, [ref])

    def _there(self, pk: int) -> Client | None:
        return self._invented.get(pk) or self._book.get(self._into.get(pk, pk))

    def _wanted(self, row: Told, home: Home | None) -> dict[str, Any]:
        numbers = _numbers(row)
        name = row["name"] or row["external_id"] or (phones.spoken(numbers[0]) if numbers else "") or row["email"]
        birthday = (row["birth_year"], row["birth_month"], row["birth_day"])
        is_known = birthday[1] is not None and is_birthday(*birthday)
        branch = row["branch"] or (home.branch if home else None)
        return {
            "name": _clean(name or _nameless(self._context))[:200],
            "phone": numbers[0] if numbers else "",
            "second_phone": numbers[1] if len(numbers) > 1 else "",
            "email": (row["email"] or "")[:254],
            "birthday": birthday if is_known else (),
            "source": _clean(row["how_found"] or "")[:200],
            "note": _note(self._context, row),
            "branch_id": self._context.branch_of(branch),
            "refuses_sms": row["refuses_sms"] or None,
        }

    def _find(self, row: Told, wanted: dict[str, Any]) -> tuple[Client | None, str]:
        """Return whom of the book or of this import a row means, and what somebody should look at."""
        name = row["name"] or ""
        if row["external_id"] and (same := self._by_external.get(row["external_id"])):
            is_other = wanted["phone"] and same.phone and wanted["phone"] not in (same.phone, same.second_phone)
            if names.agree(name, same.name) and not is_other:
                return same, ""
        numbers, email = _numbers(row), row["email"] or ""
        here = [client for number in numbers for client in self._by_number.get(number, ())]
        here += self._by_email.get(email, ()) if email else ()
        cards = [Card(client.pk, client.name) for client in dict.fromkeys(here)]
        cards += [card for card in self._clients.fresh(numbers, email) if card not in cards]
        if not cards:
            return None, ""
        agreeing = [card for card in cards if names.agree(name, card.name)]
        if len(agreeing) > 1:
            equal = [card for card in agreeing if names.equal(name, card.name)]
            agreeing = equal if len(equal) == 1 else agreeing
        if len(agreeing) == 1:
            found = agreeing[0]
            return self._there(found.pk) or Client(pk=found.pk, name=found.name), ""
        return None, "look:several" if agreeing else "look:shared"

    def _make(self, row: Told, ref: bytes, wanted: dict[str, Any], home: Home | None, note: str) -> None:
        context = self._context
        branch_id = wanted["branch_id"]
        begun = [clock for clock in (row["created_at"], home.since if home else None) if clock]
        since = context.rough_moment(min(begun), branch_id) if begun else None
        external = (row["external_id"] or "")[:100]
        if external in self._by_external:
            external = ""
        client = Client(
            organization=context.organization, external_id=external, created_at=min(since or context.now, context.now)
        )
        for field in FIELDS:
            _put(client, field, wanted[field])
        searching.prepare(client)
        client.pk = -len(self._new) - 1 if context.writes else context.invent()  # till it is written
        self._invented[client.pk] = client
        if external:
            self._by_external[external] = client
        said = digests.of_fields(FIELDS, wanted)
        self._new.append(_New(client, ref, said, row, note))
        self._clients.remember(Card(client.pk, client.name), _numbers(row), client.email)
        context.links.add(Link.Kind.CLIENT, ref, client.pk, said, is_created=True)

    def _compare(
        self, row: Told, ref: bytes, client: Client, known: Known | None, wanted: dict[str, Any], home: Home | None,
        note: str,
    ) -> None:  # fmt: skip
        context = self._context
        current = values_of(client)
        verdict = weigh(FIELDS, wanted, known.said if known else None, current)
        self._bend(client, wanted, verdict, home)
        before = _before(client, current, verdict)
        self._note(ref, client, known, verdict, before)
        if verdict.changes.get("refuses_sms"):
            self._refusing.append((client, ref))
        for field, value in verdict.changes.items():
            _put(client, field, value)
        if before:
            if {"name", "phone", "second_phone"} & set(before):
                self._renamed.add(client.pk)
                searching.prepare(client)
            if client.pk not in self._invented and client.pk > 0:
                self._changed[client.pk] = client
        fate = Fate.MERGED if known is None else Fate.CHANGED if verdict.changes else Fate.SAME
        if verdict.kept and not note:
            note = f"kept:{','.join(verdict.kept)}"
        context.tell(Kind.CLIENT, row, fate, note=note, object_id=client.pk, label=client.name)

    def _note(
        self, ref: bytes, client: Client, known: Known | None, verdict: Verdict, before: dict[str, list[Any]]
    ) -> None:
        links = self._context.links
        if known is None:
            link = links.add(Link.Kind.CLIENT, ref, client.pk, verdict.said, is_created=False)
            links.change(link, said=verdict.said, before=before, is_new=True)
        elif known.link and (before or verdict.said != known.said):
            links.change(known.link, said=verdict.said, before=before, is_new=False)

    def _bend(self, client: Client, wanted: dict[str, Any], verdict: Verdict, home: Home | None) -> None:
        """Do what is special in some fields."""
        if "name" in verdict.kept and (names.equal(client.name, wanted["name"]) or not names.words_of(wanted["name"])):
            verdict.kept.remove("name")
        if "name" in verdict.kept and not names.words_of(client.name):  # a code until now
            verdict.kept.remove("name")
            verdict.changes["name"] = wanted["name"]
        numbers = {client.phone, client.second_phone}
        for field in ("phone", "second_phone"):
            if field in verdict.kept and wanted[field] in numbers:
                verdict.kept.remove(field)
            elif field in verdict.changes and wanted[field] in numbers:
                del verdict.changes[field]
        if "phone" in verdict.kept and not client.second_phone and "second_phone" not in verdict.changes:
            verdict.kept.remove("phone")
            verdict.changes["second_phone"] = wanted["phone"]
        if "note" in verdict.kept and wanted["note"] in client.note:
            verdict.kept.remove("note")
        if "branch_id" in verdict.kept:  # people see where she was last, no need to tell
            verdict.kept.remove("branch_id")
        if "branch_id" in verdict.changes and client.branch_id and not self._was_there_last(client, home):
            del verdict.changes["branch_id"]

    def _was_there_last(self, client: Client, home: Home | None) -> bool:
        """Tell whether the source's latest visit is later than that of the book."""
        if home is None or home.visited_at is None:
            return False
        if self._visited is None:
            visits = Appointment.objects.of(self._context.organization).filter(
                client__in=list(self._book), status=Appointment.Status.COMPLETED
            )
            last = visits.values("client_id").annotate(last=Max("starts_at")).order_by()
            self._visited = dict(last.values_list("client_id", "last"))
        at = self._context.rough_moment(home.visited_at, self._context.branch_of(home.branch))
        last_here = self._visited.get(client.pk)
        return at is not None and (last_here is None or at > last_here)

    def write(self) -> None:
        """Write everything decided, all at once."""
        context = self._context
        made = {one.client.pk: one.client for one in self._new}
        if context.writes:
            for client in made.values():
                client.pk = None
            Client.objects.bulk_create(made.values())
            searching.write_terms(made.values())
            context.links.renumber(Link.Kind.CLIENT, {before: client.pk for before, client in made.items()})
            self._clients.renumber(made)
            context.fates[:] = [
                fate._replace(object_id=made[fate.object_id].pk) if fate.object_id in made else fate
                for fate in context.fates
            ]
            if self._changed:
                columns = ["birth_year", "birth_month", "birth_day", "search_name", "search_phone", "changed_at"]
                columns += [field for field in FIELDS if field not in ("birthday", "refuses_sms")]
                for client in self._changed.values():
                    client.changed_at = context.now
                Client.objects.bulk_update(self._changed.values(), columns, batch_size=100)
            for pk in self._renamed & set(self._changed):
                searching.index(self._changed[pk])
        for one in self._new:
            if one.row["refuses_sms"]:
                self._refusing.append((one.client, one.ref))
            context.tell(
                Kind.CLIENT, one.row, Fate.NEW, note=one.note, object_id=one.client.pk or 0, label=one.client.name
            )
        self._refuse()

    def _refuse(self) -> None:
        """Note that clients want no advertising by SMS, where the latest word of theirs is another."""
        context = self._context
        if not context.writes or not self._refusing:
            return
        clients = {client.pk: (client, ref) for client, ref in self._refusing}
        channel, purpose = WITHDRAWN
        events = Consent.objects.of(context.organization).filter(client__in=clients, channel=channel, purpose=purpose)
        latest = dict(events.order_by("at", "pk").values_list("client_id", "is_given"))
        with translation.override(context.organization.language):
            consents = [
                Consent(
                    organization=context.organization, client_id=pk, channel=channel, purpose=purpose, is_given=False,
                    means=Consent.Means.WRITTEN, note=_("Said so in the data that was brought in"),
                    recorded_by=context.by, at=context.now,
                )
                for pk in clients
                if latest.get(pk, True)
            ]  # fmt: skip
        Consent.objects.bulk_create(consents)
        for consent in consents:
            ref = digests.of_ref(f"{clients[consent.client_id][1].hex()}:{context.of_import.pk}")  # type: ignore[union-attr]
            context.links.add(Link.Kind.CONSENT, ref, consent.pk, b"", is_created=True)


def _before(client: Client, current: dict[str, Any], verdict: Verdict) -> dict[str, list[Any]]:
    """Return what undoing needs to know of the fields that will be changed."""
    before = {
        field: [list(current[field]) if field == "birthday" else current[field], digests.of_value(value).hex()]
        for field, value in verdict.changes.items()
        if field != "refuses_sms"
    }
    if before and client.changed_at:
        before["changed_at"] = [client.changed_at.isoformat(), ""]
    return before


def _numbers(row: Told) -> list[str]:
    return list(dict.fromkeys(number for number in (row["phone"], row["second_phone"]) if number))


def values_of(client: Client) -> dict[str, Any]:
    """Return the fields of a client as they are compared."""
    return {field: _get(client, field) for field in FIELDS}


def _get(client: Client, field: str) -> Any:
    if field == "birthday":
        return (client.birth_year, client.birth_month, client.birth_day) if client.birth_month else ()
    if field == "refuses_sms":
        return None
    return getattr(client, field)


def _put(client: Client, field: str, value: Any) -> None:
    if field == "birthday":
        client.birth_year, client.birth_month, client.birth_day = value or (None, None, None)
    elif field != "refuses_sms":
        setattr(client, field, value)


def _clean(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def _nameless(context: Context) -> str:
    with translation.override(context.organization.language):
        return _("Without a name")


def _note(context: Context, row: Told) -> str:
    """Return the note, with what the card has no field for."""
    with translation.override(context.organization.language):
        lines = [
            row["note"] or "",
            _("Category: {text}").format(text=row["category"]) if row["category"] else "",
            _("Card: {text}").format(text=row["card"]) if row["card"] else "",
            _("Discount: {number} %").format(number=row["discount"]) if row["discount"] else "",
        ]
    return "\n".join(line.strip().replace("\x00", "") for line in lines if line.strip())
