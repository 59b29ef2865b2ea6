"""`vernis warm-up`: compile the rules before somebody waits for them."""

import sys
import tempfile
from pathlib import Path

from vernis.lib.texts import _


def run() -> None:
    """Compile everything that a run compiles, on a tiny invented salon, and keep the machine code."""
    import datetime  # noqa: PLC0415

    from vernis.engine.compiled import is_available  # noqa: PLC0415
    from vernis.warehouse import bucketing, learning, replays, runs, snapshot  # noqa: PLC0415
    from vernis.warehouse.returns import predicting, visits  # noqa: PLC0415
    from vernis.warehouse.sample import write_sample  # noqa: PLC0415

    if not is_available():
        print(_("Numba is not installed: the rules will be interpreted, which is slower."), file=sys.stderr)
        return
    as_of = datetime.date(2026, 5, 12)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "sample"
        write_sample(data, clients=50, seed=1, as_of=as_of)
        bucketing.COMPILE_FROM = runs.INTERPRET_UP_TO = learning.INTERPRET_UP_TO = 0
        with snapshot.opened(data, Path(folder) / "cache") as prepared:
            runs.worklist(prepared, as_of)
            replays.block_sizes(prepared, as_of, as_of)
            known = visits.from_snapshot(prepared, as_of)
            predicting.predictions(known, predicting.fit_models(known, as_of, is_tested=False), as_of)
    print(_("The rules are compiled."), file=sys.stderr)
