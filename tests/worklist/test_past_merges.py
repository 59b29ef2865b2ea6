"""A past day stays what it was, whatever cards are put together or taken apart later."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from tests.people import World, make_appointment, make_client, make_world
from vernis.accounts.tenancy import scoped_to
from vernis.book import facts
from vernis.book.models import AppointmentLine, Client
from vernis.book.operations.merging import merge_clients, unmerge_clients
from vernis.worklist.queries.past import list_of_day
from vernis.worklist.queries.past_rows import as_items

NOW = timezone.now().replace(microsecond=0)


def visited(ours: World, client: Client, *days_ago: int) -> None:
    for ago in days_ago:
        visit = make_appointment(client, day=(NOW - datetime.timedelta(days=ago)).date(), status="completed")
        AppointmentLine.objects.create(
            organization=ours.ours.organization, appointment=visit, service=ours.ours.service, amount=100
        )


def shown(ours: World, day: datetime.date) -> list[str]:
    """Return everything a list of a day says."""
    facts.write(ours.ours.organization.pk)
    with scoped_to(ours.ours.organization.pk):
        found = list_of_day(ours.ours.organization, day)
    return sorted(map(str, found.table.to_pylist()))


@pytest.mark.django_db(transaction=True)
def test_the_list_of_a_past_day_is_the_same_before_between_and_after() -> None:
    ours = make_world(NOW - datetime.timedelta(days=30))
    organization, branch = ours.ours.organization, ours.center.branch
    past = (NOW - datetime.timedelta(days=4)).astimezone(organization.zone).date()
    with scoped_to(organization.pk):
        one = make_client(branch, "Ольга Дубова", "+79167000001")
        other = make_client(branch, "Ольга Дубова", "+79167000001")
        soon = past + datetime.timedelta(days=3)
        Client.objects.filter(pk=one.pk).update(birth_year=None, birth_month=None, birth_day=None)
        Client.objects.filter(pk=other.pk).update(birth_year=1990, birth_month=soon.month, birth_day=soon.day)
        visited(ours, one, 40, 70)
        visited(ours, other, 9, 35)
    before = shown(ours, past)
    assert any(f"'client_id': '{other.pk:010d}'" in row for row in before)

    yesterday = NOW - datetime.timedelta(days=1)
    with scoped_to(organization.pk):
        merge = merge_clients(survivor_id=one.pk, absorbed_id=other.pk, by=ours.nina, now=yesterday)
        assert Client.objects.get(pk=one.pk).birth_month == soon.month
    assert shown(ours, past) == before
    together = shown(ours, yesterday.astimezone(organization.zone).date())
    assert not any(f"'client_id': '{other.pk:010d}'" in row for row in together)
    with scoped_to(organization.pk):
        rows = list_of_day(organization, past).rows("birthday")
        assert [item.client.pk for item in as_items(rows, user=ours.nina)] == [row.client for row in rows]
        assert other.pk in [row.client for row in rows]

        unmerge_clients(merge_id=merge.pk, by=ours.nina, now=NOW)
    assert shown(ours, past) == before
    assert shown(ours, yesterday.astimezone(organization.zone).date()) == together
