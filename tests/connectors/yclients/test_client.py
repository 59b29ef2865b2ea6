from __future__ import annotations

import contextlib
import datetime
import socket
import time
import traceback
from typing import TYPE_CHECKING

import pytest

from tests.connectors.yclients.asking import COMPANY, HURRIED, connected
from tests.yclients_server import FAULTS, LOGIN, PARTNER, PASSWORD, USER, Salon, Server
from vernis.connectors.yclients import errors
from vernis.connectors.yclients.client import Keys, Patience, YClients
from vernis.connectors.yclients.hosts import HOSTS, Host
from vernis.connectors.yclients.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

ONCE = Patience(connect=2, silence=0.3, answer=1, attempts=1, first_pause=0.001)


def only_first(fault: str) -> Callable[[int], str | None]:
    return lambda number: fault if number == 1 else None


def test_it_says_who_asks_and_in_which_version(server: Server, source: YClients) -> None:
    source.services(COMPANY)

    assert server.headers[0]["Authorization"] == f"Bearer {PARTNER}, User {USER}"
    assert server.headers[0]["Accept"] == "application/vnd.yclients.v2+json"


def test_both_names_of_the_system_are_known() -> None:
    assert HOSTS["yclients"].base == "https://api.yclients.com/api/v1"
    assert HOSTS["altegio"].base == "https://api.alteg.io/api/v1"


def test_a_login_becomes_a_key(server: Server) -> None:
    with YClients(server.host, Keys(PARTNER), patience=HURRIED) as source:
        assert source.sign_in(LOGIN, PASSWORD) == USER

        with pytest.raises(errors.Unauthorized):
            source.sign_in(LOGIN, "wrong")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_is_asked_over(server: Server, source: YClients, fault: str) -> None:
    server.faults = only_first(fault)

    assert len(source.services(COMPANY)) == 2
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("limited", errors.Limited),
        ("unavailable", errors.Unavailable),
        ("gateway", errors.Unavailable),
        ("unauthorized", errors.Unauthorized),
        ("cut", errors.Cut),
        ("cut_early", errors.Cut),
        ("reset", errors.Cut),
        ("garbage", errors.Cut),
        ("not_ok", errors.BadAnswer),
        ("no_data", errors.BadAnswer),
        ("redirect", errors.BadAnswer),
        ("page_of_a_proxy", errors.BadAnswer),
        ("list_of_nothing", errors.BadAnswer),
        ("half_of_it", errors.BadAnswer),
    ],
)
def test_every_fault_has_its_name(server: Server, fault: str, kind: type[errors.Fault]) -> None:
    server.faults = lambda _number: fault

    with connected(server, ONCE) as source, pytest.raises(kind):
        source.services(COMPANY)


def test_a_key_that_is_refused_is_not_tried_again(server: Server, source: YClients) -> None:
    server.user = "another"

    with pytest.raises(errors.Unauthorized):
        source.services(COMPANY)
    assert len(server.asked) == 1


def test_another_company_is_forbidden(source: YClients) -> None:
    with pytest.raises(errors.Forbidden):
        source.services(COMPANY + 1)


def test_only_the_source_itself_can_say_that_a_record_is_not_there(server: Server, source: YClients) -> None:
    with pytest.raises(errors.NotThere):
        source.record(COMPANY, 1)

    server.faults = lambda _number: "page_of_a_proxy"
    with pytest.raises(errors.BadAnswer):
        source.record(COMPANY, 1)


def test_silence_and_endless_dripping_both_end(server: Server) -> None:
    server.faults = lambda _number: "slow"
    server.slowness = 0.6  # longer than we bear silence
    with connected(server, ONCE) as source, pytest.raises(errors.Cut):
        source.services(COMPANY)

    server.slowness = 0.2  # never silent for long, but too slow on the whole
    began = time.monotonic()
    with connected(server, ONCE) as source, pytest.raises(errors.Cut):
        source.services(COMPANY)
    assert time.monotonic() - began < 2


def test_nobody_there(server: Server) -> None:
    with contextlib.closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        host = Host(f"http://127.0.0.1:{taken.getsockname()[1]}/api/v1", "")
        with YClients(host, Keys(PARTNER, USER), patience=HURRIED) as source, pytest.raises(errors.Unavailable):
            source.services(COMPANY)


def test_a_pause_that_is_asked_for_is_kept(server: Server, source: YClients) -> None:
    server.faults, server.retry_after = only_first("limited"), "0.4"

    began = time.monotonic()
    source.services(COMPANY)

    assert time.monotonic() - began >= 0.4


def test_a_pause_that_is_too_long_is_left_to_the_caller(server: Server, source: YClients) -> None:
    server.faults, server.retry_after = only_first("limited"), "120"

    with pytest.raises(errors.Limited) as limited:
        source.services(COMPANY)
    assert limited.value.retry_after == 120


def test_the_limits_of_the_source_are_kept(salon: Salon) -> None:
    with Server(salon) as server:
        server.limits = ((5, 0.2), (40, 2.0))  # a tenth of the real times, so that the test is short
        limits = Limits((5, 0.22), (40, 2.1))
        with YClients(server.host, Keys(PARTNER, USER), limits=limits, patience=HURRIED) as source:
            for _ in range(60):
                source.services(COMPANY)

        assert len(server.asked) == 60
        assert server.too_often == 0


def test_no_fault_carries_a_key(server: Server) -> None:
    for fault in (*FAULTS, "unauthorized"):
        server.faults = lambda _number, fault=fault: fault  # type: ignore[misc]
        with connected(server, ONCE) as source, pytest.raises(errors.Fault) as raised:
            source.services(COMPANY)
        told = "".join(traceback.TracebackException.from_exception(raised.value).format())
        assert not {word for word in (PARTNER, USER, PASSWORD) if word in told}
    assert PARTNER not in repr(Keys(PARTNER, USER))


def test_a_page_of_clients_has_what_we_asked_for(source: YClients) -> None:
    answer = source.clients(COMPANY, 1)

    assert [(one["name"], one["sms_not"]) for one in answer.data] == [("Анна", 0), ("Вера", 1)]
    assert answer.total == 2
    assert answer.at == datetime.datetime(2026, 5, 12, 6, 0, tzinfo=datetime.UTC)
