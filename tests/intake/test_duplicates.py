"""Cards of one person are found, asked about, put together and taken apart."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.people import World, make_client
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Client, Merge
from vernis.book.operations.clients import change_client
from vernis.book.operations.merging import InConversation, merge_clients, unmerge_clients
from vernis.book.operations.privacy import erase_client
from vernis.intake.bringing.links import Links
from vernis.intake.models import DuplicateKey, DuplicatePair, Import, Link
from vernis.intake.operations.duplicates import look_everywhere, say_different
from vernis.intake.queries import duplicates as queries
from vernis.worklist.models import Item
from vernis.worklist.operations.leases import claim
from vernis.worklist.operations.refresh import refresh_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client as Browser

    from vernis.accounts.models import User

NOW = timezone.now()


@pytest.fixture
def ours(world: World) -> Iterator[World]:
    with scoped_to(world.ours.organization.pk):
        DuplicatePair.objects.of(world.ours.organization).delete()
        yield world


def made(ours: World, name: str, phone: str = "", **facts: object) -> Client:
    client = make_client(ours.center.branch, name, phone)
    plain = {"birth_year": None, "birth_month": None, "birth_day": None}
    Client.objects.filter(pk=client.pk).update(**{**plain, **facts})
    return Client.objects.get(pk=client.pk)


def looked(ours: World) -> dict[frozenset[str], str]:
    look_everywhere(organization_id=ours.ours.organization.pk, now=NOW)
    return found(ours)


def found(ours: World) -> dict[frozenset[str], str]:
    pairs = queries.open_pairs(user=ours.nina)
    return {frozenset((pair.first.name, pair.second.name)): pair.kind for pair in pairs}


def test_pairs_are_found_by_phone_email_and_birthday_with_name(ours: World) -> None:
    made(ours, "Ольга Дубова", "+79167000001")
    made(ours, "Дубова Ольга", "", second_phone="+79167000001")
    made(ours, "Инна Ёлкина", email="inna@example.com")
    made(ours, "Inna Elkina", email="INNA@example.com")
    made(ours, "Рита Клёнова", "+79167000003", birth_year=1990, birth_month=3, birth_day=4)
    made(ours, "Маргарита Кленова", "+79167000004", birth_year=1990, birth_month=3, birth_day=4)

    assert looked(ours) == {
        frozenset(("Ольга Дубова", "Дубова Ольга")): "sure",
        frozenset(("Инна Ёлкина", "Inna Elkina")): "sure",
        frozenset(("Рита Клёнова", "Маргарита Кленова")): "likely",
    }


def test_a_family_phone_is_never_one_person_for_sure(ours: World) -> None:
    mother = made(ours, "Ольга Дубова", "+79167000001")
    daughter = made(ours, "Полина Дубова", "+79167000001")
    assert looked(ours) == {frozenset((mother.name, daughter.name)): "family"}

    say_different(first_id=daughter.pk, second_id=mother.pk, by=ours.nina, now=NOW)

    assert looked(ours) == {}


def test_a_phone_of_the_desk_makes_no_pairs(ours: World) -> None:
    for number in range(20):
        made(ours, f"Гостья Номер{chr(1072 + number)}", "+79167000009")

    assert looked(ours) == {}


def test_a_new_or_changed_card_is_compared_at_once(ours: World) -> None:
    made(ours, "Ольга Дубова", "+79167000001")
    other = made(ours, "Ольга Дубова", "+79167000002")
    assert looked(ours) == {}

    change_client(client_id=other.pk, by=ours.nina, facts={"second_phone": "+79167000001"})
    assert set(found(ours).values()) == {"sure"}

    change_client(client_id=other.pk, by=ours.nina, facts={"second_phone": ""})
    assert found(ours) == {}


def test_what_was_said_of_one_card_holds_for_the_card_it_goes_into(ours: World) -> None:
    one, same, other = (made(ours, name, "+79167000001") for name in ("Ольга Дубова", "Оля Дубова", "Ольга Дубова"))
    say_different(first_id=same.pk, second_id=other.pk, by=ours.nina, now=NOW)

    merge_clients(survivor_id=one.pk, absorbed_id=same.pk, by=ours.nina, now=NOW)

    assert looked(ours) == {}


def test_a_merged_or_forgotten_card_is_proposed_no_more_and_again_when_taken_apart(ours: World) -> None:
    one, other = made(ours, "Ольга Дубова", "+79167000001"), made(ours, "Ольга Дубова", "+79167000001")
    assert len(looked(ours)) == 1
    merge = merge_clients(survivor_id=one.pk, absorbed_id=other.pk, by=ours.nina, now=NOW)
    assert found(ours) == {}
    assert not DuplicateKey.objects.filter(client=other).exists()

    unmerge_clients(merge_id=merge.pk, by=ours.nina, now=NOW)
    assert len(found(ours)) == 1

    erase_client(client_id=other.pk, by=ours.nina, typed_name=other.name, now=NOW)
    assert found(ours) == {}
    assert not DuplicatePair.objects.filter(second=other).exists()


def test_pairs_keep_nothing_that_can_be_read_of_a_person(ours: World) -> None:
    made(ours, "Ольга Дубова", "+79167000001")
    made(ours, "Ольга Дубова", "+79167000001")
    looked(ours)

    pair = DuplicatePair.objects.of(ours.ours.organization).get()
    assert set(pair.reasons) == {"same_phone", "same_name"}


def test_a_manager_sees_only_pairs_of_the_own_branches(ours: World) -> None:
    made(ours, "Ольга Дубова", "+79167000001")
    made(ours, "Ольга Дубова", "+79167000001")
    looked(ours)

    assert queries.counts(user=ours.nina)["sure"] == 1
    assert queries.counts(user=ours.maria)["sure"] == 0


def test_nobody_merges_a_card_that_a_colleague_is_talking_to(ours: World) -> None:
    center = ours.center
    with pytest.raises(InConversation, match="Ольга Тестова"):
        merge_clients(survivor_id=center.client.pk, absorbed_id=center.missed.pk, by=ours.nina, now=timezone.now())


def test_open_rows_of_the_list_follow_the_merge_and_its_undoing(ours: World) -> None:
    center, later = ours.center, timezone.now() + datetime.timedelta(hours=1)
    for client in (center.client, center.missed):
        refresh_client(client_id=client.pk, now=later)
    before = rows_of(center.client), rows_of(center.missed)
    assert {block for block, _anchor in before[1]} == {"missed"}

    merge = merge_clients(survivor_id=center.client.pk, absorbed_id=center.missed.pk, by=ours.nina, now=later)

    assert rows_of(center.missed) == set()
    assert ("missed", f"{center.miss.pk:010d}") in rows_of(center.client)
    unmerge_clients(merge_id=merge.pk, by=ours.nina, now=later)
    assert (rows_of(center.client), rows_of(center.missed)) == before


def rows_of(client: Client) -> set[tuple[str, str]]:
    return set(Item.objects.filter(client=client, closed_at=None).values_list("block", "anchor"))


def test_another_import_that_names_the_absorbed_card_finds_the_one_that_stands(ours: World) -> None:
    one, other = made(ours, "Ольга Дубова", "+79167000001"), made(ours, "Ольга Дубова", "+79167000001")
    organization = ours.ours.organization
    first = Import.objects.create(organization=organization, source="files", kind="files")
    Link.objects.create(
        organization=organization, source="files", kind=Link.Kind.CLIENT, ref=b"17", object_id=other.pk,
        of_import=first, is_created=True,
    )  # fmt: skip
    merge_clients(survivor_id=one.pk, absorbed_id=other.pk, by=ours.nina, now=NOW)

    known = Links(organization, "files", first).find(Link.Kind.CLIENT, [b"17"])

    assert known[b"17"].object_id == one.pk


def test_two_cards_are_put_together_and_taken_apart_on_the_pages(
    ours: World, signed_in: Callable[[User], Browser]
) -> None:
    one = made(ours, "Ольга Дубова", "+79167000001", note="Первая")
    other = made(ours, "Ольга Ивановна Дубова", "+79167000001", note="Вторая", birth_month=3, birth_day=4)
    looked(ours)
    browser = signed_in(ours.nina)
    page = browser.get("/settings/duplicates/").content.decode()
    assert "Ольга Ивановна Дубова" in page
    page = browser.get(f"/settings/duplicates/{one.pk}/{other.pk}/").content.decode()
    assert 'name="note" value="both" checked' in page

    answer = browser.post(f"/settings/duplicates/{one.pk}/{other.pk}/", {"note": "absorbed", "name": "survivor"})

    merge = Merge.objects.get(undone_at=None)
    assert answer.headers["Location"] == f"/settings/duplicates/merges/{merge.pk}/"
    kept = Client.objects.get(pk=one.pk)
    assert (kept.name, kept.note, kept.birth_month) == ("Ольга Дубова", "Вторая", 3)
    assert "Ольга Ивановна Дубова" in browser.get(f"/settings/duplicates/merges/{merge.pk}/").content.decode()
    browser.post(f"/settings/duplicates/merges/{merge.pk}/undo/")
    assert Client.objects.get(pk=one.pk).note == "Первая"
    assert Client.objects.get(pk=other.pk).note == "Вторая"


@pytest.mark.parametrize(("body", "status"), [({"note": "nonsense"}, 409), ({"phone": "both"}, 409), ({}, 302)])
def test_choices_that_there_are_not_change_nothing(
    ours: World, signed_in: Callable[[User], Browser], body: dict[str, str], status: int
) -> None:
    one, other = made(ours, "Ольга Дубова", "+79167000001"), made(ours, "Ольга Дубова", "+79167000001")

    answer = signed_in(ours.nina).post(f"/settings/duplicates/{one.pk}/{other.pk}/", body)

    assert answer.status_code == status
    assert Merge.objects.filter(undone_at=None).exists() == (status == 302)


def test_a_card_cannot_be_compared_with_itself_or_with_a_strangers(
    ours: World, signed_in: Callable[[User], Browser]
) -> None:
    browser, pk = signed_in(ours.maria), ours.north.client.pk

    assert browser.post(f"/settings/duplicates/{pk}/{pk}/different/").status_code == 404
    assert browser.get(f"/settings/duplicates/{pk}/{ours.center.client.pk}/").status_code == 404
    assert claim(client_id=pk, by=ours.maria, now=NOW)


def test_many_cards_with_few_names_are_looked_through(ours: World) -> None:
    given, last = ["Анна", "Ольга", "Ирина", "Елена", "Дарья", "Инна"], ["Дубова", "Клёнова", "Липова", "Соснова"]
    Client.objects.bulk_create(
        Client(
            organization=ours.ours.organization, branch=ours.center.branch, phone=f"+7916{number % 400:07}",
            name=f"{given[number % 6]} {last[number % 4]}", birth_month=number % 12 + 1, birth_day=number % 28 + 1,
            birth_year=1960 + number % 40,
        )
        for number in range(500)
    )  # fmt: skip

    assert looked(ours)
