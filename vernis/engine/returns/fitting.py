"""Fitting the parts of the model to sequences as they are known on a day."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.compiled import compiled, is_available
from vernis.engine.records import records
from vernis.engine.returns import cnbd, hazard
from vernis.engine.returns.cnbd import Cnbd, Summary
from vernis.engine.returns.features import Lens
from vernis.engine.returns.spells import CURVE_STEP_DAYS, Spells, scale_of, weekly_curves
from vernis.engine.returns.states import State

Numbers = npt.NDArray[Any]

ANCHOR_SEQUENCES = 20_000
STAGE_SEQUENCES = 5000
"""So many tell how regular visits are (k)."""

MOST_ROWS = 150_000
MOST_WEEKS = 312
SEASON_DAYS = 700
MOST_GROUP_BLOCKS = 12
LEAST_OF_BLOCK = 60
"""A group with so many visits has columns of its own in the hazard."""


class Sequences(NamedTuple):
    """Visits of all sequences end to end; `groups` per visit, from 0 to `group_count` - 1."""

    starts: Numbers
    days: Numbers
    groups: Numbers
    group_count: int

    @property
    def size(self) -> int:
        """How many sequences there are."""
        return len(self.starts) - 1


def known_on(all_of: Sequences, day: int) -> tuple[Sequences, Numbers]:
    """Return the sequences as far as visits had taken place by the end of a day, and which ones are left."""
    is_known = all_of.days <= day
    counts = np.add.reduceat(np.append(is_known, False), all_of.starts[:-1]) if all_of.size else np.zeros(0, int)
    counts = np.where(np.diff(all_of.starts) > 0, counts, 0)
    left = np.flatnonzero(counts)
    starts = np.concatenate(([0], np.cumsum(counts[left]))).astype(np.int64)
    return Sequences(starts, all_of.days[is_known], all_of.groups[is_known], all_of.group_count), left


def some_of(all_of: Sequences, chosen: Numbers) -> Sequences:
    """Return some of the sequences."""
    counts = np.diff(all_of.starts)[chosen]
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    place = np.arange(starts[-1]) - np.repeat(starts[:-1] - all_of.starts[chosen], counts)
    return Sequences(starts, all_of.days[place], all_of.groups[place], all_of.group_count)


def sampled(count: int, most: int) -> Numbers:
    """Return at most so many places of `count`, spread evenly in an order that follows nothing else."""
    order = np.argsort(np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) % np.uint64(2**61 - 1))
    return np.sort(order[:most]) if count > most else np.arange(count)


def summary_of(of: Sequences, as_of: int) -> Summary:
    """Return what the (M)BG/CNBD-k family wants to know; in weeks."""
    first, last = of.days[of.starts[:-1]], of.days[of.starts[1:] - 1]
    gaps = np.diff(of.days, prepend=of.days[:1]).astype(float)
    gaps[of.starts[:-1]] = 7.0
    logs = np.add.reduceat(np.log(np.maximum(gaps, 1) / 7), of.starts[:-1]) if of.size else np.zeros(0)
    return Summary((np.diff(of.starts) - 1).astype(float), (last - first) / 7, (as_of - first) / 7, logs)


def fit_anchor(of: Sequences, as_of: int) -> tuple[Cnbd, Cnbd]:
    """Return the one of MBG/CNBD-k and BG/CNBD-k that fits better, and MBG/NBD."""
    few = summary_of(some_of(of, sampled(of.size, STAGE_SEQUENCES)), as_of)
    summary = summary_of(some_of(of, sampled(of.size, ANCHOR_SEQUENCES)), as_of)
    found = []
    for leaves_at_once in (True, False):
        start = cnbd.fit_best(few, leaves_at_once=leaves_at_once)[0]
        found.append(cnbd.fit(summary, k=int(start.k), leaves_at_once=leaves_at_once, start=start))
    return max(found, key=lambda pair: pair[1])[0], cnbd.fit(summary, k=1, leaves_at_once=True)[0]


def lens_of(of: Sequences, spells: Spells, anchor: Cnbd, as_of: int, interval_days: float) -> Lens:
    """Return what turns states into columns."""
    scale = scale_of(spells, of.group_count, float(np.log(interval_days)))
    whole, curves = weekly_curves(spells, of.group_count, interval_days)
    logs = np.log(np.maximum(spells.days[spells.ended], 1))
    knots = np.quantile(logs, (0.1, 0.25, 0.5, 0.75, 0.9)) if len(logs) else np.full(5, scale.mean_log)
    sizes = np.bincount(of.groups, minlength=of.group_count)
    large = np.argsort(-sizes, kind="stable")[:MOST_GROUP_BLOCKS]
    large = large[sizes[large] >= LEAST_OF_BLOCK] if of.group_count > 1 else large[:0]
    block = np.full(of.group_count, -1, np.int64)
    block[large] = np.arange(len(large))
    has_seasons = len(of.days) > 0 and as_of - int(of.days.min()) >= SEASON_DAYS
    return Lens(
        scale,
        anchor,
        knots,
        float(has_seasons),
        len(large),
        block,
        CURVE_STEP_DAYS,
        np.log(curves / (1 - curves)) - np.log(whole / (1 - whole)) if of.group_count > 1 else np.zeros_like(curves),
    )


def rows_of(of: Sequences, lens: Lens, until: int) -> hazard.Rows:
    """Return rows to learn the hazard from: of as many sequences as fit into MOST_ROWS."""
    weeks = np.minimum((until - of.days[of.starts[:-1]]) // 7 + 1, MOST_WEEKS)
    order = sampled(of.size, of.size)
    mixed = np.argsort(np.arange(of.size, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) % np.uint64(2**61 - 1))
    # weeks that are thinned out are counted in full here, so room may stay empty; then more sequences come in
    chosen = (
        np.sort(mixed[: max(int(np.searchsorted(np.cumsum(weeks[mixed]), 2.5 * MOST_ROWS)), 1)]) if of.size else order
    )
    states = records(State, 1) if is_available() else [State()]
    arguments = (chosen.astype(np.int64), of.starts, of.days, of.groups, until, MOST_WEEKS, states, lens)
    counted = hazard.room(0, lens.groups)
    compiled(hazard.write_rows_of_all)(*arguments, counted)
    count = int(counted.counts[0])
    if count > MOST_ROWS:
        chosen = np.sort(np.array(mixed[: max(int(len(chosen) * MOST_ROWS / count), 1)]))
        arguments = (chosen.astype(np.int64), *arguments[1:])
        counted.counts[0] = 0
        compiled(hazard.write_rows_of_all)(*arguments, counted)
        count = int(counted.counts[0])
    rows = hazard.room(count, lens.groups)
    compiled(hazard.write_rows_of_all)(*arguments, rows)
    return rows
