"""What each column of each sheet is: guessed, corrected by people, remembered for the next file."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from vernis.lib.texts import _

VERSION = 1
ROWS_OF_SHEETS = 1 << 20  # as many as a sheet can have: the lines of the second sheet of a file lie above
VISITS = ("bookings", "cancellations", "no_shows", "receipts")
IDENTIFIES = frozenset({"client_id", "name", "last_name", "first_name", "phone", "email"})


@dataclass(frozen=True)
class Question:
    """What nobody can read from the file alone, with the answer that is taken until somebody says otherwise.

    `key` is "day_first", "currency", "branch" or "status:<value of the file>"; `options` are pairs of answer and label
    (none: any text may be written).
    """

    key: str
    text: str
    options: tuple[tuple[str, str], ...]
    default: str
    why: str


@dataclass(frozen=True)
class ColumnMapping:
    """One column: its role, how sure we are (0 to 1) and why; `samples` are a few of its values.

    `role` is "" for a column that is left out. In a form a role stands for itself: see `roles_of` for the choice.
    """

    index: int
    header: str
    role: str
    confidence: float
    reason: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetMapping:
    """One sheet of one file. `kind` is one of `kinds()`, `reason` says why; "products" and "ignored" stay outside.

    `answers` holds what people said to `questions` (and stands for the default where nothing was said).
    """

    file: int
    sheet: str
    fingerprint: str
    kind: str
    confidence: float
    reason: str
    columns: tuple[ColumnMapping, ...]
    questions: tuple[Question, ...] = ()
    answers: dict[str, str] = field(default_factory=dict)
    is_remembered: bool = False
    number: int = 0  # of the sheet in its file

    def answer(self, key: str) -> str:
        """Return what was said to a question, else its default, else ""."""
        if key in self.answers:
            return self.answers[key]
        return next((question.default for question in self.questions if question.key == key), "")

    def role_at(self, role: str) -> int | None:
        """Return the index of the first column with a role."""
        return next((column.index for column in self.columns if column.role == role), None)


@dataclass(frozen=True)
class Mapping:
    """What all sheets of an import are, in the order of the files. Immutable: each change gives a new one."""

    sheets: tuple[SheetMapping, ...]

    def with_kind(self, sheet: int, kind: str) -> Mapping:
        """Return the mapping with another kind for a sheet (its number in `sheets`); roles that do not fit go."""
        if kind not in kinds():
            raise ValueError(kind)
        found = self.sheets[sheet]
        allowed = set(roles_of(kind))
        columns = tuple(
            column if column.role in allowed else dataclasses.replace(column, role="") for column in found.columns
        )
        return self._with(sheet, kind=kind, confidence=1.0, reason="", columns=columns)

    def with_role(self, sheet: int, column: int, role: str) -> Mapping:
        """Return the mapping with another role ("": leave out) for a column (its `index`)."""
        found = self.sheets[sheet]
        if role and role not in roles_of(found.kind):
            raise ValueError(role)
        columns = tuple(
            dataclasses.replace(one, role=role, confidence=1.0, reason="") if one.index == column else one
            for one in found.columns
        )
        return self._with(sheet, columns=columns)

    def with_answer(self, sheet: int, key: str, answer: str) -> Mapping:
        """Return the mapping with an answer to a question of a sheet."""
        return self._with(sheet, answers={**self.sheets[sheet].answers, key: answer})

    def problems(self) -> list[str]:
        """Return what is missing before this can be staged, a sentence each; none: go ahead."""
        found: list[str] = []
        for sheet in self.sheets:
            found += [f"{sheet.sheet or _('File')} {sheet.file + 1}: {problem}" for problem in _problems_of(sheet)]
        if all(sheet.kind in ("products", "ignored") for sheet in self.sheets):
            found.append(_("Nothing would be brought in: no sheet has clients, services or appointments."))
        return found

    def remembered(self) -> dict[str, str]:
        """Return what to keep for the next file: JSON of each sheet by the fingerprint of its headers."""
        return {sheet.fingerprint: json.dumps(dataclasses.asdict(sheet), ensure_ascii=False) for sheet in self.sheets}

    def to_json(self) -> str:
        """Return the mapping as text that `from_json` understands."""
        return json.dumps({"version": VERSION, "sheets": [dataclasses.asdict(one) for one in self.sheets]},
                          ensure_ascii=False)  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """Return the mapping that was kept as text."""
        return cls(tuple(sheet_from(one) for one in json.loads(text)["sheets"]))

    def _with(self, sheet: int, **changes: Any) -> Mapping:
        changed = dataclasses.replace(self.sheets[sheet], **changes)
        return Mapping(tuple(changed if number == sheet else one for number, one in enumerate(self.sheets)))


def place_of(mapping: Mapping, file: int, line: int) -> tuple[str, int]:
    """Return the name of the sheet ("" in a CSV) and the row that people see, for a line of a table."""
    sheets = {sheet.number: sheet.sheet for sheet in mapping.sheets if sheet.file == file}
    if set(sheets.values()) == {""}:
        return "", line
    number, row = divmod(line - 1, ROWS_OF_SHEETS)
    return sheets.get(number, ""), row + 1


def _problems_of(sheet: SheetMapping) -> list[str]:
    roles = [column.role for column in sheet.columns if column.role]
    found = []
    if twice := sorted({role for role in roles if roles.count(role) > 1 and role not in ("client_note", "note")}):
        names = ", ".join(role_label(role) for role in twice)
        found.append(_("two columns are the same: {names}.").format(names=names))
    if sheet.kind in VISITS and "date" not in roles:
        found.append(_("no column says the day of the visit."))
    if sheet.kind in (*VISITS, "clients") and not IDENTIFIES.intersection(roles):
        found.append(_("no column says who the client is: a phone, a name or a number."))
    if sheet.kind == "services" and not {"title", "service_id"}.intersection(roles):
        found.append(_("no column has the titles of services."))
    return found


def sheet_from(kept: dict[str, Any]) -> SheetMapping:
    """Return a sheet's mapping from its JSON."""
    columns = tuple(ColumnMapping(**{**one, "samples": tuple(one["samples"])}) for one in kept["columns"])
    questions = tuple(
        Question(**{**one, "options": tuple((key, label) for key, label in one["options"])})
        for one in kept["questions"]
    )
    return SheetMapping(**{**kept, "columns": columns, "questions": questions})


def kinds() -> tuple[str, ...]:
    """Return the kinds of sheets."""
    return ("bookings", "cancellations", "no_shows", "receipts", "clients", "services", "products", "ignored")


def kind_label(kind: str) -> str:
    """Return what a kind is called on the screen."""
    return {
        "bookings": _("Appointments"),
        "cancellations": _("Cancellations"),
        "no_shows": _("Clients who did not come"),
        "receipts": _("Receipts"),
        "clients": _("Clients"),
        "services": _("Services"),
        "products": _("Products (not brought in)"),
        "ignored": _("Not brought in"),
    }[kind]


_CLIENT = ("client_id", "name", "last_name", "first_name", "patronymic", "phone", "second_phone", "email")
_ABOUT_CLIENT = ("birthday", "gender", "client_category", "card", "discount", "how_found", "client_note", "refuses_sms",
                 "agrees_sms")  # fmt: skip
_VISIT = ("service", "service_category", "staff", "branch", "amount", "minutes", "note")
_ROLES = {
    "bookings": ("appointment_id", "date", "time", "created_at", "status", "cancelled_at", "cancel_reason",
                 *_VISIT, *_CLIENT, *_ABOUT_CLIENT),
    "cancellations": ("appointment_id", "date", "time", "created_at", "cancelled_at", "cancel_reason", *_VISIT,
                      *_CLIENT),
    "no_shows": ("appointment_id", "date", "time", "created_at", *_VISIT, *_CLIENT),
    "receipts": ("appointment_id", "date", "time", "status", *_VISIT, *_CLIENT, *_ABOUT_CLIENT),
    "clients": (*_CLIENT, *_ABOUT_CLIENT, "client_created_at", "branch"),
    "services": ("service_id", "title", "service_category", "interval_days", "minutes", "price", "is_active"),
    "products": ("service_id", "title"),
    "ignored": (),
}  # fmt: skip


def roles_of(kind: str) -> tuple[str, ...]:
    """Return the roles a column can have in a sheet of this kind, in the order of a form."""
    return _ROLES[kind]


def role_label(role: str) -> str:
    """Return what a role is called on the screen; "" is a column that is left out."""
    return {
        "": _("Left out"),
        "client_id": _("Number of the client"),
        "name": _("Name of the client"),
        "last_name": _("Last name"),
        "first_name": _("First name"),
        "patronymic": _("Patronymic"),
        "phone": _("Phone"),
        "second_phone": _("Second phone"),
        "email": _("E-mail"),
        "birthday": _("Birthday"),
        "gender": _("Sex"),
        "client_category": _("Category of the client"),
        "card": _("Number of the card"),
        "discount": _("Discount"),
        "how_found": _("How they found us"),
        "client_note": _("Note about the client"),
        "refuses_sms": _("Wants no SMS"),
        "agrees_sms": _("Agrees to SMS"),
        "client_created_at": _("Client since"),
        "appointment_id": _("Number of the appointment"),
        "date": _("Day of the visit"),
        "time": _("Time of the visit"),
        "created_at": _("When it was booked"),
        "status": _("Status"),
        "cancelled_at": _("When it was cancelled"),
        "cancel_reason": _("Reason of the cancellation"),
        "service": _("Service"),
        "service_category": _("Category of services"),
        "staff": _("Who serves"),
        "branch": _("Branch"),
        "amount": _("Amount"),
        "minutes": _("Duration"),
        "note": _("Note on the appointment"),
        "service_id": _("Number of the service"),
        "title": _("Title of the service"),
        "interval_days": _("Days until the next visit"),
        "price": _("Price"),
        "is_active": _("Is offered"),
    }[role]
