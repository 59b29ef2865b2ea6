"""What all clients share: branches and zones, services, cycles and intervals, staff, traits."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from vernis.engine.history import NONE
from vernis.lib.texts import _
from vernis.warehouse import values
from vernis.warehouse.reading import Source
from vernis.warehouse.zones import Offsets, offsets_of

UTC = ZoneInfo("UTC")


class Dictionary:
    """Texts and their codes. Texts are only ever added, so that codes in buckets written earlier stay right."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: list[str] = list(texts)
        self._codes = {text: code for code, text in enumerate(self.texts)}

    def __len__(self) -> int:
        return len(self.texts)

    def code(self, text: str) -> int:
        """Return the code of a text, a new one if it is new."""
        if text not in self._codes:
            self._codes[text] = len(self.texts)
            self.texts.append(text)
        return self._codes[text]

    def get(self, text: str) -> int:
        """Return the code of a text, NONE if it has none."""
        return self._codes.get(text, NONE)

    def codes_of(self, texts: Sequence[str]) -> npt.NDArray[np.int32]:
        """Return the codes of texts; new texts get theirs in the order of the alphabet."""
        for text in sorted(set(texts) - self._codes.keys()):
            self.code(text)
        return np.array([self._codes[text] for text in texts], np.int32)

    def order(self) -> npt.NDArray[np.int32]:
        """Return the place of every code among all texts in order."""
        order = np.empty(len(self.texts), np.int32)
        order[sorted(range(len(self.texts)), key=self.texts.__getitem__)] = np.arange(len(self.texts))
        return order


class Catalogue:
    """The small tables of a data set, with the dictionaries of its codes."""

    def __init__(self, previous: dict[str, Any] | None = None) -> None:
        known = previous or {}
        self.services = Dictionary(known.get("services", [""]))
        self.branches = Dictionary(known.get("branches", [""]))
        self.staff = Dictionary(known.get("staff", [""]))
        self.traits = Dictionary(known.get("traits", []))
        self.listed_services: list[str] | None = None
        self.listed_branches: list[str] | None = None
        self.zones: list[ZoneInfo] = [UTC]
        self.needs_offsets = False  # only moments with an offset need the zones' tables
        self.intervals: list[dict[str, Any]] = []
        self._zone_of: dict[str, int] = {}
        self._category_of: dict[str, str] = {}
        self._interval_of: dict[str, int] = {}

    def list_branches(self, source: Source) -> None:
        """Take over the table `branches`."""
        values.check_unique(source, "branch_id")
        self.listed_branches = values.texts(source, "branch_id").to_pylist()
        for branch, zone in zip(self.listed_branches, values.zones(source, "timezone"), strict=True):
            if zone not in self.zones:
                self.zones.append(zone)
            self._zone_of[branch] = self.zones.index(zone)
        self.branches.codes_of(self.listed_branches)

    def list_services(self, source: Source) -> None:
        """Take over the table `services`."""
        values.check_unique(source, "service_id")
        self.listed_services = values.texts(source, "service_id").to_pylist()
        categories = values.texts(source, "category").to_pylist()
        days = values.counts_of_days(source, "interval_days").tolist()
        for service, category, interval_days in zip(self.listed_services, categories, days, strict=True):
            self._category_of[service] = category
            self._interval_of[service] = interval_days
        self.services.codes_of(self.listed_services)

    def list_intervals(self, source: Source) -> None:
        """Take over the table `service_intervals`."""
        columns = [
            values.texts(source, name).to_pylist() for name in ("service_id", "category", "trait", "trait_value")
        ]
        months = values.month_masks(source, "months").tolist()
        days = values.counts_of_days(source, "interval_days").tolist()
        for row, (service, category, trait, value) in enumerate(zip(*columns, strict=True)):
            if bool(service) == bool(category):
                problem = _("a line is for a service or for a category: fill in one of the two")
                raise source.error(row, "service_id", problem)
            if bool(trait) != bool(value):
                raise source.error(row, "trait_value", _("trait and trait_value go together: fill in both, or neither"))
            if service and not trait and not months[row]:
                problem = _("a line of a service needs months or a trait; a plain interval belongs into services")
                raise source.error(row, "service_id", problem)
            self.services.codes_of([service] if service else [])
            self.intervals.append(
                {
                    "service": service,
                    "category": category,
                    "months": months[row],
                    "trait": f"{trait}={value}" if trait else "",
                    "days": days[row],
                }
            )
        self.traits.codes_of([line["trait"] for line in self.intervals if line["trait"]])

    @property
    def zone_of_branch(self) -> npt.NDArray[np.int32]:
        """Per branch code the number of its zone; 0 is UTC."""
        return np.array([self._zone_of.get(branch, 0) for branch in self.branches.texts], np.int32)

    def is_known_service(self) -> npt.NDArray[np.bool_]:
        """Tell of every service code whether `services` lists it; all are known without the table, or without an id."""
        return _is_listed(self.services, self.listed_services)

    def is_known_branch(self) -> npt.NDArray[np.bool_]:
        """Tell of every branch code whether `branches` lists it; all are known without the table, or without an id."""
        return _is_listed(self.branches, self.listed_branches)

    def offsets(self) -> list[Offsets]:
        """Return the offsets of all zones."""
        return [offsets_of(zone) for zone in self.zones]

    def category_of(self, service: str) -> str:
        """Return the category of a service, empty if it has none."""
        return self._category_of.get(service, "")

    def cycle_of(self, service: str) -> str:
        """Return the cycle key of a service: its category, or its id where the category is empty."""
        return self.category_of(service) or service

    def services_of_cycles(self) -> dict[str, int]:
        """Return, per cycle key, the service whose code stands for the cycle in buckets: the smallest."""
        found: dict[str, int] = {}
        for code, service in enumerate(self.services.texts):
            found.setdefault(self.cycle_of(service), code)
        return found

    def learning_cycles(self) -> set[str]:
        """Return the cycle keys for which some service has no interval set for everybody: these must be learned."""
        plain = {
            line["category"] for line in self.intervals if not (line["service"] or line["trait"] or line["months"])
        }
        return {
            self.cycle_of(service)
            for service in self.services.texts
            if self._interval_of.get(service, NONE) == NONE and self.category_of(service) not in plain - {""}
        }

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "services": self.services.texts,
            "cycles": [self.cycle_of(service) for service in self.services.texts],
            "categories": [self.category_of(service) for service in self.services.texts],
            "interval_days": [self._interval_of.get(service, NONE) for service in self.services.texts],
            "intervals": self.intervals,
            "learning": sorted(self.learning_cycles()),
            "branches": self.branches.texts,
            "zone_of_branch": self.zone_of_branch.tolist(),
            "zones": [
                {"name": zone.key, "since": offsets.since.tolist(), "offset": offsets.offset.tolist()}
                for zone, offsets in zip(self.zones, self.offsets(), strict=True)
            ]
            if self.needs_offsets
            else [{"name": zone.key, "since": [-(2**62)], "offset": [0]} for zone in self.zones],
            "staff": self.staff.texts,
            "traits": self.traits.texts,
        }


def _is_listed(dictionary: Dictionary, listed: Sequence[str] | None) -> npt.NDArray[np.bool_]:
    known = None if listed is None else {"", *listed}
    return np.array([known is None or text in known for text in dictionary.texts], np.bool_)


def read_catalogue(sources: dict[str, Source], previous: Path | None) -> Catalogue:
    """Read the small tables of a data set; codes of the `previous` version stay as they are. Raises InputError."""
    known = json.loads((previous / "tables.json").read_text(encoding="utf-8")) if previous else None
    catalogue = Catalogue(known)
    if "branches" in sources:
        catalogue.list_branches(sources["branches"])
    if "services" in sources:
        catalogue.list_services(sources["services"])
    if "service_intervals" in sources:
        catalogue.list_intervals(sources["service_intervals"])
    if "staff" in sources:
        values.check_unique(sources["staff"], "staff_id")
    return catalogue
