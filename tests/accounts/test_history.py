"""The log of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.people import CANARY, PARROT, PASSWORD, World
from vernis.accounts.audit import masked
from vernis.accounts.models import Event, LogEntry, LogIsAppendOnly
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Client as Card
from vernis.book.models import Contact, ServiceInterval
from vernis.worklist.models import Step

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def test_of_a_client_the_log_keeps_what_was_changed_and_nothing_of_its_contents(world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        card = Card.objects.get(pk=world.center.client.pk)
        before = card.phone
        card.phone, card.note = "+79161234567", "любит тишину"
        card.save()
        entry = LogEntry.objects.filter(object_id=card.pk, content_type__model="client").latest()

    assert entry.organization_id == world.ours.organization.pk
    assert entry.branch_id == world.center.branch.pk
    assert set(entry.changes) == {"phone", "note"}
    assert "любит тишину" not in str(entry.changes)
    assert before not in str(entry.changes)
    assert "+79161234567" not in str(entry.changes)
    assert "changed_at" not in entry.changes


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("+79161234567", "+7***67"),
        ("olga@example.com", "o***@example.com"),
        ("112", "***"),
        ("", ""),
        ("None", "None"),
    ],
)
def test_what_is_kept_of_phones_and_addresses(value: str, kept: str) -> None:
    assert masked(value) == kept


def test_what_people_change_in_every_room_is_followed(world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        count = LogEntry.objects.count()
        for row in (Step.objects.first(), ServiceInterval.objects.first(), Contact.objects.first()):
            assert row is not None
            row.delete()
        assert LogEntry.objects.filter(action=LogEntry.Action.DELETE).count() >= 3
        assert LogEntry.objects.count() > count


def test_the_log_is_only_added_to(world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        entry = LogEntry.objects.latest()
        with pytest.raises(LogIsAppendOnly):
            entry.save()
        with pytest.raises(LogIsAppendOnly):
            entry.delete()
        with pytest.raises(LogIsAppendOnly):
            LogEntry.objects.all().delete()
        with pytest.raises(LogIsAppendOnly):
            LogEntry.objects.update(object_repr="")


def test_the_page_says_who_did_what(world: World, nina: Client) -> None:
    nina.post(
        f"/settings/people/{world.olga.pk}/",
        {"name": "Ольга Другая", "role": "manager", "branches": [world.center.branch.pk]},
    )

    page = nina.get("/settings/history/", {"person": world.nina.pk}).content.decode()

    assert "Ольга Другая" in page
    assert world.olga.name in page
    assert CANARY not in page


def test_a_manager_of_a_branch_reads_of_that_branch(world: World, maria: Client, nina: Client) -> None:
    nina.post(f"/settings/branches/{world.center.branch.pk}/", {"name": "Секрет", "timezone": "Europe/Moscow",
        "country": "RU", "currency": "RUB", "staff_word": "master", "is_active": "on"})  # fmt: skip

    page = maria.get("/settings/history/").content.decode()

    assert PARROT in page
    assert "Секрет" not in page
    assert world.olga.name not in page
    assert "Секрет" in nina.get("/settings/history/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "kind=book.client",
        "kind=event",
        "on=2026-05-12",
        "kind=nothing",
        "person=999999",
        "on=soon",
        "page=99",
        "page=x",
    ],
)
def test_the_page_is_narrowed_and_odd_wishes_do_no_harm(world: World, nina: Client, query: str) -> None:
    assert nina.get(f"/settings/history/?{query}").status_code == 200


def test_strangers_find_nothing_of_ours(world: World, pavel: Client) -> None:
    page = pavel.get("/settings/history/", {"person": world.olga.pk}).content.decode()

    assert world.olga.name not in page
    assert f"{world.center.client.name}<" not in page


def test_coming_in_and_going_out_are_in_the_log(world: World, client: Client) -> None:
    client.post("/account/login/", {"login": world.olga.email, "password": PASSWORD})
    client.post("/account/logout/")

    with scoped_to(world.ours.organization.pk):
        events = list(LogEntry.objects.filter(actor=world.olga).exclude(event="").values_list("event", flat=True))
    assert set(events) >= {Event.LOGIN, Event.LOGOUT}


def test_the_queries_of_the_page_do_not_grow(
    world: World, nina: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        nina.get("/settings/history/")


def test_contacts_and_consents_are_logs_themselves_and_are_not_logged_again(world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        assert not LogEntry.objects.filter(content_type__model__in=["contact", "consent"]).exists()
