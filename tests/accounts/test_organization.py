"""The organization, its branches, the numbers of its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django_q.models import OrmQ

from vernis.accounts.forms.organization import LABELS, RulesForm, default_of, zones
from vernis.accounts.models import Branch, Organization
from vernis.engine.settings import Rules
from vernis.lib.texts import speaking

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from tests.people import World

pytestmark = pytest.mark.django_db
HOME = {
    "name": "Новая студия",
    "country": "KZ",
    "currency": "KZT",
    "timezone": "asia/almaty",
    "language": "en",
    "second_factor": "managers",
}
BRANCH = {
    "name": "Юг",
    "timezone": "Asia/Omsk",
    "country": "RU",
    "currency": "RUB",
    "staff_word": "doctor",
    "is_active": "on",
}


def as_typed(**changes: Any) -> dict[str, Any]:
    """Return what the page of the rules sends when nothing was changed, with changes."""
    shown = {name: default_of(name) for name in Rules._fields}
    shown["learned_windows_days"] = ", ".join(str(days) for days in shown["learned_windows_days"])
    return {**shown, **changes}


def test_the_owner_changes_the_organization(world: World, nina: Client) -> None:
    assert nina.post("/settings/organization/", HOME).status_code == 302

    home = Organization.objects.get(pk=world.ours.organization.pk)
    assert (home.name, home.currency, home.timezone, home.language) == ("Новая студия", "KZT", "Asia/Almaty", "en")
    assert home.second_factor == "managers"


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"timezone": "Mars/Base"}, {"timezone": "../etc"}, {"currency": "XXX"}, {"country": "-"}]
)
def test_what_cannot_be_is_refused(world: World, nina: Client, change: dict[str, str]) -> None:
    response = nina.post("/settings/organization/", {**HOME, **change})

    assert response.status_code == 422
    assert Organization.objects.get(pk=world.ours.organization.pk).name == world.ours.organization.name


@pytest.mark.parametrize("page", ["organization/", "rules/", "branches/new/"])
def test_a_manager_of_a_branch_changes_nothing_of_the_whole(world: World, maria: Client, page: str) -> None:
    assert maria.get(f"/settings/{page}").status_code == 403
    assert maria.post(f"/settings/{page}", HOME | BRANCH).status_code == 403


def test_a_manager_changes_the_own_branch_only(world: World, maria: Client) -> None:
    own = maria.post(f"/settings/branches/{world.north.branch.pk}/", BRANCH)
    other = maria.post(f"/settings/branches/{world.center.branch.pk}/", {**BRANCH, "name": "Запад"})
    foreign = maria.post(f"/settings/branches/{world.elsewhere.branch.pk}/", {**BRANCH, "name": "Запад"})

    assert (own.status_code, other.status_code, foreign.status_code) == (302, 404, 404)
    assert world.center.branch.name not in maria.get("/settings/branches/").content.decode()


def test_a_branch_is_opened_and_its_name_is_one_of_a_kind(world: World, nina: Client) -> None:
    first = nina.post("/settings/branches/new/", BRANCH)
    second = nina.post("/settings/branches/new/", {**BRANCH, "name": " юг"})

    assert (first.status_code, second.status_code) == (302, 422)
    branch = Branch.objects.of(world.ours.organization).get(name="Юг")
    assert (branch.staff_word, branch.timezone, branch.is_active) == ("doctor", "Asia/Omsk", True)


def test_a_branch_is_closed(world: World, nina: Client) -> None:
    nina.post(f"/settings/branches/{world.center.branch.pk}/", {**BRANCH, "is_active": ""})

    assert not Branch.objects.of(world.ours.organization).get(pk=world.center.branch.pk).is_active


def test_new_numbers_are_kept_and_the_list_is_made_anew(
    world: World, nina: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = nina.post("/settings/rules/", as_typed(overdue_days=45, learned_windows_days="180; 90"))

    assert response.status_code == 302
    home = Organization.objects.get(pk=world.ours.organization.pk)
    assert home.rules == {"overdue_days": 45, "learned_windows_days": [180, 90]}
    (job,) = OrmQ.objects.all()
    assert (job.task["func"], job.task["args"]) == ("vernis.worklist.jobs.sync_now", (home.pk,))


def test_the_same_numbers_make_nothing_anew(
    world: World, nina: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert nina.post("/settings/rules/", as_typed()).status_code == 302

    assert not OrmQ.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"overdue_days": -1},
        {"overdue_days": "soon"},
        {"overdue_days": ""},
        {"learned_windows_days": "a, b"},
        {"learned_windows_days": "9999"},
        {"booking_scope": "none"},
        {"max_attempts": 0},
    ],
)
def test_numbers_that_no_settings_file_may_have_are_refused(world: World, nina: Client, change: dict[str, Any]) -> None:
    assert nina.post("/settings/rules/", as_typed(**change)).status_code == 422
    assert Organization.objects.get(pk=world.ours.organization.pk).rules == {}


def test_every_number_of_the_rules_is_on_the_page() -> None:
    assert set(LABELS) == set(Rules._fields)
    with speaking("en"):
        form = RulesForm(as_typed(), rules={})
        assert form.is_valid(), form.errors
    assert form.rules() == {}


def test_our_first_users_find_their_time_zone_in_front() -> None:
    assert zones()[:2] == ["Europe/Kaliningrad", "Europe/Moscow"]
    assert "America/Sao_Paulo" in zones()
    assert len(zones()) == len(set(zones()))
