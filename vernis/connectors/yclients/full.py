"""The whole history of a company, read in small steps that can be gone on with after any interruption.

Everything read so far lies in a folder: `state.json` (what is still to be read), `records.jsonl`, `catalogue.json`,
`clients.json`. A step that was cut off is taken again; rows said twice are one, the later wins.
"""

from __future__ import annotations

import datetime
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from vernis.connectors.yclients import changes, lists, windows
from vernis.connectors.yclients.catalogue import Catalogue
from vernis.connectors.yclients.readings import Read
from vernis.connectors.yclients.windows import TooMany, Window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vernis.connectors.yclients.client import YClients
    from vernis.connectors.yclients.lists import Rows

FIRST_YEAR = 2010  # the system is not older
YEARS_AHEAD = 2


class Progress(NamedTuple):
    """How much of a reading is done."""

    done: int
    total: int


class FullReading:
    """Everything there is of one company. `today` decides, the first time, which days are asked for."""

    def __init__(self, source: YClients, company: int, folder: Path, *, today: datetime.date) -> None:
        self._source, self._company, self._folder = source, company, folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._state = self._load() or {
            "windows": [[f"{year}-01-01", f"{year}-12-31"] for year in years(today)],
            "stage": "catalogue",
            "cursor": "",
        }

    @property
    def progress(self) -> Progress:
        """Return how many days of records have been read, of how many; clients and changes count as some days."""
        days = sum(window.days for window in self._windows()) if self._state["stage"] != "whole" else 0
        last = {"catalogue": 120, "records": 120, "changes": 120, "clients": 60, "whole": 0}[self._state["stage"]]
        return Progress(self._all_days() - days + 120 - last, self._all_days() + 120)

    def go_on(self, is_time_up: Callable[[], bool] = lambda: False) -> bool:
        """Read on until all is there (True), or until the time is up (False). Raises a Fault; then ask again later."""
        while self._state["stage"] != "whole":
            self._step()
            if is_time_up():
                break
        return bool(self._state["stage"] == "whole")

    def whole(self) -> Read:
        """Return what has been read; only when all is there."""
        if self._state["stage"] != "whole":
            raise ValueError("the reading is not at its end")
        return Read(
            records=self._records(),
            clients={one["id"]: one for one in self._json("clients.json")},
            catalogue=Catalogue(**self._json("catalogue.json")),
            cursor=self._state["cursor"],
        )

    def _step(self) -> None:
        stage = self._state["stage"]
        if stage == "catalogue":
            # The clock of the source, before the first window: what changes from now on is asked for at the end.
            self._state["cursor"] = changes.begin(self._source, self._company)
            self._write("catalogue.json", Catalogue.read(self._source, self._company)._asdict())
            self._pass_to("records")
        elif stage == "records":
            self._read_window()
        elif stage == "changes":
            changed = changes.read(self._source, self._company, self._state["cursor"])
            self._append(changed.records)
            self._state["cursor"] = changed.cursor
            self._pass_to("clients")
        else:
            clients = lists.whole(lambda page: self._source.clients(self._company, page))
            self._write("clients.json", list(clients.values()))
            self._pass_to("whole")

    def _read_window(self) -> None:
        if not (left := self._windows()):
            self._pass_to("changes")
            return
        window = left.pop()  # the latest days first: what matters most is there soonest
        found = windows.read(self._source, self._company, window)
        if isinstance(found, TooMany):
            left += found.windows
        else:
            self._append(found)
        self._state["windows"] = [[one.first.isoformat(), one.last.isoformat()] for one in left]
        self._save()

    def _windows(self) -> list[Window]:
        return [
            Window(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
            for first, last in self._state["windows"]
        ]

    def _all_days(self) -> int:
        if "days" not in self._state:
            self._state["days"] = sum(window.days for window in self._windows())
        return int(self._state["days"])

    def _append(self, records: Rows) -> None:
        with (self._folder / "records.jsonl").open("a", encoding="utf-8") as out:
            out.write("\n")  # what was cut off before ends here
            out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in records.values())
            out.flush()
            os.fsync(out.fileno())

    def _records(self) -> Rows:
        records: Rows = {}
        path = self._folder / "records.jsonl"
        for line in path.read_text(encoding="utf-8").split("\n") if path.exists() else ():
            if (one := _object(line)) is not None:
                records[one["id"]] = one
        return records

    def _pass_to(self, stage: str) -> None:
        self._state["stage"] = stage
        self._save()

    def _save(self) -> None:
        self._all_days()
        self._write("state.json", self._state)

    def _load(self) -> dict[str, Any] | None:
        return self._json("state.json") if (self._folder / "state.json").exists() else None

    def _json(self, name: str) -> Any:
        return json.loads((self._folder / name).read_text(encoding="utf-8"))

    def _write(self, name: str, what: Any) -> None:
        new = self._folder / f"{name}.new"
        with new.open("w", encoding="utf-8") as out:
            json.dump(what, out, ensure_ascii=False)
            out.flush()
            os.fsync(out.fileno())
        new.replace(self._folder / name)


def _object(line: str) -> dict[str, Any] | None:
    """Return a line that was written whole; one that was cut off belongs to a window that is read again."""
    try:
        one = json.loads(line)
    except ValueError:
        return None
    return one if isinstance(one, dict) and "id" in one else None


def years(today: datetime.date) -> range:
    """Return the years that are asked for."""
    return range(FIRST_YEAR, today.year + YEARS_AHEAD)
