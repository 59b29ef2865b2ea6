"""What the sample salon sells: services, the intervals its owner has set, and what clients really do."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

NAILS, HAIR, LOOK, BODY, DESK = range(5)  # who does it; DESK does nothing but call
HAIR_LENGTHS: Final = ("", "short", "medium", "long")
SKINS: Final = ("", "dry", "oily", "normal")


class Service(NamedTuple):
    service_id: str
    title: str
    category: str
    interval_days: int | None  # what the owner has set
    true_days: float  # how often people really come
    minutes: int
    price: int
    skill: int
    women: float = 0.0  # weight as the favourite of a woman
    men: float = 0.0
    beside: float = 0.0  # weight as a second habit of a woman
    other: str = ""  # taken now and then instead
    extra: str = ""  # taken now and then on top


class Interval(NamedTuple):
    """One line of `service_intervals`; `months` as in the file."""

    service_id: str
    category: str
    months: str
    trait: str
    trait_value: str
    interval_days: int


SERVICES: Final = (
    Service("S01", "Маникюр классический", "Маникюр", 28, 27, 60, 1200, NAILS, 7, 6, 6, "S02", "S03"),
    Service("S02", "Маникюр с гель-лаком", "Маникюр", 28, 25, 90, 2100, NAILS, 24, 0, 14, "S01", "S03"),
    Service("S03", "Укрепление ногтей", "Маникюр", None, 25, 30, 500, NAILS),
    Service("S04", "Педикюр классический", "Педикюр", None, 35, 75, 2200, NAILS, 3, 3, 8, "S05", "S27"),
    Service("S05", "Педикюр с гель-лаком", "Педикюр", None, 34, 90, 2700, NAILS, 4, 0, 16, "S04", "S27"),
    Service("S06", "Педикюр аппаратный", "Педикюр", 40, 38, 90, 2900, NAILS, 1, 1, 3, "S05", "S27"),
    Service("S07", "Стрижка женская", "Стрижки", 56, 58, 60, 2400, HAIR, 14, 0, 10, "S10", "S25"),
    Service("S08", "Стрижка мужская", "Стрижки", 28, 27, 45, 1500, HAIR, 0, 70, 2, "", "S25"),
    Service("S09", "Стрижка детская", "Стрижки", 42, 44, 30, 1100, HAIR, 1, 0, 4),
    Service("S10", "Стрижка чёлки", "Стрижки", None, 24, 15, 500, HAIR),
    Service("S11", "Окрашивание в один тон", "Окрашивание", 42, 44, 120, 4800, HAIR, 9, 0, 7, "S12", "S14"),
    Service("S12", "Окрашивание корней", "Окрашивание", 28, 31, 90, 3200, HAIR, 7, 0, 4, "S11", "S14"),
    Service("S13", "Сложное окрашивание", "Окрашивание", 90, 95, 210, 9500, HAIR, 3, 0, 2, "S11", "S14"),
    Service("S14", "Тонирование волос", "Окрашивание", None, 45, 45, 2300, HAIR),
    Service("S15", "Коррекция бровей", "Брови", 21, 22, 30, 900, LOOK, 6, 1, 14, "S16", "S16"),
    Service("S16", "Окрашивание бровей", "Брови", 28, 27, 30, 800, LOOK),
    Service("S17", "Ламинирование бровей", "Брови", 42, 45, 60, 2200, LOOK, 2, 0, 3, "S15"),
    Service("S18", "Наращивание ресниц", "Ресницы", 21, 22, 120, 3300, LOOK, 6, 0, 3),
    Service("S19", "Ламинирование ресниц", "Ресницы", 45, 50, 75, 2600, LOOK, 2, 0, 3, "", "S16"),
    Service("S20", "Чистка лица", "Косметология", 30, 34, 75, 3500, BODY, 4, 1, 4, "S21", "S22"),
    Service("S21", "Уход за лицом", "Косметология", 30, 30, 60, 3900, BODY, 2, 0, 3, "S20", "S22"),
    Service("S22", "Пилинг лица", "Косметология", None, 30, 30, 1700, BODY),
    Service("S23", "Массаж спины", "Массаж", None, 13, 45, 1800, BODY, 2, 8, 1, "S24"),
    Service("S24", "Массаж общий", "Массаж", None, 16, 75, 3400, BODY, 2, 5, 1, "S23"),
    Service("S25", "Укладка волос", "", None, 17, 45, 1600, HAIR, 2, 0, 1),
    Service("S26", "Шугаринг ног", "Депиляция", 28, 30, 60, 1900, BODY, 5, 0, 4, "S28"),
    Service("S27", "Парафинотерапия", "", None, 40, 30, 700, NAILS),
    Service("S28", "Шугаринг бикини", "Депиляция", 28, 28, 45, 1800, BODY, 4, 0, 4, "S26"),
    Service("S29", "Макияж вечерний", "", None, 120, 75, 3600, LOOK, 1),
)
# Massage, styling and paraffin have no interval anywhere: theirs is learned, or the default.
INTERVALS: Final = (
    Interval("", "Педикюр", "4-9", "", "", 30),
    Interval("", "Педикюр", "", "", "", 45),
    Interval("S06", "", "4-9", "", "", 28),
    Interval("S07", "", "", "hair_length", "short", 35),
    Interval("S07", "", "", "hair_length", "medium", 49),
    Interval("S07", "", "", "hair_length", "long", 77),
    Interval("S07", "", "6-8", "hair_length", "short", 30),
    Interval("S20", "", "", "skin", "oily", 25),
    Interval("S21", "", "11,12,1,2,3", "", "", 25),
    Interval("", "Косметология", "", "skin", "dry", 35),
    Interval("", "Брови", "", "", "", 28),
)

NUMBER: Final = {service.service_id: number for number, service in enumerate(SERVICES)}
CYCLES: Final = tuple(dict.fromkeys(service.category or service.service_id for service in SERVICES))
CYCLE: Final = np.array([CYCLES.index(service.category or service.service_id) for service in SERVICES])
TRUE_DAYS: Final = np.array([service.true_days for service in SERVICES])
MINUTES: Final = np.array([service.minutes for service in SERVICES])
PRICE: Final = np.array([service.price for service in SERVICES])
SKILL: Final = np.array([service.skill for service in SERVICES])
OTHER: Final = np.array([NUMBER.get(service.other, number) for number, service in enumerate(SERVICES)])
EXTRA: Final = np.array([NUMBER.get(service.extra, -1) for service in SERVICES])
SUMMER: Final = np.isin(CYCLE, CYCLES.index("Педикюр"))  # services with a summer of their own
LONG_HAIR: Final = NUMBER["S07"]


def weights(column: str) -> NDArray[np.float64]:
    """Return the shares (adding up to 1) of the services as `women`, `men` or `beside`."""
    values = np.array([getattr(service, column) for service in SERVICES], dtype=np.float64)
    return np.asarray(values / values.sum(), dtype=np.float64)


def months_of(text: str) -> list[int]:
    """Return the months, 1 to 12, of a `months` field; empty: all of them."""
    if not text:
        return list(range(1, 13))
    if "-" in text:
        first, last = map(int, text.split("-"))
        return list(range(first, last + 1))
    return [int(part) for part in text.split(",")]


def _set_days(service: Service, month: int, traits: dict[str, str]) -> int:
    def listed(lines: list[Interval]) -> int | None:
        fits = [line for line in lines if month in months_of(line.months)]
        fits = [line for line in fits if not line.trait or traits[line.trait] == line.trait_value]
        ranked = sorted((not line.trait, not line.months, line.interval_days) for line in fits)
        return ranked[0][2] if ranked else None

    own = listed([line for line in INTERVALS if line.service_id == service.service_id])
    group = listed([line for line in INTERVALS if service.category and line.category == service.category])
    return own or service.interval_days or group or round(service.true_days * 1.1)


def set_days() -> NDArray[np.int64]:
    """Return the interval in days the salon expects: service x month (0..11) x hair length x skin.

    Where the salon has set none, about what it would learn from its visits.
    """
    shape = (len(SERVICES), 12, len(HAIR_LENGTHS), len(SKINS))
    days = np.empty(shape, dtype=np.int64)
    for number, month, hair, skin in np.ndindex(*shape):
        traits = {"hair_length": HAIR_LENGTHS[hair], "skin": SKINS[skin]}
        days[number, month, hair, skin] = _set_days(SERVICES[number], month + 1, traits)
    return days
