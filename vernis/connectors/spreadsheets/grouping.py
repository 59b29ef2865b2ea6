"""Groups of rows by several whole numbers at once."""

from __future__ import annotations

import numpy as np


def groups(*keys: np.ndarray) -> np.ndarray:
    """Return for each row the number of its group: rows with equal keys share one, in no special order."""
    count = len(keys[0])
    found = np.zeros(count, np.int64)
    if not count:
        return found
    order = np.lexsort(keys[::-1])
    changes = np.zeros(count, bool)
    for key in keys:
        ordered = key[order]
        changes[1:] |= ordered[1:] != ordered[:-1]
    found[order] = np.cumsum(changes)
    return found


def ranks(group: np.ndarray) -> np.ndarray:
    """Return for each row how many rows of its group stand before it."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(group) else np.zeros(0, bool)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(group)), 0)) if len(group) else starts
    found = np.zeros(len(group), np.int64)
    found[order] = np.arange(len(group)) - first
    return found


def pairs(left: np.ndarray, right: np.ndarray, *keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of `left` and of `right` (numbers of rows) with equal keys, one to one, in their order."""
    if not len(left) or not len(right):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    both = np.concatenate([left, right])
    group = groups(*(key[both] for key in keys))
    in_left, in_right = group[: len(left)], group[len(left) :]
    wide = len(both) + 1
    left_codes, right_codes = in_left * wide + ranks(in_left), in_right * wide + ranks(in_right)
    _codes, at_left, at_right = np.intersect1d(left_codes, right_codes, assume_unique=True, return_indices=True)
    return left[at_left], right[at_right]


def first_of(group: np.ndarray, is_good: np.ndarray) -> np.ndarray:
    """Return for each group (numbered from 0 without gaps) its first row that is good, -1 for none."""
    count = int(group.max(initial=-1)) + 1
    found = np.full(count, len(group), np.int64)
    rows = np.nonzero(is_good)[0]
    np.minimum.at(found, group[rows], rows)
    return np.where(found == len(group), -1, found)
