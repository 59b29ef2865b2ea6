"""`vernis check`: what is wrong in the data, what it spoils and how to mend it."""

import csv
import datetime
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vernis.cli.output import target
from vernis.cli.worklist import rules_of
from vernis.lib.texts import _

if TYPE_CHECKING:
    from vernis.warehouse.checks import Finding

COLORS = {"bad": "red", "doubtful": "yellow", "note": None, "fine": "green"}
ROWS_SHOWN = 3


def run(
    *,
    data: Path | None,
    organization: int | None,
    as_of: datetime.date,
    settings: Path | None,
    cache: Path | None,
    form: str,
    out: Path | None,
) -> None:
    """Check a folder of tables, or an organization of this machine's application."""
    if (data is None) == (organization is None):
        raise click.UsageError(_("Name one of --data and --organization."))
    found = _of_folder(data, as_of, settings, cache) if data else _of_organization(organization or 0)
    with target(out) as file:
        write: Any = {"table": _table, "csv": _csv, "json": _json}[form]
        text = write(found)
        if out is not None or not sys.stdout.isatty():
            text = click.unstyle(text)
        file.write(text.encode())
    sys.stdout.flush()


def _of_folder(data: Path, as_of: datetime.date, settings: Path | None, cache: Path | None) -> "list[Finding]":
    from vernis.warehouse import checks  # noqa: PLC0415

    learned = checks.learned_of(data, cache, as_of, rules_of(settings))
    return checks.check(data, as_of, learned)


def _of_organization(number: int) -> "list[Finding]":
    from vernis.cli import application  # noqa: PLC0415

    application.load()
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.models import Organization  # noqa: PLC0415
    from vernis.intake.operations.truth import check_organization  # noqa: PLC0415

    organization = Organization.objects.filter(pk=number).first()
    if organization is None:
        known = ", ".join(f"{one.pk} {one.name}" for one in Organization.objects.order_by("pk")[:20])
        raise click.UsageError(_("There is no such organization. There are: {known}").format(known=known))
    return check_organization(organization=organization, now=timezone.now())


def _table(found: "list[Finding]") -> str:
    from vernis.warehouse.check_texts import about, severity_title  # noqa: PLC0415

    lines = []
    for one in found:
        if one.severity == "fine":
            continue
        words = about(one.key)
        mark = click.style(severity_title(one.severity), fg=COLORS[one.severity], bold=True)
        share = f"{one.share:.1%}" if one.of else ""
        lines += [
            f"{click.style(words.title, bold=True)}: "
            + _("{count} of {of}").format(count=f"{one.count:,}".replace(",", " "), of=f"{one.of:,}".replace(",", " "))
            + f" ({share}) [{mark}]",
            f"    {words.spoils}",
            f"    {_('How to mend it')}: {words.mend}",
        ]
        lines += [f"    - {_row(row)}" for row in one.rows[:ROWS_SHOWN]]
        lines.append("")
    fine = [about(one.key).title for one in found if one.severity == "fine"]
    lines.append(_("In order: {titles}").format(titles="; ".join(fine)) if fine else "")
    return "\n".join(lines).rstrip() + "\n"


def _row(row: Any) -> str:
    said = row.at.replace("T", " "), row.client_id, row.appointment_id, row.service_id, row.staff_id, row.about
    return "  ".join(text for text in said if text)


def _csv(found: "list[Finding]") -> str:
    import io  # noqa: PLC0415

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["check", "severity", "count", "of", "share", "client_id", "appointment_id", "staff_id",
                     "service_id", "at", "about"])  # fmt: skip
    for one in found:
        head = [one.key, str(one.severity), one.count, one.of, f"{one.share:.4f}"]
        writer.writerows([[*head, *row] for row in one.rows] or [[*head, *[""] * 6]])
    return text.getvalue()


def _json(found: "list[Finding]") -> str:
    plain = [
        {**one._asdict(), "severity": str(one.severity), "share": round(one.share, 6),
         "rows": [row._asdict() for row in one.rows]}
        for one in found
    ]  # fmt: skip
    return json.dumps(plain, ensure_ascii=False, indent=2) + "\n"
