"""The items of one client, right after something about the client has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from vernis.book import facts
from vernis.book.models import Client
from vernis.warehouse import wanted
from vernis.warehouse.histories import question_of
from vernis.warehouse.settings_file import rules_from
from vernis.worklist import items
from vernis.worklist.models import Refreshed
from vernis.worklist.queries.learned import learned_by

if TYPE_CHECKING:
    import datetime


def refresh_client(*, client_id: int, now: datetime.datetime) -> None:
    """Make the items of a client equal to what the rules want on the day it is in the client's branch.

    Works in the caller's transaction, and holds the client against the nightly run until that ends. Raises DataError
    where the settings or small tables of the organization cannot be used. A card that was merged into another one has
    no facts of its own, and so no items.
    """
    with transaction.atomic():
        client = (
            Client.everyone.select_for_update(of=("self",), no_key=True)
            .select_related("organization", "branch")
            .filter(pk=client_id)
            .first()
        )
        if client is None:
            return
        organization = client.organization
        day = now.astimezone((client.branch or organization).zone).date()
        ground = facts.ground(organization)
        question = question_of(ground, day, rules_from(organization.rules), learned_by(organization, day))
        rows = wanted.of_one(client.pk, facts.of_client(client, ground), ground, question)
        changes = items.compare(rows, items.known_items(day, client=client))
        items.write(changes, organization=organization, day=day, now=now)
        Refreshed.objects.bulk_create(
            [Refreshed(client=client, organization=organization, at=now)],
            update_conflicts=True,
            unique_fields=["client"],
            update_fields=["at"],
        )
