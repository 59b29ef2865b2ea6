"""Looking at the truth of an organization's data, and mending what one click can mend."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from vernis.accounts.tenancy import scoped_to
from vernis.book import facts
from vernis.book.models import Client, Service
from vernis.intake.models import Checkup, DuplicateKey, DuplicatePair
from vernis.warehouse import checks
from vernis.warehouse.checks import Finding, Row, Severity
from vernis.warehouse.database import identifier
from vernis.warehouse.settings_file import rules_from

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import Organization, User

WITH_NAMES = ("test_clients",)
"""What these rows say of themselves is a name: it is not kept, the page reads it from the card."""


def check_organization(*, organization: Organization, now: datetime.datetime) -> list[Finding]:
    """Check everything of an organization and keep what was found; reads what is committed. Raises DataError."""
    as_of = now.astimezone(organization.zone).date()
    with tempfile.TemporaryDirectory(prefix="check-", dir=facts.home_of(organization.pk)) as name:
        folder, cache = Path(name) / "tables", Path(name) / "cache"
        facts.write_for_check(organization.pk, folder)
        learned = checks.learned_of(folder, cache, as_of, rules_from(organization.rules))
        found = checks.check(folder, as_of, learned)
    with scoped_to(organization.pk), transaction.atomic():
        found = [*_duplicates(organization), *found]
        Checkup.objects.of(organization).delete()
        Checkup.objects.create(organization=organization, made_at=now, findings=[_plain(one) for one in found])
    return found


def take_interval(*, service_id: int, interval_days: int, by: User) -> Service:
    """Set the interval of a service that has none to what was learned. Raises `Service.DoesNotExist`, ValueError."""
    if not 1 <= interval_days <= 3650:
        raise ValueError(interval_days)
    with transaction.atomic():
        rows = Service.objects.of(by.organization_id).select_for_update(of=("self",))
        service: Service = rows.get(pk=service_id)
        if service.interval_days is None:
            service.interval_days = interval_days
            service.save(update_fields=["interval_days"])
    return service


def _duplicates(organization: Organization) -> list[Finding]:
    """Return what is known of cards of one person; nothing where nobody has looked."""
    if not DuplicateKey.objects.of(organization).exists():
        return []
    clients = Client.objects.of(organization).filter(erased_at=None)
    pairs = DuplicatePair.objects.of(organization).filter(
        are_different=False, kind__in=("sure", "likely"), first__in=clients, second__in=clients
    )
    found = list(pairs.order_by("-score", "pk").values_list("first", "second"))
    rows = [Row(client_id=identifier(first), about=identifier(second)) for first, second in found]
    of = clients.count()
    share = len(found) / of if of else 0.0
    severity = Severity.BAD if share > 0.05 else Severity.DOUBTFUL if found else Severity.FINE
    return [Finding("duplicates", len(found), of, rows[: checks.MOST_ROWS], severity)]


def _plain(one: Finding) -> dict[str, object]:
    rows = [list(row._replace(about="") if one.key in WITH_NAMES else row) for row in one.rows]
    return {"key": one.key, "count": one.count, "of": one.of, "severity": str(one.severity), "rows": rows}
