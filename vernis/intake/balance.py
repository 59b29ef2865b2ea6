"""The balance sheet: what has become of every row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(kw_only=True)
class Figures:
    """So many rows (or things) had each fate; together they are all there were."""

    new: int = 0  # were not in the book
    changed: int = 0  # came from this source before, and say something else now
    same: int = 0  # came from this source before, and say the same
    merged: int = 0  # were in the book already, from elsewhere
    refused: int = 0
    folded: int = 0  # went into another row of the same source

    @property
    def total(self) -> int:
        """All of them."""
        return self.new + self.changed + self.same + self.merged + self.refused + self.folded

    @property
    def touches_book(self) -> bool:
        """Tell whether anything in the book is other than before."""
        return bool(self.new or self.changed)


@dataclass(kw_only=True)
class OfFile(Figures):
    """The same for the rows of one file (of a booking system: one reading)."""

    name: str
    size: int = 0  # bytes
    lines: int = 0  # physical lines of text, or rows of a sheet
    rows: int = 0  # equals `total` and what was skipped, if every row is accounted for
    skipped: dict[str, int] = field(default_factory=dict)  # headers, totals, empty rows: by reason

    @property
    def skipped_count(self) -> int:
        """Rows that say nothing of clients."""
        return sum(self.skipped.values())

    @property
    def is_balanced(self) -> bool:
        """Tell whether every row is accounted for."""
        return self.rows == self.total + self.skipped_count


@dataclass(kw_only=True)
class Balance:
    """What an import did, or would do (`is_plan`)."""

    import_id: int | None = None  # None: nothing had to be done, and no import was noted
    is_plan: bool = False
    files: list[OfFile] = field(default_factory=list)
    clients: Figures = field(default_factory=Figures)
    appointments: Figures = field(default_factory=Figures)
    services: Figures = field(default_factory=Figures)
    staff: Figures = field(default_factory=Figures)
    branches: Figures = field(default_factory=Figures)
    kept: int = 0  # rows that differ from what people have written in Vernis since: theirs stays
    look: int = 0  # rows that somebody should look at
    reasons: dict[str, int] = field(default_factory=dict)  # of refused and folded rows, by reason

    @property
    def is_balanced(self) -> bool:
        """Tell whether every row of every file is accounted for."""
        return all(file.is_balanced for file in self.files)

    @property
    def touches_book(self) -> bool:
        """Tell whether anything in the book is other than before."""
        kinds = (self.clients, self.appointments, self.services, self.staff, self.branches)
        return any(kind.touches_book for kind in kinds)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Balance:
        """Return what `as_json` gave."""
        names = {one.name for one in fields(cls)}
        values = {name: value for name, value in kept.items() if name in names}
        values["files"] = [OfFile(**file) for file in values.get("files", [])]
        for kind in ("clients", "appointments", "services", "staff", "branches"):
            values[kind] = Figures(**values.get(kind, {}))
        return cls(**values)
