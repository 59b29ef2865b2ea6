"""What tests of several rooms share."""

import os

import pytest

from vernis.warehouse import bucketing, learning, runs

os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")


@pytest.fixture(params=["interpreted", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the rules as they stand, or compiled, whatever the size of the data."""
    limit = 10**9 if request.param == "interpreted" else -1
    monkeypatch.setattr(runs, "INTERPRET_UP_TO", limit)
    monkeypatch.setattr(learning, "INTERPRET_UP_TO", limit)
    monkeypatch.setattr(bucketing, "COMPILE_FROM", limit)
    return str(request.param)
