"""The same request sent again is answered the same and done once."""

from __future__ import annotations

import datetime
import threading

import pytest
from django.db import connection
from django.utils import timezone

from tests.api.programs import Program, program_of
from tests.people import World, make_world
from vernis.accounts.tenancy import scoped_to
from vernis.api import jobs
from vernis.api.models import Answer
from vernis.book.models import Client


def count_of(world: World, name: str) -> int:
    with scoped_to(world.nina.organization_id):
        return Client.objects.filter(name=name).count()


@pytest.mark.django_db
def test_the_same_again_is_answered_the_same_and_done_once(world: World, site: Program) -> None:
    first = site.ask("POST", "/clients", {"name": "Ева Ясенева"}, key="one")
    second = site.ask("POST", "/clients", {"name": "Ева Ясенева"}, key="one")

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count_of(world, "Ева Ясенева") == 1


@pytest.mark.django_db
def test_another_request_with_the_same_key_is_refused(world: World, site: Program) -> None:
    site.post("/clients", {"name": "Ева Ясенева"}, 201, key="one")

    assert site.post("/clients", {"name": "Иная"}, 422, key="one")["type"].endswith("#key-used")
    assert site.patch(f"/clients/{world.center.client.pk}", {"note": ""}, 422, key="one")["type"].endswith("#key-used")
    assert count_of(world, "Иная") == 0


@pytest.mark.django_db
def test_a_refusal_is_repeated_as_well(world: World, site: Program) -> None:
    body = {"name": "Дочь", "phone": world.center.client.phone}

    first, second = (site.ask("POST", "/clients", body, key="one") for _ in range(2))

    assert first.status_code == second.status_code == 409
    assert first.content == second.content
    assert second.headers["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_keys_of_other_programs_are_theirs(world: World, site: Program) -> None:
    site.post("/clients", {"name": "Ева Ясенева"}, 201, key="one")
    program_of(world.nina).post("/clients", {"name": "Ева Ясенева"}, 201, key="one")
    program_of(world.pavel).post("/clients", {"name": "Ева Ясенева"}, 201, key="one")

    assert count_of(world, "Ева Ясенева") >= 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "ключ", "x" * 256])
def test_a_key_is_needed_and_looks_like_one(world: World, site: Program, key: str) -> None:
    headers = {"Idempotency-Key": key}

    assert site.ask("POST", "/clients", {"name": "Ева"}, headers=headers).status_code == 400


@pytest.mark.django_db
def test_answers_are_kept_for_two_days(world: World, site: Program) -> None:
    site.post("/clients", {"name": "Ева Ясенева"}, 201, key="one")

    assert jobs.forget_all(timezone.now() + datetime.timedelta(hours=47)) == 0
    assert jobs.forget_all(timezone.now() + datetime.timedelta(hours=49)) == 1
    with scoped_to(world.nina.organization_id):
        assert not Answer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_time_do_it_once() -> None:
    world = make_world()
    site = program_of(world.nina)
    answers: list[tuple[int, bytes]] = []
    gate = threading.Barrier(8)

    def ask(number: int) -> None:
        try:
            gate.wait()
            for turn in range(5):
                said = site.ask("POST", "/clients", {"name": f"Ева {turn}"}, key=f"turn-{turn}")
                answers.append((said.status_code, said.content))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {status for status, _ in answers} == {201}
    assert len(answers) == 40
    assert len(set(answers)) == 5
    assert [count_of(world, f"Ева {turn}") for turn in range(5)] == [1] * 5
