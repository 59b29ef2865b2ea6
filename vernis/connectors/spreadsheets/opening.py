"""What a file is, by its contents; whatever must not be opened is refused before it is."""

from __future__ import annotations

import mmap
import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from vernis.connectors.spreadsheets.errors import NotASpreadsheet
from vernis.lib.texts import _

if TYPE_CHECKING:
    from vernis.connectors.spreadsheets.sources import Source

MOST_UNPACKED = 200 * 2**20
MOST_RATIO = 100
HARMLESS = 2**20  # unpacked to less than this, nothing is a bomb
MOST_PARTS = 10_000
MOST_CELLS = 40_000_000  # of the rectangle around all cells of a sheet, which the reader keeps in memory
HEAD = 4096
BLOCK = 2**20

_COLUMN = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Za-z]{1,3})')
_ROW = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="[A-Za-z]{1,3}(\d+)')
_REPEATED = re.compile(rb"<table:(table-row|table-cell|covered-table-cell)\b([^>]*?)(/?)>")
_TIMES = re.compile(rb'number-(?:rows|columns)-repeated="(\d+)"')


def form_of(source: Source) -> str:
    """Return "csv", "xls", "xlsx", "xlsb" or "ods". Raises NotASpreadsheet."""
    try:
        with source.path.open("rb") as file:
            head = file.read(HEAD)
    except OSError:
        raise _refused("unreadable", source) from None
    if not head.strip(b"\x00\r\n\t ,;\xef\xbb\xbf\xff\xfe") and source.path.stat().st_size <= HEAD:
        raise _refused("empty", source)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(source)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(source)
    return _text(source, head)


def _text(source: Source, head: bytes) -> str:
    plain = head.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if plain.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<div")):
        raise _refused("html", source)
    if plain.startswith((b"<?xml", b"<workbook")):
        raise _refused("xml", source)
    if plain.startswith(b"%pdf"):
        raise _refused("pdf", source)
    if head[:4] in (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"):
        raise _refused("old_excel", source)
    if plain[:1] in (b"{", b"[") and re.match(rb'[{\[]\s*["{\[]', plain):
        raise _refused("json", source)
    is_utf16 = head[:2] in (b"\xff\xfe", b"\xfe\xff") or head.count(0) > len(head) // 4
    if not is_utf16:
        strange = len(head.translate(None, bytes(range(32, 256)) + b"\t\n\r\x0b\x0c\x00\x1a"))
        known = (
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"GIF8",
            b"Rar!",
            b"7z\xbc\xaf",
            b"\x1f\x8b",
            b"SQLite",
            b"PAR1",
            b"\x7fELF",
            b"BM",
        )
        if head.startswith(known) or strange > len(head) // 50 + 1:
            raise _refused("binary", source)
    return "csv"


def _compound(source: Source) -> str:
    with source.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        if whole.find("EncryptedPackage".encode("utf-16-le")) >= 0:
            raise _refused("password", source)
        if whole.find("Workbook".encode("utf-16-le")) < 0 and whole.find("Book\0".encode("utf-16-le")) < 0:
            others = ("WordDocument", "PowerPoint Document", "__properties_version")
            is_other = any(whole.find(name.encode("utf-16-le")) >= 0 for name in others)
            raise _refused("other_office" if is_other else "broken", source)
    return "xls"


def _zipped(source: Source) -> str:
    try:
        with zipfile.ZipFile(source.path) as parcel:
            parts = parcel.infolist()
            _refuse_bomb(source, parts)
            names = {part.filename for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise _refused("password", source)
            form = _form_of_parcel(source, parcel, names)
            _weigh(source, parcel, form)
            return form
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as fault:
        if isinstance(fault, NotASpreadsheet):
            raise
        raise _refused("broken", source) from None


def _form_of_parcel(source: Source, parcel: zipfile.ZipFile, names: set[str]) -> str:
    lowered = {name.lower(): name for name in names}
    if "xl/workbook.bin" in lowered:
        return "xlsb"
    if any(name.startswith("xl/") and name.endswith(".xml") for name in lowered):
        return "xlsx"
    if "content.xml" in names:
        kind = parcel.read("mimetype")[:100] if "mimetype" in names else b""
        manifest = parcel.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
        if b"encryption-data" in manifest:
            raise _refused("password", source)
        if b"spreadsheet" in kind or not kind:
            return "ods"
    if any(name.startswith(("word/", "ppt/")) for name in lowered) or "content.xml" in names:
        raise _refused("other_office", source)
    raise _refused("zip", source)


def _refuse_bomb(source: Source, parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    is_dense = unpacked > HARMLESS and unpacked > MOST_RATIO * max(packed, 1)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or is_dense:
        raise _refused("bomb", source)


def _weigh(source: Source, parcel: zipfile.ZipFile, form: str) -> None:
    """Unpack every part once, keeping nothing: a size that was declared too small, or a sheet too wide, is found."""
    for part in parcel.infolist():
        declared = part.file_size
        part.file_size = declared + 1  # so that reading goes past what is declared, if there is more
        seen = 0
        cells = _Extent()
        with parcel.open(part) as stream:
            is_sheet = form == "xlsx" and part.filename.lower().startswith("xl/worksheets/")
            is_table = form == "ods" and part.filename == "content.xml"
            tail = b""
            while block := stream.read(BLOCK):
                seen += len(block)
                if seen > declared:
                    raise _refused("bomb", source)
                if is_sheet or is_table:
                    text = tail + block
                    cut = text.rfind(b">") + 1
                    text, tail = text[:cut], text[cut:]
                    (cells.of_sheet if is_sheet else cells.of_table)(text)
                    if cells.rows * cells.columns > MOST_CELLS:
                        raise _refused("bomb", source)
        part.file_size = declared


class _Extent:
    """How far the cells of a sheet reach."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self._run = 0
        self._is_filled = False
        self._times = 1

    def of_sheet(self, text: bytes) -> None:
        rows = {int(row) for row in set(_ROW.findall(text))}
        self.rows = max(self.rows, *rows, 0) if rows else self.rows
        for letters in set(_COLUMN.findall(text)):
            number = 0
            for letter in letters.upper():
                number = number * 26 + letter - 64
            self.columns = max(self.columns, number)

    def of_table(self, text: bytes) -> None:
        """Count rows and cells that are repeated; empty ones at the end of a row or a table cost nothing."""
        for tag, attributes, _closed in _REPEATED.findall(text):
            times = int(found[1]) if (found := _TIMES.search(attributes)) else 1
            if tag == b"table-row":
                self._end_row()
                self._times = times
            else:
                self._run += times
                if b"office:" in attributes or not _closed:
                    self._is_filled = True
                    self.columns = max(self.columns, self._run)
        self._check()

    def _end_row(self) -> None:
        if self._is_filled:
            self.rows += self._times
        self._run, self._is_filled = 0, False

    def _check(self) -> None:
        if self._is_filled and self._times * max(self.columns, 1) > MOST_CELLS:
            self.rows += self._times


def _refused(key: str, source: Source) -> NotASpreadsheet:
    return refusal(key, source.name)


def refusal(key: str, name: str) -> NotASpreadsheet:
    """Return the error for a file that is no spreadsheet, with its sentence."""
    sentences = {
        "unreadable": _('"{name}" cannot be read.'),
        "empty": _('"{name}" is empty.'),
        "no_rows": _('"{name}" has no rows below a header.'),
        "html": _('"{name}" is a web page with the ending of a spreadsheet. Open it in Excel and save it as XLSX.'),
        "xml": _('"{name}" is XML. Open it in Excel and save it as XLSX.'),
        "pdf": _('"{name}" is a PDF: a picture of a table, not a table. Export the data as XLSX or CSV.'),
        "json": _('"{name}" is JSON, not a table. Export the data as XLSX or CSV.'),
        "old_excel": _('"{name}" comes from an Excel older than 1997. Open it and save it as XLSX.'),
        "binary": _('"{name}" is not a spreadsheet: XLSX, XLS, ODS and CSV can be read.'),
        "password": _('"{name}" is protected by a password. Save it without one and bring it again.'),
        "other_office": _('"{name}" is a document, but not a spreadsheet. Save the table as XLSX.'),
        "zip": _('"{name}" is an archive. Unpack it and choose the files inside.'),
        "broken": _('"{name}" is damaged or was not uploaded to the end. Save it again and bring it anew.'),
        "bomb": _('"{name}" unpacks to more than a spreadsheet can hold (200 MB, 100 to 1 or 10,000 parts) '
                  "and was not opened. Save it as CSV, or in several files."),
    }  # fmt: skip
    return NotASpreadsheet(key, name, sentences[key].format(name=name))
