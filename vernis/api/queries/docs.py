"""The addresses of the interface, from its own description."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from vernis.api.door import Bearer
from vernis.api.interface import api

ROOT = "/api/v1"


@dataclass(frozen=True)
class Resource:
    """One method of one address."""

    method: str
    path: str
    scope: str
    about: str


@functools.cache
def resources() -> list[tuple[str, list[Resource]]]:
    """Return what there is, by theme, in the order of the interface."""
    found: dict[str, list[Resource]] = {}
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                doors = [door for door in operation.auth_callbacks if isinstance(door, Bearer)]
                about = (operation.description or "").partition("\n")[0]
                shown = path.replace("{int:", "{")
                for theme in (operation.tags or [""])[:1]:
                    found.setdefault(theme, []).append(
                        Resource(operation.methods[0], ROOT + shown, doors[0].scope, about)
                    )
    return list(found.items())
