"""A real browser for tests: Debian's Chromium, in the sizes of a desk and of a phone.

    def test_olga_sees_her_list(world: World, desk: Page, log_in: LogIn) -> None:
        log_in(desk, world.olga)
        desk.goto("/")
        axe(desk)

Every screen fails its test when the console has shown an error or a breach of the Content-Security-Policy; what a test
provokes on purpose it names with `desk.faults.allow("...")`, see `Screen`.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from typing import TYPE_CHECKING, Any, Protocol
from unittest import mock

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page
from pytest_django.live_server_helper import LiveServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vernis.accounts.models import User

DESK, PHONE = (1366, 768), (360, 740)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EXPECTED = re.compile(r"the server responded with a status of (409|422|423)\b")  # answers, not faults


class LogIn(Protocol):
    """Let a person in on a screen, without the page of the password."""

    def __call__(self, page: Page, person: User) -> None: ...


class NewScreen(Protocol):
    """Open one more screen, a browser of its own: for a second person."""

    def __call__(self, size: tuple[int, int] = DESK, **options: Any) -> Page: ...


class Faults:
    """What the consoles of a test's screens have complained about."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.allowed: list[str] = []

    def allow(self, *parts: str) -> None:
        """Expect complaints that contain one of these texts."""
        self.allowed.extend(parts)

    def watch(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.seen.append(f"{page.url}: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            self.seen.append(f"{message.location.get('url', '')}: {message.text}")

    @property
    def unexpected(self) -> list[str]:
        """What nobody has expected."""
        return [text for text in self.seen if not any(part in text for part in self.allowed)]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Start Debian's Chromium, with nothing that talks to the outside."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "there is no chromium: make test installs it"
    return {"executable_path": program, "args": FLAGS}


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """Serve the application in threads, its files by WhiteNoise as in a salon (not by Django's finders)."""
    with mock.patch("django.contrib.staticfiles.handlers.StaticFilesHandler", lambda application: application):
        server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Collect the complaints of the test's screens; fail the test on those that nobody has expected."""
    heard = Faults()
    yield heard
    assert heard.unexpected == []


@pytest.fixture
def new_screen(
    live_server: LiveServer, faults: Faults, new_context: Callable[..., BrowserContext]
) -> Iterator[NewScreen]:
    """Give the function that opens screens, which read Russian and keep Moscow's time.

    A page that is left still says so to the server: that is waited for, since tables are emptied after the test.
    """
    opened: list[Page] = []

    def open_screen(size: tuple[int, int] = DESK, **options: Any) -> Page:
        width, height = size
        wanted = {"locale": "ru-RU", "timezone_id": "Europe/Moscow", "reduced_motion": "reduce", **options}
        context = new_context(base_url=live_server.url, viewport={"width": width, "height": height}, **wanted)
        context.set_default_timeout(10_000)
        context.on("page", faults.watch)
        opened.append(context.new_page())
        return opened[-1]

    yield open_screen
    for page in opened:
        if not page.is_closed():
            page.context.set_offline(False)
            page.goto("about:blank")
    time.sleep(0.5)


@pytest.fixture
def desk(new_screen: NewScreen) -> Page:
    """Return a page on the screen of a reception."""
    return new_screen(DESK)


@pytest.fixture
def phone(new_screen: NewScreen) -> Page:
    """Return a page on a phone, which is touched."""
    return new_screen(PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def log_in(live_server: LiveServer) -> LogIn:
    """Return the function that lets a person in."""

    def let_in(page: Page, person: User) -> None:
        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return let_in


def axe(page: Page, *, without: tuple[str, ...] = ()) -> None:
    """Fail where the page breaks WCAG 2.2 AA; `without` names rules of axe that this page is let off."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {
        "runOnly": {"type": "tag", "values": AXE_TAGS},
        "rules": {"target-size": {"enabled": True}, **{rule: {"enabled": False} for rule in without}},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    breaches = [
        f"{breach['id']}: {breach['help']}\n    " + "\n    ".join(node["html"][:200] for node in breach["nodes"][:5])
        for breach in found["violations"]
    ]
    assert found["passes"], "axe has looked at nothing"
    assert not breaches, f"{page.url}\n" + "\n".join(breaches)


def does_not_scroll_sideways(page: Page) -> None:
    """Fail where the page is wider than its screen."""
    wide = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1], f"{page.url}: {json.dumps(wide)}"


__all__ = ["DESK", "PHONE", "Error", "Faults", "LogIn", "NewScreen", "axe", "does_not_scroll_sideways"]
