"""The truth of the data, on the pages of the owner."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django.template import Context, Template
from django.utils import timezone

from tests.people import World, make_appointment, make_client
from vernis.accounts.tenancy import scoped_to
from vernis.book import facts
from vernis.book.models import Service
from vernis.intake.models import Checkup
from vernis.intake.operations.truth import check_organization
from vernis.intake.queries import truth
from vernis.warehouse.checks import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client as Browser
    from django.test import RequestFactory

    from vernis.accounts.models import User

NOW = timezone.now()


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_in_the_book_is_found_and_shown(signed_in: Callable[[User], Browser]) -> None:
    from tests.people import make_world

    ours = make_world()
    organization = ours.ours.organization
    with scoped_to(organization.pk):
        client = make_client(ours.center.branch, "тест", "+79167000001")
        day = (NOW - datetime.timedelta(days=5)).date()
        left_open = make_appointment(client, day=day, status="booked")

    found = {one.key: one for one in check_organization(organization=organization, now=NOW)}

    assert found["unclosed"].rows[0].appointment_id == f"{left_open.pk:010d}"
    assert found["test_clients"].count == 1
    assert not list(facts.home_of(organization.pk).glob("check-*"))  # names and phones are not left lying about
    with scoped_to(organization.pk):
        kept = str(Checkup.objects.of(organization).get().findings)
        assert "тест" not in kept
        assert "9167000001" not in kept
        warned = truth.warnings_for("follow_up", organization=organization)
        assert [one.finding.key for one in warned] == ["unclosed"]
        assert truth.warnings_for("waitlist", organization=organization) == []
    browser = signed_in(ours.nina)
    page = browser.get("/settings/truth/test_clients/").content.decode()
    assert "тест" in page
    assert browser.post("/settings/truth/check/").status_code == 302
    assert browser.get("/settings/truth/").status_code == 200


def test_every_figure_rests_on_checks_that_there_are() -> None:
    from vernis.warehouse.check_texts import about

    for keys in truth.FIGURES.values():
        assert all(about(key) for key in keys)


def test_one_click_takes_the_interval_that_was_learned(world: World, signed_in: Callable[[User], Browser]) -> None:
    with scoped_to(world.ours.organization.pk):
        Service.objects.filter(pk=world.ours.service.pk).update(interval_days=None)
    browser = signed_in(world.nina)

    assert browser.post(f"/settings/truth/interval/{world.ours.service.pk}/").status_code == 302

    with scoped_to(world.ours.organization.pk):
        assert Service.objects.get(pk=world.ours.service.pk).interval_days == 28
        assert truth.latest(organization=world.ours.organization).found[0].finding.severity == Severity.BAD  # type: ignore[union-attr]
    assert browser.post("/settings/truth/interval/999999/").status_code == 404


def test_rows_can_be_downloaded_and_are_no_formulas(world: World, signed_in: Callable[[User], Browser]) -> None:
    with scoped_to(world.ours.organization.pk):
        Service.objects.filter(pk=world.ours.service.pk).update(title="=cmd()")

    answer = signed_in(world.nina).get("/settings/truth/without_interval/download/")

    text = answer.content.decode("utf-8-sig")
    assert "'=cmd()" in text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_manager_of_one_branch_does_not_see_the_data_of_all(
    world: World, signed_in: Callable[[User], Browser]
) -> None:
    assert signed_in(world.maria).get("/settings/truth/").status_code == 403
    assert signed_in(world.nina).get("/settings/truth/nothing/").status_code == 404


def test_a_page_says_that_its_figure_rests_on_bad_data(world: World, rf: RequestFactory) -> None:
    request = rf.get("/")
    said = {}
    with scoped_to(world.ours.organization.pk):
        for name, person in (("owner", world.nina), ("operator", world.olga)):
            request.user = person
            for figure in ("due", "waitlist"):
                page = Template("{% load truth %}{% data_warnings figure %}")
                said[name, figure] = page.render(Context({"request": request, "figure": figure})).strip()

    assert "100" in said["owner", "due"]
    assert "/settings/truth/without_interval/" in said["owner", "due"]
    assert said["operator", "due"]
    assert "/settings/" not in said["operator", "due"]
    assert said["owner", "waitlist"] == ""
