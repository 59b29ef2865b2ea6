"""The settings file: the numbers of the rules, in TOML, by their names."""

import difflib
import tomllib
from pathlib import Path
from typing import Any

from vernis.engine.learned import LONGEST_WINDOW_DAYS
from vernis.engine.settings import ANY, CYCLE, Rules
from vernis.lib.texts import _
from vernis.warehouse.errors import DataError

SCOPES = {"any": ANY, "cycle": CYCLE}
_MOST = 3660


class SettingsError(DataError):
    """A setting that cannot be used."""


def read_rules(path: Path) -> Rules:
    """Read a settings file; settings that it does not name keep their defaults. Raises SettingsError."""
    try:
        return rules_from(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, SettingsError) as error:
        raise SettingsError(f"{path}: {error}") from None


def rules_from(settings: dict[str, Any]) -> Rules:
    """Check settings and return them as rules; raises SettingsError."""
    checked: dict[str, Any] = {}
    for name, value in settings.items():
        if name not in Rules._fields:
            near = difflib.get_close_matches(name, Rules._fields, n=1)
            hint = _("; did you mean {name}?").format(name=near[0]) if near else ""
            raise SettingsError(_('there is no setting "{name}"{hint}').format(name=name, hint=hint))
        checked[name] = _checked(name, value)
    return Rules(**checked)


def _checked(name: str, value: Any) -> Any:
    if name == "booking_scope":
        if not isinstance(value, str) or value not in SCOPES:
            raise SettingsError(_('{name} must be "any" or "cycle"').format(name=name))
        return SCOPES[value]
    if name == "learned_windows_days":
        if not (
            isinstance(value, list | tuple) and value and all(_is_count(days, 1, LONGEST_WINDOW_DAYS) for days in value)
        ):
            template = _("{name} must be a list of whole days from 1 to {most}, the first preferred")
            raise SettingsError(template.format(name=name, most=LONGEST_WINDOW_DAYS))
        return tuple(value)
    least = 1 if name in ("default_interval_days", "learned_min_gaps", "max_attempts") else 0
    if not _is_count(value, least, _MOST):
        template = _("{name} must be a whole number from {least} to {most}")
        raise SettingsError(template.format(name=name, least=least, most=_MOST))
    return value


def _is_count(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
