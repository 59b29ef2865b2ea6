"""Texts for people: message ids are English, the Russian catalogue is `vernis/locale/ru`.

Call `_("...")` where the text is shown, not where a module is imported, so that the language can still be chosen.
"""

import contextlib
import functools
import gettext
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

LANGUAGES = ("ru", "en")
CATALOGUES = Path(__file__).parent.parent / "locale"

_chosen: list[str] = []
_spoken: ContextVar[str] = ContextVar("spoken", default="")


def set_language(language: str) -> None:
    """Choose the language of all further texts: one of LANGUAGES."""
    _chosen[:] = [language]


@contextlib.contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use a language inside the block only, and in this thread only: a web server speaks to many at once."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def language() -> str:
    """Return the language of texts: the one being spoken, the chosen one, VERNIS_LANG, or that of the system."""
    if spoken := _spoken.get():
        return spoken
    if not _chosen:
        set_language(_language_of_the_system())
    return _chosen[0]


def _(message: str) -> str:
    """Return the text of a message in the chosen language."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the text of a message whose form depends on a count (1 визит, 2 визита, 5 визитов)."""
    return _catalogue(language()).ngettext(singular, plural, count)


def _language_of_the_system() -> str:
    wanted = os.environ.get("VERNIS_LANG") or next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "ru" if wanted[:2].lower() == "ru" else "en"


@functools.cache
def _catalogue(wanted: str) -> gettext.NullTranslations:
    if wanted == "en":  # the message ids are the English texts
        return gettext.NullTranslations()
    return gettext.translation("vernis", CATALOGUES, [wanted])
