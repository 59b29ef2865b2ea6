"""Days, months and wall clocks as whole numbers."""

from vernis.engine.compiled import compilable
from vernis.engine.history import DAY_US, Zones


@compilable
def civil(day: int) -> tuple[int, int, int]:
    """Return year, month and day of the month of a day since 1970-01-01 (Gregorian).

    Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
    """
    shifted = day + 719_468
    era = shifted // 146_097
    day_of_era = shifted - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1_460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    return year, month, day_of_year - (153 * shifted_month + 2) // 5 + 1


@compilable
def day_number(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01 (Hinnant, days_from_civil)."""
    shifted_year = year - 1 if month <= 2 else year
    era = shifted_year // 400
    year_of_era = shifted_year - era * 400
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468


@compilable
def month_of(day: int) -> int:
    """Return the month of a day, 1 to 12."""
    return civil(day)[1]


@compilable
def is_leap(year: int) -> bool:
    """Tell whether the year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@compilable
def day_of(at: int) -> int:
    """Return the day of a wall-clock moment."""
    return at // DAY_US


@compilable
def wall_clock(utc: int, zone: int, zones: Zones) -> int:
    """Return the wall clock of a moment of UTC in a zone."""
    low, high = zones.starts[zone], zones.starts[zone + 1]
    while high - low > 1:
        middle = (low + high) // 2
        if zones.offsets[middle].since <= utc:
            low = middle
        else:
            high = middle
    return utc + zones.offsets[low].offset
