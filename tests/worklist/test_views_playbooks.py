"""The order of work, skipping a step, and the manager's editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.people import CANARY, World
from vernis.accounts.models import Role
from vernis.accounts.tenancy import scoped_to
from vernis.worklist.models import Skip, Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from vernis.accounts.models import User

    SignIn = Callable[[User], Client]


def test_the_playbook_walks_through_the_steps(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.olga).get("/playbook/")

    assert world.ours.step.title in page.text
    assert f"/?step={world.ours.step.pk}" in page.text
    assert CANARY not in page.text


def test_a_step_opens_its_list(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.olga).get("/", {"step": world.ours.step.pk})

    assert page.context["title"] == world.ours.step.title
    assert world.center.missed.name in page.text


def test_a_role_without_steps_is_told_what_to_do(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.boris).get("/playbook/").status_code == 200
    assert "/playbooks/" in signed_in(world.nina).get("/playbook/").text


def test_a_step_is_skipped_for_a_reason_and_taken_up_again(world: World, signed_in: SignIn) -> None:
    olga, step = signed_in(world.olga), world.ours.step
    for reason in ("нет линии", "нет линии до обеда"):
        assert olga.post(f"/playbook/{step.pk}/skip/", {"reason": reason}).status_code == 302

    assert "нет линии до обеда" in olga.get("/playbook/").text
    for _ in range(2):
        assert olga.post(f"/playbook/{step.pk}/take-up/").status_code == 302
    assert "нет линии до обеда" not in olga.get("/playbook/").text


@pytest.mark.parametrize("reason", ["", "   ", "а" * 501])
def test_a_step_is_not_skipped_without_a_reason(world: World, signed_in: SignIn, reason: str) -> None:
    response = signed_in(world.olga).post(f"/playbook/{world.ours.step.pk}/skip/", {"reason": reason}, follow=True)

    assert "notice--error" in response.text
    with scoped_to(world.ours.organization.pk):
        assert Skip.objects.filter(step=world.ours.step, person=world.olga).count() == 1  # yesterday's of the world


@pytest.mark.parametrize("what", ["skip", "take-up"])
def test_steps_of_others_are_not_there(world: World, signed_in: SignIn, what: str) -> None:
    for step in (world.theirs.step.pk, 987654321):
        assert signed_in(world.olga).post(f"/playbook/{step}/{what}/", {"reason": "так"}).status_code == 404
    assert signed_in(world.olga).get(f"/playbook/{world.ours.step.pk}/{what}/").status_code == 405
    assert signed_in(world.timur).post(f"/playbook/{world.ours.step.pk}/{what}/").status_code == 403


def test_only_managers_edit_playbooks(world: World, signed_in: SignIn) -> None:
    for url in ("/playbooks/", "/playbooks/operator/"):
        assert signed_in(world.nina).get(url).status_code == 200
        assert signed_in(world.olga).get(url).status_code == 403
    assert signed_in(world.nina).post("/playbooks/").status_code == 405
    assert signed_in(world.nina).get("/playbooks/staff/").status_code == 404
    assert signed_in(world.nina).get("/playbooks/nobody/").status_code == 404


def form(*steps: dict[str, Any]) -> dict[str, Any]:
    sent = {"form-TOTAL_FORMS": len(steps), "form-INITIAL_FORMS": 1}
    for number, step in enumerate(steps):
        sent |= {f"form-{number}-{name}": value for name, value in step.items()}
    return sent


def test_a_manager_writes_the_steps_of_a_role(world: World, signed_in: SignIn) -> None:
    sent = form(
        {"block": "missed", "title": "Недошедшие", "ORDER": 2},
        {"block": "overdue", "last_outcomes": ["no_answer", "promised"], "visits_min": "2", "ORDER": 1},
    )
    nina = signed_in(world.nina)

    for _ in range(2):
        assert nina.post("/playbooks/operator/", sent).status_code == 302
    with scoped_to(world.ours.organization.pk):
        steps = Step.objects.of(world.ours.organization).filter(role=Role.OPERATOR)
        assert [(step.block, step.filter) for step in steps] == [
            ("overdue", {"last_outcomes": ["no_answer", "promised"], "visits_min": 2}),
            ("missed", {}),
        ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"block": "everything"},
        {"block": "due", "visits_min": "5", "visits_max": "1"},
        {"block": "due", "visits_min": "-1"},
        {"block": "due", "last_outcomes": ["maybe"]},
    ],
)
def test_a_wrong_step_is_not_saved(world: World, signed_in: SignIn, wrong: dict[str, Any]) -> None:
    response = signed_in(world.nina).post("/playbooks/operator/", form({"ORDER": 1, **wrong}))

    assert response.status_code == 422
    with scoped_to(world.ours.organization.pk):
        assert Step.objects.of(world.ours.organization).get(role=Role.OPERATOR).title == world.ours.step.title
