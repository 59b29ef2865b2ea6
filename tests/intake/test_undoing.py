"""An import can be taken back: what it brought goes, what it changed becomes what it was, what people touched stays."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.conftest import NOW, Desk
from tests.intake.dumps import dump
from tests.intake.tables import AT, Told, history
from tests.people import make_client
from vernis.accounts.models import Branch
from vernis.book.models import Appointment, Client
from vernis.book.models.contacts import Contact
from vernis.intake import fates, places
from vernis.intake.models import Link
from vernis.intake.sources import NEW_BRANCH, Kind, Source

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NAMES = ("Анна", "Анна Ким", "Ким Анна", "Дана Ким", "Ольга", None)
PHONES = ("+79165550001", "+79165550002", None)


def test_import_and_undo_is_as_before(desk: Desk) -> None:
    known = make_client(desk.world.center.branch, "Анна Ким", "+79165550001")
    told = history(9, 3).client("k", "Анна Ким", phone="+79165550001", email="a@example.com", refuses_sms=True)
    told.visit("kv", "k", AT - DAY, branch="Юг").visit("own", "k", AT - 2 * DAY, amount=7_000)
    Appointment.objects.create(
        organization=desk.organization, client=known, branch=desk.world.center.branch, starts_at=NOW - 2 * DAY,
        status="booked",
    )  # fmt: skip
    before = dump()

    balance = desk.bring(told, source=Source(name="files", kind=Kind.FILES, branches={"Юг": NEW_BRANCH},
                                             branch_id=desk.world.center.branch.pk))  # fmt: skip
    assert dump() != before
    one = desk.undo(balance)

    assert (one.state, one.kept_count) == ("undone", 0)
    assert dump() == before


def test_a_second_import_is_taken_back_to_the_first(desk: Desk) -> None:
    desk.bring(Told().client("c", "Анна Ким").visit("v", "c", AT + DAY, "booked", service_ref=None, amount=1))
    first = dump()

    told = Told().client("c", "Анна Ким", email="a@example.com").visit("v", "c", AT + DAY, "completed", amount=2)
    balance = desk.bring(told.visit("w", "c", AT + 2 * DAY, "cancelled", cancelled_at=AT), now=NOW + 2 * DAY)
    desk.undo(balance)

    assert dump() == first


def _renames(client: Client) -> None:
    client.name = "Иначе"
    client.save()


def _writes_a_wish(client: Client) -> None:
    client.wishes = "чай"
    client.save()


def _calls(client: Client) -> None:
    Contact.objects.create(
        organization=client.organization, client=client, block="due", anchor="x", outcome="reached", made_at=NOW,
        call="6b1f3f0e-0f0d-4b52-9a3d-0d3b6a1f0c11", key="6b1f3f0e-0f0d-4b52-9a3d-0d3b6a1f0c12",
    )  # fmt: skip


def _books(client: Client) -> None:
    Appointment.objects.create(
        organization=client.organization, client=client, branch=client.branch, starts_at=NOW + 3 * DAY
    )


@pytest.mark.parametrize("touch", [_renames, _writes_a_wish, _calls, _books])
def test_whom_people_have_touched_since_stays_and_is_listed(desk: Desk, touch: Callable[[Client], None]) -> None:
    balance = desk.bring(Told().client("c", "Анна Ким").client("d", "Дана Ким").visit("v", "c", AT - DAY))
    touch(Client.objects.of(desk.organization).get(name="Анна Ким"))

    one = desk.undo(balance)

    names = set(Client.objects.of(desk.organization).values_list("name", flat=True))
    assert names & {"Анна Ким", "Иначе"}
    assert "Дана Ким" not in names
    assert one.kept_count == 1
    assert fates.read(places.kept_of(one)).num_rows == 1
    assert Link.objects.get(of_import=one).is_kept


def test_a_field_that_people_changed_after_the_import_is_not_put_back(desk: Desk) -> None:
    known = make_client(desk.world.center.branch, "Анна Ким", "+79165550001")
    balance = desk.bring(Told().client("c", "Анна Ким", phone="+79165550001", email="a@example.com", note="кофе"))
    Client.objects.filter(pk=known.pk).update(email="new@example.com")

    one = desk.undo(balance)

    known.refresh_from_db()
    assert (known.email, known.note, one.kept_count) == ("new@example.com", "", 1)


def test_what_a_later_import_speaks_of_stays(desk: Desk) -> None:
    first = desk.bring(Told().client("c", "Анна Ким", phone="+79165550001"))
    other = Source(name="yclients:1", kind=Kind.BOOKING_SYSTEM)
    desk.bring(Told().client("77", "Анна Ким", phone="+79165550001"), source=other)

    one = desk.undo(first)

    assert Client.objects.of(desk.organization).filter(name="Анна Ким").exists()
    assert one.kept_count == 1


def test_a_branch_that_people_work_in_by_now_stays(desk: Desk) -> None:
    source = Source(name="files", kind=Kind.FILES, branches={"Юг": NEW_BRANCH})
    balance = desk.bring(Told().client("c", "Анна Ким", branch="Юг"), source=source)
    desk.world.olga.branches.add(Branch.objects.get(name="Юг"))

    desk.undo(balance)

    assert Branch.objects.filter(name="Юг").exists()


CLIENTS = st.tuples(
    st.integers(0, 3), st.sampled_from(NAMES), st.sampled_from(PHONES), st.sampled_from(["", "кофе", "чай"]),
    st.sampled_from([None, True, False]),
)  # fmt: skip
VISITS = st.tuples(
    st.integers(0, 4), st.integers(0, 3), st.integers(-3, 3),
    st.sampled_from(["booked", "completed", "cancelled", "no_show"]), st.sampled_from([None, 1_000, 2_000]),
    st.booleans(),
)  # fmt: skip
FILES = st.tuples(
    st.lists(CLIENTS, max_size=4, unique_by=lambda one: one[0]),
    st.lists(VISITS, max_size=5, unique_by=lambda one: one[0]),
)


def told_of(file: tuple[list[tuple], list[tuple]]) -> Told:  # type: ignore[type-arg]
    told = Told().service("s", "Маникюр")
    for ref, name, phone, note, refuses in file[0]:
        told.client(f"c{ref}", name, phone=phone, note=note, refuses_sms=refuses)
    for ref, client, day, status, amount, has_time in file[1]:
        told.visit(f"v{ref}", f"c{client}", AT + day * DAY, status, amount=amount, service_ref="s", has_time=has_time)
    return told


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=FILES, second=FILES)
def test_whatever_comes_in_twice_is_once_and_can_be_taken_back(desk: Desk, first: tuple, second: tuple) -> None:  # type: ignore[type-arg]
    from django.db import transaction

    with transaction.atomic():
        desk.bring(told_of(first))
        before = dump()
        balance = desk.bring(told_of(second), now=NOW + DAY)
        assert balance.is_balanced
        after = dump()
        again = desk.bring(told_of(second), now=NOW + 2 * DAY)
        assert not again.touches_book
        assert dump() == after
        if balance.import_id:
            one = desk.undo(balance)
            assert one.kept_count == 0
        assert dump() == before
        transaction.set_rollback(True)
