"""Making two cards of one person one, and undoing it.

Rows are never copied: they go to the surviving card, and a row away from home remembers it (`MovedRow`). Whoever has a
row follows from its home and the merges in force, so merges can be undone in any order. The columns of a card are a
pile: what it was, then what each merge made of it; taking a layer out lets what lay below shine through the layers
above that had not chosen otherwise, and leaves alone what people have typed since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from vernis.accounts.models import Organization
from vernis.book import merging
from vernis.book.merging import COLUMNS, FOLLOWERS, SIDES, Card, card_of, outcome
from vernis.book.models import Client, Consent, Merge, MovedRow, SearchTerm
from vernis.book.operations import searching
from vernis.book.queries.merges import survivor_id, tree_of
from vernis.book.signals import cards_merging, facts_changed

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from vernis.accounts.models import User


class SameCard(ValueError):
    """A card cannot be merged into itself."""


class NotAChoice(ValueError):
    """A field cannot take this value."""


class InConversation(Exception):
    """Somebody is talking to one of the two just now; `name`: who."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class CannotBeUndone(Exception):
    """The client has been forgotten since, and the two cards with her."""


@dataclass(frozen=True)
class Undone:
    """`kept`: columns of the card that people have changed since the merge, which stay as they are."""

    merge: Merge
    kept: list[str]


def merge_clients(
    *, survivor_id: int, absorbed_id: int, by: User, now: datetime.datetime, choices: Mapping[str, str] | None = None
) -> Merge:
    """Let one card stand for two; the same again returns the same merge.

    `choices` says whose value a field takes, by `merging.FIELDS`; what is not named is chosen so that least is lost.
    Of consents the stricter answer holds until the client says otherwise. Raises SameCard, NotAChoice, InConversation,
    `Client.DoesNotExist`. Sends `cards_merging` before and `facts_changed` after.
    """
    if survivor_id == absorbed_id:
        raise SameCard
    with transaction.atomic():
        _alone(by.organization_id)
        known = Merge.objects.of(by.organization_id).filter(absorbed=absorbed_id, survivor=survivor_id, undone_at=None)
        if (merge := known.first()) and Client.objects.visible_to(by).filter(pk=survivor_id).exists():
            return merge
        rows = Client.objects.visible_to(by).filter(erased_at=None, pk__in=(survivor_id, absorbed_id))
        held = {client.pk: client for client in rows.select_for_update(of=("self",)).order_by("pk")}
        if len(held) < 2:
            raise Client.DoesNotExist
        survivor, absorbed = held[survivor_id], held[absorbed_id]
        cards_merging.send(sender=Merge, client_ids=(survivor_id, absorbed_id), by=by, now=now)
        mine, theirs = card_of(survivor), card_of(absorbed)
        chosen = proposed(survivor, absorbed) | _checked(choices or {})
        merge = Merge.objects.create(
            organization_id=by.organization_id, survivor=survivor, absorbed=absorbed, at=now, made_by=by,
            choices=chosen, before=mine, theirs=theirs, after=outcome(mine, theirs, chosen), moved=_counts(absorbed),
        )  # fmt: skip
        _bring_over(absorbed, survivor)
        absorbed.merged_into = survivor
        absorbed.save(update_fields=["merged_into"])
        SearchTerm.objects.of(by.organization_id).filter(client=absorbed).delete()
        _write(survivor, merge.after)
        _keep_strictest(merge)
        _tell(survivor_id, absorbed_id, now)
    return merge


def unmerge_clients(*, merge_id: int, by: User, now: datetime.datetime) -> Undone:
    """Give both cards back what was theirs; what has been written since stays with the survivor.

    Merges may be undone in any order; undone already, nothing happens. Raises CannotBeUndone, `Merge.DoesNotExist`,
    `Client.DoesNotExist` where the person may not see both cards. Sends `facts_changed`.
    """
    with transaction.atomic():
        _alone(by.organization_id)
        merge: Merge = Merge.objects.of(by.organization_id).select_for_update(of=("self",)).get(pk=merge_id)
        root = survivor_id(merge.survivor_id)
        both = Client.everyone.visible_to(by).filter(pk__in={root, merge.absorbed_id}).order_by("pk")
        held = {client.pk: client for client in both.select_for_update(of=("self",))}
        if len(held) < 2:
            raise Client.DoesNotExist
        if merge.undone_at is not None:
            return Undone(merge, [])
        if not merge.before:
            raise CannotBeUndone
        family = tree_of(merge.absorbed_id)
        absorbed = held[merge.absorbed_id]
        merge.undone_at, merge.undone_by = now, by
        merge.save(update_fields=["undone_at", "undone_by"])
        absorbed.merged_into = None
        absorbed.save(update_fields=["merged_into", "changed_at"])
        _bring_home(family, absorbed)
        kept = _take_out(merge)
        _forget_answers(merge, root, family)
        searching.index(absorbed)
        _tell(root, merge.absorbed_id, now)
    return Undone(merge, kept)


def proposed(survivor: Client, absorbed: Client) -> dict[str, str]:
    """Return the choices that lose least."""
    latest = {
        client.pk: client.appointments.filter(status="completed")
        .order_by("-starts_at")
        .values_list("starts_at", flat=True)
        for client in (survivor, absorbed)
    }
    mine, theirs = latest[survivor.pk].first(), latest[absorbed.pk].first()
    is_later = theirs is not None and (mine is None or theirs > mine)
    return merging.defaults(card_of(survivor), card_of(absorbed), theirs_is_later=is_later)


def _checked(choices: Mapping[str, str]) -> dict[str, str]:
    if any(side not in SIDES.get(name, ()) for name, side in choices.items()):
        raise NotAChoice
    return dict(choices)


def _alone(organization_id: int) -> None:
    """Let nobody else merge or undo in this organization: the merges hang together."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def _counts(absorbed: Client) -> dict[str, int]:
    return {
        one.label: one.model._base_manager.filter(one.where, **{one.field: absorbed.pk}).count() for one in FOLLOWERS
    }


def _bring_over(absorbed: Client, survivor: Client) -> None:
    for one in FOLLOWERS:
        rows = one.model._base_manager.filter(one.where, **{one.field: absorbed.pk})
        away = set(
            MovedRow.objects.filter(table=one.label, home__in=tree_of(absorbed.pk)).values_list("row", flat=True)
        )
        MovedRow.objects.bulk_create(
            MovedRow(organization_id=absorbed.organization_id, home=absorbed, table=one.label, row=row)
            for row in rows.values_list("pk", flat=True)
            if row not in away
        )
        rows.update(**{one.field: survivor.pk})


def _bring_home(family: list[int], absorbed: Client) -> None:
    """Give an absorbed card back its rows, and those that had come to it from cards of its own."""
    moved = MovedRow.objects.of(absorbed.organization_id)
    for one in FOLLOWERS:
        rows = moved.filter(table=one.label, home__in=family).values("row")
        one.model._base_manager.filter(pk__in=rows).update(**{one.field: absorbed.pk})
    moved.filter(home=absorbed).delete()


def _take_out(merge: Merge) -> list[str]:
    """Take the layer of a merge out of the pile; returns the columns that people have changed since."""
    kept: list[str] = []
    _shine_through(merge, dict(merge.after), {name: merge.before[name] for name in COLUMNS}, kept)
    return kept


def _shine_through(merge: Merge, old: Card, new: Card, kept: list[str]) -> None:
    """Let the layers above `merge` know that what they lie on was `old` and is now `new`."""
    above = Merge.objects.filter(survivor=merge.survivor_id, undone_at=None, pk__gt=merge.pk).order_by("pk")
    for layer in above:
        changes = _replaced(layer.before, old, new)
        kept += [name for name in COLUMNS if old[name] != new[name] and name not in changes]
        old, new = _relaid(layer, {**layer.before, **changes}, layer.theirs)
    survivor = Client.everyone.get(pk=merge.survivor_id)
    now = {name: getattr(survivor, name) for name in COLUMNS}
    changes = _replaced(now, old, new)
    kept += [name for name in COLUMNS if old[name] != new[name] and name not in changes]
    if changes:
        _write(survivor, {**now, **changes})
    elif survivor.merged_into_id is None:
        searching.index(survivor)
    taken = Merge.objects.filter(absorbed=survivor, undone_at=None).first()
    if taken is not None and changes:
        old, new = _relaid(taken, taken.before, {**taken.theirs, **changes})
        _shine_through(taken, old, new, kept)
    elif taken is not None:
        searching.index(Client.everyone.get(pk=survivor_id(taken.survivor_id)))


def _relaid(layer: Merge, before: Card, theirs: Card) -> tuple[Card, Card]:
    """Change what a layer lies on; returns what could be seen before and what can be seen now."""
    old = layer.after
    layer.before, layer.theirs, layer.after = before, theirs, outcome(before, theirs, layer.choices)
    layer.save(update_fields=["before", "theirs", "after"])
    return old, layer.after


def _replaced(card: Mapping[str, object], old: Card, new: Card) -> Card:
    return {name: new[name] for name in COLUMNS if old[name] != new[name] and card[name] == old[name]}


def _write(client: Client, values: Card) -> None:
    for name in COLUMNS:
        setattr(client, name, values[name])
    searching.prepare(client)
    client.save()
    if client.merged_into_id is None:
        searching.index(client)


def _forget_answers(merge: Merge, root: int, family: list[int]) -> None:
    """Take back the answers that a merge has made stricter, and look at the later ones anew."""
    _take_back(merge, list(merge.consents.values_list("pk", flat=True)))
    touched = {*tree_of(root), *family}
    later = Merge.objects.filter(undone_at=None, pk__gt=merge.pk, survivor__in=touched)
    for other in later.order_by("pk"):
        _keep_strictest(other)


def _keep_strictest(merge: Merge) -> None:
    """Add a refusal wherever one of the two cards had one and the latest word of both together would be a consent."""
    root = survivor_id(merge.survivor_id)
    theirs = set(tree_of(merge.absorbed_id, before=merge.pk))
    ours = set(tree_of(merge.survivor_id, before=merge.pk))
    homes = dict(MovedRow.objects.filter(table="book.consent", home__in={*ours, *theirs}).values_list("row", "home"))
    answers: dict[tuple[str, str], dict[bool, Consent]] = {}
    latest: dict[tuple[str, str], Consent] = {}
    events = Consent.objects.of(merge.organization_id).filter(client=root, at__lte=merge.at).exclude(merge=merge)
    for event in events.order_by("at", "pk"):
        home = homes.get(event.pk, root)
        if home in theirs or home in ours:
            answers.setdefault((event.channel, event.purpose), {})[home in theirs] = event
            latest[event.channel, event.purpose] = event
    wanted = {
        place
        for place, sides in answers.items()
        if latest[place].is_given and not all(event.is_given for event in sides.values())
    }
    known = {(event.channel, event.purpose): event for event in merge.consents.all()}
    _take_back(merge, [event.pk for place, event in known.items() if place not in wanted])
    for channel, purpose in sorted(wanted - set(known)):
        _refuse(merge, root, channel, purpose)


def _take_back(merge: Merge, events: list[int]) -> None:
    merge.consents.filter(pk__in=events).delete()
    MovedRow.objects.of(merge.organization_id).filter(table="book.consent", row__in=events).delete()


def _refuse(merge: Merge, root: int, channel: str, purpose: str) -> None:
    event = Consent.objects.create(
        organization_id=merge.organization_id, client_id=root, channel=channel, purpose=purpose, is_given=False,
        means=Consent.Means.MERGED, merge=merge, recorded_by_id=merge.made_by_id, at=merge.at,
    )  # fmt: skip
    if root != merge.survivor_id:
        MovedRow.objects.create(
            organization_id=merge.organization_id, home_id=merge.survivor_id, table="book.consent", row=event.pk
        )


def _tell(survivor: int, absorbed: int, now: datetime.datetime) -> None:
    for client_id in (absorbed, survivor):
        facts_changed.send(sender=Merge, client_id=client_id, now=now)
