# ruff: noqa: E501 (values stand as they are met)
"""Nasty files, made by code, each with what must come out of it.

`Case.told` lists appointments as "who, when, services, status, amount" (and, where a file has no visits, clients as
"name, phone"), in order; `refused` the reasons of refused rows by line; `skipped` what was counted and left out (the
header aside); `error` the key of NotASpreadsheet.
"""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

HEADERS = ["Дата визита", "Время", "Клиент", "Телефон", "Услуга", "Стоимость", "Статус"]
ROWS = [
    ["05.03.2026", "10:00", "Иванова Анна", "+7 900 123-45-67", "Стрижка", "1 200,50", "Пришел"],
    ["06.03.2026", "11:30", "Ким Мария", "8 (900) 765-43-21", "Маникюр", "900", "Не пришел"],
]
TOLD = [
    "Иванова Анна, 2026-03-05 10:00, Стрижка, completed, 1200.50",
    "Ким Мария, 2026-03-06 11:30, Маникюр, no_show, 900.00",
]


@dataclass(frozen=True)
class Case:
    """One nasty file."""

    name: str
    file: str
    body: bytes
    told: list[str] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    folded: dict[str, int] = field(default_factory=dict)
    error: str = ""
    answers: dict[str, str] = field(default_factory=dict)


CASES: list[Case] = []


def case(name: str, file: str, body: bytes, **expected: Any) -> None:
    CASES.append(Case(name, file, body, **expected))


def text(rows: list[list[str]], *, delimiter: str = ";", end: str = "\r\n", headers: list[str] | None = None) -> str:
    return end.join(delimiter.join(row) for row in [headers or HEADERS, *rows]) + end


def xlsx(*sheets: Sequence[Any], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Лист{number + 1}")
        for row in rows:
            sheet.append(row)
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: list[list[Any]], *, name: str = "Записи", mode: int = 0) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = bool(mode)
    sheet = book.add_sheet(name)
    style = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(at, column, value, style) if isinstance(value, datetime.date) else sheet.write(
                at, column, value
            )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: list[list[Any]], *, repeat_last: int = 0) -> bytes:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Записи")
    for row in rows:
        line = TableRow()
        for value in row:
            if isinstance(value, datetime.date):
                cell = TableCell(valuetype="date", datevalue=value.isoformat())
            elif isinstance(value, int | float):
                cell = TableCell(valuetype="float", value=value)
            else:
                cell = TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    if repeat_last:
        line = TableRow(numberrowsrepeated=repeat_last)
        line.addElement(TableCell(numbercolumnsrepeated=16_384))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def parts(body: bytes, changes: dict[str, bytes | None]) -> bytes:
    """Return a zip with some parts changed, added or (None) taken away."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, value in changes.items():
            if value is not None:
                new.writestr(name, value)
    return out.getvalue()


PLAIN = text(ROWS)

# Encodings
case("utf-8", "a.csv", PLAIN.encode(), told=TOLD)
case("utf-8 with a mark", "a.csv", PLAIN.encode("utf-8-sig"), told=TOLD)
case("cp1251", "a.csv", PLAIN.encode("cp1251"), told=TOLD)
case("koi8-r", "a.csv", PLAIN.encode("koi8-r"), told=TOLD)
case("cp866", "a.csv", PLAIN.encode("cp866"), told=TOLD)
case("utf-16 with a mark", "a.csv", PLAIN.encode("utf-16"), told=TOLD)
case("utf-16 big endian with a mark", "a.csv", b"\xfe\xff" + PLAIN.encode("utf-16-be"), told=TOLD)
case("utf-16 without a mark", "a.csv", PLAIN.encode("utf-16-le"), told=TOLD)
case(
    "western letters",
    "a.csv",
    text([["05.03.2026", "10:00", "Müller Zoë", "+49 30 901820", "Färben", "80", "Completed"]]).replace(
        ";".join(HEADERS), "Date;Time;Client;Phone;Service;Amount;Status"
    ).encode("cp1252"),
    told=["Müller Zoë, 2026-03-05 10:00, Färben, completed, 80.00"],
)  # fmt: skip
case(
    "a byte that is no text",
    "a.csv",
    PLAIN.encode().replace("Ким".encode(), b"\xff\xfe"),
    told=TOLD[:1],
    refused={3: "not_text"},
)
case("text in utf-8 that begins in English only", "a.csv", ("x" * 0 + text(ROWS * 1)).encode(), told=TOLD)

# Delimiters, line ends, quotation marks
QUOTED = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADERS, *ROWS]) + "\r\n"
case("commas and quotation marks", "a.csv", QUOTED.encode(), told=TOLD)
case("tabs", "a.tsv", text(ROWS, delimiter="\t").encode(), told=TOLD)
case("bars", "a.txt", text(ROWS, delimiter="|").encode(), told=TOLD)
case("line feeds only", "a.csv", text(ROWS, end="\n").encode(), told=TOLD)
case("carriage returns only", "a.csv", text(ROWS, end="\r").encode(), told=TOLD)
case("no line end at the end", "a.csv", PLAIN.rstrip().encode(), told=TOLD)
case("sep= on top", "a.csv", ("sep=;\r\n" + PLAIN).encode("utf-8-sig"), told=TOLD, skipped={"header": 2})
case("NULs", "a.csv", PLAIN.replace("Анна", "Ан\x00на").encode(), told=TOLD)
case("Ctrl+Z at the end", "a.csv", PLAIN.encode() + b"\x1a", told=TOLD, skipped={"blank": 1})
case(
    "a line break inside a cell",
    "a.csv",
    QUOTED.replace("Стрижка", "Стрижка\nУкладка").encode(),
    told=["Иванова Анна, 2026-03-05 10:00, Стрижка + Укладка, completed, 1200.50", TOLD[1]],
)
case(
    "a quotation mark inside a cell",
    "a.csv",
    text([[*ROWS[0][:4], 'Стрижка "Каре"', *ROWS[0][5:]], ROWS[1]]).encode(),
    told=['Иванова Анна, 2026-03-05 10:00, Стрижка "Каре", completed, 1200.50', TOLD[1]],
)
case(
    "doubled quotation marks",
    "a.csv",
    QUOTED.replace("Стрижка", 'Стрижка ""Каре""').encode(),
    told=['Иванова Анна, 2026-03-05 10:00, Стрижка "Каре", completed, 1200.50', TOLD[1]],
)
case(
    "a quotation mark that never closes",
    "a.csv",
    text([[*ROWS[0][:4], '"Стрижка', *ROWS[0][5:]], ROWS[1]]).encode(),
    told=TOLD,
)
case(
    "two stray quotation marks in two rows",
    "a.csv",
    text([[*ROWS[0][:4], '"Стрижка', *ROWS[0][5:]], [*ROWS[1][:4], 'Маникюр"', *ROWS[1][5:]]]).encode(),
    told=[TOLD[0], TOLD[1].replace("Маникюр", 'Маникюр"')],
)
case(
    "a row that is too short, and one that is too long",
    "a.csv",
    (
        PLAIN + "07.03.2026;12:00;Ли Ира;89001112233\r\n07.03.2026;12:00;Ли Ира;89001112233;Маникюр;1;Пришел;лишнее\r\n"
    ).encode(),
    told=[*TOLD, "Ли Ира, 2026-03-07 12:00, -, booked"],
    refused={5: "row_too_long"},
)
case(
    "empty columns at the end of every row",
    "a.csv",
    "\r\n".join(line + ";;;" for line in PLAIN.split("\r\n") if line).encode(),
    told=TOLD,
)
case(
    "blank rows everywhere",
    "a.csv",
    PLAIN.replace("\r\n", "\r\n\r\n;;;;;;\r\n  ; ;;;;;\r\n").encode(),
    told=TOLD,
    skipped={"blank": 9},
)
case(
    "our own signs inside cells",
    "a.csv",
    PLAIN.replace("Ким Мария", "Ким\x1f\x1eМария\x1d").encode(),
    told=TOLD,
)

# Titles, headers, totals
case(
    "titles above the table",
    "a.csv",
    ("Салон «Красота»\r\nОтчет по записям за март 2026\r\n\r\n" + PLAIN).encode(),
    told=TOLD,
    skipped={"title": 2, "blank": 1},
)
case(
    "totals below the table",
    "a.csv",
    (PLAIN + ";;;;;;\r\nИтого:;;;;;2 100,50;\r\n;;Всего записей: 2;;;;\r\n").encode(),
    told=TOLD,
    skipped={"blank": 1, "totals": 2},
)
case(
    "the header once more in the middle",
    "a.csv",
    (text(ROWS[:1]) + text(ROWS[1:])).encode(),
    told=TOLD,
    skipped={"header": 2},
)
case(
    "a header of two rows",
    "a.csv",
    (
        "Запись;;Клиент;;Визит;;\r\nДата;Время;Имя;Телефон;Услуга;Стоимость;Статус\r\n"
        + PLAIN.partition("\r\n")[2]
    ).encode(),
    told=TOLD,
    skipped={"header": 2},
)  # fmt: skip
case(
    "two columns with the same header",
    "a.csv",
    text([[*row, "8 901 111-22-33"] for row in ROWS], headers=[*HEADERS, "Телефон"]).encode(),
    told=TOLD,
)
case("no header at all", "a.csv", PLAIN.partition("\r\n")[2].encode(), told=[
    "Иванова Анна, 2026-03-05 10:00, -, completed", "Ким Мария, 2026-03-06 11:30, -, no_show"], skipped={"header": 0})  # fmt: skip
case("headers in capitals with odd spaces", "a.csv", PLAIN.replace("Дата визита", " ДАТА  ВИЗИТА ").encode(), told=TOLD)
case(
    "English headers",
    "a.csv",
    text(ROWS, headers=["Date", "Time", "Client", "Phone", "Service", "Amount", "Status"]).encode(),
    told=TOLD,
)
case("a header and nothing below", "a.csv", (";".join(HEADERS) + "\r\n").encode(), error="no_rows")

# Values
case(
    "months first, as the column shows",
    "a.csv",
    b"Date,Time,Client,Service\n03/05/2026,3:50:00 PM,Anna Ivanova,Cut\n03/25/2026,9:00:00 AM,Anna Ivanova,Color\n",
    told=["Anna Ivanova, 2026-03-05 15:50, Cut, booked", "Anna Ivanova, 2026-03-25 09:00, Color, booked"],
)
case(
    "the order of day and month is open: the country decides",
    "a.csv",
    "Дата,Клиент,Услуга\n03/05/2026,Анна Иванова,Стрижка\n".encode(),
    told=["Анна Иванова, 2026-05-03, Стрижка, booked"],
)
case(
    "the order of day and month is open: somebody says it",
    "a.csv",
    "Дата,Клиент,Услуга\n03/05/2026,Анна Иванова,Стрижка\n".encode(),
    told=["Анна Иванова, 2026-03-05, Стрижка, booked"],
    answers={"day_first": "no"},
)
case(
    "dates in every form",
    "a.csv",
    "Дата;Клиент\r\n5 марта 2026;А Б\r\n2026-03-06;А Б\r\n07.03.26;А Б\r\n46089;А Б\r\nMar 9, 2026;А Б\r\n31.02.2026;А Б\r\n;А Б\r\n".encode(),
    told=[f"А Б, 2026-03-0{day}, -, booked" for day in (5, 6, 7, 8, 9)],
    refused={7: "not_a_date", 8: "no_date"},
)
case(
    "date and time in one cell",
    "a.csv",
    "Дата и время;Клиент;Услуга\r\n05.03.2026 9:30;А Б;Стрижка\r\n05.03.2026 14:00-15:00;В Г;Стрижка\r\n".encode(),
    told=["А Б, 2026-03-05 09:30, Стрижка, booked", "В Г, 2026-03-05 14:00, Стрижка, booked"],
)
case(
    "phones of which Excel has kept the beginning",
    "a.csv",
    text([[*ROWS[0][:3], "7.9E+10", *ROWS[0][4:]], ROWS[1]]).encode(),
    told=TOLD[1:],
    refused={2: "phone_lost"},
)
case(
    "phones that are none",
    "a.csv",
    text([[*ROWS[0][:3], "8900123456", *ROWS[0][4:]], ROWS[1]]).encode(),
    told=TOLD[1:],
    refused={2: "not_a_phone"},
)
case(
    "nobody is named",
    "a.csv",
    text([[*ROWS[0][:2], "", "-", *ROWS[0][4:]], ROWS[1]]).encode(),
    told=TOLD[1:],
    refused={2: "no_client"},
)
case(
    "amounts that are none",
    "a.csv",
    text([[*ROWS[0][:5], "подарок", ROWS[0][6]], ROWS[1]]).encode(),
    told=TOLD[1:],
    refused={2: "not_an_amount"},
)
case(
    "an unknown status",
    "a.csv",
    text([[*ROWS[0][:6], "Фиолетовый"], ROWS[1]]).encode(),
    told=TOLD[1:],
    refused={2: "unknown_status"},
)
case(
    "an unknown status that somebody has explained",
    "a.csv",
    text([[*ROWS[0][:6], "Фиолетовый"], ROWS[1]]).encode(),
    told=TOLD,
    answers={"status:Фиолетовый": "completed"},
)
case(
    "several services in one cell",
    "a.csv",
    text([[*ROWS[0][:4], "Стрижка, Укладка", *ROWS[0][5:]], ROWS[1]]).encode(),
    told=["Иванова Анна, 2026-03-05 10:00, Стрижка + Укладка, completed, 1200.50", TOLD[1]],
)
case(
    "a formula in place of a name",
    "a.csv",
    text([[*ROWS[0][:2], '=HYPERLINK("http://x")', *ROWS[0][3:]]]).encode(),
    told=['=HYPERLINK("http://x"), 2026-03-05 10:00, Стрижка, completed, 1200.50'],
)
case(
    "the same rows twice",
    "a.csv",
    text([*ROWS, *ROWS]).encode(),
    told=TOLD,
    folded={"same_row": 2},
)
case(
    "a family with one phone",
    "a.csv",
    text([ROWS[0], ["05.03.2026", "12:00", "Петр", ROWS[0][3], "Бокс", "500", "Пришел"]]).encode(),
    told=[TOLD[0], "Петр, 2026-03-05 12:00, Бокс, completed, 500.00"],
)
case(
    "one person, named shorter and longer",
    "a.csv",
    text([ROWS[0], ["09.03.2026", "12:00", "Анна", "89001234567", "Бокс", "500", "Пришел"]]).encode(),
    told=[TOLD[0], "Иванова Анна, 2026-03-09 12:00, Бокс, completed, 500.00"],
)

# Clients
CLIENTS = ["ФИО", "Мобильный", "Email", "Дата рождения", "Пол", "Скидка", "Не присылать SMS", "Визитов"]
case(
    "a list of clients",
    "Клиенты.csv",
    text([["Иванова Анна", "89001234567", "A@B.RU", "05.03", "Ж", "10%", "да", "12"],
          ["Ким Мария", "89007654321, 89007654322", "", "05.03.1990", "ж", "", "нет", "3"]], headers=CLIENTS).encode("cp1251"),
    told=["Иванова Анна, +79001234567, a@b.ru, --03-05, f, 10%, no sms",
          "Ким Мария, +79007654321, +79007654322, 1990-03-05, f, sms"],
)  # fmt: skip
case(
    "names in three columns",
    "Клиенты.csv",
    "Фамилия;Имя;Отчество;Телефон\r\nИванова;Анна;Петровна;89001234567\r\nКим;;;89007654321\r\n;Мария;;89161112233\r\n".encode(),
    told=["Иванова Анна Петровна, +79001234567", "Ким, +79007654321", "Мария, +79161112233"],
)
case(
    "a line of totals in a list of clients",
    "Клиенты.csv",
    "Имя;Телефон\r\nАнна;89001234567\r\nИтого: 1;\r\n".encode(),
    told=["Анна, +79001234567"],
    skipped={"totals": 1},
)
case(
    "a client twice, the second time with a refusal of SMS",
    "Клиенты.csv",
    "Имя;Телефон;Не присылать SMS\r\nАнна;89001234567;нет\r\nАнна;+7 900 123 45 67;да\r\n".encode(),
    told=["Анна, +79001234567, no sms"],
    folded={"same_client": 1},
)
case(
    "a bad e-mail and a bad birthday",
    "Клиенты.csv",
    "Имя;Телефон;Email;Дата рождения\r\nАнна;89001234567;anna;01.01.1990\r\nМария;89007654321;;31.02.1990\r\nИра;89161112233;i@b.ru;01.02.1990\r\n".encode(),
    told=["Ира, +79161112233, i@b.ru, 1990-02-01"],
    refused={2: "not_an_email", 3: "not_a_birthday"},
)

# Workbooks
DAY = datetime.date(2026, 3, 5)
TYPED = [
    HEADERS,
    [datetime.datetime(2026, 3, 5), datetime.time(10, 0), "Иванова Анна", 79001234567, "Стрижка", 1200.5, "Пришел"],
    [datetime.datetime(2026, 3, 6), datetime.time(11, 30), "Ким Мария", 89007654321, "Маникюр", 900, "Не пришел"],
]
case("a workbook with typed cells", "a.xlsx", xlsx(TYPED), told=TOLD)
case("a workbook of texts", "a.xlsx", xlsx([HEADERS, *ROWS]), told=TOLD)
case("a workbook called csv", "a.csv", xlsx(TYPED), told=TOLD)
case("a csv called xlsx", "a.xlsx", PLAIN.encode("cp1251"), told=TOLD)
case("an old workbook", "a.xls", xls([HEADERS, *ROWS]), told=TOLD)
case(
    "an old workbook with dates",
    "a.xls",
    xls([["Дата", "Клиент"], [DAY, "А Б"]]),
    told=["А Б, 2026-03-05, -, booked"],
)
case("an open document", "a.ods", ods([HEADERS, *ROWS]), told=TOLD)
case("an open document with a million empty rows", "a.ods", ods([HEADERS, *ROWS], repeat_last=1_000_000), told=TOLD)
case(
    "an open document with dates and numbers",
    "a.ods",
    ods([["Дата", "Клиент", "Стоимость"], [DAY, "А Б", 12.5]]),
    told=["А Б, 2026-03-05, -, booked, 12.50"],
)
case(
    "serial numbers in place of dates",
    "a.xlsx",
    xlsx([["Дата", "Время", "Клиент"], [46086, 0.4375, "А Б"], [46087.5, None, "В Г"]]),
    told=["А Б, 2026-03-05 10:30, -, booked", "В Г, 2026-03-06 12:00, -, booked"],
)


def _from_1904(book: openpyxl.Workbook) -> None:
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904


case(
    "serial numbers since 1904",
    "a.xlsx",
    xlsx([["Дата", "Клиент"], [46086 - 1462, "А Б"]], change=_from_1904),
    told=["А Б, 2026-03-05, -, booked"],
)


def _merge_days(book: openpyxl.Workbook) -> None:
    book.active.merge_cells("A2:A3")


case(
    "a day merged over its rows",
    "a.xlsx",
    xlsx([["Дата", "Время", "Клиент"], ["05.03.2026", "10:00", "А Б"], [None, "11:00", "В Г"]], change=_merge_days),
    told=["А Б, 2026-03-05 10:00, -, booked", "В Г, 2026-03-05 11:00, -, booked"],
)


def _merge_header(book: openpyxl.Workbook) -> None:
    sheet = book.active
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("A3:A4")
    sheet.merge_cells("B3:C3")
    sheet.merge_cells("D3:D4")


case(
    "merged titles and headers",
    "a.xlsx",
    xlsx(
        [["Журнал записи салона"], [], ["Дата визита", "Клиент", None, "Услуга"], [None, "Имя", "Телефон", None],
         ["05.03.2026", "Иванова Анна", "89001234567", "Стрижка"]],
        change=_merge_header,
    ),
    told=["Иванова Анна, 2026-03-05, Стрижка, booked"],
    skipped={"title": 1, "blank": 1, "header": 2},
)  # fmt: skip
case(
    "a table that begins in the middle of its sheet",
    "a.xlsx",
    xlsx([[], [], [None, None, *HEADERS], *([None, None, *row] for row in ROWS)]),
    told=TOLD,
    skipped={"blank": 2},
)
case(
    "several sheets, one of them empty",
    "a.xlsx",
    xlsx([HEADERS, ROWS[0]], [], [HEADERS, ROWS[1]]),
    told=TOLD,
    skipped={"header": 2},
)


def _hide(book: openpyxl.Workbook) -> None:
    book.worksheets[1].sheet_state = "hidden"


case("a hidden sheet", "a.xlsx", xlsx([HEADERS, *ROWS], [HEADERS, *ROWS], change=_hide), told=TOLD)
case(
    "booleans, errors and formulas",
    "a.xlsx",
    xlsx([["Имя", "Телефон", "Не присылать SMS"], ["Анна", "89001234567", True], ["Мария", "89007654321", False]]),
    told=["Анна, +79001234567, no sms", "Мария, +79007654321, sms"],
)

# No spreadsheets
BOOK = xlsx(TYPED)
SHEET = "xl/worksheets/sheet1.xml"
FAR = (b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:B2"/><sheetData>'
       b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>')  # fmt: skip
case("an empty file", "a.csv", b"", error="empty")
case("nothing but line ends", "a.csv", b"\r\n\r\n;;;\r\n", error="empty")
case("an empty workbook", "a.xlsx", xlsx([]), error="empty")
case(
    "a web page called xls",
    "a.xls",
    b"<html><head><meta charset='utf-8'></head><body><table><tr><td>1</td></tr></table>",
    error="html",
)
case(
    "XML called xls",
    "a.xls",
    b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    error="xml",
)
case("a PDF", "a.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", error="pdf")
case("a picture", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, error="binary")
case("JSON", "a.csv", b'[{"name": "Anna"}, {"name": "Maria"}]', error="json")
case(
    "an archive",
    "a.zip",
    parts(BOOK, dict.fromkeys(zipfile.ZipFile(io.BytesIO(BOOK)).namelist()) | {"a.csv": b"x"}),
    error="zip",
)
case(
    "a text document",
    "a.xlsx",
    parts(BOOK, dict.fromkeys(zipfile.ZipFile(io.BytesIO(BOOK)).namelist()) | {"word/document.xml": b"x"}),
    error="other_office",
)
case("half of a workbook", "a.xlsx", BOOK[: len(BOOK) // 2], error="broken")
case("a workbook without its sheet", "a.xlsx", parts(BOOK, {SHEET: b"<worksheet>"}), error="empty")
case(
    "a workbook with a password",
    "a.xlsx",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512,
    error="password",
)
case(
    "an old document that is no workbook",
    "a.xls",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "WordDocument".encode("utf-16-le") + b"\0" * 512,
    error="other_office",
)
case("an old workbook that is damaged", "a.xls", xls([HEADERS, *ROWS])[:1500], error="broken")
case("a bomb: hundred to one", "a.xlsx", parts(BOOK, {"xl/sharedStrings.xml": b"\0" * 20_000_000}), error="bomb")
case("a bomb: two cells far apart", "a.xlsx", parts(BOOK, {SHEET: FAR}), error="bomb")
case("a bomb: many parts", "a.xlsx", parts(BOOK, {f"xl/media/{number}": b"" for number in range(10_001)}), error="bomb")


def lying() -> bytes:
    """Return a workbook of which one part says it is small, and is not."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"\0" * 5_000_000) + packer.flush()
    body = bytearray(parts(BOOK, {"xl/media/x.bin": b"y" * 10}))
    name = b"xl/media/x.bin"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            if one != name.decode():
                new.writestr(one, old.read(one))
        info = zipfile.ZipInfo(name.decode())
        info.compress_type = zipfile.ZIP_DEFLATED
        at = out.tell()
        new.start_dir = at
        head = struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, zlib.crc32(b"\0" * 10), len(packed), 10, len(name), 0
        )
        assert new.fp
        new.fp.write(head + name + packed)
        info.header_offset, info.compress_size, info.file_size, info.CRC = at, len(packed), 10, zlib.crc32(b"\0" * 10)
        info.date_time = (1980, 1, 1, 0, 0, 0)
        new.filelist.append(info)
        new.NameToInfo[info.filename] = info
        new.start_dir = new.fp.tell()
        vars(new)["_didModify"] = True
    return out.getvalue()


case("a bomb that lies about its size", "a.xlsx", lying(), error="broken")
ODS_BOMB = (b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table '
            b'table:name="a"><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
            b'office:value-type="float" office:value="1" table:number-columns-repeated="16384"/></table:table-row>'
            b"</table:table></office:spreadsheet></office:body></office:document-content>")  # fmt: skip
case("a bomb in an open document", "a.ods", parts(ods([HEADERS]), {"content.xml": ODS_BOMB}), error="bomb")
