"""Two people never call the same client."""

from __future__ import annotations

import datetime
import random
from typing import TYPE_CHECKING

import pytest

from tests.processes import in_processes
from vernis.accounts.models import User
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Client
from vernis.worklist.operations.leases import HOLD, Held, HeldByOther, LeaseLost, claim, release, renew

if TYPE_CHECKING:
    from tests.worklist.scene import Scene

SECOND = datetime.timedelta(seconds=1)


def test_a_client_is_held_for_a_quarter_of_an_hour(scene: Scene) -> None:
    held = claim(client_id=scene.world.center.client.pk, by=scene.world.olga, now=scene.now)

    assert held == Held(scene.world.center.client.pk, 1, scene.now + HOLD)


def test_a_colleague_is_told_who_holds_her(scene: Scene) -> None:
    held = scene.take(scene.world.center.client)

    other = claim(client_id=scene.world.center.client.pk, by=scene.world.boris, now=scene.now + SECOND)

    assert other == HeldByOther(scene.world.center.client.pk, scene.world.olga.name, held.until)


def test_another_tab_of_the_same_person_shares_the_number(scene: Scene) -> None:
    first, second = scene.take(scene.world.center.client), scene.take(scene.world.center.client)

    assert first.number == second.number


def test_every_new_holder_has_a_greater_number(scene: Scene) -> None:
    client, numbers = scene.world.center.client, []
    for turn, person in enumerate([scene.world.olga, scene.world.boris, scene.world.olga, scene.world.nina]):
        taken = claim(client_id=client.pk, by=person, now=scene.now + turn * HOLD)
        assert isinstance(taken, Held)
        numbers.append(taken.number)

    assert numbers == [1, 2, 3, 4]


def test_a_lease_ends_at_its_minute_and_not_before(scene: Scene) -> None:
    held = scene.take(scene.world.center.client)

    before = claim(client_id=held.client_id, by=scene.world.boris, now=held.until - SECOND)
    after = claim(client_id=held.client_id, by=scene.world.boris, now=held.until)

    assert isinstance(before, HeldByOther)
    assert isinstance(after, Held)


def test_a_heartbeat_renews(scene: Scene) -> None:
    held = scene.take(scene.world.center.client)
    later = scene.now + datetime.timedelta(minutes=10)

    renewed = renew(client_id=held.client_id, by=scene.world.olga, number=held.number, now=later)

    assert renewed.until == later + HOLD
    assert isinstance(claim(client_id=held.client_id, by=scene.world.boris, now=held.until), HeldByOther)


def test_a_heartbeat_that_comes_too_late_names_who_has_her_now(scene: Scene) -> None:
    held = scene.take(scene.world.center.client)
    claim(client_id=held.client_id, by=scene.world.boris, now=held.until)

    with pytest.raises(LeaseLost) as lost:
        renew(client_id=held.client_id, by=scene.world.olga, number=held.number, now=held.until + SECOND)

    assert lost.value.holder == scene.world.boris.name


def test_whoever_is_let_go_can_be_taken_at_once(scene: Scene) -> None:
    held = scene.take(scene.world.center.client)

    release(client_id=held.client_id, by=scene.world.olga, number=held.number, now=scene.now + SECOND)

    assert isinstance(claim(client_id=held.client_id, by=scene.world.boris, now=scene.now + SECOND), Held)


def test_letting_go_of_what_a_colleague_holds_changes_nothing(scene: Scene) -> None:
    held = scene.take(scene.world.center.client)
    theirs = claim(client_id=held.client_id, by=scene.world.boris, now=held.until)
    assert isinstance(theirs, Held)

    release(client_id=held.client_id, by=scene.world.olga, number=held.number, now=held.until + SECOND)

    renew(client_id=held.client_id, by=scene.world.boris, number=theirs.number, now=held.until + SECOND)


@pytest.mark.parametrize("name", ["maria", "pavel"])
def test_clients_of_other_branches_and_organizations_are_not_there(scene: Scene, name: str) -> None:
    with pytest.raises(Client.DoesNotExist):
        claim(client_id=scene.world.center.client.pk, by=scene.world.people[name], now=scene.now)


def test_claiming_costs_two_queries(scene: Scene, django_assert_max_num_queries: pytest.FixtureRequest) -> None:
    scene.world.olga.branch_ids  # noqa: B018 (asked once per request)
    with django_assert_max_num_queries(4):  # type: ignore[operator]  # with the savepoint
        scene.take(scene.world.center.client)


def keep_claiming(
    organization: int, person: int, clients: list[int], rounds: int, now: datetime.datetime
) -> list[tuple[int, int]]:
    """Claim clients in an order of one's own; return (client, number) of those one got."""
    random.seed(person)
    got = []
    by = User.objects.get(pk=person)
    for turn in range(rounds):
        for client in random.sample(clients, len(clients)):
            moment = now + turn * HOLD
            with scoped_to(organization):
                taken = claim(client_id=client, by=by, now=moment)
            if isinstance(taken, Held):
                got.append((client, turn))
    return got


def test_eight_people_who_reach_for_the_same_clients_never_get_the_same(shared_scene: Scene) -> None:
    world, now = shared_scene.world, shared_scene.now
    with scoped_to(world.ours.organization.pk):
        clients = [shared_scene.client_in("due").pk for _ in range(40)]
        people = [
            User.objects.create(
                organization=world.ours.organization, name=f"Оператор {i}", email=f"op{i}@example.com",
                role="operator", sees_all_branches=True,
            ).pk
            for i in range(8)
        ]  # fmt: skip

    got = in_processes(keep_claiming, [(world.ours.organization.pk, one, clients, 5, now) for one in people])

    # Rounds of the processes overlap: whoever is a round behind asks at an earlier time and gets nothing.
    everything = [pair for one in got for pair in one]
    assert len(everything) == len(set(everything))
    assert {client for client, turn in everything} == set(clients)
