"""Weeks in which a business was closed are no weeks in which its clients stayed away."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

LEAST_VISITS = 200
LEAST_DAYS = 28
LEFT_DAYS = 7
"""Of a closure this much is kept."""


def without_closures(days: Numbers, as_of: int) -> Numbers:
    """Return days with every closure before them taken out, counted back from `as_of`, which stays what it is.

    A closure: no visit of anybody for four weeks and ten times longer than all but one in a hundred of such pauses.
    """
    open_days = np.unique(days)
    if len(days) < LEAST_VISITS:
        return days
    pauses = np.diff(open_days)
    usual = float(np.quantile(pauses, 0.99))
    is_closure = (pauses >= LEAST_DAYS) & (pauses >= 10 * min(usual, 7))
    taken = np.where(is_closure, pauses - LEFT_DAYS, 0)
    shift_after = np.append(np.cumsum(taken[::-1])[::-1], 0)  # of the days up to each open day
    moved: Numbers = days + shift_after[np.searchsorted(open_days, days)]
    return moved
