"""Files become imports: guessed, checked without writing, brought in by the worker in turn, forgotten in time."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_q.models import OrmQ

from tests.intake.conftest import NOW, Desk
from tests.intake.tables import Told
from tests.people import make_client
from vernis.accounts.models import Branch
from vernis.book.models import Client
from vernis.connectors.spreadsheets import NotASpreadsheet
from vernis.intake import jobs, places
from vernis.intake.balance import Balance
from vernis.intake.models import Change, Import, ImportFile, KnownMapping
from vernis.intake.operations import applying, checking, forgetting, steering, uploading

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client as Browser

    from vernis.accounts.models import User

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
VISITS = (
    "Клиент,Телефон,Дата визита,Время,Услуга,Статус\n"
    "Инна Рощина,+7 916 555 01 02,13.04.2026,12:30,Маникюр,Пришел\n"
    "Ольга Ветрова,+7 916 555 01 03,14.04.2026,12:30,Маникюр,Не пришел\n"
    ",,14.04.2026,12:30,Маникюр,Пришел\n"
)


def uploaded(desk: Desk, text: str = VISITS, name: str = "visits.csv") -> Import:
    return uploading.upload(
        organization=desk.organization, by=desk.world.nina, files=[(name, [text.encode()])], now=NOW
    )


def checked(desk: Desk, text: str = VISITS) -> Import:
    one = uploaded(desk, text)
    steering.start_check(of_import=one, now=NOW)
    one.refresh_from_db()
    return one


def test_a_check_writes_nothing_and_its_balance_comes_true(desk: Desk) -> None:
    before = Client.objects.of(desk.organization).count()
    one = checked(desk)
    plan = Balance.from_json(one.balance)
    assert (one.state, plan.is_plan, plan.clients.new, plan.appointments.new) == ("checked", True, 2, 2)
    assert (plan.files[0].rows, plan.files[0].refused, plan.is_balanced) == (4, 1, True)
    assert Client.objects.of(desk.organization).count() == before

    steering.answer(of_import=one, said={"branch": desk.world.center.branch.pk}, now=NOW)
    steering.start(of_import=one, now=NOW)
    jobs.work(desk.organization.pk)

    one.refresh_from_db()
    done = Balance.from_json(one.balance)
    assert one.state == "done"
    assert (done.clients, done.appointments, done.reasons) == (plan.clients, plan.appointments, plan.reasons)
    assert Client.objects.of(desk.organization).count() == before + 2


def test_the_list_is_made_anew_after_an_import_once(desk: Desk) -> None:
    OrmQ.objects.all().delete()
    desk.bring(Told().client("c", "Анна Ким").client("d", "Дана Ким"))
    desk.bring(Told().client("c", "Анна Ким"))

    told = [task.func() for task in OrmQ.objects.all()]
    assert sorted(told) == ["vernis.intake.jobs.look_for_duplicates", "vernis.worklist.jobs.sync_now"]


def test_what_was_said_of_columns_is_remembered_without_anybodys_data(desk: Desk) -> None:
    one = uploaded(desk)
    mapping = uploading.mapping_of(one)
    status = next(column for column in mapping.sheets[0].columns if column.header == "Статус")
    uploading.save_mapping(of_import=one, mapping=mapping.with_role(0, status.index, ""), now=NOW)

    again = uploading.mapping_of(uploaded(desk, name="may.csv"))

    assert next(column for column in again.sheets[0].columns if column.header == "Статус").role == ""
    kept = json.dumps(KnownMapping.objects.get().mapping, ensure_ascii=False)
    assert "Рощина" not in kept
    assert "555" not in kept


def test_nothing_is_kept_of_what_is_no_spreadsheet(desk: Desk) -> None:
    there = set(places.home_of(desk.organization.pk).iterdir())
    imports = Import.objects.count()

    with pytest.raises(NotASpreadsheet):
        uploading.upload(organization=desk.organization, by=None, files=[("a.pdf", [b"%PDF-1.4"])], now=NOW)

    assert Import.objects.count() == imports
    assert set(places.home_of(desk.organization.pk).iterdir()) == there


def test_too_much_at_once_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "MOST_BYTES", 100)
    with pytest.raises(uploading.TooBig):
        uploaded(desk)
    with pytest.raises(uploading.TooManyFiles):
        uploading.upload(organization=desk.organization, by=None, files=[("a.csv", [b"a"])] * 21, now=NOW)


def test_files_lie_where_only_we_can_read_them(desk: Desk) -> None:
    one = uploaded(desk, name="../../../../etc/visits.csv")

    folder = places.folder_of(one)
    assert [file.name for file in places.uploads_of(one).iterdir()] == ["0.csv"]
    assert folder.stat().st_mode & 0o077 == 0
    assert ImportFile.objects.get(of_import=one).name == "visits.csv"


def test_two_imports_at_once_wait_for_each_other(desk: Desk) -> None:
    first, second = checked(desk), checked(desk, VISITS.replace("Инна", "Нина"))
    for one in (second, first):
        steering.answer(of_import=one, said={"branch": None}, now=NOW)
    steering.start(of_import=second, now=NOW)
    steering.start(of_import=first, now=NOW + DAY)

    assert jobs.first_in_line(desk.organization.pk) == second
    jobs.work(desk.organization.pk)

    second.refresh_from_db()
    assert second.state == "done"
    assert jobs.first_in_line(desk.organization.pk) == first


def test_an_import_cannot_begin_before_the_branch_is_known(desk: Desk) -> None:
    one = checked(desk)

    with pytest.raises(steering.BranchUnanswered):
        steering.start(of_import=one, now=NOW)


def test_unknown_branches_are_asked_about(desk: Desk) -> None:
    text = VISITS.replace("\n", ",Юг\n").replace(",Юг\n", ",Филиал\n", 1)
    one = checked(desk, text)
    assert one.balance["unknown_branches"] == ["Юг"]

    steering.answer(of_import=one, said={"branches": {"Юг": desk.world.north.branch.pk}, "branch": None}, now=NOW)
    steering.start(of_import=one, now=NOW)
    jobs.work(desk.organization.pk)

    inna = Client.objects.of(desk.organization).get(name="Инна Рощина")
    assert inna.branch == desk.world.north.branch
    assert checked(desk, text).balance["unknown_branches"] == []  # and remembered


def test_a_stopped_import_goes_on_where_it_was(desk: Desk) -> None:
    one = checked(desk)
    steering.answer(of_import=one, said={"branch": None}, now=NOW)
    steering.start(of_import=one, now=NOW)
    steering.stop(of_import=one)
    jobs.work(desk.organization.pk)
    assert not Client.objects.of(desk.organization).filter(name="Инна Рощина").exists()

    steering.go_on(of_import=one, now=NOW)
    jobs.work(desk.organization.pk)

    assert Client.objects.of(desk.organization).filter(name="Инна Рощина").exists()


def test_the_worker_takes_up_what_was_left(desk: Desk) -> None:
    one = desk.started(Told().client("c", "Анна Ким"))
    Import.objects.filter(pk=one.pk).update(beat_at=NOW - DAY)

    assert jobs.look_after() == 1

    one.refresh_from_db()
    assert one.state == "done"


def test_after_30_days_files_are_gone_and_nothing_can_be_taken_back(desk: Desk) -> None:
    known = make_client(desk.world.center.branch, "Инна Рощина", "+79165550102")
    one = checked(desk)
    steering.answer(of_import=one, said={"branch": None}, now=NOW)
    steering.start(of_import=one, now=NOW)
    jobs.work(desk.organization.pk)
    one.refresh_from_db()
    begun = one.started_at or NOW
    assert known.appointments.count() == 1

    assert forgetting.delete_old(organization_id=desk.organization.pk, now=NOW + 29 * DAY) == 0
    forgetting.delete_old(organization_id=desk.organization.pk, now=NOW + 31 * DAY)

    one.refresh_from_db()
    assert one.files_deleted_at
    assert not Change.objects.filter(of_import=one).exists()
    assert "Рощина" not in json.dumps(one.mapping, ensure_ascii=False)
    assert not (places.home_of(desk.organization.pk) / str(one.key)).exists()
    assert not steering.can_undo(one, begun + 31 * DAY)
    assert Balance.from_json(one.balance).appointments.new == 2


def test_a_fault_in_the_middle_is_said_and_can_be_gone_on_from(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one = desk.started(Told().client("c", "Анна Ким"))

    def fails(**_more: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(applying, "apply", fails)
    jobs.work(desk.organization.pk)
    one.refresh_from_db()
    assert (one.state, "the disk is full" in one.fault) == ("stopped", True)


# pages


@pytest.fixture
def nina(desk: Desk, signed_in: Callable[[User], Browser]) -> Browser:
    return signed_in(desk.world.nina)


def test_the_way_through_the_pages_without_javascript(desk: Desk, nina: Browser) -> None:
    file = SimpleUploadedFile("visits.csv", VISITS.encode())
    page = nina.post(reverse("intake:imports"), {"files": [file]}, follow=True)
    assert page.status_code == 200
    one = Import.objects.of(desk.organization).latest("pk")

    other_kind = nina.post(reverse("intake:columns", args=[one.pk]), {"kind-0": "ignored", "check": "yes"})
    assert other_kind.status_code == 200  # its columns are shown first
    page = nina.post(reverse("intake:columns", args=[one.pk]), {"kind-0": "bookings"})
    mapping = uploading.mapping_of(Import.objects.get(pk=one.pk))
    roles = {
        "Клиент": "name",
        "Телефон": "phone",
        "Дата визита": "date",
        "Время": "time",
        "Услуга": "service",
        "Статус": "status",
    }
    said = {f"role-0-{column.index}": roles[column.header] for column in mapping.sheets[0].columns}
    page = nina.post(reverse("intake:columns", args=[one.pk]), {**said, "check": "yes"}, follow=True)
    assert "visits.csv" in page.content.decode()

    asked = nina.post(reverse("intake:start", args=[one.pk]))
    assert asked.status_code == 422
    nina.post(reverse("intake:branches", args=[one.pk]), {"branch": desk.world.center.branch.pk})
    nina.post(reverse("intake:start", args=[one.pk]))
    jobs.work(desk.organization.pk)
    rows = nina.get(reverse("intake:rows", args=[one.pk]), {"file": "0", "fate": "refused"}).content.decode()
    refused = nina.get(reverse("intake:refused", args=[one.pk, 0]))
    assert rows.count("<tr>") == 2
    assert "attachment" in refused.headers["Content-Disposition"]
    assert "Маникюр" in refused.getvalue().decode("utf-8-sig")
    nina.post(reverse("intake:undo", args=[one.pk]))
    jobs.work(desk.organization.pk)
    assert not Client.objects.of(desk.organization).filter(name="Инна Рощина").exists()


def test_a_mended_file_of_refused_rows_is_read_like_the_first(desk: Desk, nina: Browser) -> None:
    one = checked(desk)
    file = nina.get(reverse("intake:refused", args=[one.pk, 0])).getvalue()
    mended = file.replace(b",,14.04", "Анна Ким,+79165550109,14.04".encode()).replace(
        b";;14.04", "Анна Ким;+79165550109;14.04".encode()
    )

    again = uploading.upload(organization=desk.organization, by=None, files=[("mended.csv", [mended])], now=NOW)
    steering.start_check(of_import=again, now=NOW)
    again.refresh_from_db()

    assert Balance.from_json(again.balance).appointments.new == 1


def test_every_figure_opens_as_many_rows_as_it_counts(desk: Desk) -> None:
    from vernis.intake.queries.rows import Asked, rows

    one = checked(desk)
    balance = Balance.from_json(one.balance)
    for fate in ("new", "refused", "folded", "same", "merged", "changed"):
        assert rows(one, Asked(file=0, fate=fate)).total == getattr(balance.files[0], fate)
        assert rows(one, Asked(kind="clients", fate=fate)).total == getattr(balance.clients, fate)
    for reason, count in balance.reasons.items():
        assert rows(one, Asked(reason=reason)).total == count
    line = rows(one, Asked(file=0, fate="refused")).lines[0]
    assert line.line == 4


@pytest.mark.parametrize("person", ["olga", "boris", "timur", "maria", "pavel"])
def test_only_who_runs_everything_may_bring_in(desk: Desk, signed_in: Any, person: str) -> None:
    one = checked(desk)
    browser = signed_in(desk.world.people[person])

    assert browser.get(reverse("intake:import", args=[one.pk])).status_code in (403, 404)
    assert browser.post(reverse("intake:start", args=[one.pk])).status_code in (403, 404)


def test_an_empty_list_teaches_to_bring_the_history(desk: Desk, nina: Browser) -> None:
    Client.objects.of(desk.organization).delete()

    page = nina.get("/").content.decode()

    assert reverse("intake:imports") in page
    assert Branch.objects.of(desk.organization).exists()
    assert checking.unknown_branches(desk.started(Told())) == []
