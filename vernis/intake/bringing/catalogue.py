"""Branches, those who serve, and services: few, so each is looked at by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vernis.accounts.models import Branch
from vernis.book.models import Service, Staff
from vernis.book.terms import folded
from vernis.intake import digests
from vernis.intake.fates import Fate, Kind
from vernis.intake.models import Link
from vernis.intake.sources import NEW_BRANCH
from vernis.intake.weighing import weigh

if TYPE_CHECKING:
    from vernis.intake.bringing.context import Context
    from vernis.intake.bringing.links import Known
    from vernis.intake.reading import Told

SERVICE_FIELDS = ("title", "category", "interval_days", "duration_minutes", "price", "is_active")
STAFF_FIELDS = ("name",)
BRANCH_FIELDS = ("name",)


def take_branches(context: Context, names: list[str]) -> None:
    """Find out which branch each name of the source means; open those that are to be opened."""
    called = {folded(branch.name): pk for pk, branch in context.branches.items()}
    known = context.links.find(Link.Kind.BRANCH, map(_branch_ref, names))
    for name in names:
        ref, answer = _branch_ref(name), context.source.branches.get(name, called.get(folded(name)))
        link = known.get(ref)
        if name not in context.source.branches and link and link.object_id in context.branches:
            answer = link.object_id
        if answer == NEW_BRANCH:
            answer = called.get(folded(name)) or (link.object_id if link else None)
            if answer not in context.branches:
                answer = _open(context, name)
                context.links.add(
                    Link.Kind.BRANCH, ref, answer, digests.of_fields(BRANCH_FIELDS, {"name": name[:200]}),
                    is_created=True,
                )  # fmt: skip
                context.tell(Kind.BRANCH, NO_ROW, Fate.NEW, object_id=answer, label=name)
        elif answer in context.branches and link is None:
            context.links.add(Link.Kind.BRANCH, ref, answer, b"", is_created=False)
        context.branch_called[name] = answer if answer in context.branches else None
        called[folded(name)] = answer or 0


NO_ROW: Told = {"file": 0, "line": 0}


def _branch_ref(name: str) -> bytes:
    return digests.of_ref(folded(name))


def _open(context: Context, name: str) -> int:
    of = context.organization
    branch = Branch(organization=of, name=name[:200], timezone=of.timezone, country=of.country, currency=of.currency)
    context.create([branch], Branch)
    context.branches[branch.pk] = branch
    return branch.pk


class Catalogue:
    """Services and those who serve, whom appointments name by refs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._services = {service.pk: service for service in Service.objects.of(context.organization)}
        self._staff = {staff.pk: staff for staff in Staff.objects.of(context.organization)}
        self._of_ref: dict[tuple[str, str], int | None] = {}

    def service_of(self, ref: str | None) -> int | None:
        """Return our service for a ref of the source."""
        return self._object_of(Link.Kind.SERVICE, ref, self._services)

    def staff_of(self, ref: str | None) -> int | None:
        """Return our master for a ref of the source."""
        return self._object_of(Link.Kind.STAFF, ref, self._staff)

    def _object_of(self, kind: Link.Kind, ref: str | None, there: dict[int, Any]) -> int | None:
        if not ref:
            return None
        if (kind, ref) not in self._of_ref:
            known = self._context.links.find(kind, [digests.of_ref(ref)]).get(digests.of_ref(ref))
            self._of_ref[kind, ref] = known.object_id if known and known.object_id in there else None
        return self._of_ref[kind, ref]

    def take_services(self, rows: list[Told]) -> None:
        """Bring in services: by ref, else by number, else by title."""
        known = self._context.links.find(Link.Kind.SERVICE, (digests.of_ref(row["ref"]) for row in rows))
        for row in rows:
            title = (row["title"] or row["external_id"] or row["ref"])[:200]
            wanted = {
                "title": title, "category": (row["category"] or "")[:100],
                "interval_days": _between(row["interval_days"], 1, 3650),
                "duration_minutes": _between(row["minutes"], 1, 1440), "price": row["price"],
                "is_active": row["is_active"],
            }  # fmt: skip
            self._take(
                Kind.SERVICE, Link.Kind.SERVICE, row, known, wanted, SERVICE_FIELDS, self._services,
                lambda row=row, title=title: self._find_service(row, title),
                lambda wanted=wanted, row=row: Service(
                    organization=self._context.organization, external_id=(row["external_id"] or "")[:100],
                    **{name: value for name, value in wanted.items() if value is not None},
                ),
            )  # fmt: skip

    def take_staff(self, rows: list[Told]) -> None:
        """Bring in those who serve: by ref, else by name."""
        known = self._context.links.find(Link.Kind.STAFF, (digests.of_ref(row["ref"]) for row in rows))
        for row in rows:
            wanted = {"name": (row["name"] or row["external_id"] or row["ref"])[:200]}
            self._take(
                Kind.STAFF, Link.Kind.STAFF, row, known, wanted, STAFF_FIELDS, self._staff,
                lambda name=wanted["name"]: self._named(name),
                lambda name=wanted["name"], row=row: Staff(
                    organization=self._context.organization, external_id=(row["external_id"] or "")[:100], name=name
                ),
            )  # fmt: skip

    def _take(
        self, kind: Kind, link_kind: Link.Kind, row: Told, known: dict[bytes, Known], wanted: dict[str, Any],
        fields: tuple[str, ...], there: dict[int, Any], find: Any, make: Any,
    ) -> None:  # fmt: skip
        context, ref = self._context, digests.of_ref(row["ref"])
        link, label = known.get(ref), wanted[fields[0]]
        thing = there.get(link.object_id) if link else find()
        if thing is None and link is None:
            thing = make()
            context.create([thing], type(thing))
            there[thing.pk] = thing
            said = digests.of_fields(fields, wanted)
            context.links.add(link_kind, ref, thing.pk, said, is_created=True)
            context.tell(kind, row, Fate.NEW, object_id=thing.pk, label=label)
        elif thing is None:  # was deleted here, and stays so
            context.tell(kind, row, Fate.SAME, note="look:gone", label=label)
        else:
            current = {name: getattr(thing, name) for name in fields}
            verdict = weigh(fields, wanted, link.said if link else None, current)
            if not link:
                verdict.changes.pop("is_active", None)
            before = {name: [current[name], digests.of_value(value).hex()] for name, value in verdict.changes.items()}
            if link is None:
                made = context.links.add(link_kind, ref, thing.pk, verdict.said, is_created=False)
                context.links.change(made, said=verdict.said, before=before, is_new=True)
            elif link.link and (verdict.said != link.said or before):
                context.links.change(link.link, said=verdict.said, before=before, is_new=False)
            for name, value in verdict.changes.items():
                setattr(thing, name, value)
            if verdict.changes and context.writes:
                type(thing)._default_manager.filter(pk=thing.pk).update(**verdict.changes)
            fate = Fate.MERGED if link is None else Fate.CHANGED if verdict.changes else Fate.SAME
            note = f"kept:{','.join(verdict.kept)}" if verdict.kept else ""
            context.tell(kind, row, fate, note=note, object_id=thing.pk, label=label)
        if link is None:
            known[ref] = context.links.find(link_kind, [ref])[ref]

    def _find_service(self, row: Told, title: str) -> Service | None:
        if row["external_id"]:
            for service in self._services.values():
                if service.external_id == row["external_id"] and (
                    not row["title"] or folded(service.title) == folded(title)
                ):
                    return service
        same = [service for service in self._services.values() if folded(service.title) == folded(title)]
        category = folded(row["category"] or "")
        of_category = [service for service in same if folded(service.category) == category]
        if category and not of_category:
            return next((service for service in same if not service.category), None)
        return next(iter(of_category or same), None)

    def _named(self, name: str) -> Staff | None:
        same = [staff for staff in self._staff.values() if folded(staff.name) == folded(name)]
        return max(same, key=lambda staff: staff.is_active, default=None)


def _between(number: int | None, least: int, most: int) -> int | None:
    return number if number is not None and least <= number <= most else None
