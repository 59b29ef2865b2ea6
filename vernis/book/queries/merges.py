"""Whose card stands for whom, what was merged and what has come since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vernis.book.models import Appointment, Client, Consent, Contact, Merge, MovedRow, WaitlistEntry
from vernis.warehouse.database import traits_text

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import Organization, User


@dataclass(frozen=True)
class Since:
    """What has been written on a merged card since: it stays there when the merge is undone."""

    appointments: list[Appointment]
    contacts: list[Contact]
    consents: list[Consent]
    entries: list[WaitlistEntry]
    fields: list[str]  # columns of the card that people have changed since

    @property
    def count(self) -> int:
        """How many facts there are."""
        facts = self.appointments, self.contacts, self.consents, self.entries
        return sum(len(rows) for rows in facts) + len(self.fields)


def survivor_id(client_id: int) -> int:
    """Return the number of the card that stands for a card: itself, or the one it was merged into."""
    seen = {client_id}
    while True:
        above = Client.everyone.filter(pk=client_id).values_list("merged_into", flat=True).first()
        if above is None or above in seen:
            return client_id
        client_id = above
        seen.add(client_id)


def survivors(organization: Organization | int) -> dict[int, int]:
    """Return for every absorbed card of an organization the card that stands for it."""
    above = dict(Client.everyone.of(organization).exclude(merged_into=None).values_list("pk", "merged_into"))
    return {pk: _root(pk, above) for pk in above}


def owners_on(organization: Organization, day: datetime.date) -> dict[int, int]:
    """Return for every card that was absorbed at the end of a day the card that stood for it then."""
    above = {
        merge.absorbed_id: merge.survivor_id
        for merge in Merge.objects.of(organization).order_by("pk")
        if _is_in_force(merge, day, organization.zone)
    }
    return {pk: _root(pk, above) for pk in above}


def cards_on(organization: Organization, day: datetime.date) -> dict[int, tuple[str, str]]:
    """Return birthday and traits, as the rules read them, of cards to which merges have given others since a day."""
    found: dict[int, tuple[str, str]] = {}
    for merge in Merge.objects.of(organization).order_by("-pk"):
        if merge.before and (merge.undone_at is None) != _is_in_force(merge, day, organization.zone):
            card = merge.before if merge.undone_at is None else merge.before | merge.after
            month, date = card["birth_month"], card["birth_day"]
            birthday = f"--{month:02d}-{date:02d}" if month else ""
            found[merge.survivor_id] = (birthday, traits_text(card["traits"]))
    return found


def _is_in_force(merge: Merge, day: datetime.date, zone: ZoneInfo) -> bool:
    if merge.at.astimezone(zone).date() > day:
        return False
    return merge.undone_at is None or merge.undone_at.astimezone(zone).date() > day


def by_external_id(organization: Organization | int, external_ids: Iterable[str]) -> dict[str, int]:
    """Return the card that stands for each external id, whether it is that of the card or of one merged into it.

    Whoever brings facts from elsewhere asks here, so that another system may go on naming either.
    """
    wanted = [external_id for external_id in external_ids if external_id]
    rows = (
        Client.everyone.of(organization).filter(external_id__in=wanted).values_list("external_id", "pk", "merged_into")
    )
    found = list(rows)
    if not any(above for _external, _pk, above in found):
        return {external_id: pk for external_id, pk, _above in found}
    above = survivors(organization)
    return {external_id: above.get(pk, pk) for external_id, pk, _above in found}


def tree_of(client_id: int, *, before: int | None = None) -> list[int]:
    """Return a card and all that were merged into it, whole families of them.

    `before`: the number of a merge; only merges made before it count.
    """
    rows = Merge.objects.filter(undone_at=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    family, layer = [client_id], [client_id]
    while layer:
        layer = list(rows.filter(survivor__in=layer).order_by("pk").values_list("absorbed", flat=True))
        family += layer
    return family


def merges_of(client_id: int) -> list[Merge]:
    """Return the merges in force that made a card what it is, the latest first."""
    rows = Merge.objects.filter(survivor__in=tree_of(client_id), undone_at=None)
    return list(rows.select_related("absorbed", "survivor", "made_by").order_by("-at", "-pk"))


def since(merge: Merge) -> Since:
    """Return what has come since a merge that is in force."""
    root = survivor_id(merge.survivor_id)

    def new(model: type, label: str, moment: str) -> list:  # type: ignore[type-arg]
        moved = MovedRow.objects.filter(table=label, home__in=tree_of(merge.absorbed_id)).values("row")
        rows = model.objects.of(merge.organization_id)  # type: ignore[attr-defined]
        return list(rows.filter(client=root, **{f"{moment}__gt": merge.at}).exclude(pk__in=moved).order_by(moment))

    client = Client.everyone.get(pk=merge.survivor_id)
    later = Merge.objects.filter(survivor=merge.survivor_id, undone_at=None, pk__gt=merge.pk).order_by("pk").first()
    now = later.before if later else {name: getattr(client, name) for name in merge.after}
    return Since(
        appointments=new(Appointment, "book.appointment", "created_at"),
        contacts=new(Contact, "book.contact", "made_at"),
        consents=[row for row in new(Consent, "book.consent", "at") if row.merge_id is None],
        entries=new(WaitlistEntry, "book.waitlistentry", "created_at"),
        fields=[name for name, value in merge.after.items() if now.get(name) != value],
    )


def latest_merges(*, user: User, most: int = 50) -> list[Merge]:
    """Return the latest merges of cards that the person may see, undone ones too."""
    seen = Client.everyone.visible_to(user).values("pk")
    rows = Merge.objects.of(user.organization_id).filter(survivor__in=seen, absorbed__in=seen)
    return list(rows.select_related("survivor", "absorbed", "made_by", "undone_by").order_by("-at", "-pk")[:most])


def _root(pk: int, above: Mapping[int, int]) -> int:
    seen = {pk}
    while (up := above.get(pk)) is not None and up not in seen:
        seen.add(up)
        pk = up
    return pk
