"""Errors of the data: they say where the fault is and what to do, in the language of the reader."""

from pathlib import Path

from vernis.lib.texts import _

_MOST_CHARACTERS = 400


class DataError(Exception):
    """Data that cannot be used. The text is for the person who has to mend it."""


class InputError(DataError):
    """A fault in one place of one file; `line` counts from 1 with the header, rows of Parquet from 1."""

    def __init__(self, path: Path, problem: str, *, line: int | None = None, column: str | None = None) -> None:
        self.path, self.problem, self.line, self.column = path, problem, line, column
        place = [str(path)]
        if line is not None:
            template = _("row {number}") if path.suffix == ".parquet" else _("line {number}")
            place.append(template.format(number=line))
        if column is not None:
            place.append(_("column {name}").format(name=column))
        super().__init__(f"{', '.join(place)}: {_on_one_line(problem)}")


def _on_one_line(text: str) -> str:
    """Return a text for the terminal: values of a file may hold anything, of any length."""
    shown = text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - 1] + "…"
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)
