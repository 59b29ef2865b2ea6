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
        self._numbers: pa.Table | None = None
        self._others: pa.Table | None = None

    def learn(self, facts: pa.Table) -> None:
        """Take what some rows say of people."""
        keys = strongest(facts)
        for token in _tokens(facts).values():
            pairs = pa.table({"token": token, "key": keys}).drop_null()
            self._pairs.append(pairs.group_by(["token", "key"]).aggregate([]))
        if len(self._pairs) > 64:
            self._pairs = [pa.concat_tables(self._pairs).group_by(["token", "key"]).aggregate([])]

    def finish(self) -> None:
        """Keep what names one person only; a number wins over a phone, a phone over an e-mail."""
        if not self._pairs:
            return
        pairs = pa.concat_tables(self._pairs).group_by(["token", "key"]).aggregate([])
        self._pairs = []
        is_number = pc.starts_with(pairs["key"], "id:")
        self._numbers = _single(pairs.filter(is_number))
        is_known = pc.is_in(pairs["token"], self._numbers["token"].combine_chunks())
        self._others = _single(pairs.filter(pc.and_(pc.invert(is_known), pc.invert(is_number))))

    def keys(self, facts: pa.Table) -> pa.Array:
        """Return the key of each row."""
        own = strongest(facts)
        if self._numbers is None or self._others is None:
            return own
        tokens = _tokens(facts)
        has_phone = pc.is_valid(facts["phone"])
        only_name = pc.and_(pc.invert(has_phone), pc.is_null(facts["email"]))
        candidates = [pc.if_else(pc.starts_with(pc.fill_null(own, ""), "id:"), own, None)]
        candidates += [_found(self._numbers, tokens[kind]) for kind in ("pn", "p", "e")]
        candidates.append(pc.if_else(only_name, _found(self._numbers, tokens["n"]), None))
        candidates.append(pc.if_else(has_phone, own, _found(self._others, tokens["e"])))
        candidates.append(pc.if_else(only_name, _found(self._others, tokens["n"]), None))
        return pc.coalesce(*candidates, own)


def _tokens(facts: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return what can lead to a person: phone with name, phone, e-mail, a name of two words or more."""
    names = _name_keys(facts["name"])
    found = {"pn": pc.binary_join_element_wise(facts["phone"], names, "|"), "p": facts["phone"], "e": facts["email"],
             "n": _long(names)}  # fmt: skip
    return {kind: pc.binary_join_element_wise(f"{kind}:", token, "") for kind, token in found.items()}


def _found(known: pa.Table, tokens: pa.ChunkedArray) -> pa.ChunkedArray:
    return known["key"].combine_chunks().take(pc.index_in(tokens, known["token"].combine_chunks()))


def _single(pairs: pa.Table) -> pa.Table:
    """Return the tokens that lead to one person only."""
    counted = pairs.group_by("token").aggregate([("key", "count"), ("key", "min")])
    return (
        counted.filter(pc.equal(counted["key_count"], 1)).select(["token", "key_min"]).rename_columns(["token", "key"])
    )


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


def apart(keys: list[str], codes: np.ndarray, facts: pa.Table) -> tuple[list[str], np.ndarray]:
    """Return keys and codes in which people who share a phone are apart, where their names contradict each other.

    "Анна" and "Иванова Анна" may be one person; "Анна" and "Мария" are two. Who has a number, or else who is met first,
    keeps the key.
    """
    encoded = facts["name"].combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    name_codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    has_number = pc.is_valid(facts["client_id"]).combine_chunks().to_numpy(zero_copy_only=False)
    by_name = np.array([key.startswith("name:") for key in keys], bool)
    rows = np.nonzero(~by_name[codes] & (name_codes >= 0))[0]
    if not len(rows):
        return keys, codes
    rows = rows[np.argsort(~has_number[rows], kind="stable")]
    seen, first = np.unique(np.stack([codes[rows], name_codes[rows]]), axis=1, return_index=True)
    is_free = np.zeros(len(keys), bool)
    is_free[codes[rows[~has_number[rows]]]] = True
    many = (np.bincount(seen[0], minlength=len(keys)) > 1) & is_free
    if not many.any():
        return keys, codes
    keys, codes = list(keys), codes.copy()
    for code, named in _in_order(seen, first, many):
        sure = {int(one) for one in name_codes[(codes == code) & has_number] if one >= 0}
        homes: list[tuple[int, list[set[str]]]] = [(code, [_tokens_of(texts[name]) for name in sure])]
        moved: dict[int, int] = {}
        for name in named:
            if name in sure:
                continue
            tokens = _tokens_of(texts[name])
            home = next(
                (one for one in homes if not one[1] or any(_may_be_one(tokens, other) for other in one[1])), None
            )
            if home is None:
                home = (len(keys), [])
                homes.append(home)
                keys.append(f"{keys[code]}/{name_key(texts[name])}")
            home[1].append(tokens)
            moved[name] = home[0]
        mine = np.nonzero((codes == code) & ~has_number)[0]
        for name, place in moved.items():
            if place != code:
                codes[mine[name_codes[mine] == name]] = place
    return keys, codes


def _tokens_of(name: str) -> set[str]:
    return set(words.folded(name).split())


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
