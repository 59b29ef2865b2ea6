"""The people and the small world of the tests of the application.

Nina owns the network `ours`. Olga (operator), Boris (front desk) and Timur (staff) work in its branch `center`, Maria
manages `north`, in another time zone. Gleb worked in `center` until he was dismissed. Pavel owns `theirs`, another
organization, and must see nothing of ours.

Whatever belongs to `theirs` has the word CANARY in its texts, whatever belongs to `north` PARROT: a page shown to
somebody who may not see it can be searched for them.
"""

from __future__ import annotations

import datetime
import importlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from vernis.accounts.models import Branch, Invitation, Organization, Role, StaffWord, User
from vernis.accounts.secrets import seal
from vernis.accounts.tenancy import scoped_to
from vernis.api.models import Delivery, Endpoint, Token
from vernis.book.merging import card_of
from vernis.book.models import (
    Appointment,
    AppointmentLine,
    Client,
    Consent,
    Contact,
    Merge,
    Service,
    ServiceInterval,
    Staff,
    Trait,
    WaitlistEntry,
)
from vernis.book.models.contacts import Block, Outcome
from vernis.book.operations import searching
from vernis.intake.models import Access, Checkup, Connection, DuplicatePair, Import, ImportFile
from vernis.worklist.models import Item, LearnedInterval, Lease, Skip, Step, Sync

ROOMS = ("schedule", "offers", "scripts", "holdouts", "expect", "rebooking", "winback", "reports")
"""Rooms whose rows and routes are in `tests/ROOM/rows.py` and `tests/ROOM/routes.py`."""

CANARY, PARROT = "Canarybird", "Parrot"  # there is a time zone Atlantic/Canary
PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class House:
    """What an organization has whatever the branch."""

    organization: Organization
    service: Service
    interval: ServiceInterval
    trait: Trait
    step: Step
    token: Token
    endpoint: Endpoint
    delivery: Delivery
    brought: Import
    rows: dict[str, Any] = field(default_factory=dict)  # of the other rooms


@dataclass(frozen=True)
class Place:
    """A branch, and one row of everything in it. `client` is due today, `missed` has not come yesterday."""

    branch: Branch
    person: User  # who works there
    staff: Staff
    client: Client
    missed: Client
    visit: Appointment
    line: AppointmentLine
    miss: Appointment
    entry: WaitlistEntry
    consent: Consent
    contact: Contact
    item: Item
    missed_item: Item
    closed_item: Item
    invitation: Invitation
    merge: Merge  # of the two clients, taken apart again
    pair: DuplicatePair  # the two clients, known to be different people
    connection: Connection  # to a booking system
    rows: dict[str, Any] = field(default_factory=dict)  # of the other rooms


@dataclass(frozen=True)
class World:
    """Everybody and everything."""

    ours: House
    theirs: House
    center: Place
    north: Place
    elsewhere: Place
    olga: User
    boris: User
    timur: User
    maria: User
    nina: User
    gleb: User
    pavel: User

    @property
    def people(self) -> dict[str, User]:
        """Everybody by name; Gleb is dismissed."""
        names = ("olga", "boris", "timur", "maria", "nina", "gleb", "pavel")
        return {name: getattr(self, name) for name in names}


def make_world(now: datetime.datetime | None = None) -> World:
    """Write the world into the database; what is said of days is relative to `now`."""
    now = now or timezone.now()
    ours = Organization.objects.create(name="Тихая студия", country="RU", currency="RUB", timezone="Europe/Moscow")
    theirs = Organization.objects.create(
        name=f"Чужой салон {CANARY}", country="KZ", currency="KZT", timezone="Asia/Almaty", language="ru"
    )
    with scoped_to(ours.pk):
        house = make_house(ours, "", now)
        center, north = make_branch(ours, "Центр", "Europe/Moscow"), make_branch(ours, f"Север {PARROT}", "Asia/Omsk")
        people = {
            "olga": make_person(ours, "Ольга Тестова", Role.OPERATOR, center),
            "boris": make_person(ours, "Борис Тестов", Role.FRONT_DESK, center),
            "timur": make_person(ours, "Тимур Тестов", Role.STAFF, center),
            "maria": make_person(ours, f"Мария {PARROT}", Role.MANAGER, north),
            "nina": make_person(ours, "Нина Тестова", Role.OWNER),
            "gleb": make_person(ours, "Глеб Тестов", Role.OPERATOR, center),
        }
        User.objects.filter(pk=people["gleb"].pk).update(is_active=False, dismissed_at=now)
        people["gleb"].refresh_from_db()
        places = [
            make_place(house, center, "", "+7916200", people["olga"], now),
            make_place(house, north, PARROT, "+7913300", people["maria"], now),
        ]
        Staff.objects.filter(pk=places[0].staff.pk).update(user=people["timur"])
        places[0].staff.refresh_from_db()
    with scoped_to(theirs.pk):
        their_house = make_house(theirs, CANARY, now)
        people["pavel"] = make_person(theirs, f"Павел {CANARY}", Role.OWNER)
        branch = make_branch(theirs, f"Алматы {CANARY}", "Asia/Almaty", country="KZ", currency="KZT")
        places.append(make_place(their_house, branch, CANARY, "+7701400", people["pavel"], now))
    center_place, north_place, elsewhere = places
    return World(ours=house, theirs=their_house, center=center_place, north=north_place, elsewhere=elsewhere, **people)


def make_branch(
    organization: Organization, name: str, zone: str, *, country: str = "RU", currency: str = "RUB"
) -> Branch:
    """Open a branch."""
    return Branch.objects.create(
        organization=organization,
        name=name,
        timezone=zone,
        country=country,
        currency=currency,
        staff_word=StaffWord.MASTER,
    )


def make_person(organization: Organization, name: str, role: Role, *branches: Branch) -> User:
    """Add a person with the password of all tests; the e-mail is made of the role and a number."""
    person = User(
        organization=organization,
        name=name,
        role=role,
        email=f"{role}{User.objects.count()}@example.com",
        sees_all_branches=role == Role.OWNER,
    )
    person.set_password(PASSWORD)
    person.save()
    person.branches.set(branches)
    return person


def make_house(organization: Organization, word: str, now: datetime.datetime) -> House:
    """Write what an organization has whatever the branch."""
    mark = f" {word}".rstrip()
    service = Service.objects.create(
        organization=organization, title=f"Стрижка{mark}", category=f"hair{word.lower()}", interval_days=28,
        price=250_000,
    )  # fmt: skip
    interval = ServiceInterval.objects.create(
        organization=organization, service=service, trait="hair_length", trait_value="short", interval_days=21
    )
    trait = Trait.objects.create(
        organization=organization,
        key="hair_length",
        title=f"Длина волос{mark}",
        values=[["short", "короткие"], ["long", "длинные"]],
    )
    step = Step.objects.create(
        organization=organization, role=Role.OPERATOR, position=1, block=Block.MISSED, title=f"Сначала{mark}"
    )
    today = now.astimezone(organization.zone).date()
    Sync.objects.create(organization=organization, as_of=today, started_at=now, finished_at=now)
    row = ["", "", "", f"{service.pk:010d}", "", "28"]
    Checkup.objects.create(
        organization=organization,
        made_at=now,
        findings=[{"key": "without_interval", "count": 1, "of": 1, "severity": "bad", "rows": [row]}],
    )
    LearnedInterval.objects.create(organization=organization, cycle_key=service.category, as_of=today, interval_days=28)
    token, endpoint = make_programs(organization, mark, now)
    delivery = Delivery.objects.create(
        organization=organization, endpoint=endpoint, event="client.changed", payload=f'{{"{word}": 1}}',
        created_at=now, state=Delivery.State.DELIVERED, attempts=[{"at": now.isoformat(), "status": 204, "ms": 12}],
    )  # fmt: skip
    brought = Import.objects.create(
        organization=organization, source="files", kind="files", title=f"История{mark}.xlsx", created_at=now,
        state=Import.State.CHECKED, total=2, balance={"clients": {"new": 2}},
    )  # fmt: skip
    ImportFile.objects.create(
        organization=organization, of_import=brought, number=0, name=f"История{mark}.xlsx", size=10, sha256="0" * 64
    )
    house = House(organization, service, interval, trait, step, token, endpoint, delivery, brought)
    for room in ROOMS:
        house.rows.update(importlib.import_module(f"tests.{room}.rows").of_house(house, word, now))
    return house


def make_programs(organization: Organization, mark: str, now: datetime.datetime) -> tuple[Token, Endpoint]:
    """Give an organization a program with a token that nobody knows, and a webhook that is switched off."""
    person = User.objects.create(
        organization=organization, name=f"Программа{mark}", email=f"{organization.pk}@program.invalid",
        role=Role.OPERATOR, is_program=True, is_active=False,
    )  # fmt: skip
    token = Token.objects.create(
        organization=organization, person=person, prefix=f"{organization.pk:08x}", secret_hash="0" * 64,
        scopes=["clients:read"], made_by=person,
    )  # fmt: skip
    endpoint = Endpoint.objects.create(
        organization=organization, url=f"https://example.com/{mark.strip()}", events=["client.changed"],
        secret=seal("whsec_AAAA"), is_active=False,
    )  # fmt: skip
    return token, endpoint


def make_place(house: House, branch: Branch, word: str, phones: str, person: User, now: datetime.datetime) -> Place:
    """Write one row of everything into a branch; `phones` begins the numbers of its clients."""
    organization, today, mark = house.organization, branch.today(now), f" {word}".rstrip()
    owned = {"organization": organization, "branch": branch}
    staff = Staff.objects.create(**owned, name=f"Светлана Мастер{mark}")
    client = make_client(branch, f"Анна Берёзова{mark}", f"{phones}0101", note=f"Пьёт чай{mark}")
    missed = make_client(branch, f"Вера Липова{mark}", f"{phones}0102")
    ago = today - datetime.timedelta(days=27)
    visit = make_appointment(client, day=ago, status=Appointment.Status.COMPLETED)
    line = AppointmentLine.objects.create(
        organization=organization, appointment=visit, service=house.service, staff=staff, amount=250_000
    )
    yesterday = today - datetime.timedelta(days=1)
    miss = make_appointment(missed, day=yesterday, status=Appointment.Status.NO_SHOW)
    AppointmentLine.objects.create(organization=organization, appointment=miss, service=house.service, staff=staff)
    entry = WaitlistEntry.objects.create(
        **owned, client=client, service=house.service, wanted_from=today, note=f"Лучше вечером{mark}"
    )
    consent = Consent.objects.create(
        organization=organization,
        client=client,
        channel=Consent.Channel.CALL,
        purpose=Consent.Purpose.SERVICE,
        is_given=True,
        means=Consent.Means.SPOKEN,
        recorded_by=person,
    )
    contact = Contact.objects.create(
        **owned,
        client=client,
        block=Block.BIRTHDAY,
        anchor=str(today.year),
        call=uuid.uuid4(),
        key=uuid.uuid4(),
        made_at=now - datetime.timedelta(hours=3),
        outcome=Outcome.REACHED,
        note=f"Очень рада{mark}",
        made_by=person,
    )
    cycle = {"cycle_key": house.service.category, "service": house.service, "last_staff": staff}
    item = make_item(
        client, Block.DUE, f"{house.service.category}@{ago}", last_visit_on=ago, expected_on=today + days(1),
        due_on=today - days(2), interval_days=28, interval_source="set", visits_count=1, spent=250_000,
        usual_weekday=ago.isoweekday(), usual_hour=10, **cycle,
    )  # fmt: skip
    missed_item = make_item(missed, Block.MISSED, f"{miss.pk:010d}", due_on=today + days(1))
    closed_item = make_item(
        client, Block.BIRTHDAY, str(today.year), due_on=today, visits_count=1, closed_at=now, closed_on=today,
        closing=Item.Closing.CONTACTED, contact=contact,
    )  # fmt: skip
    Lease.objects.create(
        organization=organization, client=missed, holder=person, expires_at=now + datetime.timedelta(minutes=5)
    )
    Skip.objects.create(
        organization=organization, step=house.step, person=person, on=yesterday, reason=f"Не успели{mark}"
    )
    invitation = Invitation.objects.create(
        organization=organization,
        email=f"invited{branch.pk}@example.com",
        name=f"Приглашённая{mark}",
        role=Role.OPERATOR,
        token_hash=f"{branch.pk:064d}",
        invited_by=person,
        expires_at=now + days(7),
    )
    invitation.branches.add(branch)
    apart = {"organization": organization, "survivor": client, "absorbed": missed, "made_by": person}
    cards = {"before": card_of(client), "theirs": card_of(missed), "after": {}}
    merge = Merge.objects.create(**apart, **cards, at=now - days(1), undone_at=now, undone_by=person)
    pair = DuplicatePair.objects.create(
        organization=organization, first=client, second=missed, kind="family", score=1, reasons=["same_phone"],
        found_at=now, are_different=True, decided_by=person, decided_at=now,
    )  # fmt: skip
    place = Place(
        branch, person, staff, client, missed, visit, line, miss, entry, consent, contact, item, missed_item,
        closed_item, invitation, merge, pair, make_connection(branch, mark, person, now),
    )  # fmt: skip
    for room in ROOMS:
        place.rows.update(importlib.import_module(f"tests.{room}.rows").of_place(house, place, word, now))
    return place


def make_connection(branch: Branch, mark: str, person: User, now: datetime.datetime) -> Connection:
    """Connect a branch to a company of a booking system, just read."""
    access = Access.objects.create(
        organization=branch.organization, sealed=b"nothing", companies=[{"id": branch.pk, "title": f"Салон{mark}"}],
        made_by=person,
    )  # fmt: skip
    return Connection.objects.create(
        organization=branch.organization, access=access, branch=branch, company=branch.pk, title=f"Салон{mark}",
        wants_all=False, whole_at=now, fresh_at=now, night_at=now, cursor="2026-05-12T00:00:00",
    )  # fmt: skip


def make_client(branch: Branch, name: str, phone: str, **facts: str) -> Client:
    """Add a client, searchable as the book makes her."""
    client = Client(
        organization_id=branch.organization_id,
        branch=branch,
        name=name,
        phone=phone,
        birth_year=1990,
        birth_month=5,
        birth_day=12,
        **facts,
    )
    searching.prepare(client)
    client.save()
    searching.index(client)
    return client


def make_appointment(client: Client, *, day: datetime.date, status: str, hour: int = 10) -> Appointment:
    """Book a client for an hour of a day in her branch."""
    branch = client.branch
    assert branch is not None
    starts_at = datetime.datetime.combine(day, datetime.time(hour), branch.zone)
    return Appointment.objects.create(
        organization_id=client.organization_id,
        client=client,
        branch=branch,
        created_at=starts_at - days(5),
        starts_at=starts_at,
        status=status,
    )


def make_item(client: Client, block: Block, anchor: str, **facts: object) -> Item:
    """Open an item of the list."""
    values: dict[str, Any] = {"visits_count": 0, "spent": 0, "first_key": 0, "second_key": 0, "third_key": 0, **facts}
    return Item.objects.create(
        organization_id=client.organization_id,
        client=client,
        branch=client.branch,
        block=block,
        anchor=anchor,
        opened_on=values["due_on"],
        **values,
    )


def days(count: int) -> datetime.timedelta:
    """Return so many days."""
    return datetime.timedelta(days=count)
