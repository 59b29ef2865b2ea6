# ruff: noqa: E501 (values stand as they are met)
"""What people see and change between the file and its tables."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connectors.corpus import PLAIN, ROWS, TOLD, text, xlsx
from tests.connectors.test_corpus import assert_balanced
from tests.connectors.told import TODAY, rows, staged, told
from vernis.connectors import reasons
from vernis.connectors.spreadsheets import (
    Mapping,
    NotMapped,
    Source,
    guess,
    kind_label,
    kinds,
    place_of,
    read_files,
    role_label,
    roles_of,
    stage,
    write_refused,
)
from vernis.lib.texts import speaking


def sources(folder: Path, *bodies: bytes) -> list[Source]:
    found = []
    for number, body in enumerate(bodies):
        path = folder / f"upload-{number}"
        path.write_bytes(body)
        found.append(Source(path, f"{number}.csv"))
    return found


def test_every_header_of_the_trade_is_understood(tmp_path: Path) -> None:
    headers = {
        "ID клиента": "client_id", "ФИО": "name", "Телефон": "phone", "Email": "email", "Дата рождения": "birthday",
        "Пол": "gender", "Категория": "client_category", "Номер карты": "card", "Скидка": "discount",
        "Не присылать SMS": "refuses_sms", "Визитов": "", "Продано": "", "Оплачено": "", "Первый визит": "",
        "Последний визит": "",
    }  # fmt: skip
    row = ["17", "Иванова Анна", "89001234567", "a@b.ru", "05.03.1990", "Ж", "VIP", "0001", "10", "да", "3", "9000", "9000",
           "01.01.2025", "01.03.2026"]  # fmt: skip
    mapping = guess(read_files(sources(tmp_path, text([row], headers=list(headers)).encode())), country="RU")

    assert mapping.sheets[0].kind == "clients"
    assert {column.header: column.role for column in mapping.sheets[0].columns} == headers


def test_every_header_of_bookings_is_understood(tmp_path: Path) -> None:
    headers = {
        "ID записи": "appointment_id", "Дата визита": "date", "Время": "time", "Дата создания": "created_at", "Создал": "",
        "Источник": "", "Статус": "status", "Клиент": "name", "Мобильный": "phone", "Услуги": "service",
        "Категория услуг": "service_category", "Длительность": "minutes", "Итого": "amount", "Мастер": "staff",
        "Филиал": "branch",
    }  # fmt: skip
    row = ["17", "05.03.2026", "10:00", "01.03.2026 12:30", "Ольга", "Виджет", "Пришел", "Анна", "89001234567", "Стрижка",
           "Волосы", "1 ч 30 мин", "1 200,50 ₽", "Мария", "Центр"]  # fmt: skip
    made, mapping = staged(tmp_path, ("a.csv", text([row], headers=list(headers)).encode()))
    [found] = rows(made, "appointments")

    assert mapping.sheets[0].kind == "bookings"
    assert {column.header: column.role for column in mapping.sheets[0].columns} == headers
    assert (found["ref"], found["minutes"], found["amount"], found["branch"]) == ("id:17", 90, 120050, "Центр")
    assert found["created_at"] == datetime.datetime(2026, 3, 1, 12, 30)
    assert rows(made, "services")[0]["category"] == "Волосы"
    assert rows(made, "staff")[0]["name"] == "Мария"


def test_a_mapping_is_kept_as_text_changed_and_remembered(tmp_path: Path) -> None:
    files = sources(tmp_path, PLAIN.encode())
    sheets = read_files(files)
    mapping = guess(sheets, country="RU")
    assert Mapping.from_json(mapping.to_json()) == mapping

    changed = mapping.with_role(0, 5, "").with_answer(0, "branch", "Центр")
    assert changed.sheets[0].columns[5].role == ""
    later = guess(sheets, country="RU", remembered=changed.remembered())
    assert later.sheets[0].is_remembered
    assert later.sheets[0].columns[5].role == ""
    staging = stage(files, later, into=tmp_path / "out", country="RU", today=TODAY)
    assert {(row["amount"], row["branch"]) for row in rows(staging, "appointments")} == {(None, "Центр")}
    with pytest.raises(ValueError, match="nonsense"):
        mapping.with_role(0, 5, "nonsense")
    assert mapping.with_kind(0, "clients").sheets[0].role_at("date") is None


def test_what_is_missing_is_said_before_anything_is_read(tmp_path: Path) -> None:
    files = sources(tmp_path, PLAIN.encode())
    mapping = guess(read_files(files), country="RU").with_role(0, 0, "")

    assert len(mapping.problems()) == 1
    with pytest.raises(NotMapped):
        stage(files, mapping, into=tmp_path / "out", country="RU", today=TODAY)


def test_a_mapping_of_other_files_is_refused(tmp_path: Path) -> None:
    mapping = guess(read_files(sources(tmp_path, PLAIN.encode())), country="RU")
    with pytest.raises(NotMapped):
        stage(sources(tmp_path, text([["x", "y"]], headers=["Имя", "Телефон"]).encode()), mapping, into=tmp_path / "out",
              country="RU", today=TODAY)  # fmt: skip
    with pytest.raises(NotMapped):
        stage(
            sources(tmp_path, PLAIN.encode(), PLAIN.encode()), mapping, into=tmp_path / "out", country="RU", today=TODAY
        )


def test_the_branch_is_asked_for_and_taken_from_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(PLAIN.encode())
    sheets = read_files([Source(path, "Записи Центр март.csv")])
    [question] = guess(sheets, country="RU", branches=["Центр", "Север"]).sheets[0].questions
    assert (question.key, question.default) == ("branch", "Центр")
    [question] = guess(sheets, country="RU", branches=["Юг", "Север"]).sheets[0].questions
    assert question.default == ""


def test_amounts_in_another_currency_are_left_out_until_somebody_says_otherwise(tmp_path: Path) -> None:
    body = "Дата;Клиент;Сумма\r\n05.03.2026;Анна Ким;$80\r\n".encode()
    made, mapping = staged(tmp_path, ("a.csv", body), currency="RUB")
    assert [question.key for question in mapping.sheets[0].questions] == ["currency"]
    assert rows(made, "appointments")[0]["amount"] is None
    made, _mapping = staged(tmp_path, ("a.csv", body), currency="RUB", answers={"currency": "yes"})
    assert rows(made, "appointments")[0]["amount"] == 8000


def test_refused_rows_can_be_mended_and_brought_back(tmp_path: Path) -> None:
    bad = [[*ROWS[0][:3], "7.9E+10", *ROWS[0][4:]], ROWS[1]]
    made, mapping = staged(tmp_path, ("a.csv", text(bad).encode("cp1251")))
    out = io.BytesIO()
    with speaking("ru"):
        assert write_refused(made.folder, mapping, 0, out) == 1
    said = out.getvalue().decode("utf-8-sig")
    assert "Excel испортил" in said
    mended = said.replace("7.9E+10", "8 900 123-45-67")
    again, _mapping = staged(tmp_path, ("refused.csv", mended.encode("utf-8-sig")))
    assert told(again) == TOLD[:1]


def test_a_refused_row_never_becomes_a_formula(tmp_path: Path) -> None:
    bad = [[*ROWS[0][:2], '=HYPERLINK("http://x")', "123", *ROWS[0][4:]]]
    made, mapping = staged(tmp_path, ("a.csv", text(bad).encode()))
    out = io.BytesIO()
    write_refused(made.folder, mapping, 0, out)
    assert "\"'=HYPERLINK" in out.getvalue().decode("utf-8-sig")


def test_a_line_of_a_second_sheet_is_told_by_sheet_and_row(tmp_path: Path) -> None:
    bad = [*ROWS[1][:3], "123", *ROWS[1][4:]]
    headers = PLAIN.partition("\r\n")[0].split(";")
    made, mapping = staged(tmp_path, ("a.xlsx", xlsx([headers, ROWS[0]], [headers, bad])))
    [refused] = rows(made, "refused")
    assert place_of(mapping, 0, refused["line"]) == ("Лист2", 2)
    assert place_of(mapping, 0, 2) == ("Лист1", 2)


def test_progress_rises_to_the_end_and_can_stop_everything(tmp_path: Path) -> None:
    files = sources(tmp_path, PLAIN.encode())
    mapping = guess(read_files(files), country="RU")
    shares: list[float] = []
    stage(files, mapping, into=tmp_path / "out", country="RU", today=TODAY, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(_share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        stage(files, mapping, into=tmp_path / "out", country="RU", today=TODAY, progress=stop)
    assert list((tmp_path / "out").iterdir()) == []


def test_every_kind_role_and_reason_has_its_words_in_both_languages() -> None:
    for language in ("en", "ru"):
        with speaking(language):
            labels = [kind_label(kind) for kind in kinds()]
            labels += [role_label(role) for kind in kinds() for role in ("", *roles_of(kind))]
            labels += [reasons.sentence(reason, value="x", column="y") for reason in (*reasons.keys(),)]
        assert all(labels)
    assert reasons.sentence("unheard of") == "unheard of"


CELLS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda cell: cell and cell.isprintable() and any(char.isalpha() for char in cell))
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    visits=st.lists(
        st.tuples(st.dates(datetime.date(2015, 1, 1), datetime.date(2026, 12, 31)), st.times(), st.integers(0, 999),
                  st.integers(0, 10**7), st.sampled_from(["Пришел", "Не пришел", "Отменена", "Ожидание", "?"])),
        min_size=1, max_size=30,
    ),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16", "koi8-r", "cp866"]),
    delimiter=st.sampled_from(",;\t|"),
    is_quoted=st.booleans(),
    noise=st.lists(st.sampled_from(["", ";;;", "Итого: 5", "x;y"]), max_size=4),
)  # fmt: skip
def test_visits_come_back_as_they_were_written_and_every_row_is_accounted_for(
    tmp_path: Path, visits: list[tuple[datetime.date, datetime.time, int, int, str]], encoding: str, delimiter: str,
    is_quoted: bool, noise: list[str],
) -> None:  # fmt: skip
    lines = [["ID записи", "Дата визита", "Время", "Клиент", "Телефон", "Услуга", "Стоимость", "Статус"]]
    for number, (day, time, who, amount, status) in enumerate(visits):
        lines.append([str(number + 1), f"{day:%d.%m.%Y}", f"{time:%H:%M}", f"Клиентка {who}", f"+7 900 000-{who // 100:02}-{who % 100:02}",
                      "Стрижка", f"{amount / 100:.2f}", status])  # fmt: skip
    written = [delimiter.join(f'"{cell}"' if is_quoted else cell for cell in line) for line in lines]
    body = ("\r\n".join([*written, *noise]) + "\r\n").encode(encoding)
    made, _mapping = staged(tmp_path, ("Записи.csv", body))

    assert_balanced(made)
    names = {"Пришел": "completed", "Не пришел": "no_show", "Отменена": "cancelled", "Ожидание": "booked"}
    assert {
        row["ref"]: (row["starts_at"], row["amount"], row["status"]) for row in rows(made, "appointments")
    } == {
        f"id:{number + 1}": (datetime.datetime.combine(day, time.replace(second=0, microsecond=0)), amount, names[status])
        for number, (day, time, _who, amount, status) in enumerate(visits)
        if status in names
    }  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.lists(
        st.lists(CELLS | st.sampled_from(["", '"', "05.03.2026", "89001234567", "Итого"]), max_size=6), max_size=12
    )
)
def test_whatever_stands_below_a_header_is_accounted_for(tmp_path: Path, body: list[list[str]]) -> None:
    good = ["05.03.2026;Анна Ким;89001234567;Стрижка"] * 12  # the columns stay what they are
    lines = ["Дата;Клиент;Телефон;Услуга", *good, *(";".join(row) for row in body)]
    made, _mapping = staged(tmp_path, ("Записи.csv", "\n".join(lines).encode()))

    assert_balanced(made)


def test_a_sheet_that_is_left_out_is_counted(tmp_path: Path) -> None:
    files = sources(tmp_path, PLAIN.encode(), PLAIN.encode())
    mapping = guess(read_files(files), country="RU").with_kind(1, "ignored")
    made = stage(files, mapping, into=tmp_path / "out", country="RU", today=TODAY)

    assert made.balances[1].skipped == {"header": 1, "not_brought": 2}
    assert_balanced(made)
