"""The commands and their options. Bodies import what they need, so that `vernis --help` is there at once."""

import datetime
import re
from pathlib import Path
from typing import Any

import click

from vernis import __version__
from vernis.lib.texts import LANGUAGES, _


class Day(click.ParamType):  # type: ignore[type-arg]
    """A day, YYYY-MM-DD."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date:
        """Return the day, or tell how one is written."""
        if isinstance(value, datetime.date):
            return value
        try:
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):  # ISO weeks are not what people mean
                raise ValueError
            day = datetime.date.fromisoformat(value)
        except ValueError:
            self.fail(_('"{value}" is not a day; write it as 2026-05-12').format(value=value), param, ctx)
        if not 1900 <= day.year <= 2200:
            self.fail(_("the day must lie between 1900 and 2200"), param, ctx)
        return day


def _today() -> datetime.date:
    return datetime.date.today()  # noqa: DTZ011 (the day of whoever sits at this machine)


_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


def data_options(command: Any) -> Any:
    """Add the options of every command that reads a data set."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help=_("Say more about what is going on.")),
        click.option("--cache", type=_FOLDER, help=_("Folder for prepared data (default: ~/.cache/vernis).")),
        click.option(
            "--settings", type=_FILE, metavar="FILE.toml", help=_("The numbers of the rules, where they differ.")
        ),
        click.option("--data", type=_FOLDER, required=True, help=_("Folder with the tables, CSV or Parquet.")),
    ):
        command = option(command)
    return command


def engine_options(command: Any) -> Any:
    """Add the options that choose what the rules run on."""
    for option in (
        click.option("--spark-master", metavar="URL", help=_("Spark cluster, such as spark://host:7077.")),
        click.option(
            "--engine", type=click.Choice(["local", "spark"]), default="local",
            help=_("Run here (local), or spread the work with Spark."),
        ),
    ):  # fmt: skip
        command = option(command)
    return command


class Commands(click.Group):
    """The group of commands."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; that the reader of a pipe (head, less) has seen enough is no fault, as click has it."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(0) from None


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_("Vernis: whom to call today, why, and in what order, so that clients come back."),
    epilog=_("Example: vernis worklist --data my-salon --as-of 2026-05-12"),
)
@click.option("--lang", type=click.Choice(LANGUAGES), help=_("Language of texts (default: that of the system)."))
@click.version_option(__version__, "--version", message="vernis %(version)s", help=_("Print the version."))
def vernis(lang: str | None) -> None:
    """Hold the commands; the language has been chosen before."""


class Command(click.Command):
    """A command that takes `--lang` as well, before or after its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        help_text = _("Language of texts (default: that of the system).")
        self.params.append(click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, help=help_text))


@vernis.command(
    cls=Command,
    help=_("Print today's list: whom to contact, why, in what order."),
    epilog=_("Example: vernis worklist --data my-salon --as-of 2026-05-12 --format csv --out today.csv"),
)
@data_options
@click.option("--as-of", type=Day(), default=_today, metavar="DAY", help=_("The day of the list (default: today)."))
@engine_options
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]), default="table",
    help=_("table to read, the others to work on."),
)  # fmt: skip
@click.option(
    "--out", type=_FILE, metavar="FILE", help=_("Write here instead of the screen; appears whole or not at all.")
)
@click.option(
    "--top", type=click.IntRange(min=0), help=_("table: rows per block, 0 for all (default: 10 on a screen).")
)
def worklist(**options: Any) -> None:
    """Print or write the list of a day."""
    from vernis.cli.worklist import run  # noqa: PLC0415

    run(**options)


@vernis.command(
    cls=Command,
    help=_("Say why a client is on the list of a day, or why not."),
    epilog=_("Example: vernis explain C000123 --data my-salon --as-of 2026-05-12"),
)
@click.argument("client", metavar="CLIENT")
@data_options
@click.option("--as-of", type=Day(), default=_today, metavar="DAY", help=_("The day of the list (default: today)."))
def explain(**options: Any) -> None:
    """Explain the rules' answer for one client."""
    from vernis.cli.explain import run  # noqa: PLC0415

    run(**options)


@vernis.command(
    cls=Command,
    help=_("Show how long every block was, day by day."),
    epilog=_("Example: vernis replay --data my-salon --from 2026-04-01 --to 2026-05-12 --format chart"),
)
@data_options
@click.option("--from", "first", type=Day(), required=True, metavar="DAY", help=_("The first day."))
@click.option("--to", "last", type=Day(), required=True, metavar="DAY", help=_("The last day."))
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "chart"]), default="table",
    help=_("table, CSV, or a chart for the terminal."),
)  # fmt: skip
@click.option(
    "--out", type=_FILE, metavar="FILE", help=_("Write here instead of the screen; appears whole or not at all.")
)
def replay(**options: Any) -> None:
    """Print the sizes of the blocks for every day."""
    from vernis.cli.replay import run  # noqa: PLC0415

    run(**options)


class Days(click.ParamType):  # type: ignore[type-arg]
    """Days with commas between them."""

    name = "days"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[datetime.date]:
        """Return the days."""
        return [Day().convert(part.strip(), param, ctx) for part in value.split(",") if part.strip()]


@vernis.command(
    cls=Command,
    help=_("Test the model of return on your own past: is it better than the rule, and right as often as it says?"),
    epilog=_("Example: vernis backtest --data my-salon --html backtest.html"),
)
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, metavar="FOLDER_OR_FILE",
    help=_("Folder with the tables, or a file with the columns client_id, visited_on."),
)  # fmt: skip
@click.option(
    "--cutoffs",
    type=Days(),
    metavar="DAY,DAY,...",
    help=_("Days to predict on (default: up to eight, chosen by itself)."),
)
@click.option("--predictions", type=_FILE, metavar="FILE.csv", help=_("Write every prediction of every model here."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON instead of tables."))
@click.option("--html", "page", type=_FILE, metavar="FILE.html", help=_("Write a page with plots here."))
@click.option(
    "--today", type=Day(), default=_today, metavar="DAY", help=_("Later visits are left out (default: today).")
)
@click.option("--settings", type=_FILE, metavar="FILE.toml", help=_("The numbers of the rules, where they differ."))
@click.option("--cache", type=_FOLDER, help=_("Folder for prepared data (default: ~/.cache/vernis)."))
@click.option("-v", "--verbose", is_flag=True, help=_("Say more about what is going on."))
def backtest(**options: Any) -> None:
    """Test the model of return."""
    from vernis.cli.backtest import run  # noqa: PLC0415

    run(**options)


@vernis.command(
    cls=Command,
    help=_("Say what is wrong in the data, what it spoils, and how to mend it."),
    epilog=_("Example: vernis check --data my-salon"),
)
@click.option("--data", type=_FOLDER, help=_("Folder with the tables, CSV or Parquet."))
@click.option(
    "--organization", type=click.IntRange(min=1), metavar="NUMBER", help=_("Or an organization of the application.")
)
@click.option("--as-of", type=Day(), default=_today, metavar="DAY", help=_("The day to look from (default: today)."))
@click.option("--settings", type=_FILE, metavar="FILE.toml", help=_("The numbers of the rules, where they differ."))
@click.option("--cache", type=_FOLDER, help=_("Folder for prepared data (default: ~/.cache/vernis)."))
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table",
    help=_("table to read, the others to work on."),
)  # fmt: skip
@click.option(
    "--out", type=_FILE, metavar="FILE", help=_("Write here instead of the screen; appears whole or not at all.")
)
def check(**options: Any) -> None:
    """Print the findings."""
    from vernis.cli.check import run  # noqa: PLC0415

    run(**options)


@vernis.command(
    cls=Command,
    help=_("Invent a believable salon network to try things out."),
    epilog=_("Example: vernis sample --out demo --clients 3000 --seed 1 --as-of 2026-05-12"),
)
@click.option("--out", type=_FOLDER, required=True, metavar="FOLDER", help=_("Where the tables go."))
@click.option(
    "--clients", type=click.IntRange(1, 5_000_000), default=3000, show_default=True, help=_("How many clients.")
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help=_("The same seed gives the same bytes.")
)
@click.option(
    "--as-of", type=Day(), default=_today, metavar="DAY", help=_("The last day of the history (default: today).")
)
@click.option(
    "--lines-per-client",
    type=click.FloatRange(2, 200),
    help=_("Appointment lines per client on average (default: as it comes)."),
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "parquet"]), help=_("Default: CSV, Parquet from 50,000 clients.")
)
@click.option("-v", "--verbose", is_flag=True, help=_("Say more about what is going on."))
def sample(**options: Any) -> None:
    """Write an invented data set."""
    from vernis.cli.sample import run  # noqa: PLC0415

    run(**options)


@vernis.command(
    cls=Command,
    help=_("Delete prepared data that Vernis keeps between runs."),
    epilog=_("Example: vernis forget --data my-salon"),
)
@click.option("--data", type=_FOLDER, help=_("Only what was prepared from this folder (default: all)."))
@click.option("--cache", type=_FOLDER, help=_("Folder for prepared data (default: ~/.cache/vernis)."))
def forget(data: Path | None, cache: Path | None) -> None:
    """Delete snapshots: they hold client ids and birthdays."""
    from vernis.lib.texts import ngettext  # noqa: PLC0415
    from vernis.warehouse.snapshot import forget  # noqa: PLC0415

    count = forget(data, cache)
    click.echo(
        ngettext("Deleted {count} prepared data set.", "Deleted {count} prepared data sets.", count).format(count=count)
    )


@vernis.command(
    "warm-up",
    cls=Command,
    help=_("Compile the rules ahead, so that the first list does not wait (set-up does this)."),
    epilog=_("Example: vernis warm-up"),
)
def warm_up() -> None:
    """Compile the rules and keep the result."""
    from vernis.cli.warm_up import run  # noqa: PLC0415

    run()


@vernis.command(
    "create-owner",
    cls=Command,
    help=_("Make an organization and its first owner."),
    epilog=_("Example: vernis create-owner nina@example.com --organization Studio"),
)
@click.argument("email")
@click.option("--organization", required=True, metavar="NAME", help=_("What the business is called."))
def create_owner(**options: Any) -> None:
    """Make an organization and print the link by which its owner comes in."""
    from vernis.cli.create_owner import run  # noqa: PLC0415

    run(**options)


@vernis.command(
    cls=Command,
    help=_("Open the application: web pages and the work in the background, until stopped."),
    epilog=_("Example: vernis serve --port 8000"),
)
@click.option("--host", default="127.0.0.1", show_default=True, help=_("The address to listen on."))
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help=_("The port."))
@click.option("--no-worker", is_flag=True, help=_("Web pages only: the worker runs elsewhere, as vernis worker."))
@click.option(
    "--processes", type=click.IntRange(1, 64), default=4, show_default=True, help=_("Processes of the web server.")
)
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help=_("Threads of each of them."))
def serve(host: str, port: int, no_worker: bool, processes: int, threads: int) -> None:
    """Start web server and worker, and stop both."""
    from vernis.cli.serve import run  # noqa: PLC0415

    run(host=host, port=port, with_worker=not no_worker, processes=processes, threads=threads)


@vernis.command(
    cls=Command, help=_("Do the work in the background, such as the nightly lists."), epilog=_("Example: vernis worker")
)
def worker() -> None:
    """Run the worker alone."""
    from vernis.cli.serve import work  # noqa: PLC0415

    work()


@vernis.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
    help=_("Commands of Django, for those who look after the server."),
    epilog=_("Example: vernis manage migrate"),
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="COMMAND ...")
def manage(arguments: tuple[str, ...]) -> None:
    """Pass everything on to Django."""
    from vernis.cli import application  # noqa: PLC0415

    application.manage(arguments)


@vernis.command(
    cls=Command,
    help=_("Make the demonstration: an invented network with two years of history, and today's list."),
    epilog=_("Example: VERNIS_DEMO=1 vernis demo"),
)
@click.option("--anew", "is_anew", is_flag=True, help=_("Delete the demonstration there is and make another."))
def demo(is_anew: bool) -> None:
    """Make the demonstration."""
    from vernis.cli.demo import run  # noqa: PLC0415

    run(is_anew=is_anew)


@vernis.command(
    "import",
    cls=Command,
    help=_("Bring in spreadsheets: appointments, clients, receipts, services; or take an import back."),
    epilog=_("Example: vernis import bookings.xlsx clients.csv --dry-run"),
)
@click.argument("files", nargs=-1, type=_FILE, metavar="FILE...")
@click.option("--organization", metavar="NAME", help=_("Whose data it is (needed where there are several)."))
@click.option(
    "--mapping", type=_FILE, metavar="FILE.json", help=_("What the columns are, as --dry-run has written it.")
)
@click.option("--branch", metavar="NAME", help=_("The branch of rows that name none; unknown branches are opened."))
@click.option("--dry-run", is_flag=True, help=_("Only show what would happen; writes the mapping beside the file."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@click.option("--refused", type=_FOLDER, metavar="FOLDER", help=_("Where refused rows go (default: beside the files)."))
@click.option("--continue", "again", type=int, metavar="N", help=_("Go on with import N, which was stopped or killed."))
@click.option("--undo", type=int, metavar="N", help=_("Take import N back."))
def bring(**options: Any) -> None:
    """Bring in files, or take them back."""
    from vernis.cli.bring import run  # noqa: PLC0415

    run(**options)
