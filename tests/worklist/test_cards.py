"""The card of a client."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.people import days, make_appointment
from vernis.book.models import Appointment, AppointmentLine, Client
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist.operations.leases import Held, HeldByOther
from vernis.worklist.queries.cards import Card, Usual, card, usual_of

if TYPE_CHECKING:
    from tests.worklist.scene import Scene
    from vernis.accounts.models import User

Status = Appointment.Status


def open_card(scene: Scene, client: Client, user: User | None = None) -> Card:
    return card(user=user or scene.world.olga, client_id=client.pk, now=scene.now)


def visit(scene: Scene, client: Client, *, ago: int, amount: int, hour: int = 10) -> Appointment:
    """Add a visit some days ago."""
    made = make_appointment(client, day=scene.today - days(ago), status=Status.COMPLETED, hour=hour)
    AppointmentLine.objects.create(
        organization=scene.world.ours.organization, appointment=made, service=scene.world.ours.service,
        staff=scene.world.center.staff, amount=amount,
    )  # fmt: skip
    return made


def test_a_card_says_what_the_client_has_brought(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)  # 27 days ago, 2500.00
    visit(scene, client, ago=60, amount=350_000)
    visit(scene, client, ago=60, amount=60_000, hour=15)

    shown = open_card(scene, client)

    assert (shown.visits_count, shown.spent, shown.average_ticket) == (2, 660_000, 220_000)
    assert (shown.first_visit_on, shown.last_visit_on) == (scene.today - days(60), scene.today - days(27))
    assert shown.last_staff == scene.world.center.staff
    assert [one.starts_at for one in shown.visits] == sorted((one.starts_at for one in shown.visits), reverse=True)


def test_a_card_of_a_lead_has_no_average(scene: Scene) -> None:
    shown = open_card(scene, scene.client_in(Block.MISSED))

    assert (shown.visits_count, shown.spent, shown.average_ticket, shown.usual) == (0, 0, None, None)
    assert [one.status for one in shown.missed] == [Status.NO_SHOW]


def test_a_card_holds_all_reasons_in_the_order_of_the_blocks(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    scene.add_birthday(client)

    assert [one.block for one in open_card(scene, client).items] == ["due", "birthday"]


def test_a_card_holds_what_was_said_the_latest_first(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    scene.record(client, Outcome.CALLBACK, next_on=scene.today, note="Занята")
    scene.record(client, Outcome.REACHED, note="Довольна", now=scene.now + datetime.timedelta(seconds=1))

    shown = open_card(scene, client)

    assert [one.note for one in shown.contacts] == ["Довольна", "Занята"]
    assert [one.block for one in shown.worked] == ["due"]
    assert shown.items == []


def test_a_card_holds_what_is_booked_and_waited_for(scene: Scene) -> None:
    client = scene.client_in(Block.WAITLIST)
    later, sooner = scene.book_at_the_desk(client, away=9), scene.book_at_the_desk(client, away=4)

    shown = open_card(scene, client)

    assert shown.upcoming == [sooner, later]
    assert [one.service for one in shown.waiting] == [scene.world.ours.service]


def test_a_card_says_that_she_wants_no_calls(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    assert open_card(scene, client).do_not_call is None
    scene.record(client, Outcome.DO_NOT_CALL)

    shown = open_card(scene, client)

    assert shown.do_not_call is not None
    assert {(one.channel, one.is_given) for one in shown.consents} == {("call", False)}


def test_a_card_says_who_holds_the_client(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    assert open_card(scene, client).lease is None
    held = scene.take(client)

    assert open_card(scene, client).lease == held
    assert open_card(scene, client, scene.world.boris).lease == HeldByOther(
        client.pk, scene.world.olga.name, held.until
    )
    assert isinstance(held, Held)


@pytest.mark.parametrize("name", ["maria", "pavel"])
def test_cards_of_others_are_not_there(scene: Scene, name: str) -> None:
    with pytest.raises(Client.DoesNotExist):
        open_card(scene, scene.world.center.client, scene.world.people[name])


@pytest.mark.parametrize("count", [1, 25])
def test_a_card_costs_the_same_however_long_its_history(
    scene: Scene, count: int, django_assert_num_queries: Any
) -> None:
    client = scene.client_in(Block.DUE)
    for number in range(count):
        visit(scene, client, ago=40 + number, amount=100)
        scene.record(client, Outcome.CALLBACK, next_on=scene.today)
    assert scene.world.olga.branch_ids
    with django_assert_num_queries(11):
        shown = open_card(scene, client)
        assert all(line.service and line.staff for one in shown.visits for line in one.lines.all())
        assert all(one.made_by for one in shown.contacts)


def at(day: int, hour: int) -> datetime.datetime:
    return datetime.datetime(2026, 5, day, hour, 15)


def test_the_usual_time_comes_with_how_often() -> None:
    thursdays = [at(7, 18), at(14, 19), at(21, 18), at(28, 10)]

    assert usual_of([*thursdays, at(4, 18)]) == Usual(4, 4, 18, 3, 3, 5)


def test_of_equals_the_latest_is_usual() -> None:
    usual = usual_of([at(5, 11), at(6, 12)])

    assert usual is not None
    assert (usual.weekday, usual.hour) == (2, 11)
