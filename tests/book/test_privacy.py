"""Handing out what we know, and forgetting."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from tests.people import World
from vernis.book.models import Appointment, AppointmentLine, Client, Consent, WaitlistEntry
from vernis.book.operations import clients, consents, privacy, visits, waitlist
from vernis.book.queries.clients import clients_page
from vernis.book.queries.consents import Reason, Refused, may_contact

SECRET = "Тайнослово"


@pytest.fixture
def client(ours: World) -> Client:
    """Return a client whose every field of text has the secret word."""
    now = timezone.now()
    names = ("name", "allergies", "preferences", "wishes", "favourite_line", "source", "note")
    words: Any = {name: f"{SECRET} {name}" for name in names}
    words |= {"email": "taina@example.com", "phone": "+7 999 765-43-21", "second_phone": "+7 999 765-43-22"}
    words["branch_id"] = ours.center.branch.pk
    client = clients.add_client(by=ours.olga, facts=words, now=now)
    Client.objects.filter(pk=client.pk).update(external_id=SECRET)
    consents.record_consent(
        client_id=client.pk, by=ours.olga, channel=Consent.Channel.SMS, purpose=Consent.Purpose.ADVERTISING,
        is_given=True, means=Consent.Means.PAPER, wording="Согласна", note=SECRET, now=now,
    )  # fmt: skip
    waitlist.add_to_waitlist(
        client_id=client.pk, by=ours.olga, branch_id=ours.center.branch.pk, now=now, note=SECRET, key=uuid.uuid4()
    )
    Appointment.objects.filter(pk=ours.center.visit.pk).update(client=client, note=SECRET, external_id=SECRET)
    Appointment.objects.filter(pk=ours.center.miss.pk).update(
        client=client, status="cancelled", cancelled_at=now, cancel_reason=SECRET
    )
    ours.center.contact.__class__.objects.filter(pk=ours.center.contact.pk).update(client=client, note=SECRET)
    return Client.objects.get(pk=client.pk)


def everything() -> str:
    """Return the whole database as text."""
    texts = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            texts += [bytes(v).decode(errors="replace") if isinstance(v, bytes | memoryview) else str(v)
                      for row in cursor.fetchall() for v in row]  # fmt: skip
    return "\n".join(texts).lower()


def test_all_we_know_has_every_word(ours: World, client: Client) -> None:
    known = json.dumps(privacy.all_we_know(client=client), ensure_ascii=False)

    assert known.count(SECRET) == 13
    for text in ("taina@example.com", "+79997654321", "+79997654322", "Согласна"):
        assert text in known


def test_nothing_of_a_forgotten_client_is_left_in_any_table(ours: World, client: Client) -> None:
    assert SECRET.lower() in everything()

    privacy.erase_client(client_id=client.pk, by=ours.nina, typed_name=client.name.upper(), now=timezone.now())

    kept = everything()
    for text in (SECRET.lower(), "taina@example.com", "9997654321", "9997654322", "7654321"):
        assert text not in kept


def test_visits_and_sums_stay(ours: World, client: Client, told: list[int]) -> None:
    before = AppointmentLine.objects.of(ours.ours.organization).filter(appointment__client=client).count()

    privacy.erase_client(client_id=client.pk, by=ours.nina, typed_name=client.name, now=timezone.now())

    assert AppointmentLine.objects.of(ours.ours.organization).filter(appointment__client=client).count() == before > 0
    assert told == [client.pk]
    assert not WaitlistEntry.objects.of(ours.ours.organization).filter(client=client, closed_on=None).exists()


def test_a_forgotten_client_is_neither_found_nor_contacted_nor_changed(ours: World, client: Client) -> None:
    erased = privacy.erase_client(client_id=client.pk, by=ours.nina, typed_name=client.name, now=timezone.now())

    assert client not in clients_page(user=ours.nina).clients
    refused = may_contact(
        client=erased, channel=Consent.Channel.CALL, purpose=Consent.Purpose.SERVICE, now=timezone.now()
    )
    assert refused == Refused(Reason.ERASED)
    with pytest.raises(Client.DoesNotExist):
        clients.change_client(client_id=client.pk, by=ours.nina, facts={"name": "Снова"})
    assert visits.mark_came(appointment_id=ours.center.visit.pk, by=ours.nina, now=timezone.now()).pk


def test_forgetting_wants_the_name_and_is_done_once(ours: World, client: Client, told: list[int]) -> None:
    with pytest.raises(privacy.OtherName):
        privacy.erase_client(client_id=client.pk, by=ours.nina, typed_name="Другая", now=timezone.now())
    for _ in range(2):
        privacy.erase_client(client_id=client.pk, by=ours.nina, typed_name=client.name, now=timezone.now())

    assert told == [client.pk]


def test_a_client_of_another_branch_is_not_forgotten(ours: World) -> None:
    with pytest.raises(Client.DoesNotExist):
        privacy.erase_client(
            client_id=ours.center.client.pk, by=ours.maria, typed_name=ours.center.client.name, now=timezone.now()
        )
