import pytest

from tests.people import World
from tests.web import sweep


@pytest.fixture
def browsers(world: World) -> sweep.Browsers:
    """Return a session of everybody of the world."""
    return sweep.Browsers(world)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much the sweeps have examined: one that has looked at nothing is green too."""
    if sweep.requests_made:
        routes, made = len(sweep.route_names()), sweep.requests_made
        terminalreporter.write_line(f"Sweeps: {made} requests to {routes} routes, {len(sweep.ACTORS)} people.")
