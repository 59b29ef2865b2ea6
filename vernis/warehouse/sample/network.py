"""Branches and staff of the sample."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from vernis.warehouse.sample.catalogue import BODY, DESK, HAIR, LOOK, NAILS
from vernis.warehouse.sample.days import Floats, Ints
from vernis.warehouse.sample.names import MEN, SURNAMES, WOMEN, feminine


class City(NamedTuple):
    name: str
    timezone: str
    prices: float
    streets: tuple[str, ...]  # as they follow «на»


CITIES: Final = (
    City("Алматы", "Asia/Almaty", 0.9, ("Абая", "Достык", "Сатпаева", "Толе би", "Розыбакиева", "Жандосова")),
    City("Москва", "Europe/Moscow", 1.4, ("Арбате", "Таганке", "Маросейке", "Соколе", "Покровке", "Пресне")),
    City("Екатеринбург", "Asia/Yekaterinburg", 1.0, ("Малышева", "Вайнера", "Куйбышева", "8 Марта", "Белинского")),
    City("Новосибирск", "Asia/Novosibirsk", 1.0, ("Красном проспекте", "Гоголя", "Кирова", "Титова", "Фрунзе")),
    City("Самара", "Europe/Samara", 0.95, ("Ленинградской", "Полевой", "Победы", "Гагарина", "Чапаевской")),
    City("Омск", "Asia/Omsk", 0.85, ("Ленина", "Маркса", "Лермонтова", "Герцена")),
    City("Красноярск", "Asia/Krasnoyarsk", 0.95, ("Мира", "Взлётной", "Сурикова", "Весны")),
    City("Калининград", "Europe/Kaliningrad", 1.0, ("Багратиона", "Черняховского", "Горького", "Невского")),
    City("Владивосток", "Asia/Vladivostok", 1.1, ("Светланской", "Алеутской", "Фокина", "Океанском проспекте")),
)
# Which city the next branch opens in, again and again.
_OPENING: Final = (0, 1, 0, 2, 1, 3, 4, 0, 1, 2, 5, 6, 3, 1, 7, 8)
# Who the next chair is for; two of the desk come on top.
_CHAIRS: Final = (NAILS, HAIR, LOOK, BODY, NAILS, HAIR, NAILS, HAIR, LOOK, BODY)


@dataclass(frozen=True)
class Network:
    """Arrays with one entry per branch, or (level, staff_names) one per staff member."""

    names: list[str]
    city: Ints
    share: Floats  # of the clients
    city_first: Ints  # first branch of this branch's city
    city_count: Ints
    staff_first: Ints  # first staff number of the branch
    chairs_first: Ints  # branch x skill: first place in the branch
    chairs_count: Ints
    level: Floats  # price factor of a staff member
    staff_names: list[str]

    @property
    def zones(self) -> list[str]:
        return [CITIES[number].timezone for number in self.city]


def branch_count(clients: int) -> int:
    """Return how many branches serve that many clients: 1 up to about 1,000, 3 for 3,000, 200 for a million."""
    return max(1, round(0.0092 * float(clients**0.723)))


def open_network(clients: int, rng: np.random.Generator) -> Network:
    """Return branches, sorted by city, and their staff."""
    count = branch_count(clients)
    city = np.sort(np.array([_OPENING[number % len(_OPENING)] for number in range(count)]))
    share = np.exp(rng.normal(0, 0.3, count))
    share /= share.sum()
    first = np.searchsorted(city, city)
    chairs = np.zeros((count, DESK + 1), dtype=np.int64)
    for branch in range(count):
        size = min(60, max(4, 2 + round(clients * share[branch] / 400)))
        skills = [_CHAIRS[number % len(_CHAIRS)] for number in range(size)]
        chairs[branch] = np.bincount([*skills, DESK, DESK], minlength=DESK + 1)
    places = np.cumsum(chairs, axis=1) - chairs
    sizes = chairs.sum(axis=1)
    return Network(
        names=_branch_names(city, first),
        city=city,
        share=share,
        city_first=first,
        city_count=np.searchsorted(city, city, side="right") - first,
        staff_first=np.cumsum(sizes) - sizes,
        chairs_first=places,
        chairs_count=chairs,
        level=rng.choice([1.0, 1.15, 1.3], int(sizes.sum()), p=[0.55, 0.3, 0.15]),
        staff_names=[_staff_name(rng) for _ in range(int(sizes.sum()))],
    )


def _branch_names(city: Ints, first: Ints) -> list[str]:
    names = []
    for number, (place, start) in enumerate(zip(city, first, strict=True)):
        streets = CITIES[place].streets
        turn, street = divmod(number - int(start), len(streets))
        house = f" {3 + 8 * turn}" if turn else ""
        names.append(f"«Вернис на {streets[street]}{house}»")
    return names


def _staff_name(rng: np.random.Generator) -> str:
    surname = SURNAMES[rng.integers(len(SURNAMES))]
    if rng.random() < 0.9:
        return f"{WOMEN[rng.integers(len(WOMEN))]} {feminine(surname)}"
    return f"{MEN[rng.integers(len(MEN))]} {surname}"
