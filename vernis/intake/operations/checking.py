"""Reading the files by their mapping, and the dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq

from vernis.accounts.models import Branch
from vernis.accounts.tenancy import scoped_to
from vernis.book.terms import folded
from vernis.connectors import spreadsheets
from vernis.intake import digests, places, reading
from vernis.intake.models import Import, Link
from vernis.intake.operations.applying import plan
from vernis.intake.operations.uploading import mapping_of, sources_of
from vernis.warehouse.progress import Progress, no_progress

if TYPE_CHECKING:
    import datetime
    from pathlib import Path


def check(*, of_import: Import, now: datetime.datetime, progress: Progress = no_progress) -> None:
    """Read the files of an import into tables, compare them with the book, and keep the balance of the plan.

    Raises what the connector raises: NotASpreadsheet, NotMapped.
    """
    with scoped_to(of_import.organization_id):
        one = Import.objects.select_related("organization").get(pk=of_import.pk)
        mapping, sources = mapping_of(one), sources_of(one)
        Import.objects.filter(pk=one.pk).update(beat_at=now)
    staged = spreadsheets.stage(
        sources, mapping, into=places.tables_of(one), country=one.organization.country,
        today=now.astimezone(one.organization.zone).date(),
        progress=lambda share: progress("read", int(share * 100), 100),
    )  # fmt: skip
    with scoped_to(one.organization_id):
        for balance in staged.balances:
            one.files.filter(number=balance.file).update(
                lines=balance.lines, rows=balance.rows, skipped=balance.skipped
            )
    plan_again(of_import=one, now=now, progress=progress)


def plan_again(*, of_import: Import, now: datetime.datetime, progress: Progress = no_progress) -> None:
    """Compare the tables of an import with the book, anew: after an answer, or when time has passed."""
    balance = plan(of_import=of_import, now=now, progress=progress)
    with scoped_to(of_import.organization_id):
        one = Import.objects.get(pk=of_import.pk)
        one.balance, one.state, one.fault = balance.as_json(), Import.State.CHECKED, ""
        one.balance["unknown_branches"] = unknown_branches(one)
        one.balance["asks_branch"] = asks_branch(one)
        one.save(update_fields=["balance", "state", "fault"])


def unknown_branches(one: Import) -> list[str]:
    """Return the names of branches in the files that mean none of ours as far as we know."""
    known = {folded(name) for name in Branch.objects.of(one.organization_id).values_list("name", flat=True)}
    names = [name for name in reading.branch_names(places.tables_of(one)) if folded(name) not in known]
    refs = {digests.of_ref(folded(name)): name for name in names}
    linked = Link.objects.of(one.organization_id).filter(source=one.source, kind=Link.Kind.BRANCH, ref__in=refs)
    found = {refs[bytes(ref)] for ref in linked.values_list("ref", flat=True)}
    return [name for name in names if name not in found]


def asks_branch(one: Import) -> bool:
    """Tell whether somebody must say to which branch rows belong that name none."""
    if Branch.objects.of(one.organization_id).filter(is_active=True).count() < 2:
        return False
    return any(_has_nameless(places.tables_of(one) / f"{table}.parquet") for table in ("clients", "appointments"))


def _has_nameless(path: Path) -> bool:
    if not path.exists():
        return False
    if "branch" not in pq.read_schema(path).names:
        return True
    column = pq.read_table(path, columns=["branch"])["branch"]
    return bool(pc.any(pc.is_null(column)).as_py()) or bool(pc.any(pc.equal(column, "")).as_py())
