"""The fitted model in a file: arrays and one JSON text in an .npz, without code in it."""

import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vernis.engine.returns.cnbd import Cnbd
from vernis.engine.returns.features import COLUMNS, PER_GROUP, Lens
from vernis.engine.returns.model import Model
from vernis.engine.returns.states import Scale
from vernis.lib.texts import _
from vernis.warehouse.errors import DataError

FORMAT = 1
"""Raised whenever older files can no longer be read."""


class Stored(NamedTuple):
    """What a file holds: the models of visits of any kind and by cycle, and whether they may be used."""

    any_cycle: Model
    by_cycle: Model
    as_of: int
    services: list[str]
    may_be_used: bool
    is_proven: bool


def write_model(stored: Stored, path: Path) -> None:
    """Write a model; the file appears whole or not at all."""
    arrays: dict[str, Any] = {}
    plain: dict[str, Any] = {
        "format": FORMAT, "columns": COLUMNS, "as_of": stored.as_of, "services": stored.services,
        "may_be_used": stored.may_be_used, "is_proven": stored.is_proven,
    }  # fmt: skip
    for name in ("any_cycle", "by_cycle"):
        plain[name] = _taken_apart(getattr(stored, name), name, arrays)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("wb") as file:
        np.savez(file, plain=np.frombuffer(json.dumps(plain).encode(), np.uint8), **arrays)
    unfinished.replace(path)


def read_model(path: Path) -> Stored:
    """Read a model; raises DataError where the file is none, or of another version."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
            plain = json.loads(arrays.pop("plain").tobytes())
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise DataError(_("{file}: is no stored model ({error})").format(file=path, error=error)) from None
    if plain["format"] != FORMAT or plain["columns"] != COLUMNS:
        raise DataError(_("{file}: the model is of another version; fit it again").format(file=path))
    any_cycle, by_cycle = (_put_together(plain[name], name, arrays) for name in ("any_cycle", "by_cycle"))
    return Stored(any_cycle, by_cycle, plain["as_of"], plain["services"], plain["may_be_used"], plain["is_proven"])


def _taken_apart(value: Any, name: str, arrays: dict[str, Any]) -> Any:
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return None
    if isinstance(value, tuple):
        return {field: _taken_apart(part, f"{name}.{field}", arrays) for field, part in value._asdict().items()}  # type: ignore[attr-defined]
    return value.item() if isinstance(value, np.generic) else value


def _put_together(plain: dict[str, Any], name: str, arrays: dict[str, Any]) -> Model:
    def filled(part: dict[str, Any], at: str) -> dict[str, Any]:
        return {field: arrays[f"{at}.{field}"] if value is None else value for field, value in part.items()}

    whole = filled(plain, name)
    lens = filled(whole["lens"], f"{name}.lens")
    lens["scale"] = Scale(**filled(lens["scale"], f"{name}.lens.scale"))
    lens["anchor"] = Cnbd(**lens["anchor"])
    whole["lens"], whole["steady"] = Lens(**lens), Cnbd(**whole["steady"])
    model = Model(**whole)
    if len(model.beta) not in (0, COLUMNS + PER_GROUP * model.lens.groups):
        raise DataError(_("{file}: the model is of another version; fit it again").format(file=name))
    return model
