"""A salon on the other side of real HTTP, and a connection of Nina's branch "Центр" to it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.yclients_server import COMPANY, PARTNER, USER, Salon, Server
from vernis.accounts.tenancy import scoped_to
from vernis.connectors.yclients.client import Keys, Patience
from vernis.connectors.yclients.limits import Limits
from vernis.intake import jobs as import_jobs
from vernis.intake.connections import connecting, reading
from vernis.intake.models import Connection, Import

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.people import World

NOW = datetime.datetime(2026, 5, 12, 9, 0, tzinfo=datetime.UTC)  # noon in Moscow
HURRIED = Patience(connect=2, silence=0.5, answer=2, attempts=2, first_pause=0.001, longest_pause=1)


@pytest.fixture
def salon() -> Salon:
    """Return a salon with two clients: a visit, a coming record, a deleted one, and one to which nobody came."""
    salon = Salon()
    cut, colour = salon.add_service("Стрижка у моря", 2500, 35), salon.add_service("Окрашивание", 7000)
    anna, vera = (
        salon.add_client("Анна Осокина", "79162000901"),
        salon.add_client("Вера Ильм", "79162000902", sms_not=1),
    )
    day = datetime.datetime(2026, 4, 14, 10, 0)
    salon.book(anna, day, (cut, 2500, 1), (colour, 3500, 2), attendance=1)
    salon.book(anna, day + datetime.timedelta(days=40), (cut, 2500, 1), attendance=2)
    salon.book(vera, day - datetime.timedelta(days=400), (cut, 2000, 1), deleted=True)
    salon.book(vera, day + datetime.timedelta(days=2), (cut, 2000, 1), attendance=-1)
    return salon


@pytest.fixture
def server(salon: Salon, settings: Any, tmp_path: Path) -> Iterator[Server]:
    with Server(salon) as server:
        settings.BOOKING_SYSTEMS = {"yclients": server.host}
        settings.HOME = tmp_path
        yield server


class Worker:
    """Takes turns by a clock that stands where it is put."""

    def __init__(self, connection: Connection, server: Server) -> None:
        self.connection, self.server, self.now = connection, server, NOW

    def turn(self, **how: Any) -> Connection:
        """Take one turn, go on with imports, take another if there is more; return the connection as it is then."""
        arguments = {"clock": lambda: self.now, "patience": HURRIED, "limits": Limits((10_000, 0.001)), **how}
        organization = self.connection.organization_id
        while reading.take_turn(organization, self.connection.pk, **arguments):
            pass
        return self.seen()

    def bring_in(self) -> Connection:
        """Let the line of imports come to its end, and see what has become of it."""
        organization = self.connection.organization_id
        with scoped_to(organization):
            going = list(Import.objects.of(organization).filter(state=Import.State.APPLYING))
        for one in going:
            import_jobs.do_some(one, seconds=None)
        return self.turn()

    def seen(self) -> Connection:
        with scoped_to(self.connection.organization_id):
            seen: Connection = Connection.objects.select_related("of_import", "access", "branch").get(
                pk=self.connection.pk
            )
        return seen

    def later(self, minutes: float) -> Worker:
        """Let time pass, here and there."""
        self.now += datetime.timedelta(minutes=minutes)
        self.server.salon.tick(minutes)
        return self


@pytest.fixture
def connection(world: World, server: Server) -> Connection:
    with scoped_to(world.ours.organization.pk):
        connecting.disconnect(connection=world.center.connection)
        access = connecting.keep_access(
            organization=world.ours.organization, by=world.nina, system="yclients", keys=Keys(PARTNER, USER),
            companies=[{"id": COMPANY, "title": "Студия на Садовой"}], now=NOW,
        )  # fmt: skip
        return connecting.connect(access=access, company=COMPANY, branch=world.center.branch, now=NOW)


@pytest.fixture
def worker(connection: Connection, server: Server) -> Worker:
    return Worker(connection, server)


@pytest.fixture
def whole(worker: Worker) -> Worker:
    """Return a worker that has brought in the whole history."""
    worker.turn()
    worker.bring_in()
    return worker
