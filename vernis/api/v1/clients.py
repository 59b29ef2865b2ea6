"""Clients: list, add, change, consents, and their own rights."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Query, Router

from vernis.api.door import Call, reads, writes
from vernis.api.pages import page_of
from vernis.api.problems import Problem
from vernis.api.shapes import clients as shapes
from vernis.api.shapes.base import Page, PathId
from vernis.book.models import Client, Consent
from vernis.book.operations import clients as operations
from vernis.book.operations import privacy
from vernis.book.operations.consents import record_consent
from vernis.book.queries import search

router = Router(tags=["clients"])


@reads(router, "/clients", scope="clients:read", name="clients", response=Page[shapes.ClientOut])
def clients(request: Call, query: Query[shapes.ClientsQuery]) -> dict[str, Any]:
    """List clients, or find them by name or phone."""
    person = request.person
    rows = Client.objects.visible_to(person).filter(erased_at=None)
    if query.q:
        if search.is_phone(query.q) and not request.may("clients:contacts"):
            raise Problem("not-allowed", "Finding by phone needs the right clients:contacts.", scope="clients:contacts")
        rows = rows.filter(search.matching(query.q, person.organization.country, person.organization_id))
    if query.branch_id is not None:
        rows = rows.filter(branch=query.branch_id)
    if query.changed_since is not None:
        rows = rows.filter(changed_at__gte=query.changed_since)
    return page_of(rows, query, lambda row: _shown(row, request))


@writes(
    router, "POST", "/clients", scope="clients:write", name="add-client", response=shapes.ClientOut, status=201
)  # fmt: skip
def add_client(request: Call, body: shapes.ClientIn) -> shapes.ClientOut:
    """Add a client."""
    client = operations.add_client(
        by=request.person,
        facts=shapes.facts_of(body),
        now=request.now,
        key=request.key,
        is_other_person=body.is_other_person,
    )
    return _shown(client, request)


@reads(router, "/clients/{int:client_id}", scope="clients:read", name="client", response=shapes.ClientOut)
def client(request: Call, client_id: PathId, response: HttpResponse) -> shapes.ClientOut:
    """Return a client; its ETag goes into If-Match of a change."""
    found = Client.objects.visible_to(request.person).get(pk=client_id)
    response.headers["ETag"] = shapes.etag_of(found.changed_at)
    return _shown(found, request)


@writes(
    router,
    "PATCH",
    "/clients/{int:client_id}",
    scope="clients:write",
    name="change-client",
    response=shapes.ClientOut,
)
def change_client(request: Call, client_id: PathId, body: shapes.ClientPatch) -> shapes.ClientOut:
    """Change what is said of a client. With If-Match only if nobody else has changed her since."""
    if known := request.headers.get("If-Match"):
        rows = Client.objects.visible_to(request.person).select_for_update(of=("self",))
        if known != shapes.etag_of(rows.get(pk=client_id).changed_at):
            raise Problem("changed-meanwhile", "Get the client again, and then change her.")
    changed = operations.change_client(client_id=client_id, by=request.person, facts=shapes.facts_of(body))
    return _shown(changed, request)


@reads(
    router,
    "/clients/{int:client_id}/consents",
    scope="consents:read",
    name="consents",
    response=shapes.ConsentsOut,
)
def consents(request: Call, client_id: PathId) -> dict[str, Any]:
    """Return all that a client has allowed and withdrawn, the latest first (at most 500)."""
    found = Client.objects.visible_to(request.person).get(pk=client_id)
    rows = Consent.objects.of(request.person.organization_id).filter(client=found).order_by("-at", "-pk")
    return {"items": [shapes.consent(row) for row in rows[:500]]}


@writes(
    router,
    "POST",
    "/clients/{int:client_id}/consents",
    scope="consents:write",
    name="record-consent",
    response=shapes.ConsentOut,
    status=201,
)
def add_consent(request: Call, client_id: PathId, body: shapes.ConsentIn) -> shapes.ConsentOut:
    """Note that a client gave or withdrew a consent."""
    request.client_id = client_id
    row = record_consent(
        client_id=client_id,
        by=request.person,
        channel=Consent.Channel(body.channel),
        purpose=Consent.Purpose(body.purpose),
        is_given=body.is_given,
        means=Consent.Means(body.means),
        wording=body.wording,
        note=body.note,
        now=request.now,
        key=request.key,
    )
    return shapes.consent(row)


@reads(
    router,
    "/clients/{int:client_id}/export",
    scope="clients:export",
    name="export-client",
    response=shapes.Everything,
)
def export(request: Call, client_id: PathId) -> dict[str, Any]:
    """Return everything that is kept about a client: her own right (phones are whole)."""
    rows = Client.objects.visible_to(request.person).select_related("branch")
    return privacy.all_we_know(client=rows.get(pk=client_id))


@writes(
    router,
    "POST",
    "/clients/{int:client_id}/erase",
    scope="clients:erase",
    name="erase-client",
    response=shapes.ClientOut,
)
def erase(request: Call, client_id: PathId, body: shapes.EraseIn) -> shapes.ClientOut:
    """Forget who a client is, for ever; visits and money stay as those of nobody."""
    erased = privacy.erase_client(client_id=client_id, by=request.person, typed_name=body.name, now=request.now)
    return _shown(erased, request)


def _shown(client: Client, request: Call) -> shapes.ClientOut:
    request.client_id = client.pk
    return shapes.shown(client, with_contacts=request.may("clients:contacts"))
