"""Services with their intervals, traits, those who serve, the waiting list."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.utils import timezone

from tests.people import World
from vernis.accounts.models import Branch
from vernis.book.models import Service, ServiceInterval, Staff, Trait, WaitlistEntry
from vernis.book.operations import catalogue, waitlist
from vernis.book.operations.catalogue import Special
from vernis.lib.months import NotMonths


def save(world: World, *specials: Special, title: str = "Педикюр", service_id: int | None = None) -> Service:
    return catalogue.save_service(
        by=world.nina, service_id=service_id, title=title, category="feet", interval_days=None, duration_minutes=90,
        price=300_000, is_active=True, specials=specials,
    )  # fmt: skip


def test_pedicure_is_due_sooner_in_summer_and_a_haircut_by_the_length_of_hair(ours: World) -> None:
    service = save(ours, Special(21, "5-9"), Special(35, "", "hair_length", "long"), Special(28, "12,1,2"))

    rows = service.intervals.values_list("interval_days", "months", "trait", "trait_value")
    assert set(rows) == {(21, "5-9", "", ""), (35, "", "hair_length", "long"), (28, "12-2", "", "")}


def test_saving_again_replaces_and_keeps_what_is_the_same(ours: World) -> None:
    service = save(ours, Special(21, "5-9"), Special(28, "10-4"))
    kept = service.intervals.get(months="5-9").pk

    save(ours, Special(21, "5-9"), service_id=service.pk)

    assert [row.pk for row in service.intervals.all()] == [kept]


def test_intervals_that_make_no_sense_are_refused(ours: World) -> None:
    with pytest.raises(catalogue.NotSpecial):
        save(ours, Special(21))
    with pytest.raises(catalogue.NotSpecial):
        save(ours, Special(21, "1-12"))
    with pytest.raises(catalogue.TwiceTheSame):
        save(ours, Special(21, "5-7"), Special(28, "5,6,7"))
    with pytest.raises(catalogue.NoSuchTrait):
        save(ours, Special(21, "", "hair_length", "green"))
    with pytest.raises(NotMonths):
        save(ours, Special(21, "summer"))
    with pytest.raises(catalogue.TitleIsTaken):
        save(ours, title=save(ours).title.upper())


def test_a_category_has_a_plain_interval(ours: World) -> None:
    save(ours)
    catalogue.save_category(by=ours.nina, category="feet", interval_days=30, specials=[Special(21, "5-9")])
    catalogue.save_category(by=ours.nina, category="feet", interval_days=40, specials=[])

    rows = ServiceInterval.objects.of(ours.ours.organization).filter(category="feet")
    assert list(rows.values_list("interval_days", "months")) == [(40, "")]


def test_a_service_of_another_organization_is_not_there(world: World) -> None:
    with pytest.raises(Service.DoesNotExist):
        save(world, service_id=world.theirs.service.pk)


def test_a_trait_that_an_interval_needs_stays(ours: World) -> None:
    trait = ours.ours.trait
    with pytest.raises(catalogue.IsInUse):
        catalogue.delete_trait(by=ours.nina, trait_id=trait.pk)
    with pytest.raises(catalogue.IsInUse):
        catalogue.save_trait(by=ours.nina, trait_id=trait.pk, key="", title="Волосы", values=[("long", "длинные")])

    ours.ours.interval.delete()
    catalogue.delete_trait(by=ours.nina, trait_id=trait.pk)
    assert not Trait.objects.of(ours.ours.organization).exists()


def test_a_login_belongs_to_one_of_those_who_serve(ours: World) -> None:
    def add(user_id: int) -> Staff:
        return catalogue.save_staff(
            by=ours.nina, staff_id=None, name="Новая", branch_id=ours.center.branch.pk, user_id=user_id, is_active=True
        )

    for taken in (ours.timur.pk, ours.pavel.pk, ours.gleb.pk):
        with pytest.raises(catalogue.LoginIsTaken):
            add(taken)
    assert add(ours.boris.pk).user_id == ours.boris.pk


def test_a_manager_adds_staff_to_the_own_branch_only(ours: World) -> None:
    with pytest.raises(Branch.DoesNotExist):
        catalogue.save_staff(
            by=ours.maria, staff_id=None, name="Новая", branch_id=ours.center.branch.pk, user_id=None, is_active=True
        )


def test_a_wish_is_added_once_and_closed_once(ours: World, told: list[int]) -> None:
    now, key = timezone.now(), uuid.uuid4()
    entries = [
        waitlist.add_to_waitlist(
            client_id=ours.center.client.pk, by=ours.olga, branch_id=ours.center.branch.pk, now=now, key=key
        )
        for _ in range(2)
    ]
    for _ in range(2):
        entry = waitlist.close_waitlist_entry(entry_id=entries[0].pk, by=ours.olga, now=now)

    assert entries[0] == entries[1]
    assert entry.closed_on == ours.center.branch.today(now)
    assert told == [ours.center.client.pk] * 2


def test_a_wish_ends_after_it_begins_and_is_of_the_own_branch(ours: World) -> None:
    now, today = timezone.now(), ours.center.branch.today(timezone.now())
    with pytest.raises(waitlist.EndsBeforeItBegins):
        waitlist.add_to_waitlist(
            client_id=ours.center.client.pk, by=ours.olga, branch_id=ours.center.branch.pk, now=now,
            wanted_from=today, wanted_until=today - datetime.timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(WaitlistEntry.DoesNotExist):
        waitlist.close_waitlist_entry(entry_id=ours.north.entry.pk, by=ours.olga, now=now)
