#!/usr/bin/env python3
"""Collect the texts of the program into the Russian catalogues and compile them: `make messages`.

  scripts/messages.py [--take FILE.po ...]

`vernis` has the texts of the command and of the rooms without Django, `django` those of the application: of Python
files that import Django's translation, and of templates. `click`, written by hand, is only compiled. `--take` fills in
what has no translation yet from other files, such as a translator sends.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "vernis"
CATALOGUES = PACKAGE / "locale" / "ru" / "LC_MESSAGES"
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
IMPORTS_DJANGO = re.compile(r"^\s*from django\.utils\.translation import", re.MULTILINE)
TEXT = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf"\b(npgettext|pgettext|ngettext|gettext|_)\(({TEXT}(?:, {TEXT})*)")


class Found(NamedTuple):
    """A text of a file; `id` is a pair where the form depends on a count."""

    file: str
    line: int
    id: str | tuple[str, str]
    context: str | None


def texts(domain: str) -> Iterator[Found]:
    """Yield the texts that belong to a catalogue."""
    for path in sorted(PACKAGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        is_of_django = bool(IMPORTS_DJANGO.search(source))
        if is_of_django == (domain == "django") and "migrations" not in path.parts:
            yield from texts_of_python(str(path.relative_to(ROOT)), source)
    if domain == "django":
        for path in sorted(PACKAGE.rglob("templates/**/*.*")):
            yield from texts_of_template(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def texts_of_python(file: str, source: str) -> Iterator[Found]:
    """Yield the texts of a Python file."""
    for line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        yield Found(file, line, message if isinstance(message, str) else (message[0], message[1]), context)


def texts_of_template(file: str, source: str) -> Iterator[Found]:
    """Yield the texts of a template, as Django itself reads them (`trimmed`, `count`, `context` and all)."""
    from django.conf import settings  # noqa: PLC0415
    from django.utils.translation.template import templatize  # noqa: PLC0415

    if not settings.configured:
        settings.configure()
    calls = templatize(source, origin=file)
    for call in CALL.finditer(calls):
        values = [ast.literal_eval(text) for text in re.findall(TEXT, call[2])]
        context = values.pop(0) if call[1] in ("pgettext", "npgettext") else None
        message = values[0] if call[1] in ("_", "gettext", "pgettext") else (values[0], values[1])
        yield Found(file, calls.count("\n", 0, call.start()) + 1, message, context)


def template_of(domain: str) -> Catalog:
    """Return a catalogue of the texts without translations."""
    catalogue = Catalog(project="Vernis", domain=domain)
    for found in texts(domain):
        catalogue.add(found.id, None, [(found.file, found.line)], context=found.context)
    return catalogue


def read(path: Path, domain: str) -> Catalog:
    """Read a catalogue; an empty one where there is no file."""
    if not path.exists():
        return Catalog(locale="ru", domain=domain, project="Vernis")
    with path.open("rb") as file:
        return read_po(file, locale="ru", domain=domain)


def update(domain: str, taken: list[Catalog]) -> list[str]:
    """Bring a catalogue to what the code says; return what has no translation."""
    path = CATALOGUES / f"{domain}.po"
    catalogue = read(path, domain)
    catalogue.update(template_of(domain), no_fuzzy_matching=True, update_creation_date=False)
    for message in catalogue:
        for other in taken:
            known = other.get(message.id, message.context) if message.id and not is_translated(message) else None
            if known is not None and is_translated(known):
                message.string = known.string
    with path.open("wb") as file:
        write_po(file, catalogue, ignore_obsolete=True, include_lineno=False)
    return [str(message.id) for message in catalogue if message.id and not is_translated(message)]


def is_translated(message: Any) -> bool:
    """Tell whether every form of a message has a text."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [])
    return bool(forms) and all(forms)


def compiled(domain: str) -> bytes:
    """Return the compiled catalogue."""
    written = io.BytesIO()
    write_mo(written, read(CATALOGUES / f"{domain}.po", domain))
    return written.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--take", nargs="*", type=Path, default=[], metavar="FILE.po")
    taken = [read(path, "django") for path in parser.parse_args().take]
    missing = {domain: update(domain, taken) for domain in ("vernis", "django")}
    for domain in ("vernis", "django", "click"):
        (CATALOGUES / f"{domain}.mo").write_bytes(compiled(domain))
    for domain, ids in missing.items():
        for message in ids:
            print(f"{domain}.po: to be translated: {message}")
    sys.exit(1 if any(missing.values()) else 0)


if __name__ == "__main__":
    main()
