"""Services and staff of all files: each once, under one reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.blocks import Block
from vernis.connectors.tables import SERVICES, STAFF


class Listing:
    """The services, staff and products that have been met."""

    def __init__(self) -> None:
        self._services: dict[str, dict[str, Any]] = {}
        self._refs: dict[str, str] = {}
        self._staff: dict[str, dict[str, Any]] = {}
        self._products: set[str] = set()
        self.titles: frozenset[str] = frozenset()
        self.is_told = False

    def tell(self, row: dict[str, Any], *, file: int, line: int) -> tuple[int, int] | None:
        """Take a service from a list of services; return where it already stands, if it does."""
        code, title = row.get("external_id") or "", row.get("title") or ""
        ref = f"id:{code}" if code else f"title:{words.folded(title)}"
        if ref in self._services:
            known = self._services[ref]
            for name, value in row.items():
                if known.get(name) is None:
                    known[name] = value
            return known["file"], known["line"]
        self._services[ref] = {**row, "ref": ref, "title": title or code, "file": file, "line": line}
        for name in (code, title):
            if name:
                self._refs.setdefault(words.folded(name), ref)
        self.is_told = True
        return None

    def finish(self) -> None:
        """Note that all lists have been read."""
        self.titles = frozenset(self._refs)

    def tell_product(self, *names: str) -> None:
        """Take the title or code of something that is sold and not served."""
        self._products.update(words.folded(name) for name in names if name)

    def is_product(self, text: str) -> bool:
        """Say whether a line of a receipt is a product: in the list of products, or not in the list of services."""
        name = words.folded(text)
        if name in self.titles:
            return False
        return name in self._products or (self.is_told and not any(
            words.folded(part) in self.titles for part in text.replace(";", ",").replace("\n", ",").split(",")
        ))  # fmt: skip

    def service(self, title: str, row: Callable[[], int], block: Block, file: int, categories: pa.Array | None) -> str:
        """Return the reference of a service by its title or code; one that nobody has told of is added."""
        name = words.folded(title) or title
        if found := self._refs.get(name):
            return found
        ref = f"title:{name}"
        at = row()
        self._services[ref] = {
            "ref": ref, "title": " ".join(title.split()), "file": file, "line": int(block.lines[at]),
            "category": categories[at].as_py() if categories is not None else None,
        }  # fmt: skip
        self._refs[name] = ref
        return ref

    def staff(self, column: pa.Array, block: Block, file: int) -> pa.Array:
        """Return the references of those who serve."""
        encoded = column.dictionary_encode()
        refs: list[str] = []
        for text in encoded.dictionary.to_pylist():
            ref = f"name:{words.folded(text) or text}"
            if ref not in self._staff:
                line = int(block.lines[encoded.indices.to_pylist().index(len(refs))])
                self._staff[ref] = {"ref": ref, "name": " ".join(text.split()), "file": file, "line": line}
            refs.append(ref)
        return pa.array(refs, pa.string()).take(encoded.indices)

    def tables(self) -> dict[str, pa.Table]:
        """Return the tables of services and staff."""
        return {
            "services": pa.Table.from_pylist(list(self._services.values()), schema=SERVICES),
            "staff": pa.Table.from_pylist(list(self._staff.values()), schema=STAFF),
        }
