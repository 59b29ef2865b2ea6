"""Why a client is on the list of a day or not, for any client and any day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vernis.book import facts
from vernis.book.models import Service, Staff
from vernis.engine.explain import explain
from vernis.warehouse.database import identifier
from vernis.warehouse.errors import DataError
from vernis.warehouse.histories import question_of
from vernis.warehouse.settings_file import rules_from
from vernis.warehouse.speech import Sentence, Speech
from vernis.worklist.models import LearnedInterval
from vernis.worklist.queries.learned import learned_by
from vernis.worklist.queries.past import list_of_day

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import Organization
    from vernis.book.models import Client


class Why(NamedTuple):
    """The answer, in the language being spoken (`lib.texts.speaking`): every block speaks or has nothing to say."""

    client_id: int
    as_of: datetime.date
    is_listed: bool
    is_silent: bool  # asked not to be called: is in no block
    facts: str
    cycles: list[str]
    bookings: list[str]
    sentences: list[Sentence]

    @property
    def listed(self) -> list[Sentence]:
        """The blocks in which the client is."""
        return [sentence for sentence in self.sentences if sentence.is_listed]

    @property
    def absent(self) -> list[Sentence]:
        """Why the client is not in the other blocks."""
        return [sentence for sentence in self.sentences if not sentence.is_listed]


def why(client: Client, as_of: datetime.date) -> Why:
    """Say why the client is on the list of a day or not, from what was known on that day; raises DataError."""
    organization = client.organization
    ground = facts.ground(organization)
    question = question_of(ground, as_of, rules_from(organization.rules), _learned_on(organization, as_of))
    told = facts.of_client(client, ground)
    explanation = explain(told.history, question)
    services = Service.objects.of(organization).values_list("pk", "title")
    staff = Staff.objects.of(organization).filter(pk__in=[int(text) for text in told.staff if text])
    speech = Speech(
        explanation,
        question,
        told.history,
        ground.shared._replace(staff=told.staff),
        as_of,
        {identifier(pk): title for pk, title in services},
        {identifier(pk): name for pk, name in staff.values_list("pk", "name")},
        currency=client.branch.currency if client.branch else organization.currency,
    )
    sentences = speech.sentences()
    return Why(
        client_id=client.pk,
        as_of=as_of,
        is_listed=any(sentence.is_listed for sentence in sentences),
        is_silent=explanation.must_not_be_called,
        facts=speech.facts(),
        cycles=speech.cycles(),
        bookings=speech.bookings(),
        sentences=sentences,
    )


def _learned_on(organization: Organization, as_of: datetime.date) -> dict[str, int]:
    """Return the learned intervals of a day: those of its run, else from the facts of everybody."""
    latest = LearnedInterval.objects.of(organization).order_by("-as_of").values_list("as_of", flat=True).first()
    if latest is None or as_of >= latest or LearnedInterval.objects.of(organization).filter(as_of=as_of).exists():
        return learned_by(organization, as_of)
    try:
        return list_of_day(organization, as_of).learned
    except DataError:
        return learned_by(organization, as_of)
