"""Who is who in one import: the key under which the rows of one person come together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.values.plain import name_key

IDENTITY = ("client_id", "phone", "email", "name")
TAIL = 16  # bytes of a key


class Aliases:
    """What is known of people with a number, for rows of other files that give only a phone, an e-mail or a name."""

    def __init__(self) -> None:
        self._pairs: list[pa.Table] = []
        self._rows = 0
        self._known: pa.Table | None = None

    def learn(self, facts: pa.Table) -> None:
        """Take what some rows say of people."""
        keys = strongest(facts)
        names = _name_keys(facts["name"])
        for kind, token in (
            ("pn:", pc.binary_join_element_wise(facts["phone"], names, "|")),
            ("p:", facts["phone"]),
            ("e:", facts["email"]),
            ("n:", _long(names)),
        ):
            pairs = pa.table({"token": pc.binary_join_element_wise(kind, token, ""), "key": keys}).drop_null()
            self._pairs.append(pairs.group_by(["token", "key"]).aggregate([]))
            self._rows += len(self._pairs[-1])
        if len(self._pairs) > 64:
            self._pairs = [pa.concat_tables(self._pairs).group_by(["token", "key"]).aggregate([])]

    def finish(self) -> None:
        """Keep what names one person only; a number wins over a phone, a phone over an e-mail."""
        if not self._pairs:
            return
        pairs = pa.concat_tables(self._pairs).group_by(["token", "key"]).aggregate([])
        self._pairs = []
        is_number = pc.starts_with(pairs["key"], "id:")
        by_number = _single(pairs.filter(is_number))
        others = pairs.filter(pc.and_(pc.invert(pc.is_in(pairs["token"], by_number["token"].combine_chunks())),
                                      pc.invert(is_number)))  # fmt: skip
        self._known = pa.concat_tables([by_number, _single(others)])

    def keys(self, facts: pa.Table) -> pa.Array:
        """Return the key of each row."""
        own = strongest(facts)
        if self._known is None:
            return own
        names = _name_keys(facts["name"])
        candidates = [pc.if_else(pc.starts_with(pc.fill_null(own, ""), "id:"), own, None)]
        for kind, token in (
            ("pn:", pc.binary_join_element_wise(facts["phone"], names, "|")),
            ("p:", facts["phone"]),
            ("e:", facts["email"]),
            ("n:", pc.if_else(pc.and_(pc.is_null(facts["phone"]), pc.is_null(facts["email"])), _long(names), None)),
        ):
            places = pc.index_in(pc.binary_join_element_wise(kind, token, ""), self._known["token"].combine_chunks())
            candidates.append(self._known["key"].take(places))
        return pc.coalesce(*candidates, own)


def spread(keys: pa.Array) -> np.ndarray:
    """Return a number for each key, the same for the same key, by which keys fall apart evenly."""
    count = len(keys)
    offsets = np.frombuffer(keys.buffers()[1], np.int32)[keys.offset : keys.offset + count + 1]
    data = np.frombuffer(keys.buffers()[2], np.uint8)
    found = np.zeros(count, np.uint64)
    for back in range(1, TAIL + 1):
        at = offsets[1:] - back
        found = found * np.uint64(1_000_003) + np.where(at >= offsets[:-1], data[at], 0).astype(np.uint64)
    return ((found ^ (found >> np.uint64(29))) % np.uint64(1 << 31)).astype(np.int64)


def _single(pairs: pa.Table) -> pa.Table:
    counted = pairs.group_by("token").aggregate([("key", "count"), ("key", "min")])
    return counted.filter(pc.equal(counted["key_count"], 1)).select(["token", "key_min"]).rename_columns(["token", "key"])


def strongest(facts: pa.Table) -> pa.ChunkedArray:
    """Return the best a row itself says of who it is: number, phone, e-mail, name."""
    by_name = _name_keys(facts["name"]) if facts["name"].null_count < len(facts) else facts["name"]
    parts = []
    for kind, column in (
        ("id:", facts["client_id"]),
        ("phone:", facts["phone"]),
        ("email:", facts["email"]),
        ("name:", by_name),
    ):
        parts.append(pc.binary_join_element_wise(kind, column, ""))
    return pc.coalesce(*parts)


def _name_keys(names: pa.ChunkedArray) -> pa.ChunkedArray:
    encoded = names.combine_chunks().dictionary_encode()
    keys = [name_key(text) or words.folded(text) or text for text in encoded.dictionary.to_pylist()]
    return pa.chunked_array([pa.array(keys, pa.string()).take(encoded.indices)])


def _long(names: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.match_substring(names, " "), names, None)


def apart(keys: list[str], codes: np.ndarray, names: pa.Array) -> tuple[list[str], np.ndarray]:
    """Return keys and codes in which people who share a phone are apart, where their names contradict each other.

    "Анна" and "Иванова Анна" may be one person; "Анна" and "Мария" are two. The first who is met keeps the key.
    """
    encoded = names.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    name_codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    is_phone = np.array([key.startswith(("phone:", "email:")) for key in keys], bool)
    rows = np.nonzero(is_phone[codes] & (name_codes >= 0))[0]
    if not len(rows):
        return keys, codes
    seen, first = np.unique(np.stack([codes[rows], name_codes[rows]]), axis=1, return_index=True)
    many = np.bincount(seen[0], minlength=len(keys)) > 1
    if not many.any():
        return keys, codes
    keys, codes = list(keys), codes.copy()
    for code, named in _in_order(seen, rows[first], many):
        moved: dict[int, int] = {}
        clusters: list[tuple[int, list[set[str]]]] = []
        for name in named:
            tokens = set(words.folded(texts[name]).split())
            home = next((place for place, sets in clusters if all(_may_be_one(tokens, other) for other in sets)), None)
            if home is None:
                home = code if not clusters else len(keys)
                if clusters:
                    keys.append(f"{keys[code]}/{name_key(texts[name])}")
                clusters.append((home, [tokens]))
            else:
                next(sets for place, sets in clusters if place == home).append(tokens)
            moved[name] = home
        mine = np.nonzero(codes == code)[0]
        for name, home in moved.items():
            if home != code:
                codes[mine[name_codes[mine] == name]] = home
    return keys, codes


def _in_order(seen: np.ndarray, first: np.ndarray, many: np.ndarray) -> Iterator[tuple[int, list[int]]]:
    order = np.argsort(first, kind="stable")
    named: dict[int, list[int]] = {}
    for place in order:
        if many[seen[0][place]]:
            named.setdefault(int(seen[0][place]), []).append(int(seen[1][place]))
    yield from named.items()


def _may_be_one(some: set[str], others: set[str]) -> bool:
    """Say whether each word of the shorter name begins a word of the longer one."""
    short, long = sorted((some, others), key=len)
    return all(any(word.startswith(part) or part.startswith(word) for word in long) for part in short)
