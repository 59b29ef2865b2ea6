"""What each column of each sheet is: guessed, corrected by people, remembered for the next file."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from vernis.lib.texts import _

VERSION = 1


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
    """One sheet of one file. `kind` is one of `kinds()`; "products" and "ignored" are not brought in, `reason` says why.

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
        raise NotImplementedError

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


def roles_of(kind: str) -> tuple[str, ...]:
    """Return the roles a column can have in a sheet of this kind, in the order of a form."""
    raise NotImplementedError


def role_label(role: str) -> str:
    """Return what a role is called on the screen; "" is a column that is left out."""
    raise NotImplementedError
