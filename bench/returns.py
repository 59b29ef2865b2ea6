"""How fast the model of return is: `python -m bench.returns [--clients 1000000] [--visits 20]` prints JSON.

Invented visits (a gamma rhythm per client, until she leaves) as sorted arrays, as the warehouse has them. Measured in
one process on two threads: fitting, with the share learned from the past; chances and dates for everybody; one client
after a change. Beside it `lifetimes` fitting and scoring BG/NBD on the same clients. Memory is the most of the process
by then; the visits themselves are part of it.
"""

import argparse
import contextlib
import json
import resource
import statistics
import time
import warnings
from typing import Any

import numpy as np

from vernis.engine.returns.fitting import Sequences, some_of, summary_of
from vernis.engine.returns.model import predict, tuned

AS_OF = 20_000
YEARS = 4


def invented(clients: int, visits: float, seed: int = 1) -> Sequences:
    """Return about so many visits per client over four years."""
    generator = np.random.default_rng(seed)
    begin = generator.integers(AS_OF - YEARS * 365, AS_OF - 60, clients)
    interval = np.exp(generator.normal(np.log(25), 0.5, clients))
    stays = np.minimum(generator.geometric(1 / (1.7 * visits), clients), 400)
    owner = np.repeat(np.arange(clients), stays)
    gaps = np.maximum(generator.gamma(4.0, 0.25, len(owner)) * interval[owner], 1).astype(np.int64)
    first = np.concatenate(([0], np.cumsum(stays)[:-1]))
    gaps[first] = 0
    days = np.cumsum(gaps)
    days += np.repeat(begin - days[first], stays)
    is_past = days <= AS_OF
    counts = np.add.reduceat(is_past, first)
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return Sequences(starts, days[is_past], np.zeros(int(is_past.sum()), np.int64), 1)


def peak_gb() -> float:
    """Return the most memory this process has had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def timed(call: Any) -> tuple[Any, float]:
    """Return what a call returns, and how long it took."""
    begin = time.perf_counter()
    found = call()
    return found, round(time.perf_counter() - begin, 3)


def with_lifetimes(of: Sequences) -> dict[str, float]:
    """Fit and score BG/NBD with lifetimes on the same clients."""
    from lifetimes import BetaGeoFitter  # noqa: PLC0415
    from lifetimes.utils import ConvergenceError  # noqa: PLC0415

    warnings.simplefilter("ignore")
    known = summary_of(of, AS_OF)
    begin = time.perf_counter()
    for penalty in (0.0, 0.001, 0.01, 0.1):  # as its documentation advises where it does not converge
        fitter = BetaGeoFitter(penalizer_coef=penalty)
        with contextlib.suppress(ConvergenceError):
            fitter.fit(known.x, known.t_last_visit, known.age)
            break
    fit_seconds = round(time.perf_counter() - begin, 3)
    _said, score_seconds = timed(
        lambda: fitter.conditional_expected_number_of_purchases_up_to_time(13, known.x, known.t_last_visit, known.age)
    )
    return {
        "lifetimes_penalty": penalty,
        "lifetimes_fit_seconds": fit_seconds,
        "lifetimes_score_seconds": score_seconds,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000_000)
    parser.add_argument("--visits", type=float, default=20)
    parser.add_argument("--without-lifetimes", action="store_true")
    options = parser.parse_args()
    small = invented(2000, options.visits)
    predict(small, AS_OF, tuned(small, AS_OF))  # wakes the compiler
    of, made_seconds = timed(lambda: invented(options.clients, options.visits))
    before = peak_gb()
    model, fit_seconds = timed(lambda: tuned(of, AS_OF))
    _found, score_seconds = timed(lambda: predict(of, AS_OF, model))
    result: dict[str, Any] = {
        "clients": of.size,
        "visits": len(of.days),
        "making_seconds": made_seconds,
        "fit_seconds": fit_seconds,
        "score_seconds": score_seconds,
        "total_seconds": round(fit_seconds + score_seconds, 3),
        "peak_gb": peak_gb(),
        "peak_gb_before": before,
    }
    one = [
        timed(lambda n=n: predict(some_of(of, np.array([n])), AS_OF, model))[1]
        for n in range(0, of.size, of.size // 101)
    ]
    result |= {
        "one_client_ms": round(1000 * statistics.median(one), 2),
        "one_client_worst_ms": round(1000 * max(one), 2),
    }
    if not options.without_lifetimes:
        result |= with_lifetimes(of)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
