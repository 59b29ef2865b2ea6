"""Two cards of one person become one, and two again."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import World, make_appointment, make_client
from vernis.book import merging
from vernis.book.models import Appointment, AppointmentLine, Client, Consent, Contact, Merge, MovedRow, SearchTerm
from vernis.book.models.contacts import Block, Outcome
from vernis.book.operations.clients import change_client
from vernis.book.operations.consents import record_consent
from vernis.book.operations.merging import (
    CannotBeUndone,
    NotAChoice,
    SameCard,
    merge_clients,
    unmerge_clients,
)
from vernis.book.operations.privacy import all_we_know, erase_client
from vernis.book.queries import merges, search
from vernis.book.queries.clients import clients_page
from vernis.book.queries.consents import Reason, Refused, in_force, may_contact

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client as Browser

    from vernis.accounts.models import User

NOW = timezone.now().replace(microsecond=0)
ADVERTISING = Consent.Purpose.ADVERTISING
SMS, CALL = Consent.Channel.SMS, Consent.Channel.CALL


def minutes(count: int) -> datetime.timedelta:
    return datetime.timedelta(minutes=count)


@pytest.fixture
def two(ours: World) -> tuple[Client, Client]:
    """Return two cards of Anna, each with a visit, a contact and something that the other lacks."""
    branch = ours.center.branch
    first = make_client(branch, "Анна Берёзова", "+79162000111", note="Пьёт чай", email="anna@example.com")
    second = make_client(
        branch, "Анна Сергеевна Берёзова", "+79162000222", note="Боится сквозняков", allergies="Латекс"
    )
    for client, days_ago in ((first, 40), (second, 20)):
        written(ours, client, days_ago)
    Client.objects.filter(pk=second.pk).update(external_id="A-17", traits={"hair_length": "long"})
    return again(first), again(second)


def written(ours: World, client: Client, days_ago: int) -> Appointment:
    """Write a visit, with money, and a call."""
    day = (NOW - datetime.timedelta(days=days_ago)).date()
    visit = make_appointment(client, day=day, status=Appointment.Status.COMPLETED)
    AppointmentLine.objects.create(
        organization=ours.ours.organization, appointment=visit, service=ours.ours.service, amount=100_000 + client.pk
    )
    Contact.objects.create(
        organization=ours.ours.organization, client=client, block=Block.DUE, anchor=f"hair@{day}", call=uuid.uuid4(),
        key=uuid.uuid4(), made_at=visit.starts_at, outcome=Outcome.REACHED,
    )  # fmt: skip
    return visit


def again(client: Client) -> Client:
    return Client.everyone.get(pk=client.pk)


def card(client: Client) -> dict[str, Any]:
    """Return everything a card says, but when it was last written."""
    whole = merging.card_of(again(client)) | {"merged_into": again(client).merged_into_id}
    return {name: value for name, value in whole.items() if name != "changed_at"}


def answer(client: Client, by: User, is_given: bool, at: datetime.datetime, channel: Consent.Channel = SMS) -> Consent:
    return record_consent(
        client_id=client.pk, by=by, channel=channel, purpose=ADVERTISING, is_given=is_given, means=Consent.Means.SPOKEN,
        wording="Можно присылать акции?", now=at,
    )  # fmt: skip


def answers(client: Client) -> dict[str, bool]:
    return {event.channel: event.is_given for event in in_force(client=client) if event.purpose == ADVERTISING}


def merged(ours: World, survivor: Client, absorbed: Client, **more: Any) -> Merge:
    return merge_clients(
        survivor_id=survivor.pk, absorbed_id=absorbed.pk, by=more.pop("by", ours.nina), now=more.pop("now", NOW), **more
    )


def undone(ours: World, merge: Merge, **more: Any) -> list[str]:
    return unmerge_clients(merge_id=merge.pk, by=more.get("by", ours.nina), now=more.get("now", NOW)).kept


def test_a_merged_card_has_the_visits_money_and_contacts_of_both(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two

    merged(ours, first, second)

    lines = AppointmentLine.objects.filter(appointment__client=first)
    assert lines.count() == 2
    assert sum(line.amount or 0 for line in lines) == 200_000 + first.pk + second.pk
    assert first.contacts.count() == 2
    assert not Appointment.objects.filter(client=second).exists()


def test_what_is_not_chosen_is_chosen_so_that_least_is_lost(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two

    merged(ours, first, second)

    now = again(first)
    assert now.name == "Анна Сергеевна Берёзова"
    assert (now.phone, now.second_phone) == ("+79162000111", "+79162000222")
    assert now.note == "Пьёт чай\nБоится сквозняков"
    assert (now.email, now.allergies, now.traits) == ("anna@example.com", "Латекс", {"hair_length": "long"})


def test_every_field_takes_the_value_that_was_chosen(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two

    merged(
        ours, first, second, choices={"name": "survivor", "phone": "absorbed", "note": "absorbed", "email": "absorbed"}
    )

    now = again(first)
    assert (now.name, now.phone, now.note, now.email) == ("Анна Берёзова", "+79162000222", "Боится сквозняков", "")
    assert now.second_phone == "+79162000111"


def test_an_absorbed_card_is_nowhere_and_is_kept_as_it_was(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    before = card(second)

    merged(ours, first, second)

    assert second not in clients_page(user=ours.nina).clients
    assert not Client.objects.filter(pk=second.pk).exists()
    assert card(second) == before | {"merged_into": first.pk}


@pytest.mark.parametrize("text", ["Сергеевна", "0222", "+7 916 200-02-22", "0111"])
def test_who_was_merged_is_found_by_what_either_card_said(ours: World, two: tuple[Client, Client], text: str) -> None:
    first, second = two
    merged(ours, first, second, choices={"name": "survivor", "second_phone": "survivor"})
    change_client(client_id=first.pk, by=ours.nina, facts={"source": "Подруга"})

    found = Client.objects.filter(search.matching(text, "RU", first.organization_id))

    assert first in found
    assert second not in found


def test_another_system_may_name_either(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    Client.objects.filter(pk=first.pk).update(external_id="B-3")
    merged(ours, first, second)

    assert merges.by_external_id(first.organization_id, ["A-17", "B-3", "C-1"]) == {"A-17": first.pk, "B-3": first.pk}


def test_undone_both_cards_are_what_they_were_to_the_byte(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    before = card(first), card(second)
    owners = dict(Appointment.objects.values_list("pk", "client")), dict(Contact.objects.values_list("pk", "client"))
    terms = set(SearchTerm.objects.filter(client__in=two).values_list("client", "term"))
    merge = merged(ours, first, second)

    assert undone(ours, merge) == []

    assert (card(first), card(second)) == before
    assert dict(Appointment.objects.values_list("pk", "client")) == owners[0]
    assert dict(Contact.objects.values_list("pk", "client")) == owners[1]
    assert {
        (pk, bytes(term)) for pk, term in SearchTerm.objects.filter(client__in=two).values_list("client", "term")
    } == {(pk, bytes(term)) for pk, term in terms}
    assert not MovedRow.objects.exists()


def test_new_facts_stay_with_the_survivor_and_are_listed(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    merge = merged(ours, first, second)
    visit = make_appointment(first, day=(NOW + datetime.timedelta(days=3)).date(), status="booked")
    Appointment.objects.filter(pk=visit.pk).update(created_at=NOW + minutes(5))
    change_client(client_id=first.pk, by=ours.nina, facts={"email": "new@example.com", "note": "Теперь пьёт кофе"})

    since = merges.since(merge)
    kept = undone(ours, merge)

    assert [row.pk for row in since.appointments] == [visit.pk]
    assert since.fields == ["email", "note"]
    assert kept == ["note"]  # the e-mail would have stayed anyway
    now = again(first)
    assert (now.email, now.note, now.name) == ("new@example.com", "Теперь пьёт кофе", "Анна Берёзова")
    assert Appointment.objects.get(pk=visit.pk).client_id == first.pk


def test_merges_are_undone_in_any_order(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    third = make_client(ours.center.branch, "Нюра Берёзова", "+79162000333")
    written(ours, third, 10)
    before = [card(one) for one in (first, second, third)]
    inner = merged(ours, second, third, choices={"phone": "absorbed", "note": "both"})
    outer = merged(ours, first, second, choices={"phone": "absorbed"}, now=NOW + minutes(1))
    assert again(first).phone == "+79162000333"

    undone(ours, inner, now=NOW + minutes(2))

    assert again(first).phone == "+79162000222"
    assert (card(third), third.contacts.count()) == (before[2], 1)
    assert merges.survivor_id(second.pk) == first.pk
    undone(ours, outer, now=NOW + minutes(3))
    assert [card(one) for one in (first, second, third)] == before


@pytest.mark.parametrize(
    ("ours_first", "hers_then", "expected"),
    [(True, False, False), (False, True, False), (True, True, True), (None, True, True), (False, None, False)],
)
def test_the_stricter_answer_holds(
    ours: World, two: tuple[Client, Client], ours_first: bool | None, hers_then: bool | None, expected: bool
) -> None:
    first, second = two
    for client, is_given, at in ((first, ours_first, -9), (second, hers_then, -5)):
        if is_given is not None:
            answer(client, ours.nina, is_given, NOW + minutes(at))

    merged(ours, first, second)

    assert answers(first) == {"sms": expected}


def test_the_client_herself_may_say_otherwise_later(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    answer(first, ours.nina, False, NOW - minutes(9))
    answer(second, ours.nina, True, NOW - minutes(5))
    merged(ours, first, second)

    answer(first, ours.nina, True, NOW + minutes(5))

    assert answers(first) == {"sms": True}


def test_each_has_her_own_answer_again_once_it_is_undone(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    answer(first, ours.nina, True, NOW - minutes(9))
    answer(second, ours.nina, False, NOW - minutes(20))
    merge = merged(ours, first, second)
    assert answers(first) == {"sms": False}

    undone(ours, merge)

    assert (answers(first), answers(second)) == ({"sms": True}, {"sms": False})


def test_who_asked_not_to_be_called_on_either_card_is_not_called(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    Contact.objects.filter(client=second).update(outcome=Outcome.DO_NOT_CALL)
    answer(first, ours.nina, True, NOW - minutes(1), CALL)

    merged(ours, first, second)

    told = may_contact(client=again(first), channel=CALL, purpose=ADVERTISING, now=NOW)
    assert told == Refused(Reason.DO_NOT_CALL)


def test_the_same_merge_twice_is_one(ours: World, two: tuple[Client, Client]) -> None:
    assert merged(ours, *two) == merged(ours, *two)
    assert Merge.objects.filter(undone_at=None).count() == 1


def test_undoing_twice_is_once(ours: World, two: tuple[Client, Client]) -> None:
    merge = merged(ours, *two)

    undone(ours, merge)
    before = [card(one) for one in two]
    undone(ours, merge, now=NOW + minutes(9))

    assert [card(one) for one in two] == before
    assert Merge.objects.get(pk=merge.pk).undone_at == NOW


def test_what_cannot_be_merged_is_refused(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    with pytest.raises(SameCard):
        merged(ours, first, first)
    with pytest.raises(NotAChoice):
        merged(ours, first, second, choices={"phone": "both"})
    with pytest.raises(NotAChoice):
        merged(ours, first, second, choices={"organization": "absorbed"})
    for stranger in (ours.maria, ours.pavel):
        with pytest.raises(Client.DoesNotExist):
            merged(ours, first, second, by=stranger)
    with pytest.raises(Client.DoesNotExist):
        merged(ours, first, ours.elsewhere.client)
    assert not Merge.objects.filter(undone_at=None).exists()


def test_a_stranger_undoes_nothing(ours: World, two: tuple[Client, Client]) -> None:
    merge = merged(ours, *two)

    with pytest.raises(Client.DoesNotExist):
        undone(ours, merge, by=ours.maria)
    with pytest.raises(Merge.DoesNotExist):
        undone(ours, merge, by=ours.pavel)


def test_forgetting_a_client_forgets_both_cards_for_ever(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    merge = merged(ours, first, second)
    erase_client(client_id=first.pk, by=ours.nina, typed_name=again(first).name, now=NOW)

    for one in two:
        assert again(one).erased_at == NOW
        assert not any(getattr(again(one), name) for name in ("phone", "email", "note", "allergies", "external_id"))
    merge.refresh_from_db()
    assert (merge.before, merge.theirs, merge.after) == ({}, {}, {})
    with pytest.raises(CannotBeUndone):
        undone(ours, merge)


def test_everything_we_know_has_both_cards(ours: World, two: tuple[Client, Client]) -> None:
    first, second = two
    merged(ours, first, second, choices={"note": "survivor"})

    known = all_we_know(client=again(first))

    assert [one["number"] for one in known["merged_cards"]] == [second.pk]
    assert known["merged_cards"][0]["note"] == "Боится сквозняков"
    assert known["cards_before_merging"][0]["kept"]["name"] == "Анна Берёзова"
    assert len(known["appointments"]) == 2


def test_old_links_lead_to_the_card_that_stands_now(
    ours: World, two: tuple[Client, Client], signed_in: Callable[[User], Browser]
) -> None:
    first, second = two
    merged(ours, first, second)
    browser = signed_in(ours.olga)

    assert browser.get(f"/clients/{second.pk}/").headers["Location"] == f"/clients/{first.pk}/"
    assert browser.get(f"/clients/{second.pk}/edit/").status_code == 200
    assert signed_in(ours.maria).get(f"/clients/{second.pk}/").status_code == 404


def test_every_table_with_a_client_is_decided_about() -> None:
    fields = ((model, field) for model in apps.get_models() for field in model._meta.concrete_fields)
    of_clients = {model._meta.label_lower for model, field in fields if field.related_model is Client}

    assert of_clients == {one.label for one in merging.FOLLOWERS} | set(merging.STAYING)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(0, 4), st.integers(0, 4)),
        st.tuples(st.just("undo"), st.just(0), st.integers(0, 9)),
        st.tuples(st.just("visit"), st.integers(0, 4), st.just(0)),
        st.tuples(st.just("answer"), st.integers(0, 4), st.integers(0, 1)),
        st.tuples(st.just("phone"), st.integers(0, 4), st.integers(0, 9)),
    ),
    max_size=14,
)


@pytest.mark.parametrize("edits", [False, True])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, order=st.randoms(use_true_random=False), sides=st.integers(0, 2**13))
def test_merging_and_undoing_in_any_order_loses_nothing(
    ours: World, edits: bool, steps: list[tuple[str, int, int]], order: Any, sides: int
) -> None:
    with transaction.atomic():
        life = Life(ours, sides)
        for step in steps:
            if edits or step[0] != "phone":
                life.live(*step)
                life.check()
        active = list(Merge.objects.filter(undone_at=None))
        order.shuffle(active)
        for merge in active:
            life.undo(merge)
            life.check()
        life.check_everybody_is_home(whole=not edits)
        transaction.set_rollback(True)


class Life:
    """Five cards, what happens to them, and whose row every row must be: that of whoever stands for its home."""

    def __init__(self, ours: World, sides: int) -> None:
        self.ours, self.now, self.sides = ours, NOW, sides
        self.cards = [
            make_client(
                ours.center.branch,
                f"Клиентка {'Вторая ' * (number % 2)}{number}",
                f"+7916200100{number}",
                note=f"{number}",
            )
            for number in range(5)
        ]
        self.homes: dict[int, int] = {}
        for number, client in enumerate(self.cards):
            self.homes[written(ours, client, 10 + number).pk] = client.pk
            if number % 2:
                answer(client, ours.nina, number == 1, NOW - minutes(60 - number))
        self.before = [card(client) for client in self.cards]
        self.phones: dict[int, str] = {}

    def root(self, number: int) -> Client:
        return Client.objects.get(pk=merges.survivor_id(self.cards[number].pk))

    def live(self, what: str, first: int, second: int) -> None:
        self.now += minutes(1)
        one = self.root(first)
        if what == "merge":
            self.merge(one, self.root(second))
        elif what == "undo":
            active = list(Merge.objects.filter(undone_at=None).order_by("pk"))
            if active:
                self.undo(active[second % len(active)])
        elif what == "visit":
            visit = written(self.ours, one, 3)
            self.homes[visit.pk] = one.pk
        elif what == "answer":
            answer(one, self.ours.nina, bool(second), self.now)
        else:
            self.phones[one.pk] = f"+7916300200{second}"
            change_client(client_id=one.pk, by=self.ours.nina, facts={"phone": self.phones[one.pk]})

    def merge(self, survivor: Client, absorbed: Client) -> None:
        if survivor == absorbed:
            return
        both = answers(survivor), answers(absorbed)
        chosen = {
            name: list(merging.SIDES[name])[(self.sides >> place) % len(merging.SIDES[name])]
            for place, name in enumerate(merging.FIELDS)
        }
        merged(self.ours, survivor, absorbed, now=self.now, choices=chosen)
        given = {channel: [side[channel] for side in both if channel in side] for channel in both[0] | both[1]}
        assert answers(survivor) == {channel: all(said) for channel, said in given.items()}

    def undo(self, merge: Merge) -> None:
        self.now += minutes(1)
        undone(self.ours, merge, now=self.now)

    def check(self) -> None:
        mine = Appointment.objects.filter(pk__in=self.homes)
        assert dict(mine.values_list("pk", "client")) == {
            visit: merges.survivor_id(home) for visit, home in self.homes.items()
        }
        assert AppointmentLine.objects.filter(appointment__in=self.homes).count() == len(self.homes)
        assert Contact.objects.filter(client__in=self.cards).count() == len(self.homes)
        for place in MovedRow.objects.filter(table="book.appointment"):
            assert self.homes[place.row] == place.home_id

    def check_everybody_is_home(self, *, whole: bool) -> None:
        assert not MovedRow.objects.exists()
        assert not Consent.objects.filter(means=Consent.Means.MERGED).exists()
        after = [card(client) for client in self.cards]
        if whole:
            assert after == self.before
        for before, now in zip(self.before, after, strict=True):
            same = {name for name in before if before[name] == now[name]}
            assert same >= set(before) - {"phone", "second_phone", "search_phone"}
            assert now["phone"] in {before["phone"], self.phones.get(before["id"])}
