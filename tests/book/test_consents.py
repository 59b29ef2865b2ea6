"""Whom we may contact."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.people import World
from vernis.book.models import Client, Consent, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.book.operations.consents import record_consent
from vernis.book.queries.consents import Allowed, Reason, Refused, in_force, may_contact

SMS, CALL = Consent.Channel.SMS, Consent.Channel.CALL
ADVERTISING, SERVICE = Consent.Purpose.ADVERTISING, Consent.Purpose.SERVICE


def say(world: World, is_given: bool, at: datetime.datetime | None = None, key: uuid.UUID | None = None) -> Consent:
    return record_consent(
        client_id=world.center.client.pk,
        by=world.olga,
        channel=SMS,
        purpose=ADVERTISING,
        is_given=is_given,
        means=Consent.Means.PAPER,
        wording="Согласна",
        now=at or timezone.now(),
        key=key,
    )


def ask(world: World, channel: Consent.Channel = SMS, purpose: Consent.Purpose = ADVERTISING) -> Allowed | Refused:
    client = Client.objects.get(pk=world.center.client.pk)
    return may_contact(client=client, channel=channel, purpose=purpose, now=timezone.now())


def asked_not_to_be_called(world: World, *, is_undone: bool = False) -> None:
    Contact.objects.create(
        organization=world.ours.organization,
        client=world.center.client,
        branch=world.center.branch,
        block=Block.DUE,
        anchor="x",
        call=uuid.uuid4(),
        key=uuid.uuid4(),
        made_at=timezone.now() - datetime.timedelta(days=900),
        outcome=Outcome.DO_NOT_CALL,
        undone_at=timezone.now() if is_undone else None,
    )


def test_offers_need_a_consent_and_visits_do_not(ours: World) -> None:
    assert ask(ours) == Refused(Reason.NOT_GIVEN)
    assert isinstance(ask(ours, CALL, SERVICE), Allowed)
    assert isinstance(ask(ours, SMS, SERVICE), Allowed)


def test_the_latest_word_holds(ours: World) -> None:
    given_now = say(ours, True)
    assert ask(ours) == Allowed(given_now)

    say(ours, False)
    assert ask(ours) == Refused(Reason.WITHDRAWN)

    again = say(ours, True)
    assert ask(ours) == Allowed(again)


def test_a_consent_is_for_one_channel_and_one_purpose(ours: World) -> None:
    say(ours, True)

    assert ask(ours, CALL) == Refused(Reason.NOT_GIVEN)


def test_who_asked_not_to_be_called_is_left_alone_by_every_channel_whatever_came_later(ours: World) -> None:
    asked_not_to_be_called(ours)
    say(ours, True)

    for channel in Consent.Channel:
        for purpose in Consent.Purpose:
            assert ask(ours, channel, purpose) == Refused(Reason.DO_NOT_CALL)


def test_a_contact_taken_back_says_nothing(ours: World) -> None:
    asked_not_to_be_called(ours, is_undone=True)

    assert isinstance(ask(ours, CALL, SERVICE), Allowed)


def test_twice_is_once(ours: World, told: list[int]) -> None:
    key = uuid.uuid4()

    assert say(ours, True, key=key) == say(ours, True, key=key)
    assert len(told) == 1
    assert [event.channel for event in in_force(client=ours.center.client)] == [CALL, SMS]


def test_consents_of_another_branch_are_not_recorded(ours: World) -> None:
    with pytest.raises(Client.DoesNotExist):
        record_consent(
            client_id=ours.north.client.pk, by=ours.olga, channel=SMS, purpose=ADVERTISING, is_given=True,
            means=Consent.Means.PAPER, wording="", now=timezone.now(),
        )  # fmt: skip


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.booleans(), max_size=6))
def test_nobody_is_contacted_after_a_withdrawal(ours: World, words: list[bool]) -> None:
    Consent.objects.of(ours.ours.organization).filter(channel=SMS).delete()
    start = timezone.now() - datetime.timedelta(days=1)
    for number, is_given in enumerate(words):
        say(ours, is_given, at=start + datetime.timedelta(minutes=number))

    assert isinstance(ask(ours), Allowed) == bool(words and words[-1])
