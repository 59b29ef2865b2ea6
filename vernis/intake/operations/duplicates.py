"""Looking for cards of one person: all over an organization, and around one client who is new or has changed."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from vernis.book.models import Client
from vernis.book.queries.merges import survivors
from vernis.intake.evidence import COLUMNS, Person, Verdict, compared, keys
from vernis.intake.models import DuplicateKey, DuplicatePair

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator

    from vernis.accounts.models import User

MOST_OF_ONE_KEY = 12
"""So many cards under one phone are no family: it is the phone of the desk. The page "Truth of the data" tells."""
AT_ONCE = 2_000


def look_everywhere(*, organization_id: int, now: datetime.datetime) -> int:
    """Find every pair of an organization anew; what people have decided stays. Returns how many pairs are open."""
    with transaction.atomic():
        people = {person.pk: person for person in _people(Client.objects.of(organization_id))}
        keys_of = {pk: keys(person) for pk, person in people.items()}
        _write_keys(organization_id, keys_of)
        under: dict[int, list[int]] = defaultdict(list)
        for pk, mine in keys_of.items():
            for key in mine:
                under[key].append(pk)
        pairs = {
            pair
            for clients in under.values()
            if 1 < len(clients) <= MOST_OF_ONE_KEY
            for pair in combinations(sorted(clients), 2)
        }
        found = _judged(pairs, people)
        rows = DuplicatePair.objects.of(organization_id)
        _save(organization_id, rows, found, now)
    return len(found)


def look_around(*, client_id: int, now: datetime.datetime) -> None:
    """Find the pairs of one client anew, if what is compared has changed."""
    client = Client.objects.filter(pk=client_id, erased_at=None).first()
    rows = DuplicateKey.objects.filter(client=client_id)
    known = set(rows.values_list("key", flat=True))
    if client is None:  # merged or forgotten
        if known:
            rows.delete()
            DuplicatePair.objects.filter(Q(first=client_id) | Q(second=client_id), are_different=False).delete()
        return
    person = next(_people(Client.objects.filter(pk=client_id)))
    wanted = keys(person)
    pairs = DuplicatePair.objects.filter(Q(first=client_id) | Q(second=client_id))
    if wanted != known:
        rows.filter(key__in=known - wanted).delete()
        DuplicateKey.objects.bulk_create(
            DuplicateKey(organization_id=client.organization_id, client=client, key=key) for key in wanted - known
        )
    elif not pairs.exists():
        return
    of = DuplicateKey.objects.of(client.organization_id).filter(key__in=wanted)
    common = of.values("key").annotate(n=Count("pk")).filter(n__lte=MOST_OF_ONE_KEY).order_by().values("key")
    others = of.filter(key__in=common).exclude(client=client_id).values("client")
    people = {one.pk: one for one in _people(Client.objects.filter(pk__in=others))} | {client_id: person}
    found = _judged({tuple(sorted((client_id, pk))) for pk in people if pk != client_id}, people)  # type: ignore[misc]
    _save(client.organization_id, pairs, found, now)


def say_different(*, first_id: int, second_id: int, by: User, now: datetime.datetime) -> DuplicatePair:
    """Note for good that two cards are of different people. Raises `Client.DoesNotExist`."""
    first_id, second_id = sorted((first_id, second_id))
    with transaction.atomic():
        seen = Client.objects.visible_to(by).filter(pk__in=(first_id, second_id))
        people = {person.pk: person for person in _people(seen)}
        if len(people) < 2:
            raise Client.DoesNotExist
        verdict = compared(people[first_id], people[second_id])
        pair, _is_new = DuplicatePair.objects.update_or_create(
            first_id=first_id,
            second_id=second_id,
            defaults={"are_different": True, "decided_by": by, "decided_at": now},
            create_defaults={
                "organization_id": by.organization_id, "kind": verdict.kind if verdict else "family",
                "score": verdict.score if verdict else 0, "reasons": list(verdict.reasons) if verdict else [],
                "found_at": now, "are_different": True, "decided_by": by, "decided_at": now,
            },
        )  # fmt: skip
    return pair


def ask_again(*, pair_id: int, by: User) -> None:
    """Take back that two cards are of different people. Raises `DuplicatePair.DoesNotExist`."""
    with transaction.atomic():
        seen = Client.objects.visible_to(by).values("pk")
        pair = DuplicatePair.objects.of(by.organization_id).filter(first__in=seen, second__in=seen).get(pk=pair_id)
        pair.are_different, pair.decided_by, pair.decided_at = False, None, None
        pair.save(update_fields=["are_different", "decided_by", "decided_at"])


def note_change(sender: Any, *, client_id: int, now: datetime.datetime | None = None, **_more: Any) -> None:
    """Look around a client about whom something has changed."""
    look_around(client_id=client_id, now=now or timezone.now())


def _people(clients: Any) -> Iterator[Person]:
    rows = clients.filter(erased_at=None).order_by("pk").values_list(*COLUMNS)
    return map(Person._make, rows.iterator(AT_ONCE))


def _judged(pairs: Iterable[tuple[int, int]], people: dict[int, Person]) -> dict[tuple[int, int], Verdict]:
    verdicts = ((pair, compared(people[pair[0]], people[pair[1]])) for pair in pairs)
    return {pair: verdict for pair, verdict in verdicts if verdict is not None}


def _write_keys(organization_id: int, keys_of: dict[int, set[int]]) -> None:
    known: dict[int, set[int]] = defaultdict(set)
    rows = DuplicateKey.objects.of(organization_id)
    for client, key in rows.values_list("client", "key").iterator(AT_ONCE):
        known[client].add(key)
    stale = [client for client, found in known.items() if found != keys_of.get(client)]
    for start in range(0, len(stale), AT_ONCE):
        rows.filter(client__in=stale[start : start + AT_ONCE]).delete()
    DuplicateKey.objects.bulk_create(
        (
            DuplicateKey(organization_id=organization_id, client_id=client, key=key)
            for client, wanted in keys_of.items()
            if known.get(client) != wanted
            for key in sorted(wanted)
        ),
        batch_size=AT_ONCE,
    )


def _save(organization_id: int, rows: Any, found: dict[tuple[int, int], Verdict], now: datetime.datetime) -> None:
    """Bring pairs up to date; those of whom people said that they are different stay, for merged cards as well."""
    known = {(pair.first_id, pair.second_id): pair for pair in rows}
    different = _different(organization_id)
    above = survivors(organization_id) if different else {}
    apart = {tuple(sorted((above.get(one, one), above.get(other, other)))) for one, other in different}
    gone = [pair.pk for key, pair in known.items() if not pair.are_different and key not in found]
    for start in range(0, len(gone), AT_ONCE):
        rows.filter(pk__in=gone[start : start + AT_ONCE]).delete()
    changed, new = [], []
    for key, verdict in found.items():
        pair = known.get(key)
        values = {"kind": str(verdict.kind), "score": verdict.score, "reasons": list(verdict.reasons)}
        if pair is None and key not in apart:
            first, second = key
            new.append(
                DuplicatePair(organization_id=organization_id, first_id=first, second_id=second, found_at=now, **values)
            )
        elif pair is not None and any(getattr(pair, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(pair, name, value)
            changed.append(pair)
    DuplicatePair.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    DuplicatePair.objects.bulk_update(changed, ["kind", "score", "reasons"], batch_size=500)


def _different(organization_id: int) -> list[tuple[int, int]]:
    rows = DuplicatePair.objects.of(organization_id).filter(are_different=True)
    return list(rows.values_list("first", "second"))
