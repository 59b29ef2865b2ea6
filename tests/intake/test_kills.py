"""An import that is killed at any moment goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db import connections
from django.utils import timezone

from tests.intake.conftest import NOW, Desk
from tests.intake.dumps import without_numbers
from tests.intake.tables import Told, history
from tests.people import make_client, make_world
from tests.processes import in_processes
from vernis.accounts.tenancy import scoped_to
from vernis.intake.bringing import run
from vernis.intake.bringing.run import Stopped
from vernis.intake.locks import ImportIsRunning
from vernis.intake.models import Import
from vernis.intake.operations import applying, undoing

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 5
KILLS = int(os.environ.get("VERNIS_KILLS", "40"))
pytestmark = pytest.mark.django_db(transaction=True)


def told() -> Told:
    """Return a history in which somebody is known already."""
    return history(40, 3).client("k", "Анна Ким", phone="+79165550001", email="a@example.com", refuses_sms=True)


def made(tmp_path: Path) -> tuple[Desk, Import]:
    desk = Desk(make_world(now=NOW), tmp_path)
    with scoped_to(desk.organization.pk):
        make_client(desk.world.center.branch, "Анна Ким", "+79165550001")
        return desk, desk.started(told())


def killed_till_it_is_done(organization: int, number: int, is_undone: bool, longest: float, home: str) -> int:
    """Do all of an import, or take it back, in processes that are killed at random moments; return how many were.

    Runs in a process of its own: one that is forked off where a browser's loop runs is none like those of the product.
    """
    settings.HOME = Path(home)
    run.AT_ONCE = undoing.AT_ONCE = AT_ONCE
    with scoped_to(organization):
        one = Import.objects.get(pk=number)
    chance, kills = random.Random(is_undone), 0
    while True:
        connections.close_all()
        child = os.fork()
        if not child:
            try:
                do(undoing.undo if is_undone else applying.apply, one)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        until = time.monotonic() + (chance.uniform(0, longest) if kills < KILLS else 60)
        while time.monotonic() < until:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                assert os.waitstatus_to_exitcode(status) == 0
                return kills
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        kills += 1


def test_killed_again_and_again_it_ends_like_one_that_was_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "AT_ONCE", AT_ONCE)
    monkeypatch.setattr(undoing, "AT_ONCE", AT_ONCE)
    desk, one = made(tmp_path)
    begun = time.monotonic()
    applying.apply(of_import=one, now=NOW)
    longest = (time.monotonic() - begun) / 8
    with scoped_to(desk.organization.pk):
        one.refresh_from_db()
        balance = one.balance
        expected = without_numbers()
        Import.objects.filter(pk=one.pk).update(state="undoing")
    undoing.undo(of_import=one, now=NOW)
    with scoped_to(desk.organization.pk):
        untouched = without_numbers()
        second = desk.started(told())

    about = (desk.organization.pk, second.pk)
    [kills] = in_processes(killed_till_it_is_done, [(*about, False, longest, str(settings.HOME))])

    with scoped_to(desk.organization.pk):
        second.refresh_from_db()
        assert without_numbers() == expected
        assert {**second.balance, "import_id": 0} == {**balance, "import_id": 0}
        assert second.done == second.total
        Import.objects.filter(pk=second.pk).update(state="undoing")

    [undone] = in_processes(killed_till_it_is_done, [(*about, True, longest, str(settings.HOME))])

    with scoped_to(desk.organization.pk):
        assert without_numbers() == untouched
    print(f"killed {kills} times while bringing in, {undone} times while taking back")
    assert kills > 2


def do(work: Callable[..., bool], one: Import) -> None:
    """Do all the work; PostgreSQL may need a moment to notice that who did it before is dead."""
    until = time.monotonic() + 30
    while True:
        try:
            assert work(of_import=one, now=NOW)
        except ImportIsRunning:
            assert time.monotonic() < until
            time.sleep(0.02)
        except Stopped:  # killed after the last step, before it could say so
            return
        else:
            return


def test_time_given_is_kept_and_the_rest_is_done_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "AT_ONCE", AT_ONCE)
    desk, one = made(tmp_path)
    slices = 1
    while not applying.apply(of_import=one, now=timezone.now(), seconds=0):
        slices += 1
    with scoped_to(desk.organization.pk):
        one.refresh_from_db()
        assert (one.state, one.done, one.total) == ("done", one.total, one.total)
    assert slices > 30
