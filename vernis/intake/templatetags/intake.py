"""How the room writes figures, sizes and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.urls import reverse
from django.utils.http import urlencode

from vernis.intake import words

if TYPE_CHECKING:
    from vernis.intake.balance import Balance, Figures
    from vernis.intake.models import Import
    from vernis.intake.queries.rows import Line

register = template.Library()

PAGES = {
    "clients": "book:client", "appointments": "appointments:appointment", "services": "catalogue:service",
    "staff": "catalogue:one-of-staff", "branches": "settings:branch",
}  # fmt: skip
TONES = {"new": "green", "changed": "accent", "refused": "red"}


class Term(NamedTuple):
    """One figure of an equation: 1 905 new."""

    key: str
    title: Any
    rows: int
    url: str
    tone: str
    share: float  # per cent of all
    before: float  # per cent of all that stand before it


@register.simple_tag
def terms(one: Import, figures: Figures, number: int = -1, kind: str = "") -> list[Term]:
    """Return the figures that are not 0, each with the address of its rows."""
    counts = {key: getattr(figures, key) for key in words.FATES if key != "skipped"}
    counts["skipped"] = getattr(figures, "skipped_count", 0)
    total, before, found = sum(counts.values()), 0, []
    for key, count in counts.items():
        if not count:
            continue
        query: dict[str, Any] = {"fate": key, **({"kind": kind} if kind else {"file": number})}
        url = (
            ""
            if key == "skipped" or one.files_deleted_at
            else f"{reverse('intake:rows', args=[one.pk])}?{urlencode(query)}"
        )
        share = round(100 * count / total, 3)
        found.append(Term(key, words.FATES[key], count, url, TONES.get(key, ""), share, round(100 * before / total, 3)))
        before += count
    return found


@register.simple_tag
def things(balance: Balance) -> list[tuple[str, Any, Figures]]:
    """Return the kinds of which there is anything."""
    found = [(key, title, getattr(balance, key)) for key, title in words.KINDS.items()]
    return [one for one in found if one[2].total]


@register.filter
def reason(key: str, line: Line | None = None) -> str:
    """Write why a row was refused or joined to another."""
    return words.reason(key, column=line.column, value=line.value) if line else words.reason(key, value="…", column="…")


@register.filter
def what(key: str) -> str:
    """Write what kind of rows were skipped, as the beginning of a count."""
    return words.reason(key).rstrip(".")


@register.filter
def note(text: str) -> str:
    """Write what was kept, or what somebody should look at."""
    return words.note(text)


@register.filter
def fate(key: str) -> Any:
    """Write what has become of a row."""
    return words.FATES[key]


@register.filter
def tone(key: str) -> str:
    """Return the colour of a fate."""
    return TONES.get(key, "gray")


@register.filter
def page_of(line: Line) -> str:
    """Return the address of what a row has become."""
    return reverse(PAGES[line.kind], args=[line.object_id]) if line.object_id and line.kind else ""


@register.filter
def item(rows: list[Any], number: int) -> Any:
    """Return an item by its place."""
    return rows[number] if 0 <= number < len(rows) else ""


@register.filter
def percent(done: int, total: int) -> int:
    """Return how much is done."""
    return min(100, int(100 * done / total)) if total else 0
