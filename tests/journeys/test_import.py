"""Nina brings in her history in a real browser: files, columns, check, in, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import axe, does_not_scroll_sideways
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Client
from vernis.intake import jobs
from vernis.intake.models import Import
from vernis.intake.operations import applying, undoing

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import LogIn
    from tests.people import World

SALON = next(
    (found for above in Path(__file__).parents if (found := above / "shared" / "data" / "salon").exists()),
    Path("../shared/data/salon"),
)
VISITS = """Клиент;Телефон;Дата визита;Время;Услуга;Мастер;Статус;Стоимость
Ольга Ветрова;8 (916) 555-01-01;03.04.2026;10:00;Маникюр;Светлана;Пришел;1 500,00 ₽
Инна Рощина;+7 916 555 01 02;13.04.2026;12:30;Маникюр, Педикюр;Светлана;Пришел;3200
Инна Рощина;+7 916 555 01 02;25.04.2026;12:30;Педикюр;Дарья;Не пришел;0
Ольга Ветрова;8 (916) 555-01-01;31.02.2026;10:00;Маникюр;Светлана;Пришел;1500
;;05.05.2026;10:00;Маникюр;Светлана;Пришел;1500
Итого;;;;;;;7700
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (applying, undoing):
        monkeypatch.setattr(module, "SHORTEST_PAUSE", 0.0)


def work(world: World) -> None:
    """Do what the worker would."""
    jobs.work(world.ours.organization.pk)


def screens(page: Page, name: str) -> None:
    """Look at a page as axe does."""
    axe(page)
    does_not_scroll_sideways(page)


def test_nina_brings_in_her_history_and_takes_it_back(world: World, desk: Page, log_in: LogIn, tmp_path: Path) -> None:
    organization = world.ours.organization
    file = tmp_path / "Записи.csv"
    file.write_bytes(VISITS.encode("cp1251", errors="replace").replace("₽".encode("cp1251", "replace"), b""))
    log_in(desk, world.nina)
    desk.goto("/settings/")
    desk.get_by_role("link", name="Bring in data").or_(desk.locator("a[href$='/settings/import/']")).first.click()
    screens(desk, "imports")

    desk.set_input_files("#id_files", file)
    expect(desk.locator("#names")).to_contain_text("Записи.csv")
    desk.locator("#upload button").click()
    expect(desk.locator("#columns")).to_be_visible()
    screens(desk, "columns")
    desk.locator("button[name=check]").click()

    expect(desk.locator("#things")).to_be_visible()
    with scoped_to(organization.pk):
        assert not Client.objects.of(organization).filter(name="Инна Рощина").exists()
    if desk.locator("#branch").count():
        desk.select_option("#branch", str(world.center.branch.pk))
        desk.locator("form[action$='/branches/'] button").click()
    screens(desk, "check")
    desk.locator("form[action$='/start/'] button").click()
    expect(desk.locator("progress")).to_be_visible()
    screens(desk, "going")
    work(world)

    expect(desk.locator("a[href$='/undo/']")).to_be_visible()  # the page has seen by itself that it is done
    screens(desk, "done")
    with scoped_to(organization.pk):
        inna = Client.objects.of(organization).get(name="Инна Рощина")
        visits = list(inna.appointments.order_by("starts_at").values_list("status", flat=True))
        assert (inna.phone, visits) == ("+79165550102", ["completed", "no_show"])
    desk.locator(".equation a.tag--red").first.click()
    screens(desk, "refused")
    expect(desk.locator("tbody tr")).to_have_count(2)
    desk.go_back()

    desk.locator("a[href$='/undo/']").click()
    screens(desk, "undo")
    desk.locator("form button.button--danger").click()
    expect(desk.locator("progress")).to_be_visible()
    work(world)
    expect(desk.locator(".notice--success")).to_be_visible()
    with scoped_to(organization.pk):
        assert not Client.objects.of(organization).filter(name="Инна Рощина").exists()


def test_the_same_on_a_phone(world: World, phone: Page, log_in: LogIn, tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    file.write_text(VISITS, encoding="utf-8")
    log_in(phone, world.nina)
    phone.goto("/settings/import/")
    screens(phone, "imports")
    phone.set_input_files("#id_files", file)
    phone.locator("#upload button").click()
    screens(phone, "columns")
    phone.locator("button[name=check]").click()
    expect(phone.locator("#things")).to_be_visible()
    screens(phone, "check")


def test_what_is_no_table_is_said_to_be_none(world: World, desk: Page, log_in: LogIn, tmp_path: Path) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(b"%PDF-1.4 nothing")
    log_in(desk, world.nina)
    desk.goto("/settings/import/")
    desk.set_input_files("#id_files", file)
    desk.locator("#upload button").click()

    expect(desk.locator(".notice--error")).to_contain_text("letter.pdf")
    with scoped_to(world.ours.organization.pk):
        assert Import.objects.of(world.ours.organization).count() == 1


@pytest.mark.skipif(not SALON.exists(), reason=f"{SALON} is not here: the real salon's files")
def test_a_real_salon_goes_in_untouched(world: World, desk: Page, log_in: LogIn) -> None:
    organization = world.theirs.organization  # one branch
    log_in(desk, world.pavel)
    desk.goto("/settings/import/")
    desk.set_input_files("#id_files", sorted(SALON.glob("*.csv")))
    desk.locator("#upload button").click()
    desk.locator("button[name=check]").click()
    expect(desk.locator("#things")).to_be_visible(timeout=30_000)
    desk.locator("form[action$='/start/'] button").click()
    expect(desk.locator("progress")).to_be_visible()
    jobs.work(organization.pk)
    expect(desk.locator("a[href$='/undo/']")).to_be_visible(timeout=20_000)
    screens(desk, "salon")
    with scoped_to(organization.pk):
        one = Import.objects.of(organization).filter(state="done").get()
        assert one.balance["clients"]["new"] == 822
        assert all(file["refused"] + file["new"] + file["folded"] + sum(file["skipped"].values()) == file["rows"]
                   for file in one.balance["files"])  # fmt: skip
        assert Appointment.objects.of(organization).filter(starts_at__year=2018).count() > 1_800
