from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.connectors.yclients.asking import connected
from tests.yclients_server import Salon, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vernis.connectors.yclients.client import YClients


@pytest.fixture
def salon() -> Salon:
    """Return a salon with two clients: a visit, a coming record, a deleted one, and one to which nobody came."""
    salon = Salon()
    cut, colour = salon.add_service("Стрижка", 2500, 28), salon.add_service("Окрашивание", 7000)
    anna, vera = salon.add_client("Анна", "79162000101"), salon.add_client("Вера", "79162000102", sms_not=1)
    day = datetime.datetime(2026, 4, 14, 10, 0)
    salon.book(anna, day, (cut, 2500, 1), (colour, 3500, 2), attendance=1)
    salon.book(anna, day + datetime.timedelta(days=40), (cut, 2500, 1), attendance=2)
    salon.book(vera, day - datetime.timedelta(days=400), (cut, 2000, 1), deleted=True)
    salon.book(vera, day + datetime.timedelta(days=2), (cut, 2000, 1), attendance=-1)
    return salon


@pytest.fixture
def server(salon: Salon) -> Iterator[Server]:
    with Server(salon) as server:
        yield server


@pytest.fixture
def source(server: Server) -> Iterator[YClients]:
    with connected(server) as source:
        yield source
