"""The log of changes: which models it follows, and what people did with the ways in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType

from vernis.accounts.models import Event, LogEntry, User
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    from django.db.models import Model


TITLES: dict[type[Model], Any] = {}
"""What the log calls a row of each model that it follows."""


def register(
    model: type[Model],
    *,
    title: Any,
    mask: tuple[str, ...] = (),
    leave_out: tuple[str, ...] = (),
    many: tuple[str, ...] = (),
    hides: bool = False,
) -> None:
    """Follow every change of a model's rows that goes through `save` and `delete`.

    `title`: what the log calls a row ("client"). `mask`: fields whose values are kept unreadable (phones, addresses).
    `leave_out`: fields that are nobody's change. `hides`: of what is masked, nothing at all is kept.
    `many`: many-to-many fields to follow too. What is written in bulk (`bulk_create`, `update`) leaves no entries.
    """
    TITLES[model] = title
    auditlog.register(
        model,
        mask_fields=list(mask),
        mask_callable="vernis.accounts.audit.hidden" if hides else None,
        exclude_fields=["organization", "id", *leave_out],
        m2m_fields=set(many),
    )


def hidden(value: str) -> str:
    """Return whether there is a value, and nothing of it: what is erased must not live on in the log."""
    return value if value in ("", "None", "{}") else "***"


def masked(value: str) -> str:
    """Return a phone or an address so that one can tell whether it changed, and no more."""
    if value in ("", "None"):
        return value
    if "@" in value:
        name, _, domain = value.partition("@")
        return f"{name[:1]}***@{domain}"
    return f"{value[:2]}***{value[-2:]}" if len(value) > 6 else "***"


def record(event: Event, *, person: User, by: User | None = None, details: dict[str, Any] | None = None) -> None:
    """Add an entry about what somebody did with the ways in of `person`."""
    with scoped_to(person.organization_id):
        LogEntry.objects.create(
            organization_id=person.organization_id,
            content_type=ContentType.objects.get_for_model(User),
            object_pk=str(person.pk),
            object_id=person.pk,
            object_repr=person.name,
            action=LogEntry.Action.ACCESS,
            event=event,
            actor=by,
            additional_data=details,
        )
