"""Customers who buy until they leave: BG/NBD, MBG/NBD, BG/CNBD-k and MBG/CNBD-k in closed form.

One model with two switches. A client visits at intervals that are Erlang-k with rate lambda (k = 1: exponential, the
"NBD"); after a visit she leaves for good with chance p. lambda is Gamma(r, rate alpha) over clients, p is Beta(a, b).
BG: she can leave after repeat visits only; MBG ("modified"): after the first as well (`leaves_at_once`).

What is known of a client: `x` repeat visits, `t_last_visit` from the first visit to the last, `age` from the first
visit to today. Any unit of time; parameters here are in weeks.

Sources:
- BG/NBD: Fader, Hardie, Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275-284:
  likelihood (6), expectation (9), conditional expectation (10).
- MBG/NBD: Batislam, Denizel, Filiztekin (2007), IJRM 24(3), 201-209; Wagner, Hoppe (2008), IJRM 25(3), 225-226.
- (M)BG/CNBD-k: Reutterer, Platzer, Schroeder (2021), Leveraging purchase regularity for predicting customer behavior
  the easy way, IJRM 38(1), 194-215.

How it follows. Write tau for the time since the last visit, m = 1 for MBG and 0 for BG, n = r + k x. Given lambda and p
the history has density lambda^(k x) e^(-lambda t_last_visit) prod(gap^(k-1) / (k-1)!) times

    alive:  (1-p)^(x+m)   sum_{j<k} (lambda tau)^j / j!  e^(-lambda tau)
    gone:   (1-p)^(x+m-1) p                              (BG: only if x > 0)

Integrated over lambda and p, and divided by what both share, Gamma(n) / (alpha + t_last_visit)^n times
B(a+1, b+x+m-1):

    alive:  odds * q(tau),  odds = (b + x + m - 1) / a
    gone:   1
    q(tau)  = u^n sum_{j<k} n (n+1) .. (n+j-1) / j! v^j,
              u = (alpha + t_last_visit) / (alpha + t_last_visit + tau),  v = tau / (alpha + t_last_visit + tau)

which is P(alive), and the chance that nobody comes for another h is

    S(h) = (odds q(tau + h) + 1) / (odds q(tau) + 1).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from vernis.engine.compiled import compilable

Numbers = npt.NDArray[Any]

MOST_STAGES = 6
"""The largest k that is tried."""

_BOUNDS = (-9.0, 9.0)  # of the logarithms of the parameters
_PULL = 1e-3  # weight of a wide prior on the logarithms: parameters that the data do not know stay finite


class Cnbd(NamedTuple):
    """Parameters of the family; `k` is a whole number, kept as a float for the compiled rules."""

    k: float
    r: float
    alpha: float
    a: float
    b: float
    leaves_at_once: float  # 1: MBG, 0: BG


class Summary(NamedTuple):
    """What the family wants to know of each client; `log_gaps` is the sum of the logarithms of the gaps."""

    x: Numbers
    t_last_visit: Numbers
    age: Numbers
    log_gaps: Numbers


@compilable
def alive_weight(since: float, x: float, t_last_visit: float, model: Cnbd) -> float:
    """Return odds * q(since): how much more likely alive than gone, `since` after the last visit."""
    n = model.r + model.k * x
    whole = model.alpha + t_last_visit + since
    share = since / whole
    term = 1.0 + 0.0 * share
    q = 1.0 + 0.0 * share
    for j in range(1, int(model.k)):
        term = term * share * (n + j - 1.0) / j
        q = q + term
    q = q * np.exp(n * np.log((model.alpha + t_last_visit) / whole))
    can_be_gone = np.minimum(1.0, x + model.leaves_at_once)
    odds = (model.b + x + model.leaves_at_once - 1.0) / model.a
    return (can_be_gone * odds + (1.0 - can_be_gone)) * q


@compilable
def stays_away(ahead: float, since: float, x: float, t_last_visit: float, model: Cnbd) -> float:
    """Return the chance of no visit in the next `ahead`, `since` after the last visit."""
    can_be_gone = np.minimum(1.0, x + model.leaves_at_once)
    later = alive_weight(since + ahead, x, t_last_visit, model)
    now = alive_weight(since, x, t_last_visit, model)
    return (later + can_be_gone) / (now + can_be_gone + 1e-300)


def is_alive(of: Summary, model: Cnbd) -> Numbers:
    """Return the chance that each client has not left for good."""
    weight = alive_weight(of.age - of.t_last_visit, of.x, of.t_last_visit, model)  # type: ignore[arg-type]
    return weight / (weight + np.minimum(1.0, of.x + model.leaves_at_once))


def log_likelihood(of: Summary, model: Cnbd) -> Numbers:
    """Return the log-likelihood of each client's history: Fader et al. (6), with the sums above for k > 1."""
    k, r, alpha, a, b, m = model
    n = r + k * of.x
    since = of.age - of.t_last_visit
    weight = alive_weight(since, of.x, of.t_last_visit, model)  # type: ignore[arg-type]
    can_be_gone = np.minimum(1.0, of.x + m)
    never_gone = betaln(a, b + of.x + m)
    leaves = np.where(can_be_gone > 0, betaln(a + 1, np.maximum(b + of.x + m - 1, 1e-12)), never_gone)
    shape = (k - 1) * of.log_gaps - of.x * gammaln(k)
    rate = gammaln(n) - gammaln(r) + r * np.log(alpha) - n * np.log(alpha + of.t_last_visit)
    return shape + rate + leaves - betaln(a, b) + np.log(weight + can_be_gone)


def _from_logs(k: float, logs: Numbers, leaves_at_once: float) -> Cnbd:
    r, alpha, a, b = (float(value) for value in np.exp(logs))
    return Cnbd(float(k), r, alpha, a, b, leaves_at_once)


def fit(of: Summary, *, k: int, leaves_at_once: bool, start: Cnbd | None = None) -> tuple[Cnbd, float]:
    """Return the parameters of the greatest likelihood, and it; rows that are equal are counted once."""
    rows, counts = np.unique(np.stack(of, axis=1), axis=0, return_counts=True)
    summary, weight = Summary(*rows.T), counts / counts.sum()
    m = float(leaves_at_once)
    first = start or Cnbd(k, 1.0, max(float(np.mean(of.age)) / (float(np.mean(of.x)) + 1), 0.1), 1.0, 2.0, m)
    alpha = first.alpha * k / first.k if start else first.alpha * k

    def loss(logs: Numbers) -> float:
        total = float(np.sum(weight * log_likelihood(summary, _from_logs(k, logs, m))))
        return -total + _PULL / len(of.x) * float(logs @ logs)

    begin = np.log([first.r, alpha, first.a, first.b])
    found = minimize(loss, begin, method="L-BFGS-B", bounds=[_BOUNDS] * 4, options={"ftol": 1e-11, "gtol": 1e-7})
    model = _from_logs(k, found.x, m)
    return model, float(weight @ log_likelihood(summary, model)) * len(of.x)


def fit_best(of: Summary, *, leaves_at_once: bool, most: int = MOST_STAGES) -> tuple[Cnbd, float]:
    """Return the parameters of the k that fits best: k grows for as long as the likelihood does."""
    best = fit(of, k=1, leaves_at_once=leaves_at_once)
    for k in range(2, most + 1):
        next_best = fit(of, k=k, leaves_at_once=leaves_at_once, start=best[0])
        if next_best[1] <= best[1]:
            break
        best = next_best
    return best


def expected_of_new(ahead: float, model: Cnbd) -> float:
    """Return how many repeat visits a new client makes in a time `ahead`: Fader et al. (9); only for BG/NBD."""
    _k, r, alpha, a, b, _m = model
    grown = (alpha / (alpha + ahead)) ** r * hyp2f1(r, b, a + b - 1, ahead / (alpha + ahead))
    return float((a + b - 1) / (a - 1) * (1 - grown))


def expected_visits(ahead: Numbers | float, of: Summary, model: Cnbd) -> Numbers:
    """Return how many visits each client makes in a time `ahead`: Fader et al. (10), for MBG with b + 1 for b.

    For k > 1 the rate is that of exponential intervals of the same mean (alpha times k), an approximation.
    """
    k, r, alpha, a, b, m = model
    b = b + m
    n, whole = r + of.x, alpha * k + of.age
    if abs(a - 1) < 1e-6:
        a += 1e-5  # the expression is continuous there, its parts are not
    grown = (whole / (whole + ahead)) ** n * hyp2f1(n, b + of.x, a + b + of.x - 1, ahead / (whole + ahead))
    return (a + b + of.x - 1) / (a - 1) * (1 - grown) * is_alive(of, model)
