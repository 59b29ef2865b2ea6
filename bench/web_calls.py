"""People in a hurry, on the database that DATABASE_URL names (SQLite by default).

Usage: python -m bench.web_calls [--claims 100000] [--replays 10000] [--processes 8]

Claims: every process is a person who takes clients in an order of her own and lets most of them go again. Afterwards no
number may have had two holders, no two people may have held a client at one time, and every client must have been held.
Replays: outcomes, a fifth of them with a booking, are sent again and again from all processes at once; each may have
one effect. Prints one JSON object; exit code 1 if anything happened twice or not at all.
"""

import argparse
import datetime
import json
import multiprocessing
import os
import random
import statistics
import tempfile
import time
import uuid
from itertools import pairwise
from typing import Any, NamedTuple

NOW = datetime.datetime(2026, 5, 12, 6, 0, tzinfo=datetime.UTC)
CLIENTS = 2_000
SENDS = 20  # of one outcome
FREE = 0.9  # how often a client is let go at once


class Hold(NamedTuple):
    """Somebody had a client; moments of the machine's clock."""

    client: int
    number: int
    person: int
    since: float
    until: float


class Outcome(NamedTuple):
    """What a page sends."""

    client: int
    lease: int
    key: uuid.UUID
    anchor: str
    with_booking: bool


def main() -> int:
    """Fill a database, let the processes loose, count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--replays", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=8)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vernis-bench-") as home:
        os.environ |= {"VERNIS_HOME": home, "DJANGO_SETTINGS_MODULE": "vernis.settings"}
        import django  # noqa: PLC0415

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection, connections  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        figures: dict[str, Any] = {"database": connection.vendor, "processes": options.processes}
        organization, people, clients = prepare(options.processes)
        connections.close_all()
        figures["claims"] = claims(organization, people, clients, options.claims)
        outcomes = openings(organization, people[0], max(1, options.replays // SENDS))
        connections.close_all()
        figures["replays"] = replays(organization, people, outcomes)
    print(json.dumps(figures, indent=1))
    faults = ("two_holders", "at_one_time", "never_held", "effects_too_many", "effects_missing")
    return 1 if any(figures[part].get(fault) for part in ("claims", "replays") for fault in faults) else 0


def prepare(processes: int) -> tuple[int, list[int], list[int]]:
    """Return an organization, a person per process, and clients."""
    from vernis.accounts.models import Branch, Organization, Role, User  # noqa: PLC0415
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.book.models import Client, Service  # noqa: PLC0415

    made = Organization.objects.create(name="In a hurry")
    with scoped_to(made.pk):
        branch = Branch.objects.create(organization=made, name="Center")
        Service.objects.create(organization=made, title="Cut", category="hair", interval_days=28, price=100)
        people = [
            User.objects.create(
                organization=made, email=f"p{number}@example.org", name=f"Person {number}", role=Role.OPERATOR,
                sees_all_branches=True,
            ).pk
            for number in range(processes)
        ]  # fmt: skip
        clients = Client.objects.bulk_create(
            Client(organization=made, branch=branch, name=f"Client {number}") for number in range(CLIENTS)
        )
    return made.pk, people, [client.pk for client in clients]


def openings(organization: int, person: int, count: int) -> list[Outcome]:
    """Return outcomes about clients who were due, each of them held by one person."""
    from vernis.accounts.models import Branch, User  # noqa: PLC0415
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.book.models import Appointment, AppointmentLine, Client, Service  # noqa: PLC0415
    from vernis.worklist.models import Item  # noqa: PLC0415
    from vernis.worklist.operations.leases import Held, claim  # noqa: PLC0415
    from vernis.worklist.operations.refresh import refresh_client  # noqa: PLC0415

    sent = []
    with scoped_to(organization):
        branch, service = Branch.objects.of(organization).get(), Service.objects.of(organization).get()
        by = User.objects.get(pk=person)
        for number in range(count):
            owned = {"organization_id": organization, "branch": branch}
            client = Client.objects.create(**owned, name=f"Due {number}")
            visit = Appointment.objects.create(
                **owned, client=client, starts_at=NOW - datetime.timedelta(days=27), status="completed"
            )
            AppointmentLine.objects.create(organization_id=organization, appointment=visit, service=service, amount=1)
            refresh_client(client_id=client.pk, now=NOW)
            item = Item.objects.of(organization).get(client=client, closed_at=None)
            held = claim(client_id=client.pk, by=by, now=NOW)
            assert isinstance(held, Held)
            sent.append(Outcome(client.pk, held.number, uuid.uuid4(), item.anchor, with_booking=number % 5 == 0))
    return sent


def claims(organization: int, people: list[int], clients: list[int], count: int) -> dict[str, Any]:
    """Let everybody claim, and look for what must not be."""
    begun = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(len(people)) as pool:
        each = count // len(people)
        found = pool.starmap(claim_and_let_go, [(organization, one, clients, each) for one in people])
    holds = sorted((hold for some, _waits in found for hold in some), key=lambda hold: (hold.client, hold.since))
    waits = sorted(wait for _holds, some in found for wait in some)
    holders: dict[tuple[int, int], set[int]] = {}
    for hold in holds:
        holders.setdefault((hold.client, hold.number), set()).add(hold.person)
    overlaps = [
        (one, two)
        for one, two in pairwise(holds)
        if one.client == two.client and one.person != two.person and two.since < one.until
    ]
    return {
        "count": len(waits),
        "seconds": round(time.monotonic() - begun, 1),
        "won": len(holds),
        "two_holders": sum(len(people) > 1 for people in holders.values()),
        "at_one_time": len(overlaps),
        "never_held": len(set(clients) - {hold.client for hold in holds}),
        "median_ms": round(statistics.median(waits) * 1000, 2),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 2),
    }


def claim_and_let_go(organization: int, person: int, clients: list[int], count: int) -> tuple[list[Hold], list[float]]:
    """Claim clients one after another, in a random order; return what was held, and how long each claim took.

    A hold that is kept until the end lasts for ever; one of a client held already (another tab) is not written twice.
    """
    import django  # noqa: PLC0415

    django.setup()
    from vernis.accounts.models import User  # noqa: PLC0415
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.worklist.operations.leases import Held, claim, release  # noqa: PLC0415

    by, chance = User.objects.get(pk=person), random.Random(person)
    holds, waits, kept = [], [], set()
    order = chance.sample(clients, len(clients))
    for turn in range(count):
        client = order[turn % len(order)]
        asked = time.monotonic()
        with scoped_to(organization):
            held = claim(client_id=client, by=by, now=NOW)
        since = time.monotonic()
        waits.append(since - asked)
        if not isinstance(held, Held) or client in kept:
            continue
        if chance.random() > FREE / 2 + 0.5:
            kept.add(client)
            holds.append(Hold(client, held.number, person, since, float("inf")))
            continue
        holds.append(Hold(client, held.number, person, since, time.monotonic()))
        with scoped_to(organization):
            release(client_id=client, by=by, number=held.number, now=NOW)
    return holds, waits


def replays(organization: int, people: list[int], sent: list[Outcome]) -> dict[str, Any]:
    """Send every outcome from all processes at once, and count what came of it."""
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.book.models import Appointment, Contact  # noqa: PLC0415
    from vernis.worklist.models import Item  # noqa: PLC0415

    begun = time.monotonic()
    turns = -(-SENDS // len(people))
    with multiprocessing.get_context("spawn").Pool(len(people)) as pool:
        found = pool.starmap(send, [(organization, people[0], sent * turns)] * len(people))
    seconds = time.monotonic() - begun
    with scoped_to(organization):
        contacts = Contact.objects.of(organization).count()
        appointments = Appointment.objects.of(organization).filter(status="booked").count()
        open_items = Item.objects.of(organization).filter(closed_at=None).count()
    bookings = sum(one.with_booking for one in sent)
    waits = sorted(wait for _new, some in found for wait in some)
    return {
        "count": len(waits),
        "seconds": round(seconds, 1),
        "outcomes": len(sent),
        "effects_too_many": max(0, contacts - len(sent))
        + max(0, appointments - bookings)
        + max(0, sum(new for new, _waits in found) - len(sent)),
        "effects_missing": max(0, len(sent) - contacts) + max(0, bookings - appointments) + open_items,
        "median_ms": round(statistics.median(waits) * 1000, 2),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 2),
    }


def send(organization: int, person: int, sent: list[Outcome]) -> tuple[int, list[float]]:
    """Send outcomes; return how many were new, and how long each took."""
    import django  # noqa: PLC0415

    django.setup()
    from vernis.accounts.models import Branch, User  # noqa: PLC0415
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.book.models import Service  # noqa: PLC0415
    from vernis.book.operations.appointments import Booking  # noqa: PLC0415
    from vernis.worklist.operations.calls import record_call  # noqa: PLC0415

    by, new, waits = User.objects.get(pk=person), 0, []
    with scoped_to(organization):
        branch = Branch.objects.of(organization).get().pk
        service = Service.objects.of(organization).get().pk
    booking = Booking(branch, (service,), (NOW + datetime.timedelta(days=3)).replace(tzinfo=None))
    for one in sent:
        asked = time.monotonic()
        with scoped_to(organization):
            recorded = record_call(
                client_id=one.client, by=by, lease_number=one.lease, call_key=one.key, entries=[("due", one.anchor)],
                outcome="booked" if one.with_booking else "reached", now=NOW,
                booking=booking if one.with_booking else None,
            )  # fmt: skip
        waits.append(time.monotonic() - asked)
        new += not recorded.is_repeat
    return new, waits


if __name__ == "__main__":
    raise SystemExit(main())
