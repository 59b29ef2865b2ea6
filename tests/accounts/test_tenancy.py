"""Whose rows the database shows. On SQLite the same code runs and the application alone guards (decision 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import get_language

from tests.people import CANARY, World
from vernis.accounts import middleware
from vernis.accounts.models import Branch, LogEntry, User
from vernis.accounts.tenancy import EXEMPT, scoped_to, whose
from vernis.book.models import Client as Card
from vernis.lib import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.django_db
GUARDED = connection.vendor == "postgresql"


def names() -> set[str]:
    """Return the names of all clients that a forgotten filter would find."""
    return set(Card.objects.values_list("name", flat=True))


def request_of(person: Any) -> Any:
    """Return a request of a person."""
    request = RequestFactory().get("/")
    request.user = person
    return request


def test_without_a_scope_a_query_finds_nothing(world: World) -> None:
    if not GUARDED:
        assert any(CANARY in name for name in names())  # which is why every query begins with `of` or `visible_to`
        return
    assert names() == set()
    assert not Branch.objects.exists()
    assert not LogEntry.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_every_table_with_an_organization_is_guarded() -> None:
    if not GUARDED:
        assert not any(table.startswith("book_") for table in EXEMPT)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind = 'r' AND a.attname = 'organization_id' AND NOT a.attisdropped "
            "AND NOT (c.relrowsecurity AND c.relforcerowsecurity "
            "AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))"
        )
        assert {row[0] for row in cursor.fetchall()} == set(EXEMPT)


def test_a_scope_inside_a_scope_gives_the_outer_one_back(world: World) -> None:
    ours, theirs = world.ours.organization.pk, world.theirs.organization.pk
    with scoped_to(ours):
        before = names()
        with scoped_to(theirs):
            if GUARDED:
                assert all(CANARY in name for name in names())
                assert whose() == theirs
        assert names() == before
        with pytest.raises(ZeroDivisionError), scoped_to(theirs):
            raise ZeroDivisionError
        assert names() == before
        if GUARDED:
            assert whose() == ours
            assert not any(CANARY in name for name in before)


def test_a_row_cannot_be_written_for_somebody_else(world: World) -> None:
    if not GUARDED:
        return
    from django.db.utils import ProgrammingError

    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        scoped_to(world.ours.organization.pk),
    ):
        Card.objects.create(organization=world.theirs.organization, name="чужая")


@pytest.mark.django_db(transaction=True)
def test_no_scope_is_left_on_the_connection(world: World) -> None:
    seen: list[set[str]] = []

    def look(request: Any) -> HttpResponse:
        seen.append(names())
        return HttpResponse()

    for person in (world.nina, AnonymousUser(), world.pavel, AnonymousUser()):
        middleware.tenancy(look)(request_of(person))
        assert whose() is None
    if GUARDED:
        assert [any(CANARY in name for name in found) for found in seen] == [False, False, True, False]
        assert [bool(found) for found in seen] == [True, False, True, False]
    else:
        assert len(seen) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "is_kept"), [(200, True), (409, True), (422, True), (500, False), (503, False)])
def test_what_a_failed_request_wrote_is_taken_back(world: World, status: int, is_kept: bool) -> None:
    def write(request: Any) -> HttpResponse:
        Card.objects.create(organization=world.ours.organization, name="новая")
        return HttpResponse(status=status)

    middleware.tenancy(write)(request_of(world.nina))

    with scoped_to(world.ours.organization.pk):
        found = Card.objects.filter(name="новая").exists()
    assert found is (is_kept or not GUARDED)


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_piece_by_piece_sees_the_same_rows_and_speaks_the_same_language(world: World) -> None:
    User.objects.filter(pk=world.nina.pk).update(language="en")
    world.nina.refresh_from_db()

    def pieces() -> Iterator[str]:
        for name in sorted(names()):
            yield f"{name} {get_language()} {texts.language()}\n"

    def send(request: Any) -> StreamingHttpResponse:
        return StreamingHttpResponse(pieces())

    response = middleware.tenancy(middleware.language(send))(request_of(world.nina))
    text = b"".join(response).decode()

    assert world.center.client.name in text
    assert all(line.endswith("en en") for line in text.splitlines())
    if GUARDED:
        assert CANARY not in text
    assert whose() is None


def test_a_person_who_has_moved_sees_the_new_organization_at_once(
    world: World, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(world.nina)
    assert world.olga.name in client.get("/settings/people/").content.decode()

    User.objects.filter(pk=world.nina.pk).update(organization=world.theirs.organization)
    page = client.get("/settings/people/").content.decode()

    assert world.olga.name not in page
    assert world.pavel.name in page
