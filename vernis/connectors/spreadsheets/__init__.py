"""Spreadsheets of any make, read into the tables of `vernis.connectors.tables`.

    sheets = read_files([Source(path, "Записи.xlsx"), ...])     what is in the files: sheets, headers, first rows
    mapping = guess(sheets, country="RU", remembered={...})     what each column is, and what must be asked
    mapping = mapping.with_role(0, 3, "phone")                  what a person says overrides what was guessed
    staged = stage(sources, mapping, into=folder, today=day)    Parquet files and the balance of every file
    write_refused(folder, mapping, 0, out)                      refused rows, to be mended and brought back

Nothing here knows Django or a database. Texts are spoken by `vernis.lib.texts`.
"""

from vernis.connectors.spreadsheets.errors import NotASpreadsheet, NotMapped
from vernis.connectors.spreadsheets.guessing import guess
from vernis.connectors.spreadsheets.mapping import (
    ColumnMapping,
    Mapping,
    Question,
    SheetMapping,
    kind_label,
    kinds,
    place_of,
    role_label,
    roles_of,
)
from vernis.connectors.spreadsheets.reading import Sheet, Source, read_files
from vernis.connectors.spreadsheets.refused import write_refused
from vernis.connectors.spreadsheets.staging import Balance, Staged, stage

__all__ = [
    "Balance",
    "ColumnMapping",
    "Mapping",
    "NotASpreadsheet",
    "NotMapped",
    "Question",
    "Sheet",
    "SheetMapping",
    "Source",
    "Staged",
    "guess",
    "kind_label",
    "kinds",
    "place_of",
    "read_files",
    "role_label",
    "roles_of",
    "stage",
    "write_refused",
]
