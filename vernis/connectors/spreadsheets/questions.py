"""What nobody can read from a file alone, and what is taken until somebody answers."""

from __future__ import annotations

from collections.abc import Sequence

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.mapping import VISITS, Question, SheetMapping
from vernis.connectors.spreadsheets.reading import Sheet
from vernis.connectors.spreadsheets.values import money, plain
from vernis.connectors.spreadsheets.values.dates import orders_of
from vernis.connectors.spreadsheets.values.unreadable import Unreadable
from vernis.lib.texts import _

MONTH_FIRST = frozenset({"US", "PH", "CA", "FM", "PW"})
DATES = ("date", "created_at", "cancelled_at", "birthday", "client_created_at")


def questions_of(
    sheet: Sheet, mapped: SheetMapping, *, country: str, currency: str, branches: Sequence[str]
) -> tuple[Question, ...]:
    """Return the questions about one sheet."""
    if mapped.kind in ("products", "ignored"):
        return ()
    found = [
        *_day_first(sheet, mapped, country),
        *_currency(sheet, mapped, currency),
        *_branch(sheet, mapped, branches),
        *_statuses(sheet, mapped),
    ]
    return tuple(found)


def texts_of(sheet: Sheet, mapped: SheetMapping, roles: Sequence[str]) -> list[str]:
    """Return the sample values of all columns with one of the roles."""
    places = [column.index for column in mapped.columns if column.role in roles and column.index < len(sheet.headers)]
    return [row[at].strip() for at in places for row in sheet.samples if row[at].strip()]


def order_of(sheet: Sheet, mapped: SheetMapping) -> str:
    """Return what the dates of a sheet show: "yes" (the day is first), "no", "" where they leave it open."""
    day, month, _either = orders_of(texts_of(sheet, mapped, DATES))
    if bool(day) == bool(month):
        return ""
    return "yes" if day else "no"


def _day_first(sheet: Sheet, mapped: SheetMapping, country: str) -> list[Question]:
    day, month, either = orders_of(texts_of(sheet, mapped, DATES))
    if order_of(sheet, mapped) or not (day or either):
        return []
    if day:
        default = "yes" if day >= month else "no"
        return [_order(default, _("The dates of this sheet contradict each other; most are written like this."))]
    default = "no" if country in MONTH_FIRST else "yes"
    return [_order(default, _("No date of the file shows it; so it is usual in your country."))]


def _order(default: str, why: str) -> Question:
    options = (("yes", _("the day first: 03/04 is 3 April")), ("no", _("the month first: 03/04 is 4 March")))
    return Question("day_first", _("How are dates written here?"), options, default, why)


def _currency(sheet: Sheet, mapped: SheetMapping, currency: str) -> list[Question]:
    found = money.currency_of(texts_of(sheet, mapped, ("amount", "price")))
    if not found or not currency or found == currency:
        return []
    text = _("The amounts are in {found}, but you count in {currency}. Bring them in as they are?")
    options = (("yes", _("yes, as they are")), ("no", _("no, without amounts")))
    why = _("Vernis does not convert currencies.")
    return [Question("currency", text.format(found=found, currency=currency), options, "no", why)]


def _branch(sheet: Sheet, mapped: SheetMapping, branches: Sequence[str]) -> list[Question]:
    if mapped.kind not in (*VISITS, "clients") or mapped.role_at("branch") is not None or len(branches) < 2:
        return []
    title = words.folded(f"{sheet.file_name} {sheet.name}")
    named = [branch for branch in branches if words.folded(branch) and words.folded(branch) in title]
    default, why = "", _("No column says it.")
    if len(named) == 1:
        default, why = named[0], _("It stands in the name of the file.")
    options = (("", _("not said")), *((branch, branch) for branch in branches))
    return [Question("branch", _("Of which branch is this?"), options, default, why)]


def _statuses(sheet: Sheet, mapped: SheetMapping) -> list[Question]:
    unknown: list[str] = []
    for text in texts_of(sheet, mapped, ("status",)):
        try:
            plain.status(text, {})
        except Unreadable:
            if text not in unknown:
                unknown.append(text)
    options = (
        ("", _("refuse these rows")),
        ("completed", _("the client came")),
        ("booked", _("is booked")),
        ("cancelled", _("was cancelled")),
        ("no_show", _("did not come")),
    )
    why = _("This word is not known.")
    text = _('What does the status "{value}" mean?')
    return [Question(f"status:{value}", text.format(value=value), options, "", why) for value in unknown[:20]]
