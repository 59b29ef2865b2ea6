"""Salons in the database, made up with borders in mind, for tests of what the rules get and give."""

from __future__ import annotations

import datetime
import uuid
from random import Random

from vernis.accounts.models import Branch, Organization
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import (
    Appointment,
    AppointmentLine,
    Client,
    Contact,
    Service,
    ServiceInterval,
    Staff,
    WaitlistEntry,
)
from vernis.book.models.contacts import Block, Outcome

NOW = datetime.datetime(2026, 5, 12, 9, 30, tzinfo=datetime.UTC)
ZONES = ("Europe/Moscow", "Asia/Almaty", "America/New_York", "Pacific/Kiritimati")
DAYS_AGO = (*range(-16, 12), 27, 28, 30, 31, 33, 45, 58, 59, 60, 61, 62, 90, 180, 365, 400)


def salon(seed: int, *, clients: int = 30, zones: tuple[str, ...] = ZONES) -> Organization:
    """Return an organization with branches, clients and everything that the rules look at."""
    chance = Random(seed)
    made = Organization.objects.create(
        name=f"Salon {seed}",
        timezone=chance.choice(zones),
        rules=chance.choice(
            [{}, {"booking_scope": "cycle"}, {"learned_min_gaps": 2, "learned_windows_days": [60, 30]}]
        ),
    )
    with scoped_to(made.pk):
        _fill(made, chance, clients, zones)
    return made


def _fill(made: Organization, chance: Random, clients: int, zones: tuple[str, ...]) -> None:
    of = {"organization": made}
    branches = [Branch.objects.create(**of, name=zone, timezone=zone) for zone in zones]
    categories = ("hair", "", "nails; feet", "x@y")
    services = [
        Service.objects.create(
            **of, title=f"Service {number}", category=chance.choice(categories),
            interval_days=chance.choice([None, None, 14, 28]),
        )
        for number in range(6)
    ]  # fmt: skip
    ServiceInterval.objects.create(**of, category="hair", months="4-9", interval_days=27)
    ServiceInterval.objects.create(**of, service=services[0], trait="hair", trait_value="long", interval_days=45)
    ServiceInterval.objects.create(
        **of, category="hair", months="5", trait="hair", trait_value="long", interval_days=33
    )
    staff = [Staff.objects.create(**of, name=f"Master {number}") for number in range(3)]
    for number in range(clients):
        month, day = chance.choice([(None, None), (5, 12), (5, 19), (5, 20), (2, 29), (2, 31), (12, 1)])
        client = Client.objects.create(
            **of, name=f"Client {number}", branch=chance.choice([*branches, None]), birth_month=month, birth_day=day,
            traits=chance.choice([{}, {"hair": "long"}, {"hair": " long ", "skin": "a;b"}, {"skin": ""}]),
        )  # fmt: skip
        anchors = [f"{key}@2026-04-{day:02}" for key in ("hair", "nails; feet") for day in (9, 12, 14)] + ["2026"]
        for _visit in range(chance.randint(0, 6)):
            starts = NOW - datetime.timedelta(days=chance.choice(DAYS_AGO), minutes=30 * chance.randint(-40, 40))
            status = chance.choice(["completed", "completed", "completed", "booked", "cancelled", "no_show"])
            booking = Appointment.objects.create(
                **of, client=client, branch=chance.choice([*branches, client.branch, None]), starts_at=starts,
                status=status,
                created_at=chance.choice([None, starts - datetime.timedelta(days=chance.choice([0, 1, 30, -2]))]),
                cancelled_at=chance.choice([None, NOW - datetime.timedelta(days=chance.randint(0, 9))])
                if status == "cancelled" else None,
            )  # fmt: skip
            anchors += [f"{booking.pk:010}", f"{starts:hair@%Y-%m-%d}"]
            for _line in range(chance.choice([0, 1, 1, 2, 3])):
                line = AppointmentLine(
                    **of, appointment=booking, service=chance.choice([*services, None]),
                    staff=chance.choice([*staff, None]), amount=chance.choice([None, 0, 150_000, 99_999]),
                )  # fmt: skip
                line.save()
                if chance.random() < 0.1:  # the same once more: two manicures, mother and daughter
                    line.pk = None
                    line.save()
        for _entry in range(chance.choice([0, 0, 1, 2])):
            begins = NOW.date() + datetime.timedelta(days=chance.randint(-9, 9))
            entry = WaitlistEntry.objects.create(
                **of, client=client, branch=chance.choice([*branches, None]), service=chance.choice([*services, None]),
                created_at=NOW - datetime.timedelta(hours=chance.randint(-30, 300)),
                wanted_from=chance.choice([None, begins]),
                wanted_until=chance.choice([None, begins + datetime.timedelta(days=chance.randint(0, 9))]),
                closed_on=chance.choice([None, None, begins]),
            )  # fmt: skip
            anchors.append(f"{entry.pk:010}")
        for _contact in range(chance.choice([0, 0, 1, 3])):
            contact(
                client, chance.choice(Block.values), chance.choice(anchors), chance.choice(Outcome.values),
                NOW - datetime.timedelta(hours=chance.randint(-20, 200)),
                next_on=chance.choice([None, NOW.date() + datetime.timedelta(days=chance.randint(-2, 4))]),
                undone_at=chance.choice([None, None, NOW]),
            )  # fmt: skip


def contact(
    client: Client,
    block: str,
    anchor: str,
    outcome: str,
    made_at: datetime.datetime,
    *,
    next_on: datetime.date | None = None,
    undone_at: datetime.datetime | None = None,
) -> Contact:
    """Return a contact with a client."""
    return Contact.objects.create(
        organization_id=client.organization_id, client=client, branch=client.branch, block=block, anchor=anchor,
        outcome=outcome, made_at=made_at, next_on=next_on, undone_at=undone_at, call=uuid.uuid4(), key=uuid.uuid4(),
    )  # fmt: skip
