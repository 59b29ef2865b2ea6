"""`vernis explain`: why a client is on the list of a day, or why not."""

import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vernis.cli import progress
from vernis.cli.reports import report_findings
from vernis.cli.worklist import rules_of
from vernis.lib.texts import _
from vernis.warehouse.errors import DataError

if TYPE_CHECKING:
    pass


def run(
    *, client: str, data: Path, as_of: datetime.date, settings: Path | None, cache: Path | None, verbose: bool
) -> None:
    """Print what every block says of the client."""
    from vernis.engine.explain import explain  # noqa: PLC0415
    from vernis.warehouse import names, one_client, snapshot  # noqa: PLC0415
    from vernis.warehouse.speech import Speech  # noqa: PLC0415

    rules = rules_of(settings)
    with progress.shown() as show, snapshot.opened(data, cache, show) as prepared:
        found = one_client.find(prepared, client)
        if found is None:
            near = one_client.similar(prepared, client, names.client_names(data))
            hint = _(" Similar: {clients}.").format(clients=", ".join(near)) if near else ""
            raise DataError(_('There is no client "{client}" in the data.{hint}').format(client=client, hint=hint))
        question = one_client.question(prepared, as_of, rules, show)
        findings = prepared.manifest["findings"]
        shared = one_client.shared_of(prepared)
    explanation = explain(found.history, question)
    speech = Speech(
        explanation, question, found.history, shared, as_of,
        names.service_titles(data), names.staff_names(data), found.appointment_ids, found.entry_ids,
    )  # fmt: skip
    title = names.client_names(data).get(client, "")
    click.echo(click.style(f"{title} ({client})" if title else client, bold=True))
    for line in speech.lines():
        click.echo(line)
    if verbose:
        report_findings(findings, None, is_verbose=True)
    sys.stdout.flush()
