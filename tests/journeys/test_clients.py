"""The room book in a real browser: find, open, change, book; every page looked at by axe."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.book.pages import pages_of
from tests.browser import DESK, PHONE, axe, does_not_scroll_sideways

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import LogIn, NewScreen
    from tests.people import World


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_every_page_is_accessible_and_fits(
    world: World, new_screen: NewScreen, log_in: LogIn, size: tuple[int, int]
) -> None:
    screen = new_screen(size)
    log_in(screen, world.nina)
    for address in pages_of(world).values():
        screen.goto(address)
        axe(screen)
        does_not_scroll_sideways(screen)


def test_those_who_serve_look_at_their_day(world: World, phone: Page, log_in: LogIn) -> None:
    log_in(phone, world.timur)
    phone.goto("/appointments/")

    expect(phone.get_by_role("heading", name="Мой день")).to_be_visible()
    axe(phone)
    does_not_scroll_sideways(phone)


def test_olga_finds_a_client_corrects_the_card_and_books(world: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, world.olga)
    desk.goto("/")
    desk.get_by_role("link", name="Клиенты", exact=True).click()
    desk.get_by_label("Имя или телефон").press_sequentially("березова ан")
    expect(desk.get_by_role("link", name="Вера Липова")).to_have_count(0)
    desk.get_by_role("link", name="Анна Берёзова").click()

    desk.get_by_role("link", name="Изменить").click()
    desk.get_by_label("Аллергии").fill("Пенициллин")
    desk.get_by_label("Длина волос").select_option("длинные")
    desk.get_by_role("button", name="Сохранить").click()
    expect(desk.get_by_text("Пенициллин")).to_be_visible()
    expect(desk.get_by_text("длинные")).to_be_visible()

    desk.get_by_role("link", name="Записать").click()
    desk.get_by_label("Стрижка").check()
    day = world.center.branch.today(timezone.now()) + datetime.timedelta(days=2)
    desk.get_by_label("День").fill(day.isoformat())
    desk.get_by_label("Время").fill("14:00")
    desk.get_by_label("Мастер").select_option("Светлана Мастер")
    desk.get_by_role("button", name="Записать").click()
    expect(desk.get_by_text("Записали.")).to_be_visible()
    axe(desk)

    desk.get_by_role("link", name="Перенести").click()
    desk.get_by_label("Время").fill("16:00")
    desk.get_by_role("button", name="Перенести").click()
    expect(desk.get_by_role("heading", name=re.compile("16:00"))).to_be_visible()


def test_a_new_client_with_a_known_phone_is_noticed(world: World, phone: Page, log_in: LogIn) -> None:
    log_in(phone, world.olga)
    phone.goto("/clients/new/")
    phone.get_by_label("Имя").fill("Мария Берёзова")
    phone.get_by_label("Телефон", exact=True).fill("8 916 200-01-01")
    phone.get_by_role("button", name="Сохранить").click()

    expect(phone.get_by_role("link", name="Анна Берёзова")).to_be_visible()
    axe(phone)
    phone.get_by_label("Это другой человек с тем же телефоном").check()
    phone.get_by_role("button", name="Сохранить").click()
    expect(phone.get_by_role("heading", name="Мария Берёзова")).to_be_visible()


def test_the_client_fills_in_the_questionnaire(world: World, phone: Page, log_in: LogIn) -> None:
    log_in(phone, world.olga)
    phone.goto(f"/clients/{world.center.client.pk}/")
    phone.get_by_role("link", name="Дать анкету клиенту").click()
    expect(phone.get_by_role("navigation")).to_have_count(0)
    phone.get_by_label("Есть ли у вас на что-нибудь аллергия?").fill("Лак")
    phone.get_by_label("Согласен(на) узнавать о предложениях").check()
    phone.get_by_role("button", name="Готово").click()
    expect(phone.get_by_role("heading", name="Спасибо!")).to_be_visible()
    axe(phone)

    phone.get_by_role("link", name="Для администратора").click()
    expect(phone.get_by_text("Аллергия: Лак").or_(phone.get_by_text("Лак"))).to_be_visible()
