"""Requests of one process take turns; slow lines hold nobody up."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from vernis import wsgi

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT = 10  # seconds, where a test would otherwise hang


class Pages:
    """Pages that answer when they are told to."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.there = 0

    def __call__(self, _environ: dict[str, Any], _start_response: Callable[..., Any]) -> list[bytes]:
        self.there += 1
        self.begun.release()
        self.may_end.wait(WAIT)
        self.there -= 1
        return [b"said"]


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Pages:
    made = Pages()
    monkeypatch.setattr(wsgi, "_pages", made)
    return made


def ask(**environ: str) -> threading.Thread:
    thread = threading.Thread(target=wsgi.application, args=(environ, lambda *_words: None))
    thread.start()
    return thread


def test_a_second_request_waits_for_the_first(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "PATIENCE", WAIT)
    first, second = ask(), ask(CONTENT_LENGTH="300")

    assert pages.begun.acquire(timeout=WAIT)
    assert not pages.begun.acquire(timeout=0.3)
    pages.may_end.set()
    assert pages.begun.acquire(timeout=WAIT)
    for thread in (first, second):
        thread.join(WAIT)
    assert pages.there == 0


@pytest.mark.parametrize(
    "slow", [{"CONTENT_LENGTH": "5000000"}, {"HTTP_TRANSFER_ENCODING": "chunked"}], ids=["large", "of unknown length"]
)
def test_what_may_come_slowly_takes_no_turn(
    pages: Pages, monkeypatch: pytest.MonkeyPatch, slow: dict[str, str]
) -> None:
    monkeypatch.setattr(wsgi, "PATIENCE", WAIT)
    threads = [ask(**slow), ask()]

    assert pages.begun.acquire(timeout=WAIT)
    assert pages.begun.acquire(timeout=WAIT)  # while the other is still there
    assert pages.there == 2
    pages.may_end.set()
    for thread in threads:
        thread.join(WAIT)


def test_who_has_waited_long_enough_goes_on(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "PATIENCE", 0.05)
    threads = [ask(), ask()]

    assert pages.begun.acquire(timeout=WAIT)
    assert pages.begun.acquire(timeout=WAIT)
    pages.may_end.set()
    for thread in threads:
        thread.join(WAIT)


def test_a_fault_gives_the_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> list[bytes]:
        raise KeyError("nothing")

    monkeypatch.setattr(wsgi, "_pages", broken)
    for _attempt in range(2):
        with pytest.raises(KeyError, match="nothing"):
            wsgi.application({}, lambda *_words: None)

    assert not wsgi._turn.locked()
