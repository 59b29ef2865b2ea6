"""The Russian catalogues are complete and compiled, and texts come out in good Russian."""

import datetime
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir

from scripts.messages import compiled, read, texts
from vernis.engine.history import BLOCKS, INTERVAL_SOURCES, OUTCOMES
from vernis.lib import texts as spoken_texts
from vernis.lib.days import spoken, weekday_name
from vernis.lib.texts import CATALOGUES, _, language, ngettext, set_language
from vernis.warehouse import names

FOLDER = CATALOGUES / "ru" / "LC_MESSAGES"
DOMAINS = ("vernis", "django", "click")
"""Texts of the command, of the application, and of the library that reads the command line."""


def catalogue(domain: str) -> Catalog:
    return read(FOLDER / f"{domain}.po", domain)


def texts_in_code(domain: str) -> set[tuple[str, ...]]:
    """Return the texts, each with its context where it has one."""
    if domain == "click":
        found = extract_from_dir(str(Path(click.__file__).parent), keywords={"_": None, "ngettext": (1, 2)})
        return {ids_of(message) for _file, _line, message, *_rest in found}
    return {(found.context or "", *ids_of(found.id)) if found.context else ids_of(found.id) for found in texts(domain)}


def messages(domain: str) -> list[Message]:
    return [message for message in catalogue(domain) if message.id]


def texts_of(message: Message) -> list[str]:
    return [text or "" for text in ids_of(message.string or "")]


def ids_of(message_id: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (message_id,) if isinstance(message_id, str) else tuple(message_id)


def placeholders(*texts: str) -> set[str]:
    fields = [field for text in texts for field in string.Formatter().parse(text)]
    with_percent = {name for text in texts for name in re.findall(r"%\(\w+\)[sd]", text)}
    return {f"{name}!{conversion}" for _text, name, _spec, conversion in fields if name} | with_percent


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_is_translated_and_nobody_doubts_it(domain: str) -> None:
    assert [message.id for message in messages(domain) if not all(texts_of(message)) or message.fuzzy] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_translations_have_as_many_forms_as_russian_has(domain: str) -> None:
    forms = {True: 3, False: 1}

    assert catalogue(domain).num_plurals == 3
    assert [m.id for m in messages(domain) if len(texts_of(m)) != forms[bool(m.pluralizable)]] == []


@pytest.mark.parametrize("domain", DOMAINS)
def test_translations_begin_and_end_like_their_messages(domain: str) -> None:
    """Parts of a sentence are put together: a space or a semicolon that is lost is seen by everybody."""

    def edges(text: str) -> tuple[bool, bool, bool]:
        return text[:1].isspace(), text[-1:].isspace(), text.startswith((";", ","))

    wrong = [m.id for m in messages(domain) for text in texts_of(m) if edges(text) != edges(ids_of(m.id)[0])]
    assert wrong == []


@pytest.mark.parametrize("domain", ["vernis", "django"])
def test_our_translations_fill_in_what_their_messages_fill_in(domain: str) -> None:
    for message in messages(domain):
        for text in texts_of(message):
            assert placeholders(text) == placeholders(*ids_of(message.id)), text


def test_translations_for_click_fill_in_nothing_that_click_does_not_give() -> None:
    for message in messages("click"):
        for text in texts_of(message):
            assert placeholders(text) <= placeholders(*ids_of(message.id)), text


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_catalogue_has_the_texts_of_the_code_and_no_others(domain: str) -> None:
    in_code = texts_in_code(domain)
    in_catalogue = {
        (message.context, *ids_of(message.id)) if message.context else ids_of(message.id)
        for message in messages(domain)
    }

    assert in_code - in_catalogue == set(), f"to be translated in {domain}.po"
    assert in_catalogue - in_code == set(), f"to be deleted from {domain}.po"
    assert not catalogue(domain).obsolete


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_is_that_of_the_source(domain: str) -> None:
    assert (FOLDER / f"{domain}.mo").read_bytes() == compiled(domain), "run make messages"


@pytest.fixture
def _in_russian() -> Iterator[None]:
    before = language()
    set_language("ru")
    yield
    set_language(before)


@pytest.mark.usefixtures("_in_russian")
@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 визитов"),
        (1, "1 визит"),
        (2, "2 визита"),
        (5, "5 визитов"),
        (11, "11 визитов"),
        (21, "21 визит"),
        (112, "112 визитов"),
        (1002, "1002 визита"),
    ],
)
def test_visits_are_counted_as_russian_counts_them(count: int, text: str) -> None:
    assert ngettext("{count} visit", "{count} visits", count).format(count=count) == text


@pytest.mark.usefixtures("_in_russian")
@pytest.mark.parametrize(("count", "text"), [(1, "раз в 1 день"), (22, "раз в 22 дня"), (28, "раз в 28 дней")])
def test_intervals_are_counted_as_russian_counts_them(count: int, text: str) -> None:
    assert ngettext("every {count} day", "every {count} days", count).format(count=count) == text


@pytest.mark.usefixtures("_in_russian")
def test_days_are_spoken_as_people_say_them() -> None:
    may = datetime.date(2026, 5, 12)

    assert spoken(may, near=may) == "12 мая"
    assert spoken(datetime.date(2025, 12, 1), near=may) == "1 декабря 2025"
    assert [weekday_name(weekday) for weekday in range(1, 8)] == ["пн", "вт", "ср", "чт", "пт", "сб", "вс"]


def test_days_follow_the_language_chosen_last() -> None:
    before, may = language(), datetime.date(2026, 5, 12)
    try:
        set_language("en")
        assert spoken(may, near=may) == "12 May"
        set_language("ru")
        assert spoken(may, near=may) == "12 мая"
    finally:
        set_language(before)


@pytest.mark.usefixtures("_in_russian")
def test_every_code_that_a_screen_shows_has_a_name() -> None:
    shown = [names.block_title(block) for block in BLOCKS] + [names.block_purpose(block) for block in BLOCKS]
    shown += [names.outcome_title(outcome) for outcome in OUTCOMES]
    shown += [names.source_title(source) for source in INTERVAL_SOURCES]

    assert all(any("а" <= letter <= "я" or letter in "ОПЗ" for letter in text) for text in shown)


@pytest.mark.usefixtures("_in_russian")
def test_blocks_have_the_names_that_the_trade_gives_them() -> None:
    assert [names.block_title(block) for block in BLOCKS] == [
        "Недошедшие", "Контроль качества", "Прогноз визитов", "Уходящие", "Отток", "ОПЗ", "Лист ожидания",
        "Дни рождения",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "VERNIS_LANG": "ru"}, "ru"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_system_unless_told(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VERNIS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(spoken_texts, "_chosen", [])

    assert language() == expected


def test_the_english_texts_are_the_messages_themselves() -> None:
    before = language()
    try:
        set_language("en")
        assert _("Missed") == "Missed"
        assert ngettext("{count} visit", "{count} visits", 2) == "{count} visits"
    finally:
        set_language(before)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--help"], ["Вызов:", "Команды:", "Показать эту справку.", "кому позвонить сегодня"]),
        (["worklist"], ["Ошибка:", "Не указан параметр '--data'"]),
        (["worklist", "--data", "x", "--engine", "steam"], ["'steam' не подходит, можно: 'local', 'spark'"]),
        (["forgot"], ["Нет команды 'forgot'. Может быть, 'forget'?"]),
    ],
)
@pytest.mark.parametrize("place", ["before", "environment"])
def test_the_command_line_itself_speaks_russian(arguments: list[str], said: list[str], place: str) -> None:
    environment = {**os.environ, "PYTHONUTF8": "1", "LANGUAGE": "de", "LANG": "C", "LC_ALL": "C"}
    environment.pop("VERNIS_LANG", None)
    if place == "environment":
        environment["VERNIS_LANG"] = "ru"
    else:
        arguments = ["--lang", "ru", *arguments]

    done = subprocess.run(
        [sys.executable, "-m", "vernis", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )

    shown = " ".join((done.stdout + done.stderr).split())
    assert [text for text in said if text not in shown] == []
    assert "Error" not in shown
