"""What is known of one sequence of visits on a day: its own rhythm, drawn towards that of everybody.

Written in the subset that Numba compiles; `State` is a record of plain numbers, carried from visit to visit.
"""

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.compiled import compilable

Numbers = npt.NDArray[Any]
Real = Annotated[float, "f8"]
Whole = Annotated[int, "i8"]

RECENT_GAPS = 8
"""So many of the last gaps make the client's own curve."""

FADING = 0.85
"""What a gap counts for in it against the next one."""

EWMA = 0.4
"""What the latest gap counts for in the running mean."""


@dataclass(slots=True)
class State:
    """One sequence as far as it has been walked; logarithms are of days."""

    place: Whole = 0  # of the latest visit, in the array of all days
    begin: Whole = 0  # of the first visit
    within_90: Whole = 0  # of the first visit of the last 90 days
    within_365: Whole = 0
    first_on: Real = 0.0
    last_on: Real = 0.0
    gaps: Real = 0.0  # how many
    log_sum: Real = 0.0
    square_sum: Real = 0.0
    last_log: Real = 0.0
    running_log: Real = 0.0
    longest_log: Real = 0.0


class Scale(NamedTuple):
    """How gaps spread over everybody: what one client's few gaps are drawn towards. Logarithms of days."""

    mean_log: float
    within_sd: float  # of a client's gaps around the client's own mean
    prior_gaps: float  # the group's mean counts as so many gaps of the client
    group_means: Numbers  # per group of the last visit


@compilable
def start_walk(state: Any, days: Numbers, place: int) -> None:
    """Set a state to the first visit of a sequence."""
    state.place, state.begin, state.within_90, state.within_365 = place, place, place, place
    state.first_on, state.last_on = float(days[place]), float(days[place])
    state.gaps, state.log_sum, state.square_sum = 0.0, 0.0, 0.0
    state.last_log, state.running_log, state.longest_log = 0.0, 0.0, 0.0


@compilable
def walk_on(state: Any, days: Numbers) -> None:
    """Carry a state to the next visit of its sequence."""
    state.place += 1
    log = np.log(days[state.place] - state.last_on)
    state.last_on = float(days[state.place])
    state.running_log = log if state.gaps == 0 else (1.0 - EWMA) * state.running_log + EWMA * log
    state.longest_log = log if state.gaps == 0 else max(state.longest_log, log)
    state.gaps += 1.0
    state.log_sum += log
    state.square_sum += log * log
    state.last_log = log


@compilable
def look_back(state: Any, days: Numbers, on: int) -> None:
    """Bring the windows of 90 and 365 days up to day `on`, which never goes back."""
    while state.within_90 <= state.place and days[state.within_90] <= on - 90:
        state.within_90 += 1
    while state.within_365 <= state.place and days[state.within_365] <= on - 365:
        state.within_365 += 1


@compilable
def own_mean(state: Any, group_mean: float, scale: Scale) -> float:
    """Return the mean of the client's log gaps, drawn towards the group's."""
    return (scale.prior_gaps * group_mean + state.log_sum) / (scale.prior_gaps + state.gaps)


@compilable
def own_sd(state: Any, mean: float, scale: Scale) -> float:
    """Return the spread of the client's log gaps around that mean, drawn towards everybody's."""
    squares = state.square_sum - 2.0 * mean * state.log_sum + state.gaps * mean * mean
    return np.sqrt((4.0 * scale.within_sd * scale.within_sd + max(squares, 0.0)) / (4.0 + state.gaps)) + 0.05
