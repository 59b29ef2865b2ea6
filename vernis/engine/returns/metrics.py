"""How good chances and dates were."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

BINS = 10
SURE = 1e-4
"""Chances are kept so far away from 0 and 1 before their logarithm is taken."""


def log_loss(p: Numbers, came: Numbers) -> Numbers:
    """Return the log loss of each chance."""
    p = np.clip(p, SURE, 1 - SURE)
    losses: Numbers = -np.where(came, np.log(p), np.log1p(-p))
    return losses


def brier(p: Numbers, came: Numbers) -> float:
    """Return the mean squared error of chances (Brier 1950)."""
    return float(np.mean((p - came) ** 2))


def auc(p: Numbers, came: Numbers) -> float | None:
    """Return how often one who came had the higher chance than one who did not; ties count half."""
    from scipy.stats import rankdata  # noqa: PLC0415

    yes = int(came.sum())
    if yes in (0, len(came)):
        return None
    ranks = rankdata(p)
    return float((ranks[came].sum() - yes * (yes + 1) / 2) / (yes * (len(came) - yes)))


def calibration(p: Numbers, came: Numbers) -> list[tuple[float, float, int]]:
    """Return per tenth of the scale: mean chance, share that came, how many; empty tenths are left out."""
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    sums, yes = np.bincount(place, p, BINS), np.bincount(place, came, BINS)
    return [(float(sums[b] / counts[b]), float(yes[b] / counts[b]), int(counts[b])) for b in np.flatnonzero(counts)]


def calibration_error(p: Numbers, came: Numbers) -> float:
    """Return the mean distance between chance and share over the tenths, weighted by how many are in each."""
    return float(sum(n * abs(mean - share) for mean, share, n in calibration(p, came)) / max(len(p), 1))


def bootstrap_ratio(
    losses: Numbers, others: Numbers, client: Numbers, rounds: int = 1000, seed: int = 1
) -> tuple[float, float]:
    """Return the 95 % interval of losses / others - 1: whole clients are drawn, with all their rows, both paired."""
    _names, owner = np.unique(client, return_inverse=True)
    sums = np.stack([np.bincount(owner, losses), np.bincount(owner, others)], axis=1)
    generator = np.random.default_rng(seed)
    ratios = np.empty(rounds)
    for n in range(rounds):
        drawn = np.bincount(generator.integers(0, len(sums), len(sums)), minlength=len(sums))
        ours, theirs = drawn @ sums
        ratios[n] = ours / theirs - 1
    low, high = np.quantile(ratios, (0.025, 0.975))
    return float(low), float(high)
