"""The command `vernis`. Nothing heavy is imported before it is needed."""

import gettext
import os
import sys
import traceback

from vernis.lib.texts import CATALOGUES, LANGUAGES, _, language, set_language


def main() -> None:
    """Run the command: exit code 0 done, 1 a fault of ours, 2 the input or the call cannot be used, 130 stopped."""
    arguments = sys.argv[1:]
    _choose_language(arguments)
    _choose_language_of_click()
    if "spark" not in arguments and "--engine=spark" not in arguments:
        sys.meta_path.insert(0, _WithoutPandas())
    from vernis.cli.commands import vernis  # noqa: PLC0415 (its texts are in the chosen language)

    code = 0
    try:
        vernis.main(arguments, prog_name="vernis", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader (head, less) has seen enough
    except BaseException as error:
        code = _explain_fault(error, is_verbose="-v" in arguments or "--verbose" in arguments)
    sys.exit(code)


class _WithoutPandas:
    """An import hook: pyarrow loads pandas (half a second) wherever it is installed; only Spark has a use for it."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> None:
        """Say that there is no pandas; leave everything else to the others."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _explain_fault(error: BaseException, *, is_verbose: bool) -> int:
    """Say in plain words what went wrong and return the exit code."""
    import click  # noqa: PLC0415

    from vernis.warehouse.errors import DataError  # noqa: PLC0415

    if isinstance(error, SystemExit | click.exceptions.Exit):
        code = error.code if isinstance(error, SystemExit) else error.exit_code
        return code if isinstance(code, int) else 1
    if isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
        code, text = 130, _("Stopped; nothing was written.")
    elif isinstance(error, click.ClickException):
        error.show()
        return 2
    elif isinstance(error, DataError):
        code, text = 2, _("Error: {problem}").format(problem=error)
    elif isinstance(error, MemoryError):
        code, text = 1, _("Error: there is not enough memory.")
    elif isinstance(error, OSError):
        code, text = 1, _("Error: {problem}").format(problem=error)
    else:
        kind = f"{type(error).__name__}: {error}"
        code, text = 1, _("Error inside Vernis ({kind}). Please report it, with the output of -v.").format(kind=kind)
    if is_verbose:
        traceback.print_exception(error)
    print(text, file=sys.stderr)
    return code


def _choose_language(arguments: list[str]) -> None:
    """Take `--lang ru` out of the arguments, wherever it stands: texts are needed before options are read."""
    for place, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if argument == "--":
            return
        if option == "--lang":
            chosen = value if equals else arguments[place + 1] if place + 1 < len(arguments) else ""
            if chosen not in LANGUAGES:
                return  # the option itself will complain
            set_language(chosen)
            return


def _choose_language_of_click() -> None:
    """Let click, which asks gettext's default domain, find its own texts in our catalogue `click`."""
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain("click", CATALOGUES)
    gettext.textdomain("click")
