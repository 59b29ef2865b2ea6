# ruff: noqa: E501 (values stand as they are met)
"""Single cells: dates, times, amounts, phones, names, statuses, services, as people and programs write them."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from random import Random

import numpy as np
import phonenumbers
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.values import money, plain
from vernis.connectors.spreadsheets.values.columns import moments, russian_phones
from vernis.connectors.spreadsheets.values.dates import Dates, Moment, orders_of, second_of
from vernis.connectors.spreadsheets.values.phones import phones
from vernis.connectors.spreadsheets.values.services import services_in
from vernis.connectors.spreadsheets.values.unreadable import Unreadable

TODAY = datetime.date(2026, 5, 12)
RU = Dates(day_first=True, today=TODAY)
US = Dates(day_first=False, today=TODAY)


def said(moment: Moment) -> str:
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=moment.day)
    if moment.second < 0:
        return f"{day}"
    return f"{day} {datetime.timedelta(seconds=moment.second)}"


DATES = {
    "05.03.2018": "2018-03-05",
    "5.3.2018": "2018-03-05",
    "05.03.18": "2018-03-05",
    "05/03/2018": "2018-03-05",
    "05-03-2018": "2018-03-05",
    "05 03 2018": "2018-03-05",
    "2018-03-05": "2018-03-05",
    "2018/03/05": "2018-03-05",
    "2018.03.05": "2018-03-05",
    "2018-3-5": "2018-03-05",
    "20180305": "2018-03-05",
    "20180305T1430": "2018-03-05 14:30:00",
    "05.03.2018 14:30": "2018-03-05 14:30:00",
    "05.03.2018 9:30": "2018-03-05 9:30:00",
    "05.03.2018 14:30:15": "2018-03-05 14:30:15",
    "05.03.2018, 14:30": "2018-03-05 14:30:00",
    "05.03.2018 14.30": "2018-03-05 14:30:00",
    "05.03.2018 в 14:30": "2018-03-05 14:30:00",
    "05.03.2018 г.": "2018-03-05",
    "05.03.2018г.": "2018-03-05",
    "05.03.2018 г. 14:30": "2018-03-05 14:30:00",
    "2018-03-05T14:30:00": "2018-03-05 14:30:00",
    "2018-03-05T14:30:00.000": "2018-03-05 14:30:00",
    "2018-03-05 14:30:00+03:00": "2018-03-05 14:30:00",
    "05.03.2018 10:00-11:00": "2018-03-05 10:00:00",
    "05.03.2018 10:00 – 11:00": "2018-03-05 10:00:00",
    "05/03/2018 3:50 PM": "2018-03-05 15:50:00",
    "05/03/2018 3:50:00 pm": "2018-03-05 15:50:00",
    "05/03/2018 12:05 AM": "2018-03-05 0:05:00",
    "05/03/2018 12:05 p.m.": "2018-03-05 12:05:00",
    "5 марта 2018": "2018-03-05",
    "5 Марта 2018 г.": "2018-03-05",
    "5 марта 2018 года": "2018-03-05",
    "5 мар 2018": "2018-03-05",
    "5 мар. 2018": "2018-03-05",
    "05 марта 2018 14:30": "2018-03-05 14:30:00",
    "5 марта 2018 г. в 14:30": "2018-03-05 14:30:00",
    "Пн, 5 марта 2018": "2018-03-05",
    "понедельник, 5 марта 2018 г.": "2018-03-05",
    "5-мар-18": "2018-03-05",
    "5-Mar-2018": "2018-03-05",
    "Mar 5, 2018": "2018-03-05",
    "March 5, 2018": "2018-03-05",
    "March 5th, 2018": "2018-03-05",
    "March 5, 2018 3:50 PM": "2018-03-05 15:50:00",
    "Mon, 5 Mar 2018 15:50": "2018-03-05 15:50:00",
    "5 May 2018": "2018-05-05",
    "12 сентября 2019": "2019-09-12",
    "43164": "2018-03-05",
    "43164.0": "2018-03-05 0:00:00",
    "43164.604166667": "2018-03-05 14:30:00",
    "43164,604166667": "2018-03-05 14:30:00",
    "29.02.2020": "2020-02-29",
    " 05.03.2018 ": "2018-03-05",
    "05.03.2018\xa014:30": "2018-03-05 14:30:00",
    "'05.03.2018": "2018-03-05",
    "05.03.99": "1999-03-05",
    "05.03.30": "2030-03-05",
}


@pytest.mark.parametrize("text", DATES)
def test_a_date_in_any_usual_form(text: str) -> None:
    assert said(RU.moment(text)) == DATES[text]


@pytest.mark.parametrize(
    ("text", "day"),
    [("03/05/2018", "2018-03-05"), ("3/5/18", "2018-03-05"), ("12/31/2018", "2018-12-31"), ("03-05-2018", "2018-03-05"),
     ("05.03.2018", "2018-03-05"), ("2018-03-05", "2018-03-05"), ("3/5/2018 9:05 AM", "2018-03-05 9:05:00")],
)  # fmt: skip
def test_where_the_month_is_first(text: str, day: str) -> None:
    assert said(US.moment(text)) == day


def test_serials_of_old_macintosh_workbooks() -> None:
    assert said(Dates(day_first=True, today=TODAY, is_1904=True).moment("41702")) == "2018-03-05"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31.02.2018", "not_a_date"), ("29.02.2019", "not_a_date"), ("32.01.2018", "not_a_date"),
        ("05.13.2018", "not_a_date"), ("завтра", "not_a_date"), ("2018", "not_a_date"), ("5 марта", "not_a_date"),
        ("05.03.2018 25:00", "not_a_date"), ("05.03.2018 14:61", "not_a_date"), ("05.03.2018 13:00 PM", "not_a_date"),
        ("00.00.0000", "not_a_date"), ("0000-00-00 00:00:00", "not_a_date"), ("05.03.1018", "date_out_of_range"),
        ("05.03.2218", "date_out_of_range"), ("2018-03-05T14:30:00Z", "moment_in_utc"), ("1e5", "not_a_date"),
        ("5.3", "not_a_date"), ("99999999", "not_a_date"), ("05.03.2018 x", "not_a_date"), ("--", "not_a_date"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        RU.moment(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("05.03.1985", (1985, 3, 5)), ("05.03.85", (1985, 3, 5)), ("05.03.25", (2025, 3, 5)),
        ("05.03.27", (1927, 3, 5)), ("05.03", (None, 3, 5)), ("5.3.", (None, 3, 5)), ("5 марта", (None, 3, 5)),
        ("5 марта 1985", (1985, 3, 5)), ("--03-05", (None, 3, 5)), ("1985-03-05", (1985, 3, 5)),
        ("05.03.1900", (None, 3, 5)), ("29.02", (None, 2, 29)), ("March 5", (None, 3, 5)), ("31111", (1985, 3, 5)),
        ("1985-03-05T00:00:00", (1985, 3, 5)),
    ],
)  # fmt: skip
def test_birthdays_with_and_without_a_year(text: str, birthday: tuple[int | None, int, int]) -> None:
    assert RU.birthday(text) == birthday


@pytest.mark.parametrize("text", ["05.03.2027", "31.02", "март", "x", "1985"])
def test_what_is_no_birthday_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not_a_birthday"):
        RU.birthday(text)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("3:50:00 PM", "15:50"), ("15:50", "15:50"), ("15.50", "15:50"), ("15-50", "15:50"), ("9", "9:00"),
        ("9:05", "9:05"), ("09:05:59", "9:05"), ("0930", "9:30"), ("930", "9:30"), ("0,5", "12:00"), ("0.65972222", "15:50"),
        ("10:00-11:00", "10:00"), ("10:00 – 11:30", "10:00"), ("12 am", "0:00"), ("12 pm", "12:00"), ("3pm", "15:00"),
        ("1899-12-30T15:50:00", "15:50"), ("15ч50", ""), ("15h50", "15:50"),
    ],
)  # fmt: skip
def test_times_in_usual_forms(text: str, hours: str) -> None:
    if not hours:
        with pytest.raises(Unreadable):
            second_of(text)
        return
    second = second_of(text)
    assert f"{second // 3600}:{second // 60 % 60:02}" == hours


@pytest.mark.parametrize("text", ["25:00", "12:60", "13 pm", "0 am", "x", "10:00:61", "утром"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not_a_time"):
        second_of(text)


def test_the_order_of_day_and_month_is_seen_from_a_column() -> None:
    assert orders_of(["31/12/2018", "01/02/2018"]) == (1, 0, 1)
    assert orders_of(["12/31/2018", "01/02/2018", "03/03/2018", "05.03.2018"]) == (0, 1, 1)


@given(
    day=st.dates(datetime.date(1980, 1, 1), datetime.date(2031, 12, 31)),
    time=st.times(),
    form=st.sampled_from(
        ["%d.%m.%Y", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M:%S", "%Y.%m.%d", "%d-%m-%Y"]
    ),
    day_first=st.booleans(),
)
def test_a_column_is_read_like_its_cells(day: datetime.date, time: datetime.time, form: str, day_first: bool) -> None:
    text = datetime.datetime.combine(day, time).strftime(form)
    dates = Dates(day_first=day_first, today=TODAY)
    days, seconds, done = moments(pa.array([text, "x", ""]), dates)

    assert not done[1:].any()
    try:
        one = dates.moment(text)
    except Unreadable:
        assert not done[0]
    else:
        assert done[0]
        assert (days[0], seconds[0]) == one


@given(st.text("0123456789.-/: T", max_size=20))
def test_a_column_never_reads_what_a_cell_does_not(text: str) -> None:
    days, seconds, done = moments(pa.array([text]), RU)
    if done[0]:
        assert (days[0], seconds[0]) == RU.moment(text)


MONEY = {
    "1200": 120000, "1 200": 120000, "1\xa0200,50": 120050, "1\u202f200,50 ₽": 120050, "1 200,50 руб.": 120050,
    "1200.5": 120050, "1,200.50": 120050, "1.200,50": 120050, "1,200": 120000, "1.200": 120000, "1,234,567": 123456700,
    "1.234.567,89": 123456789, "(50)": -5000, "-50": -5000, "50-": -5000, "−50,5": -5050, "$82": 8200, "82 $": 8200,
    "€ 1 000": 100000, "1'200.00": 120000, "12 000 тг": 1200000, "12000 ₸": 1200000, "0": 0, "0,00": 0, ",50": 50,
    "+50": 5000, "1200 р": 120000, "1200р.": 120000, "0.005": 1, "1000000": 100000000, "37.525": 3752500, "1200 RUB": 120000,
    "0,125": 13, "(50 ₽)": -5000, "1 200 ": 120000,
}  # fmt: skip


@pytest.mark.parametrize("text", MONEY)
def test_an_amount_in_any_usual_form(text: str) -> None:
    assert money.amount(text) == MONEY[text]


@pytest.mark.parametrize(
    "text", ["бесплатно", "1,2,3", "1.2.3", "12 34 x", "1,20.50.1", "--", "1e400", "12,34,567.00", "9" * 20]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not_an_amount"):
        money.amount(text)


def test_the_decimal_mark_of_a_column_settles_what_one_cell_leaves_open() -> None:
    assert money.decimal_of(["1200", "37.5", "1,000.00"]) == "."
    assert money.decimal_of(["1200,5"]) == ","
    assert money.decimal_of(["1,200", "900"]) == ""
    assert money.amount("37.525", decimal=".") == 3753
    assert money.amount("1.5615", decimal=".") == 156
    assert money.amount("1,200", decimal=".") == 120000


@given(
    st.integers(-(10**11), 10**11), st.sampled_from(["{:,.2f}", "{:.2f}"]), st.sampled_from([",.", "\xa0,", " ,", ".,"])
)
def test_amounts_come_back_as_they_were_written(hundredths: int, form: str, marks: str) -> None:
    text = form.format(hundredths / 100).replace(",", "T").replace(".", marks[1]).replace("T", marks[0])
    assert money.amount(text) == hundredths


@pytest.mark.parametrize(("texts", "currency"), [(["1 200 ₽"], "RUB"), (["100 тг."], "KZT"), (["$5"], "USD"), (["5"], ""),
                                                 (["$5", "5 €"], "")])  # fmt: skip
def test_the_currency_is_seen_from_its_sign(texts: list[str], currency: str) -> None:
    assert money.currency_of(texts) == currency


ONE = "+79001234567"
PHONES = {
    "+79001234567": (ONE, ""), "79001234567": (ONE, ""), "89001234567": (ONE, ""), "9001234567": (ONE, ""),
    "+7 900 123-45-67": (ONE, ""), "8 (900) 123-45-67": (ONE, ""), "8-900-123-45-67": (ONE, ""),
    "8 900 123 45 67": (ONE, ""), "+7(900)1234567": (ONE, ""), "7 900 1234567": (ONE, ""), "(900) 123-45-67": (ONE, ""),
    "+7 (900) 123‑45‑67": (ONE, ""), "8\xa0900\xa0123\xa045\xa067": (ONE, ""), "'+79001234567": (ONE, ""),
    "79001234567.0": (ONE, ""), "тел. 89001234567": (ONE, ""), "т. 8 900 123-45-67": (ONE, ""),
    "+7 900 123.45.67": (ONE, ""), "8(900)1234567": (ONE, ""), "+7-900-123-45-67": (ONE, ""),
    "89001234567 (мама)": (ONE, ""), "89001234567 Анна": (ONE, ""), "моб: 8 900 123-45-67": (ONE, ""),
    "8 900 123-45-67 доб. 12": (ONE, ""), "8 900 123-45-67, доб 12": (ONE, ""), "8 900 123-45-67 (доб. 12)": (ONE, ""),
    "89001234567 ext 5": (ONE, ""), "89001234567, 89007654321": (ONE, "+79007654321"),
    "89001234567; +7 900 765-43-21": (ONE, "+79007654321"), "89001234567/89007654321": (ONE, "+79007654321"),
    "89001234567\n89007654321": (ONE, "+79007654321"), "89001234567 89007654321": (ONE, "+79007654321"),
    "8 900 123 45 67 8 900 765 43 21": (ONE, "+79007654321"), "89001234567, 9001234567": (ONE, ""),
    "7.9001234567E+10": (ONE, ""), "7,9001234567E+10": (ONE, ""), "+7 701 504 93 16": ("+77015049316", ""),
    "8 701 504 93 16": ("+77015049316", ""), "87015049316": ("+77015049316", ""), "+375 29 123-45-67": ("+375291234567", ""),
    "+998 90 123 45 67": ("+998901234567", ""), "+1 604 555 2368": ("+16045552368", ""), "8 495 123-45-67": ("+74951234567", ""),
    "+44 20 7946 0958": ("+442079460958", ""), "": ("", ""), "-": ("", ""), "нет": ("", ""), "не указан": ("", ""),
    "8 (___) ___-__-__": None, "+7 (___) ___-__-__": None, "0": ("", ""), "нет телефона": ("", ""),
    "1e10": None, "7.9E+10": None, "8E10": None, "7,9E+10": None, "123": None, "1234567": None, "890012345678": None,
    "8900123456": None, "7900123456": None, "007 900 1234567": None, "99001234567": None, "+7 900 123-45": None,
    "89001234567, 123": None, "12.05.2018": None, "+0 900 1234567": None, "8 000 123-45-67": None,
    "89001234567890012345": None,
}  # fmt: skip


@pytest.mark.parametrize("text", PHONES)
def test_a_phone_in_any_spelling_or_none(text: str) -> None:
    if (expected := PHONES[text]) is None:
        with pytest.raises(Unreadable) as refused:
            phones(text, "RU")
        assert refused.value.reason in ("not_a_phone", "phone_lost")
    else:
        assert phones(text, "RU")[:2] == expected


@pytest.mark.parametrize("text", ["1e10", "7.9E+10", "7,9e+10", "7.900123E+10"])
def test_a_phone_that_excel_has_spoiled_is_named_as_such(text: str) -> None:
    with pytest.raises(Unreadable, match="phone_lost"):
        phones(text, "RU")


def test_what_a_phone_cell_says_besides_is_kept() -> None:
    assert phones("89001234567 (мама)", "RU").rest == "89001234567 (мама)"
    assert phones("89001234567, 89007654321", "RU").rest == ""
    assert phones("89001234567, 89007654321, 89161112233", "RU").rest.startswith("8900")


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [("8 701 504 93 16", "KZ", "+77015049316"), ("7015049316", "KZ", "+77015049316"), ("29 123-45-67", "BY", "+375291234567"),
     ("8 029 123-45-67", "BY", "+375291234567"), ("604 555 2368", "CA", "+16045552368"), ("90 123 45 67", "UZ", "+998901234567"),
     ("998901234567", "UZ", "+998901234567"), ("555 123 456", "GE", "+995555123456")],
)  # fmt: skip
def test_local_numbers_by_the_country(text: str, country: str, e164: str) -> None:
    assert phones(text, country).phone == e164


def test_a_column_of_russian_phones_is_read_like_its_cells() -> None:
    chance = Random(5)
    texts = [f"{chance.choice(['+7', '8', '7', ''])}{chance.choice(['9', '7', '4'])}{chance.randrange(10**9):09}"
             for _number in range(3000)]  # fmt: skip
    for text, e164 in zip(texts, russian_phones(pa.array(texts), "RU").to_pylist(), strict=True):
        if e164 is not None:
            assert phonenumbers.is_valid_number(phonenumbers.parse(e164))
            assert phones(text, "RU").phone == e164


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Пришел", "completed"), ("пришёл", "completed"), ("Не пришел", "no_show"), ("Ожидание", "booked"),
        ("Подтвержден", "booked"), ("Отменена", "cancelled"), ("Удалена", "cancelled"), ("Клиент не пришёл", "no_show"),
        ("Completed", "completed"), ("No-Show", "no_show"), ("no_show", "no_show"), ("Cancelled", "cancelled"),
        ("Canceled", "cancelled"), ("Confirmed", "booked"), ("Пришел (оплачено картой)", "completed"), ("", ""), ("  ", ""),
    ],
)  # fmt: skip
def test_statuses_in_russian_and_english(text: str, status: str) -> None:
    assert plain.status(text, {}) == status


def test_an_unknown_status_is_asked_for_and_the_answer_counts() -> None:
    with pytest.raises(Unreadable, match="unknown_status"):
        plain.status("Фиолетовый", {})
    assert plain.status("Фиолетовый", {"Фиолетовый": "no_show"}) == "no_show"


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("Стрижка", ["Стрижка"]), ("Стрижка, Укладка", ["Стрижка", "Укладка"]), ("Стрижка; Укладка", ["Стрижка", "Укладка"]),
        ("Стрижка\nУкладка", ["Стрижка", "Укладка"]), ("Стрижка + Укладка", ["Стрижка", "Укладка"]),
        ("Стрижка+Укладка", ["Стрижка", "Укладка"]), ("Окрашивание (корни, тон)", ["Окрашивание (корни, тон)"]),
        ("Гель 1,5 мл", ["Гель 1,5 мл"]), ("Blow dry bundle 5+1", ["Blow dry bundle 5+1"]), ("", []),
        ("Стрижка,", ["Стрижка"]),
    ],
)  # fmt: skip
def test_several_services_in_one_cell(text: str, services: list[str]) -> None:
    assert services_in(text, frozenset()) == services


def test_a_title_of_the_list_stays_whole_whatever_stands_in_it() -> None:
    known = frozenset(map(words.folded, ["Маникюр, педикюр", "Стрижка", "SBD5+1"]))

    assert services_in("Маникюр, педикюр", known) == ["Маникюр, педикюр"]
    assert services_in("Маникюр, педикюр, Стрижка", known) == ["Маникюр, педикюр", "Стрижка"]
    assert services_in("Стрижка; маникюр, педикюр", known) == ["Стрижка", "маникюр, педикюр"]
    assert services_in("SBD5+1", known) == ["SBD5+1"]
    assert services_in("Лак, база", known) == ["Лак, база"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("60", 60), ("1:30", 90), ("01:30:00", 90), ("1 ч 30 мин", 90), ("1ч", 60), ("90 мин.", 90), ("1,5 часа", 90),
     ("1h 30m", 90), ("45 min", 45), ("60.0", 60), ("", None), ("-", None)],
)  # fmt: skip
def test_lengths_of_time(text: str, minutes: int | None) -> None:
    assert plain.minutes(text) == minutes


@pytest.mark.parametrize(("text", "truth"), [("да", True), ("Нет", False), ("1", True), ("0", False), ("x", True), ("X", True),
                                             ("TRUE", True), ("ЛОЖЬ", False), ("+", True), ("", None), ("может быть", None)])  # fmt: skip
def test_yes_and_no(text: str, truth: bool | None) -> None:
    assert plain.truth(text) is truth


@pytest.mark.parametrize(
    ("text", "per_cent"), [("10", 10), ("10 %", 10), ("0.1", 10), ("0,15", 15), ("", None), ("5.0", 5)]
)
def test_discounts(text: str, per_cent: int | None) -> None:
    assert plain.per_cent(text) == per_cent


@pytest.mark.parametrize(("text", "email"), [("Anna@Mail.RU", "anna@mail.ru"), ("<a@b.ru>", "a@b.ru"), ("a@b.ru; c@d.ru", "a@b.ru"),
                                             ("нет", ""), ("mailto:a@b.ru", "a@b.ru")])  # fmt: skip
def test_addresses(text: str, email: str) -> None:
    assert plain.email(text) == email


@pytest.mark.parametrize("text", ["anna", "anna@", "@mail.ru", "anna@mail"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="not_an_email"):
        plain.email(text)


def test_names_are_compared_by_their_words() -> None:
    assert plain.name_key("Иванова  Анна") == plain.name_key("анна ИВАНОВА")
    assert plain.name_key("Фёдор") == plain.name_key("Федор")
    assert plain.name(" Анна \xa0 Иванова ") == "Анна Иванова"


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text: str) -> None:
    readers: list[Callable[[str], object]] = [RU.moment, RU.birthday, second_of, money.amount, plain.minutes, plain.per_cent, plain.email, plain.whole,
               lambda one: phones(one, "RU"), lambda one: plain.status(one, {}), plain.truth, plain.gender,
               lambda one: services_in(one, frozenset())]  # fmt: skip
    for read in readers:
        try:
            read(text)
        except Unreadable as refused:
            assert refused.reason  # noqa: PT017
    assert np.isfinite(len(text))
