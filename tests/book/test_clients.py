"""Adding and changing clients, and finding them."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from tests.people import World, make_client
from vernis.accounts.models import LogEntry
from vernis.book.models import Client, SearchTerm
from vernis.book.operations import clients as operations
from vernis.book.operations.searching import make_searchable
from vernis.book.queries.clients import PAGE, clients_page
from vernis.book.queries.completeness import of_client
from vernis.lib.phones import NotAPhone


def add(world: World, key: uuid.UUID | None = None, **facts: object) -> Client:
    values: operations.Facts = {"name": "Ольга Ёлкина", "branch_id": world.center.branch.pk, **facts}  # type: ignore[typeddict-item]
    return operations.add_client(by=world.olga, facts=values, now=timezone.now(), key=key)


def found(world: World, text: str, country: str = "RU") -> list[str]:
    return [client.name for client in clients_page(user=world.olga, text=text, country=country).clients]


def test_a_client_is_added_with_a_phone_in_one_spelling(ours: World, told: list[int]) -> None:
    client = add(ours, phone="8 (999) 123-45-67")

    assert client.phone == "+79991234567"
    assert told == [client.pk]


def test_twice_is_once(ours: World) -> None:
    key = uuid.uuid4()

    assert add(ours, key) == add(ours, key)
    assert Client.objects.filter(name="Ольга Ёлкина").count() == 1


def test_a_known_phone_is_asked_about_and_may_be_anothers(ours: World) -> None:
    with pytest.raises(operations.PhoneIsKnown) as known:
        add(ours, phone=ours.center.client.phone)
    assert known.value.client_ids == [ours.center.client.pk]

    facts: operations.Facts = {"name": "Дочь", "phone": ours.center.client.phone, "branch_id": ours.center.branch.pk}
    daughter = operations.add_client(by=ours.olga, facts=facts, now=timezone.now(), is_other_person=True)
    assert daughter.phone == ours.center.client.phone


def test_what_cannot_be_is_refused(ours: World) -> None:
    with pytest.raises(NotAPhone):
        add(ours, phone="8 900 123-45-67 доб. 12")
    with pytest.raises(operations.NoSuchBirthday):
        add(ours, birth_day=30, birth_month=2)
    with pytest.raises(operations.NoSuchBirthday):
        add(ours, birth_year=2001, birth_day=29, birth_month=2)
    with pytest.raises(operations.NoSuchBirthday):
        add(ours, birth_year=1990)
    with pytest.raises(operations.NoSuchTrait):
        add(ours, traits={"hair_length": "green"})
    with pytest.raises(operations.NoSuchBranch):
        add(ours, branch_id=ours.north.branch.pk)
    assert not Client.objects.filter(name="Ольга Ёлкина").exists()


def test_a_birthday_may_have_no_year_and_be_a_leap_day(ours: World) -> None:
    assert add(ours, birth_day=29, birth_month=2).birth_year is None


def test_a_client_of_another_branch_cannot_be_changed(ours: World) -> None:
    with pytest.raises(Client.DoesNotExist):
        operations.change_client(client_id=ours.north.client.pk, by=ours.olga, facts={"name": "Другая"})


@pytest.mark.parametrize(
    "text",
    [
        "ольга", "ОЛЬГА", "ёлкина", "елкина", "Елкина Ольга", "ел ол", "  ольга   ёл ", "8 701 504", "8701504",
        "+7 701", "+7 (701)504-93-16", "7015049316", "701504", "9316", "93-16", "504-93-16",
        "8 701 504 93 16", "77015049316",
    ],
)  # fmt: skip
def test_a_client_is_found_by_name_and_phone_however_typed(ours: World, text: str) -> None:
    add(ours, phone="+77015049316")

    assert found(ours, text) == ["Ольга Ёлкина"]


@pytest.mark.parametrize(
    "text",
    ["льга", "ольга петрова", "0000", "+8701", "%", "_", "'", "\\", "\0", "ольга%", "<img>", "х" * 500, "1" * 99],
)
def test_what_fits_nobody_finds_nobody(ours: World, text: str) -> None:
    add(ours, phone="+77015049316")

    assert [name for name in found(ours, text) if text != "ольга%"] == []


def test_a_new_name_is_found_and_the_old_one_is_not(ours: World) -> None:
    client = add(ours, phone="+77015049316")
    operations.change_client(client_id=client.pk, by=ours.olga, facts={"name": "Ирина Соснова", "phone": ""})

    assert found(ours, "ирин") == ["Ирина Соснова"]
    assert found(ours, "елкина") == []
    assert found(ours, "9316") == []


def test_nobody_of_another_branch_or_organization_is_found(ours: World) -> None:
    assert [client.pk for client in clients_page(user=ours.olga, text="берёзова").clients] == [ours.center.client.pk]


def test_clients_written_in_bulk_can_be_made_findable(ours: World) -> None:
    organization = ours.ours.organization
    Client.objects.bulk_create(
        Client(organization=organization, branch=ours.center.branch, name=f"Тест {number}") for number in range(3)
    )

    assert make_searchable(organization_id=organization.pk) == 3
    assert make_searchable(organization_id=organization.pk) == 0
    assert found(ours, "тест 2") == ["Тест 2"]


def test_pages_have_everybody_once_and_in_order(ours: World) -> None:
    for number in range(PAGE + 7):
        make_client(ours.center.branch, f"Клиент {number:03d}", "")
    names, after = [], ""
    while True:
        page = clients_page(user=ours.olga, after=after)
        names += [client.name for client in page.clients]
        after = page.after
        if not after:
            break

    assert len(names) == PAGE + 7 + 2
    assert len(set(names)) == len(names)
    assert names == sorted(names, key=str.lower)


def test_the_card_says_what_is_missing(ours: World) -> None:
    client = add(ours, phone="+79991234567", birth_day=1, birth_month=5, source="карты")

    assert of_client(client=client).missing == ("consent", "traits", "email")
    listed = clients_page(user=ours.olga, missing="source").clients
    assert client not in listed
    assert ours.center.client in listed


def test_the_log_of_changes_knows_what_was_changed_and_nothing_of_its_contents(ours: World) -> None:
    client = add(ours, phone="+79991234567", note="Секрет")
    operations.change_client(client_id=client.pk, by=ours.olga, facts={"name": "Тайное Имя", "allergies": "Лак"})

    entries = [entry for entry in LogEntry.objects.all() if entry.object_pk == str(client.pk)]
    kept = " ".join(f"{entry.object_repr} {entry.changes}" for entry in entries if entry.content_type.model == "client")
    assert "allergies" in kept
    for secret in ("Ольга", "Ёлкина", "Тайное", "9991234567", "Секрет", "Лак"):
        assert secret not in kept
    assert SearchTerm.objects.filter(client=client).exists()
