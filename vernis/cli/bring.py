"""`vernis import`: files into the book and back, with the same steps as in the browser."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vernis.cli import application, progress
from vernis.lib.texts import _, ngettext
from vernis.warehouse.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vernis.accounts.models import Organization
    from vernis.connectors.spreadsheets import Mapping
    from vernis.intake.balance import Balance, Figures
    from vernis.intake.models import Import

PATIENCE = 1.0  # seconds between two looks whether another import is finished


def run(
    *, files: tuple[Path, ...], organization: str | None, mapping: Path | None, branch: str | None, dry_run: bool,
    yes: bool, refused: Path | None, again: int | None, undo: int | None,
) -> None:  # fmt: skip
    """Bring files in, go on with an import, or take one back."""
    if sum((bool(files), again is not None, undo is not None)) != 1:
        raise click.UsageError(_("Name files, or an import to go on with or to take back."))
    application.load()
    application.bring_up_to_date()
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415

    whose = _organization(organization)
    if undo is not None:
        return _undo(whose, undo)
    if again is not None:
        return _finish(_again(whose, again), refused or Path())
    one = _uploaded(whose, files)
    try:
        _checked(one, mapping)
        with scoped_to(whose.pk):
            _answer(one, branch)
        _print(_balance(one))
        if dry_run:
            _keep_mapping(one, files[0])
        is_wanted = not dry_run and (yes or _asked())
        if is_wanted:
            _start(one)
    except BaseException:
        _throw_away(one)
        raise
    if not is_wanted:
        return _throw_away(one)
    return _finish(one, refused or files[0].parent)


def _organization(name: str | None) -> Organization:
    from vernis.accounts.models import Organization  # noqa: PLC0415

    found = list(Organization.objects.filter(name=name) if name else Organization.objects.order_by("pk")[:2])
    if len(found) == 1:
        return found[0]
    if name:
        raise DataError(_('There is no organization "{name}".').format(name=name))
    raise DataError(
        _("There are several organizations: say which with --organization.")
        if found
        else _("There is no organization yet: make one with vernis create-owner.")
    )


def _uploaded(whose: Organization, files: tuple[Path, ...]) -> Import:
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.connectors.spreadsheets import NotASpreadsheet  # noqa: PLC0415
    from vernis.intake.operations import uploading  # noqa: PLC0415

    for file in files:
        if not file.is_file():
            raise DataError(_('There is no file "{name}".').format(name=file))
    try:
        with scoped_to(whose.pk):
            return uploading.upload(
                organization=whose, by=None, now=timezone.now(), files=[(file.name, _parts(file)) for file in files]
            )
    except NotASpreadsheet as error:
        raise DataError(str(error)) from None
    except uploading.TooManyFiles:
        raise DataError(_("No more than {most} files at once.").format(most=uploading.MOST_FILES)) from None
    except uploading.TooBig:
        most = uploading.MOST_BYTES // 2**20
        raise DataError(_("Together the files may have no more than {most} MB.").format(most=most)) from None


def _parts(file: Path) -> Any:
    with file.open("rb") as opened:
        while part := opened.read(2**20):
            yield part


def _checked(one: Import, given: Path | None) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.connectors.spreadsheets import NotASpreadsheet, NotMapped  # noqa: PLC0415
    from vernis.intake.operations import checking, uploading  # noqa: PLC0415

    mapping = _mapping(given) if given else uploading.mapping_of(one)
    if problems := mapping.problems():
        raise DataError(" ".join(problems))
    now = timezone.now()
    with scoped_to(one.organization_id):
        uploading.save_mapping(of_import=one, mapping=mapping, now=now)
    try:
        with progress.shown() as show:
            checking.check(of_import=one, now=now, progress=show)
    except (NotMapped, NotASpreadsheet) as error:
        raise DataError(str(error)) from None


def _mapping(file: Path) -> Mapping:
    from vernis.connectors.spreadsheets import Mapping  # noqa: PLC0415

    try:
        return Mapping.from_json(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(_('"{name}" is no mapping: {problem}').format(name=file, problem=error)) from None


def _answer(one: Import, branch: str | None) -> None:
    """Say which branches are meant; without --branch nothing may be open."""
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.models import Branch  # noqa: PLC0415
    from vernis.intake.operations import steering  # noqa: PLC0415
    from vernis.intake.sources import NEW_BRANCH  # noqa: PLC0415

    one.refresh_from_db()
    unknown = one.balance.get("unknown_branches", [])
    if branch is not None:
        known = {found.name.casefold(): found.pk for found in Branch.objects.of(one.organization_id)}
        if branch.casefold() not in known:
            raise DataError(_('There is no branch "{name}".').format(name=branch))
        said = {"branch": known[branch.casefold()], "branches": dict.fromkeys(unknown, NEW_BRANCH)}
        steering.answer(of_import=one, said=said, now=timezone.now())
        one.refresh_from_db()
    if not steering.is_answered(one):
        names = ", ".join(unknown) or _("some rows name none")
        raise DataError(_("Say with --branch which branch rows are of ({names}).").format(names=names))


def _keep_mapping(one: Import, file: Path) -> None:
    path = file.with_name(f"{file.name}.mapping.json")
    path.write_text(json.dumps(one.mapping, ensure_ascii=False, indent=1), encoding="utf-8")
    _say(_("Nothing was written. The mapping, to be changed and given with --mapping: {path}").format(path=path))


def _asked() -> bool:
    if not sys.stdin.isatty():
        raise click.UsageError(_("Nobody is here to ask: add --yes."))
    return click.confirm(_("Bring it in?"), err=True)


def _start(one: Import) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.intake.operations import steering  # noqa: PLC0415

    with scoped_to(one.organization_id):
        steering.start(of_import=one, now=timezone.now())


def _throw_away(one: Import) -> None:
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.intake.operations import steering  # noqa: PLC0415

    with scoped_to(one.organization_id):
        steering.throw_away(of_import=one)


def _known(whose: Organization, number: int) -> Import:
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.intake.models import Import  # noqa: PLC0415

    with scoped_to(whose.pk):
        found = Import.objects.of(whose).filter(pk=number).first()
    if found is None:
        raise DataError(_("There is no import {number}.").format(number=number))
    return found


def _again(whose: Organization, number: int) -> Import:
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.intake.models import Import  # noqa: PLC0415
    from vernis.intake.operations import steering  # noqa: PLC0415

    one = _known(whose, number)
    if one.state == Import.State.APPLYING:
        return one
    try:
        with scoped_to(whose.pk):
            steering.go_on(of_import=one, now=timezone.now())
    except steering.NotNow:
        raise DataError(_("Import {number} was not stopped.").format(number=number)) from None
    return one


def _finish(one: Import, folder: Path) -> None:
    """Do all steps, waiting for other imports, and say what has come of it."""
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.intake.bringing.run import Stopped  # noqa: PLC0415
    from vernis.intake.operations import applying  # noqa: PLC0415

    _say(_("Import {number}. If it is killed: vernis import --continue {number}").format(number=one.pk))
    try:
        with progress.shown() as show:
            _in_turn(lambda: applying.apply(of_import=one, now=timezone.now(), progress=show))
    except Stopped:
        with scoped_to(one.organization_id):
            one.refresh_from_db()
        if one.state != one.State.DONE:  # else the worker was quicker
            raise DataError(_("Somebody has stopped import {number}.").format(number=one.pk)) from None
    with scoped_to(one.organization_id):
        one.refresh_from_db()
        _print(_balance(one))
        _write_refused(one, folder)
    _say(_("Done. To take it back: vernis import --undo {number}").format(number=one.pk))


def _in_turn(work: Callable[[], bool]) -> None:
    from vernis.intake.operations import ImportIsRunning  # noqa: PLC0415

    is_said = False
    while True:
        try:
            work()
        except ImportIsRunning:
            if not is_said:
                _say(_("Another import is going on; this one waits till it is finished."))
            is_said = True
            time.sleep(PATIENCE)
        else:
            return


def _write_refused(one: Import, folder: Path) -> None:
    from vernis.connectors.spreadsheets import write_refused  # noqa: PLC0415
    from vernis.intake import places  # noqa: PLC0415
    from vernis.intake.operations.uploading import mapping_of  # noqa: PLC0415

    tables = places.tables_of(one)
    if not (tables / "refused.parquet").exists():
        return
    for file, figures in zip(one.files.order_by("number"), _balance(one).files, strict=True):
        if figures.refused:
            path = folder / f"{Path(file.name).stem}-refused.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                count = write_refused(tables, mapping_of(one), file.number, out)
            text = ngettext("{count} refused row: {path}", "{count} refused rows: {path}", count)
            _say(text.format(count=count, path=path))


def _undo(whose: Organization, number: int) -> None:
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.intake.bringing.run import Stopped  # noqa: PLC0415
    from vernis.intake.models import Import  # noqa: PLC0415
    from vernis.intake.operations import steering, undoing  # noqa: PLC0415

    one = _known(whose, number)
    try:
        if one.state != Import.State.UNDOING:
            with scoped_to(whose.pk):
                steering.start_undo(of_import=one, now=timezone.now())
        with progress.shown() as show:
            _in_turn(lambda: undoing.undo(of_import=one, now=timezone.now(), progress=show))
    except steering.TooLate:
        raise DataError(_("Import {number} is older than 30 days.").format(number=number)) from None
    except steering.NotNow:
        raise DataError(_("There is nothing of import {number} to take back.").format(number=number)) from None
    except Stopped:  # the worker was quicker
        pass
    with scoped_to(whose.pk):
        one.refresh_from_db()
    text = ngettext(
        "Taken back; {count} thing stays, since people have touched it.",
        "Taken back; {count} things stay, since people have touched them.",
        one.kept_count,
    )
    click.echo(text.format(count=one.kept_count) if one.kept_count else _("Taken back; everything is as before."))


def _balance(one: Import) -> Balance:
    from vernis.intake.balance import Balance  # noqa: PLC0415

    return Balance.from_json(one.balance)


def _print(balance: Balance) -> None:
    """Print the balance sheet."""
    from vernis.intake import words  # noqa: PLC0415

    click.echo(_("What would happen:") if balance.is_plan else _("What came in:"))
    for key, title in words.KINDS.items():
        if (figures := getattr(balance, key)).total:
            click.echo(f"  {title}: {figures.total} = {_sum(figures)}")
    for file in balance.files:
        about = _("{bytes} bytes, {lines} lines").format(bytes=file.size, lines=file.lines)
        click.echo(f"  {file.name} ({about}): {file.rows} = {_sum(file)}")
    for key, count in balance.reasons.items():
        click.echo(f"    {count}  {words.reason(key, column='…', value='…')}")
    if balance.look:
        click.echo("  " + _("{count} to look at: a shared phone, or somebody twice").format(count=balance.look))
    if balance.kept:
        click.echo("  " + _("{count} differ from what people wrote here: theirs stays").format(count=balance.kept))
    if not balance.is_balanced:
        raise DataError(_("The sums do not agree: please report it."))


def _sum(figures: Figures) -> str:
    from vernis.intake import words  # noqa: PLC0415

    counts = [(getattr(figures, key), title) for key, title in words.FATES.items() if key != "skipped"]
    counts.append((getattr(figures, "skipped_count", 0), words.FATES["skipped"]))
    return " + ".join(f"{count} {title}" for count, title in counts if count) or "0"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
