"""What owners do with connections."""

from __future__ import annotations

import datetime
import functools
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django_q.tasks import async_task

from vernis.connectors.yclients.client import ONCE, Keys, YClients
from vernis.intake.connections import ways
from vernis.intake.models import Access, Connection

if TYPE_CHECKING:
    from vernis.accounts.models import Branch, Organization, User

READ = "vernis.intake.connections.jobs.read_one"
NOT_OFTENER = datetime.timedelta(seconds=20)


class Taken(Exception):
    """The branch or the company is connected already."""


class NoCompanies(Exception):
    """The keys are good and open no company."""


def try_keys(
    *, system: str, partner: str, user: str = "", login: str = "", password: str = "", company: int | None = None
) -> tuple[Keys, list[dict[str, Any]]]:
    """Return keys that work, and the companies that they open; asks the system, writes nothing.

    Either `user` or `login` and `password` are given; the password is used once. Raises a Fault, NoCompanies.
    """
    host = ways.host_of(system)
    if not user:
        with YClients(host, Keys(partner), patience=ONCE) as source:
            user = source.sign_in(login, password)
    keys = Keys(partner, user)
    with YClients(host, keys, patience=ONCE) as source:
        found = [source.company(company)] if company else source.companies()
    if not found:
        raise NoCompanies
    return keys, [{"id": one["id"], "title": str(one.get("title") or one["id"])[:200]} for one in found]


def keep_access(
    *,
    organization: Organization,
    by: User,
    system: str,
    keys: Keys,
    companies: list[dict[str, Any]],
    now: datetime.datetime,
    access: Access | None = None,
) -> Access:
    """Keep keys, sealed; `access`: instead of its old ones, and what waited for them goes on."""
    access = access or Access(organization=organization)
    known = {one["id"]: one for one in (access.companies or [])}
    known.update({one["id"]: one for one in companies})
    access.system, access.sealed, access.companies = system, ways.seal(keys), list(known.values())
    access.made_by, access.made_at = by, now
    with transaction.atomic():
        access.save()
        for connection in access.connections.all():
            _as_soon_as_possible(connection)
    return access


def connect(*, access: Access, company: int, branch: Branch, now: datetime.datetime) -> Connection:
    """Let a company be read as a branch. Raises Taken, KeyError if the keys do not open that company."""
    title = {one["id"]: one["title"] for one in access.companies}[company]
    try:
        with transaction.atomic():
            connection = Connection.objects.create(
                organization=access.organization, access=access, branch=branch, company=company, title=title,
                created_at=now,
            )  # fmt: skip
            _as_soon_as_possible(connection)
    except IntegrityError:
        raise Taken from None
    return connection


def read_again(*, connection: Connection) -> None:
    """Read the whole history once more; what is known stays until it is there."""
    ways.clear(connection)
    with transaction.atomic():
        connection.wants_all, connection.done, connection.total = True, 0, 0
        connection.save(update_fields=["wants_all", "done", "total"])
        _as_soon_as_possible(connection)


def disconnect(*, connection: Connection) -> None:
    """Read no more; what was brought in stays. The last connection of an access takes the keys with it."""
    ways.clear(connection)
    access = connection.access
    with transaction.atomic():
        connection.delete()
        if not access.connections.exists():
            access.delete()


def hint(*, connection_id: int, now: datetime.datetime) -> None:
    """Ask for the changes soon; said again within some seconds it does nothing."""
    recently = now - NOT_OFTENER
    free = Q(hinted_at=None) | Q(hinted_at__lt=recently)
    with transaction.atomic():
        found = Connection.objects.filter(free, pk=connection_id)
        organization = found.values_list("organization_id", flat=True).first()
        if organization is not None and found.update(hinted_at=now):
            _soon(organization, connection_id)


def _as_soon_as_possible(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(next_at=None)
    _soon(connection.organization_id, connection.pk)


def _soon(organization_id: int, connection_id: int) -> None:
    transaction.on_commit(functools.partial(async_task, READ, organization_id, connection_id))
