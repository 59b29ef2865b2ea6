"""A small salon at work: the world of `tests.people`, and clients that the rules want in a given block."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.people import days, make_appointment, make_client, make_item
from vernis.book.models import Appointment, AppointmentLine, Client, WaitlistEntry
from vernis.book.models.contacts import Block, Outcome
from vernis.book.operations.appointments import Booking, book_appointment
from vernis.worklist.models import Item
from vernis.worklist.operations.calls import Recorded, record_call
from vernis.worklist.operations.leases import Held, claim

if TYPE_CHECKING:
    from tests.people import World
    from vernis.accounts.models import User

VISITED = {Block.FOLLOW_UP: 3, Block.DUE: 27, Block.OVERDUE: 38, Block.LAPSED: 88}


@dataclass
class Scene:
    """The world, and the moment it is."""

    world: World
    now: datetime.datetime

    @property
    def today(self) -> datetime.date:
        """The day it is in the branch."""
        return self.world.center.branch.today(self.now)

    def item(self, client: Client) -> Item:
        """Return the only row of a client."""
        return Item.objects.get(client=client)

    def client_in(self, block: str, name: str = "Ива Тестова", *, with_item: bool = True) -> Client:
        """Add a client whom the rules want in a block today, with the row."""
        branch, service = self.world.center.branch, self.world.ours.service
        client = make_client(branch, name, f"+7916{Client.objects.count():07d}")
        Client.objects.filter(pk=client.pk).update(birth_year=None, birth_month=None, birth_day=None)
        if block == Block.MISSED:
            missed_on = self.today - days(1)
            anchor = f"{make_appointment(client, day=missed_on, status=Appointment.Status.NO_SHOW).pk:010d}"
            make_item(client, Block.MISSED, anchor, due_on=missed_on + days(2))
            return client
        day = self.today - days(VISITED.get(Block(block), 10))
        visit = make_appointment(client, day=day, status=Appointment.Status.COMPLETED)
        AppointmentLine.objects.create(
            organization=self.world.ours.organization, appointment=visit, service=service,
            staff=self.world.center.staff, amount=250_000,
        )  # fmt: skip
        facts: dict[str, Any] = {"last_visit_on": day, "visits_count": 1, "spent": 250_000, "due_on": self.today}
        if block == Block.FOLLOW_UP:
            anchor = f"{visit.pk:010d}"
        elif block in VISITED:
            anchor, facts["expected_on"] = f"{service.category}@{day}", day + days(28)
            facts |= {"service": service, "cycle_key": service.category}
        elif block == Block.REBOOKED:
            next_one = make_appointment(client, day=self.today + days(2), status=Appointment.Status.BOOKED)
            Appointment.objects.filter(pk=next_one.pk).update(created_at=visit.starts_at)
            anchor = f"{next_one.pk:010d}"
        elif block == Block.WAITLIST:
            entry = WaitlistEntry.objects.create(
                organization=self.world.ours.organization, client=client, branch=branch, service=service,
                created_at=self.now - days(3), wanted_from=self.today,
            )  # fmt: skip
            anchor = f"{entry.pk:010d}"
        else:
            birthday = self.today + days(2)
            Client.objects.filter(pk=client.pk).update(birth_month=birthday.month, birth_day=birthday.day)
            anchor = str(birthday.year)
        if with_item:
            make_item(client, Block(block), anchor, **facts)
        return client

    def take(self, client: Client, by: User | None = None) -> Held:
        """Open a card."""
        held = claim(client_id=client.pk, by=by or self.world.olga, now=self.now)
        assert isinstance(held, Held)
        return held

    def entries(self, client: Client) -> list[tuple[str, str]]:
        """Return the open rows of a client."""
        return list(Item.objects.filter(client=client, closed_at=None).values_list("block", "anchor"))

    def record(self, client: Client, outcome: str = Outcome.REACHED, **said: Any) -> Recorded:
        """Open a card and save a call for all its rows."""
        by = said.pop("by", self.world.olga)
        number = said.pop("lease_number", None) or self.take(client, by).number
        said = {"call_key": uuid.uuid4(), "entries": self.entries(client), "now": self.now, **said}
        return record_call(client_id=client.pk, by=by, lease_number=number, outcome=outcome, **said)

    def add_birthday(self, client: Client) -> Item:
        """Let a client have a birthday in two days, and the row for it."""
        birthday = self.today + days(2)
        Client.objects.filter(pk=client.pk).update(birth_month=birthday.month, birth_day=birthday.day)
        return make_item(client, Block.BIRTHDAY, str(birthday.year), due_on=birthday, visits_count=1)

    def booking(self, *, away: int = 3, hour: int = 12, **others: Any) -> Booking:
        """Return a visit some days from now."""
        starts_at = datetime.datetime.combine(self.today + days(away), datetime.time(hour))
        usual = {"branch_id": self.world.center.branch.pk, "services": (self.world.ours.service.pk,)}
        return Booking(**{**usual, "starts_at": starts_at, **others})

    def book_at_the_desk(self, client: Client, **others: Any) -> Appointment:
        """Book a visit without a call; the client stands there."""
        return book_appointment(client_id=client.pk, by=self.world.boris, booking=self.booking(**others), now=self.now)
