"""Items are what the rules want: after a nightly run, after a change, and after a run that was killed."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest
from django.db import connection, transaction

from tests.salons import NOW, contact, salon
from vernis.accounts.tenancy import scoped_to
from vernis.book import facts
from vernis.book.models import Appointment, Client, Contact
from vernis.book.signals import facts_changed
from vernis.worklist import items as worklist_items
from vernis.worklist.models import Item, Refreshed, Sync
from vernis.worklist.operations import sync
from vernis.worklist.operations.refresh import refresh_client
from vernis.worklist.operations.sync import SyncIsRunning, sync_organization
from vernis.worklist.queries.explain import why
from vernis.worklist.queries.past import list_of_day

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.timedelta(days=1)
MOSCOW = ("Europe/Moscow",)


def items(organization: Any) -> list[dict[str, Any]]:
    with scoped_to(organization.pk):
        return list(Item.objects.of(organization).order_by("pk").values())


def open_item(organization: Any, block: str) -> Item:
    with scoped_to(organization.pk):
        return Item.objects.of(organization).filter(block=block, closed_at=None).select_related("client__branch")[0]


def test_a_second_run_changes_nothing() -> None:
    made = salon(1)
    first = sync_organization(organization=made, now=NOW)
    before = items(made)

    again = sync_organization(organization=made, now=NOW)

    assert before
    assert sum(run.created_count for run in first) == len(before)
    assert items(made) == before
    assert [(run.created_count, run.updated_count, run.closed_count) for run in again] == [(0, 0, 0)] * len(again)


@pytest.mark.parametrize("seed", range(30, 34))
def test_refreshing_every_client_changes_nothing_after_a_run(seed: int) -> None:
    made = salon(seed)
    sync_organization(organization=made, now=NOW)
    before = items(made)

    with scoped_to(made.pk):
        for pk in Client.objects.of(made).values_list("pk", flat=True):
            refresh_client(client_id=pk, now=NOW)

    assert items(made) == before


def test_each_branch_has_its_own_day() -> None:
    made = salon(2)

    runs = sync_organization(organization=made, now=NOW.replace(hour=11))

    assert [str(run.as_of) for run in runs] == ["2026-05-12", "2026-05-13"]  # it is tomorrow on Kiritimati


def test_a_contact_closes_the_item_and_is_named_by_it() -> None:
    made = salon(3, zones=MOSCOW, clients=60)
    sync_organization(organization=made, now=NOW)
    item = open_item(made, "lapsed")

    with scoped_to(made.pk), transaction.atomic():
        said = contact(item.client, item.block, item.anchor, "reached", NOW)
        facts_changed.send(sender=Contact, client_id=item.client_id, now=NOW)

    with scoped_to(made.pk):
        item.refresh_from_db()
    assert (item.closing, item.contact_id, item.closed_on) == ("contacted", said.pk, NOW.date())


def test_a_contact_taken_back_opens_the_same_item_again() -> None:
    made = salon(3, zones=MOSCOW, clients=60)
    sync_organization(organization=made, now=NOW)
    item = open_item(made, "lapsed")
    with scoped_to(made.pk):
        said = contact(item.client, item.block, item.anchor, "reached", NOW)
        refresh_client(client_id=item.client_id, now=NOW)
        Contact.objects.filter(pk=said.pk).update(undone_at=NOW)

        refresh_client(client_id=item.client_id, now=NOW)

        item.refresh_from_db()
        count = Item.objects.filter(client=item.client, block=item.block).count()
    assert (item.closed_at, item.closing, item.contact_id, count) == (None, "", None, 1)


def test_who_books_without_being_called_leaves_the_list_as_such() -> None:
    made = salon(3, zones=MOSCOW, clients=60)
    sync_organization(organization=made, now=NOW)
    item = open_item(made, "lapsed")
    with scoped_to(made.pk):
        Appointment.objects.create(
            organization=made, client=item.client, branch=item.branch, starts_at=NOW + DAY, created_at=NOW
        )

    sync_organization(organization=made, now=NOW)

    with scoped_to(made.pk):
        item.refresh_from_db()
    assert item.closing == ("booked_by_themselves" if not made.rules.get("booking_scope") else item.closing)


def test_an_item_that_other_rules_no_longer_want_says_so() -> None:
    made = salon(5, zones=MOSCOW, clients=60)
    sync_organization(organization=made, now=NOW)
    made.rules = {**made.rules, "birthday_horizon_days": 0, "follow_up_until": 3}
    made.save()

    sync_organization(organization=made, now=NOW)

    with scoped_to(made.pk):
        reasons = set(Item.objects.of(made).exclude(closed_at=None).values_list("closing", flat=True))
    assert reasons == {"rule_changed"}


def test_the_nightly_run_leaves_alone_who_has_just_been_refreshed() -> None:
    made = salon(3, zones=MOSCOW, clients=60)
    sync_organization(organization=made, now=NOW)
    item = open_item(made, "lapsed")
    with scoped_to(made.pk):
        known = worklist_items.known_items(NOW.date(), organization=made)
        contact(item.client, item.block, item.anchor, "reached", NOW)
        refresh_client(client_id=item.client_id, now=NOW)
        row = next(one.row for one in known if one.pk == item.pk)

    left = sync._apply(
        made,
        worklist_items.Changes([row], [], []),
        NOW.date(),
        NOW,
        has_rule_changed=False,
        progress=lambda *_: None,
    )

    assert left == [item.client_id]
    with scoped_to(made.pk):
        assert not Item.objects.filter(client=item.client_id, block=item.block, closed_at=None).exists()
        assert Refreshed.objects.filter(client=item.client_id).exists()


def test_two_runs_at_once_are_one() -> None:
    made = salon(1, clients=2)

    with sync._alone(made.pk), pytest.raises(SyncIsRunning):
        sync_organization(organization=made, now=NOW)


def test_a_setting_that_cannot_be_used_leaves_the_list_and_is_told() -> None:
    made = salon(1)
    sync_organization(organization=made, now=NOW)
    before = items(made)
    made.rules = {"overdue_days": "many"}
    made.save()

    with pytest.raises(Exception, match="overdue_days"):
        sync_organization(organization=made, now=NOW + 2 * DAY)

    assert items(made) == before
    with scoped_to(made.pk):
        assert Sync.objects.of(made).filter(fault__contains="overdue_days").exists()
        refresh = Client.objects.of(made).values_list("pk", flat=True)[0]
        facts_changed.send(sender=Client, client_id=refresh, now=NOW)  # saves the change all the same


KILLED = """
import datetime, sys, time
import django
django.setup()
from vernis.accounts.models import Organization
from vernis.worklist.operations import sync
sync.ROWS_AT_ONCE = 1
sync.SHORTEST_PAUSE = 0.02
now = datetime.datetime.fromisoformat(sys.argv[2])
def show(step, done, total):
    print(step, done, flush=True)
sync.sync_organization(organization=Organization.objects.get(pk=int(sys.argv[1])), now=now, progress=show)
"""


def test_killed_half_way_the_list_is_never_empty_and_the_next_run_does_the_rest() -> None:
    made = salon(7, clients=60, zones=MOSCOW)
    sync_organization(organization=made, now=NOW)
    before = len([item for item in items(made) if item["closed_at"] is None])
    tomorrow = NOW + 5 * DAY
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings_of_child"}
    at = connection.settings_dict
    environment["TEST_DATABASE"] = str(at["NAME"])
    environment["TEST_HOME"] = str(facts.home_of(made.pk).parent.parent)

    run = [sys.executable, "-c", KILLED, str(made.pk), tomorrow.isoformat()]
    with subprocess.Popen(run, env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            if line.startswith("items 3"):
                break
        time.sleep(0.01)
        child.send_signal(signal.SIGKILL)

    after = items(made)
    assert len([item for item in after if item["closed_at"] is None]) > before // 2
    with scoped_to(made.pk):
        assert not Sync.objects.of(made).filter(as_of=tomorrow.date()).exclude(finished_at=None).exists()

    runs = sync_organization(organization=made, now=tomorrow)

    with scoped_to(made.pk):
        for pk in Client.objects.of(made).values_list("pk", flat=True):
            refresh_client(client_id=pk, now=tomorrow)
        assert len(runs) == Sync.objects.of(made).filter(as_of=tomorrow.date()).count() == 1
    assert after != items(made)


def test_why_says_of_every_block_what_keeps_her_out_or_in() -> None:
    made = salon(3, zones=MOSCOW, clients=20)
    sync_organization(organization=made, now=NOW)

    with scoped_to(made.pk):
        for client in Client.objects.of(made).select_related("organization", "branch"):
            answer = why(client, NOW.date())
            blocks = set(Item.objects.filter(client=client, closed_at=None).values_list("block", flat=True))
            assert {sentence.block for sentence in answer.listed} == blocks
            assert answer.is_silent or answer.is_listed or answer.absent


def test_a_past_day_is_the_list_of_that_day() -> None:
    made = salon(3, zones=MOSCOW, clients=40)
    sync_organization(organization=made, now=NOW)

    with scoped_to(made.pk):
        today = list_of_day(made, NOW.date())
        branches = {item["branch_id"] for item in items(made)} - {None}
        assert sum(today.counts().values()) == len(items(made))
        assert today.counts(branches) == today.counts()
        lapsed = today.rows("lapsed")
        assert [row.client for row in today.rows("lapsed", first=1, count=2)] == [row.client for row in lapsed[1:3]]
        earlier = list_of_day(made, NOW.date() - 40 * DAY)
        again = list_of_day(made, NOW.date() - 40 * DAY)
    assert earlier.table.equals(again.table)
