"""Months as people write them: `4-9`, or `11,12,1,2,3`; as bits, bit m - 1 is month m."""

import re


class NotMonths(ValueError):
    """The text names no months."""


def parsed(text: str) -> int:
    """Return months as bits; 0 where the text is empty: all year. Raises NotMonths."""
    mask = 0
    for part in (part.strip() for part in text.split(",") if text.strip()):
        matched = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", part, re.ASCII)
        if matched is None:
            raise NotMonths(text)
        month, end = int(matched[1]), int(matched[2] or matched[1])
        if not (1 <= month <= 12 and 1 <= end <= 12):
            raise NotMonths(text)
        while True:
            mask |= 1 << (month - 1)
            if month == end:
                break
            month = month % 12 + 1
    return mask


def written(mask: int) -> str:
    """Return months as text: `4-9`, over the turn of the year `11-3`, or with gaps `1,3`; "" for all year."""
    inside = [month for month in range(1, 13) if mask >> (month - 1) & 1]
    if len(inside) in (0, 12):
        return ""
    starts = [month for month in inside if not mask >> ((month - 2) % 12) & 1]
    if len(starts) == 1 and len(inside) > 1:
        return f"{starts[0]}-{(starts[0] + len(inside) - 2) % 12 + 1}"
    return ",".join(str(month) for month in inside)
