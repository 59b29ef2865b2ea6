"""The card file: `clients`, and the small tables of the network and the price list."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.warehouse.sample.catalogue import HAIR_LENGTHS, INTERVALS, SERVICES, SKINS
from vernis.warehouse.sample.columns import Column, joined, numbered, picked
from vernis.warehouse.sample.days import Flags, Ints
from vernis.warehouse.sample.names import MEN, SURNAMES, WOMEN, feminine, latin
from vernis.warehouse.sample.network import Network
from vernis.warehouse.sample.people import UNKNOWN_BIRTHDAY, People

_GIVEN: Final = WOMEN + MEN
_SURNAMES: Final = [feminine(name) for name in SURNAMES] + SURNAMES
_PHONES: Final = 10**7


def cards(people: People, client_ids: Column, phone_key: int, rng: np.random.Generator) -> pa.Table:
    """Return `clients`, one row per person. Phones start with +7000, which no network serves."""
    count = len(people)
    numbers = np.arange(people.start, people.start + count)
    given = _often_the_first(rng, count, len(WOMEN))
    given = np.where(people.is_man, len(WOMEN) + _often_the_first(rng, count, len(MEN)), given)
    surname = _often_the_first(rng, count, len(SURNAMES)) + np.where(people.is_man, len(SURNAMES), 0)
    phones = numbered("+7000", (numbers * 3_141_593 + phone_key) % _PHONES, 7)
    is_there = rng.random(count)
    return pa.table(
        {
            "client_id": client_ids.slice(people.start, count),
            "name": joined(" ", picked(_GIVEN, given), picked(_SURNAMES, surname)),
            "phone": pc.if_else(pa.array(is_there < 0.98), phones, None),
            "email": pc.if_else(pa.array(is_there < 0.4), _emails(given, surname, numbers), None),
            "birthday": _birthdays(people.birthday, people.has_birth_year),
            "traits": _traits(people.hair, people.skin),
        }
    )


def _often_the_first(rng: np.random.Generator, count: int, names: int) -> Ints:
    """Return places in a list of names whose first ones are the common ones."""
    return (names * rng.random(count) ** 1.5).astype(np.int64)


def _emails(given: Ints, surname: Ints, numbers: Ints) -> Column:
    first, last = [latin(name) for name in _GIVEN], [latin(name) for name in _SURNAMES]
    number = pa.array(numbers).cast(pa.string())
    host = picked(["@example.com", "@example.org"], numbers % 2)
    return joined("", picked(first, given), ".", picked(last, surname), number, host)


def _birthdays(days: Ints, has_year: Flags) -> Column:
    known = days != UNKNOWN_BIRTHDAY
    text = pa.array(np.where(known, days, 0).astype(np.int32)).cast(pa.date32()).cast(pa.string())
    short = joined("", "-", pc.utf8_slice_codeunits(text, start=4))
    return pc.if_else(pa.array(known), pc.if_else(pa.array(has_year), text, short), None)


def _traits(hair: Ints, skin: Ints) -> Column:
    texts = []
    for length in HAIR_LENGTHS:
        for kind in SKINS:
            parts = [f"hair_length={length}" if length else "", f"skin={kind}" if kind else ""]
            texts.append(";".join(filter(None, parts)) or None)
    return picked(texts, hair * len(SKINS) + skin)


def branches(network: Network) -> pa.Table:
    """Return `branches`, one row per branch."""
    ids = [f"B{number + 1:03}" for number in range(len(network.names))]
    return pa.table({"branch_id": ids, "name": network.names, "timezone": network.zones})


def staff(network: Network) -> pa.Table:
    """Return `staff`, masters and the desk of every branch."""
    ids = numbered("M", np.arange(1, len(network.level) + 1), 4)
    return pa.table({"staff_id": ids, "name": network.staff_names})


def services() -> pa.Table:
    """Return `services`, the price list without prices."""
    return pa.table(
        {
            "service_id": [service.service_id for service in SERVICES],
            "title": [service.title for service in SERVICES],
            "category": [service.category or None for service in SERVICES],
            "interval_days": pa.array([service.interval_days for service in SERVICES], pa.int32()),
        }
    )


def service_intervals() -> pa.Table:
    """Return `service_intervals`: seasons and traits."""
    names = ("service_id", "category", "months", "trait", "trait_value")
    columns = {name: pa.array([getattr(line, name) or None for line in INTERVALS], pa.string()) for name in names}
    return pa.table({**columns, "interval_days": pa.array([line.interval_days for line in INTERVALS], pa.int32())})
