"""Olga's morning in a real browser, on a desk and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser import axe, does_not_scroll_sideways
from tests.people import PASSWORD, World, days, make_appointment, make_client, make_item
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, AppointmentLine, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist.models import Item, Lease

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import Faults, LogIn, NewScreen

NAMES = ["Дарья Кленова", "Инна Рябинина", "Мария Осокина", "Софья Вишнёва", "Юлия Ольхова"]
NO_LINE = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "htmx:error")


@pytest.fixture
def morning(world: World) -> World:
    """Return the world on a morning with somebody in every block."""
    branch, service = world.center.branch, world.ours.service
    today = branch.today(timezone.now())
    with scoped_to(world.ours.organization.pk):
        Lease.objects.all().delete()
        for place, name in enumerate(NAMES):
            client = make_client(branch, name, f"+791655500{place:02}")
            for ago in (40, 70, 100):  # the rules would want this row too: they are asked again after every change
                visit = make_appointment(client, day=today - days(ago), status=Appointment.Status.COMPLETED, hour=18)
                AppointmentLine.objects.create(
                    organization=branch.organization, appointment=visit, service=service, staff=world.center.staff,
                    amount=250_000,
                )  # fmt: skip
            make_item(
                client, Block.OVERDUE, f"hair@{today - days(40)}", last_visit_on=today - days(40),
                expected_on=today - days(12), due_on=today - days(11), interval_days=28, interval_source="set",
                visits_count=3, spent=750_000, usual_weekday=4, usual_hour=18, service=service,
                last_staff=world.center.staff, cycle_key="hair", first_key=place,
            )  # fmt: skip
        last = {
            "last_visit_on": today - days(3),
            "visits_count": 1,
            "last_staff": world.center.staff,
            "service": service,
        }
        for block in (Block.FOLLOW_UP, Block.LAPSED, Block.REBOOKED, Block.WAITLIST, Block.BIRTHDAY):
            make_item(client, block, f"{block}", due_on=today, **last)
    return world


def contacts_of(world: World, name: str) -> list[Contact]:
    with scoped_to(world.ours.organization.pk):
        return list(Contact.objects.filter(client__name=name, undone_at=None).order_by("pk"))


def the_card_is_of(page: Page, name: str) -> None:
    expect(page.locator("#card h2").first).to_have_text(name)


def test_olga_works_the_list_by_keyboard(morning: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    the_card_is_of(desk, NAMES[0])

    desk.keyboard.press("3")  # no answer
    the_card_is_of(desk, NAMES[1])
    expect(desk.locator("#toasts")).to_contain_text(NAMES[0])
    expect(desk.locator("#rows .person:focus")).to_have_text(NAMES[1])

    desk.keyboard.press("KeyZ")
    the_card_is_of(desk, NAMES[0])
    expect(desk.locator("#rows .person-row").first).not_to_have_attribute("data-done", "")

    desk.keyboard.press("KeyJ")
    the_card_is_of(desk, NAMES[1])
    desk.keyboard.press("4")  # call back
    expect(desk.locator("#ask-callback")).to_be_visible()
    axe(desk)
    desk.keyboard.press("Enter")  # the first quick choice
    the_card_is_of(desk, NAMES[2])

    desk.keyboard.press("6")  # declined
    desk.keyboard.type("дорого")
    desk.locator("#ask-declined [type=submit]").click()
    the_card_is_of(desk, NAMES[3])

    desk.keyboard.press("1")  # booked
    desk.locator("#ask-booked [data-fills]").first.click()
    desk.locator("#ask-booked [type=submit]").click()
    the_card_is_of(desk, NAMES[4])

    assert [contact.outcome for contact in contacts_of(morning, NAMES[1])] == [Outcome.CALLBACK]
    assert [contact.note for contact in contacts_of(morning, NAMES[2])] == ["дорого"]
    assert contacts_of(morning, NAMES[0]) == []
    with scoped_to(morning.ours.organization.pk):
        assert Appointment.objects.filter(client__name=NAMES[3], status="booked").count() == 1


def test_keys_work_in_the_russian_layout_and_never_while_typing(morning: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    the_card_is_of(desk, NAMES[0])

    desk.evaluate(
        "() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'о', code: 'KeyJ', bubbles: true, cancelable: true }))"
    )
    the_card_is_of(desk, NAMES[1])
    desk.keyboard.press("/")
    expect(desk.locator("#filters [name=q]")).to_be_focused()
    desk.keyboard.type("3j")
    expect(desk.locator("#filters [name=q]")).to_have_value("3j")
    the_card_is_of(desk, NAMES[1])
    desk.keyboard.press("Escape")
    assert contacts_of(morning, NAMES[1]) == []

    desk.keyboard.press("?")
    expect(desk.locator("#keys-help")).to_be_visible()
    axe(desk)
    desk.locator("#keys-off").check()
    desk.keyboard.press("Escape")
    desk.keyboard.press("3")
    assert contacts_of(morning, NAMES[1]) == []


def test_all_reasons_of_a_client_are_worked_in_one_call(morning: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=follow_up")
    the_card_is_of(desk, NAMES[4])

    boxes = desk.locator("#card .reason input")
    expect(boxes).to_have_count(6)
    boxes.nth(1).uncheck()
    desk.keyboard.press("5")
    expect(desk.locator("#toasts")).to_contain_text(NAMES[4])

    contacts = contacts_of(morning, NAMES[4])
    assert len(contacts) == 5
    assert len({contact.call for contact in contacts}) == 1


def test_two_never_call_the_same_client(
    morning: World, desk: Page, new_screen: NewScreen, log_in: LogIn, faults: Faults
) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    the_card_is_of(desk, NAMES[0])

    second = new_screen()
    log_in(second, morning.boris)
    second.goto("/?block=overdue")
    the_card_is_of(second, NAMES[1])  # the first free one
    second.get_by_role("link", name=NAMES[0]).click()
    the_card_is_of(second, NAMES[0])
    expect(second.locator("#card")).to_contain_text(morning.olga.name)
    expect(second.locator("#outcome-form")).to_have_count(0)
    axe(second)

    desk.keyboard.press("3")
    the_card_is_of(desk, NAMES[1])
    second.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.locator("#card .notice--warning")).to_have_count(0)
    the_card_is_of(second, NAMES[0])


def test_a_lost_connection_loses_no_word(morning: World, desk: Page, log_in: LogIn, faults: Faults) -> None:
    faults.allow(*NO_LINE)
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    the_card_is_of(desk, NAMES[0])
    desk.keyboard.press("KeyN")
    desk.keyboard.type("просит набрать после обеда")
    desk.keyboard.press("Escape")

    desk.context.set_offline(True)
    desk.keyboard.press("3")
    expect(desk.locator("#unsent")).to_contain_text(NAMES[0])
    assert contacts_of(morning, NAMES[0]) == []
    desk.context.set_offline(False)

    expect(desk.locator("#unsent")).to_be_hidden()
    the_card_is_of(desk, NAMES[1])
    contacts = contacts_of(morning, NAMES[0])
    assert [(contact.outcome, contact.note) for contact in contacts] == [
        (Outcome.NO_ANSWER, "просит набрать после обеда")
    ]


def test_typed_words_wait_in_the_tab(morning: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    the_card_is_of(desk, NAMES[0])
    desk.locator("#note").fill("начало мысли")

    desk.reload()
    the_card_is_of(desk, NAMES[0])

    expect(desk.locator("#note")).to_have_value("начало мысли")


def test_an_ended_session_asks_for_the_password_in_place(
    morning: World, desk: Page, log_in: LogIn, faults: Faults
) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    the_card_is_of(desk, NAMES[0])
    desk.locator("#note").fill("слова до входа")
    desk.context.clear_cookies(name="sessionid")
    desk.keyboard.press("Escape")
    desk.keyboard.press("3")

    expect(desk.locator("#login-again")).to_be_visible()
    axe(desk)
    desk.locator("#again-password").fill(PASSWORD)
    desk.locator("#login-again").get_by_role("button", name=re.compile("^(Войти|Log in)$")).click()

    expect(desk.locator("#login-again")).to_be_hidden()
    expect(desk.locator("#unsent")).to_be_hidden()
    assert [contact.note for contact in contacts_of(morning, NAMES[0])] == ["слова до входа"]


def test_on_a_phone_list_and_card_are_two_steps(morning: World, phone: Page, log_in: LogIn) -> None:
    log_in(phone, morning.olga)
    phone.goto("/?block=overdue")
    expect(phone.locator("#card")).to_be_hidden()
    does_not_scroll_sideways(phone)
    axe(phone)

    phone.get_by_role("link", name=NAMES[0]).tap()
    the_card_is_of(phone, NAMES[0])
    expect(phone.locator(".list")).to_be_hidden()
    does_not_scroll_sideways(phone)
    axe(phone)
    phone.locator("[data-number='3']").tap()
    the_card_is_of(phone, NAMES[1])
    phone.locator("[data-to-list]").tap()

    expect(phone.locator(".list")).to_be_visible()
    assert [contact.outcome for contact in contacts_of(morning, NAMES[0])] == [Outcome.NO_ANSWER]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1366, 768), (360, 740)])
def test_every_page_is_accessible(
    morning: World, new_screen: NewScreen, log_in: LogIn, scheme: str, size: tuple[int, int]
) -> None:
    page = new_screen(size, color_scheme=scheme)
    log_in(page, morning.nina)
    yesterday = (morning.center.branch.today(timezone.now()) - days(1)).isoformat()
    client = morning.center.client.pk
    for url in (
        *(f"/?branch={morning.center.branch.pk}&block={block}" for block in [*Block.values, "promises"]),
        f"/?branch={morning.center.branch.pk}&block=due&client={client}",
        "/?block=due&q=никого",
        "/playbook/",
        "/playbooks/",
        "/playbooks/operator/",
        f"/clients/{client}/why/",
        f"/days/{yesterday}/",
        "/print/?block=due",
    ):
        page.goto(url)
        page.wait_for_load_state("networkidle")
        axe(page)
        does_not_scroll_sideways(page)


def test_nothing_is_left_when_the_morning_is_done(morning: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    for name in NAMES:
        the_card_is_of(desk, name)
        desk.keyboard.press("3")
        expect(desk.locator("#toasts")).to_contain_text(name)

    expect(desk.locator("#card .empty")).to_be_visible()
    expect(desk.locator("#card .empty .button--primary")).to_be_visible()
    axe(desk)
    with scoped_to(morning.ours.organization.pk):
        assert Item.objects.filter(branch=morning.center.branch, block=Block.OVERDUE, closed_at=None).count() == 0


def test_logging_out_leaves_no_words_behind(morning: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, morning.olga)
    desk.goto("/?block=overdue")
    the_card_is_of(desk, NAMES[0])
    desk.locator("#note").fill("не для следующего")
    desk.goto("/profile/")

    desk.locator("form[action$='/logout/'] button").first.click()
    desk.wait_for_url("**/account/**")

    assert desk.evaluate("() => Object.keys(sessionStorage)") == []
