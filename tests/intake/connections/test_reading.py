"""From the booking system into the book, by real HTTP and into a real database."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.yclients_server import FAULTS
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Client, Consent, Service
from vernis.intake.connections import connecting
from vernis.intake.models import Connection, Import, Reading, SourceRecord

if TYPE_CHECKING:
    from tests.intake.connections.conftest import Worker
    from tests.people import World
    from tests.yclients_server import Salon, Server

pytestmark = pytest.mark.django_db(transaction=True)


def in_book(worker: Worker) -> dict[str, tuple[str, datetime.datetime, str]]:
    """Return the appointments of the salon's clients: by number there, whose, when in Moscow, and the state."""
    with scoped_to(worker.connection.organization_id):
        found = Appointment.objects.of(worker.connection.organization_id).exclude(external_id="")
        return {
            one.external_id: (
                one.client.name,
                one.starts_at.astimezone(one.branch.zone).replace(tzinfo=None),
                str(one.status),
            )
            for one in found.select_related("client", "branch")
        }


def there(salon: Salon) -> dict[str, tuple[str, datetime.datetime, str]]:
    states = {1: "completed", -1: "no_show", 0: "booked", 2: "booked"}
    return {
        str(number): (
            one["client"]["name"],
            datetime.datetime.fromisoformat(one["date"]),
            "cancelled" if one["deleted"] else states[one["attendance"]],
        )
        for number, one in salon.records.items()
    }


def coming(salon: Salon) -> int:
    return next(number for number, one in salon.records.items() if one["attendance"] == 2)


def test_nothing_is_in_the_book_until_the_whole_history_is_read(worker: Worker, salon: Salon, server: Server) -> None:
    server.faults = lambda number: "cut" if number > 15 else None
    seen = worker.turn()
    assert seen.fault == "cut"
    assert seen.failing_since == worker.now
    assert 0 < seen.done < seen.total
    assert not in_book(worker)

    server.faults = lambda _number: None
    seen = worker.later(2).turn()
    assert seen.of_import is not None
    assert not seen.fault or seen.whole_at is None
    seen = worker.bring_in()

    assert in_book(worker) == there(salon)
    assert seen.whole_at == worker.now
    assert (seen.fault, seen.failing_since, seen.wants_all) == ("", None, False)


def test_what_the_history_brings(whole: Worker, world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        visit = Appointment.objects.get(status="completed", client__phone="+79162000901")
        assert set(visit.lines.values_list("amount", flat=True)) == {250_000, 700_000}
        assert visit.branch == world.center.branch
        assert Service.objects.get(title="Стрижка у моря").interval_days == 35
        refusals = Consent.objects.filter(client__phone="+79162000902", channel="sms", is_given=False)
        assert refusals.exists()
        assert not Consent.objects.filter(client__phone="+79162000901").exists()


def test_changes_come_every_few_minutes_and_not_oftener(whole: Worker, salon: Salon, server: Server) -> None:
    salon.change(coming(salon), attendance=1)
    whole.turn()
    asked = len(server.asked)
    whole.later(1).turn()
    assert len(server.asked) == asked
    whole.later(5).turn()

    assert in_book(whole) == there(salon)
    assert whole.seen().fresh_at == whole.now


def test_what_comes_twice_changes_nothing_and_leaves_no_import(whole: Worker, world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        before = Import.objects.count()
    for _ in range(3):
        whole.later(6).turn()

    with scoped_to(world.ours.organization.pk):
        assert Import.objects.count() == before
        assert Reading.objects.filter(kind="changes", fault="").count() == 3
        assert Reading.objects.filter(kind="changes").latest("at").changed == 0


@pytest.mark.parametrize("fault", [*FAULTS, "unauthorized"])
def test_a_fault_is_no_news_and_says_since_when(
    whole: Worker, salon: Salon, server: Server, fault: str, world: World
) -> None:
    whole.later(6).turn()
    fresh_at, before = whole.seen().fresh_at, in_book(whole)
    server.faults, server.retry_after = (lambda _number: fault), "0"
    salon.change(coming(salon), deleted=True)
    seen = whole.later(6).turn()
    first = whole.now

    assert in_book(whole) == before
    assert seen.fault
    assert (seen.fresh_at, seen.failing_since) == (fresh_at, first)
    whole.later(120).turn()
    assert whole.seen().failing_since == first

    server.faults = lambda _number: None
    whole.later(60).turn()
    assert in_book(whole) == there(salon)
    assert whole.seen().failing_since is None


def test_a_key_that_is_refused_is_asked_again_only_after_half_an_hour(whole: Worker, server: Server) -> None:
    server.user = "changed"
    assert whole.later(6).turn().fault == "unauthorized"
    asked = len(server.asked)
    whole.later(20).turn()

    assert len(server.asked) == asked


def test_every_night_what_has_vanished_is_found_out(whole: Worker, salon: Salon, world: World) -> None:
    gone = coming(salon)
    salon.erase(gone)
    whole.later(6).turn()
    assert in_book(whole)[str(gone)][2] == "booked"  # no increment can tell

    whole.now = datetime.datetime(2026, 5, 13, 0, 30, tzinfo=datetime.UTC)  # half past three in Moscow
    salon.now = datetime.datetime(2026, 5, 13, 3, 30)
    whole.turn()
    seen = whole.turn()

    assert in_book(whole)[str(gone)][2] == "cancelled"
    assert seen.night_at == whole.now
    with scoped_to(world.ours.organization.pk):
        assert Reading.objects.get(kind="night").gone == 1
        assert SourceRecord.objects.get(number=gone).status == "cancelled"
    whole.later(6).turn()
    with scoped_to(world.ours.organization.pk):
        assert Reading.objects.filter(kind="night").count() == 1


def test_read_again_keeps_what_is_known_and_ends_the_same(whole: Worker, salon: Salon, world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        connecting.read_again(connection=whole.seen())
    assert in_book(whole) == there(salon)
    salon.change(coming(salon), attendance=-1)
    whole.later(6).turn()
    whole.turn()
    whole.bring_in()

    assert in_book(whole) == there(salon)
    assert not whole.seen().wants_all


def test_two_workers_do_not_read_at_the_same_time(worker: Worker, server: Server) -> None:
    with scoped_to(worker.connection.organization_id):
        Connection.objects.update(busy_until=worker.now + datetime.timedelta(minutes=1))
    worker.turn()
    assert not server.asked

    worker.later(2).turn()  # whoever was reading has died
    assert server.asked


def test_an_import_that_somebody_takes_back_is_told(worker: Worker, world: World) -> None:
    worker.turn()
    with scoped_to(world.ours.organization.pk):
        Import.objects.update(state=Import.State.STOPPED)

    assert worker.later(2).turn().fault == "import_stopped"
    with scoped_to(world.ours.organization.pk):
        Import.objects.update(state=Import.State.APPLYING)
    worker.later(60).bring_in()
    assert worker.seen().fault == ""


def test_a_client_changed_by_a_person_here_stays_as_she_wrote(whole: Worker, salon: Salon, world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        Client.objects.filter(phone="+79162000901").update(name="Анна Осокина-Лебедева")
    salon.change(coming(salon), attendance=1)
    whole.later(6).turn()

    with scoped_to(world.ours.organization.pk):
        assert Client.objects.get(phone="+79162000901").name == "Анна Осокина-Лебедева"
        assert Appointment.objects.filter(client__phone="+79162000901", status="completed").count() == 2


def test_the_worker_finds_by_itself_what_is_due(connection: Connection, server: Server, world: World) -> None:
    from vernis.intake.connections import jobs

    assert jobs.read_what_is_due() == 1  # those of the other branches have just been read

    assert server.asked
    with scoped_to(world.ours.organization.pk):
        assert Connection.objects.get(pk=connection.pk).done > 0
