"""A server that speaks the interface of YCLIENTS over real HTTP, and can misbehave in every way met in the wild.

with Server(Salon()) as server:
server.host          # where to ask
server.faults = ...  # a function: number of the request -> name of a fault, or None
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from vernis.connectors.yclients.hosts import Host

if TYPE_CHECKING:
    from collections.abc import Callable

PARTNER, USER = "partner-canary-5f1c", "user-canary-9b2e"
LOGIN, PASSWORD = "owner@example.com", "password-canary-77aa"
COMPANY = 4564
ZONE = datetime.timedelta(hours=6)  # of the salon's walls (Omsk)

FAULTS = (
    "limited", "unavailable", "gateway", "cut", "cut_early", "reset", "garbage", "not_ok", "no_data", "redirect",
    "page_of_a_proxy", "list_of_nothing", "half_of_it",
)  # fmt: skip


@dataclass
class Salon:
    """What is true. All times are on the wall there; `now` moves only when told to."""

    now: datetime.datetime = datetime.datetime(2026, 5, 12, 12, 0)
    records: dict[int, dict[str, Any]] = field(default_factory=dict)
    clients: dict[int, dict[str, Any]] = field(default_factory=dict)
    services: dict[int, dict[str, Any]] = field(default_factory=dict)
    categories: list[dict[str, Any]] = field(default_factory=lambda: [{"id": 7, "title": "Волосы"}])
    staff: list[dict[str, Any]] = field(default_factory=lambda: [{"id": 81, "name": "Светлана Мастер"}])
    companies: list[dict[str, Any]] = field(default_factory=lambda: [{"id": COMPANY, "title": "Студия на Садовой"}])
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Any = field(default_factory=lambda: itertools.count(1001))

    def tick(self, minutes: float = 1) -> None:
        """Let time pass."""
        self.now += datetime.timedelta(minutes=minutes)

    def add_service(self, title: str, cost: int, step: int | None = None) -> int:
        """Offer a service."""
        number = next(self.numbers)
        self.services[number] = {
            "id": number, "title": title, "category_id": 7, "price_min": cost, "price_max": cost, "duration": 3600,
            "active": 1, "repeat_visit_days_step": step,
        }  # fmt: skip
        return number

    def add_client(self, name: str, phone: str, **facts: Any) -> int:
        """Add a client."""
        with self.lock:
            number = next(self.numbers)
            self.clients[number] = {"id": number, "name": name, "phone": phone, "email": "", "sms_not": 0, **facts}
            return number

    def book(self, client: int | None, starts: datetime.datetime, *services: tuple[int, int, int], **facts: Any) -> int:
        """Add a record; a service is its number, cost and amount."""
        with self.lock:
            number = next(self.numbers)
            told = self.clients[client] if client else None
            self.records[number] = {
                "id": number,
                "company_id": COMPANY,
                "staff_id": 81,
                "staff": {"id": 81, "name": "Светлана Мастер"},
                "services": [
                    {"id": one, "title": self.services[one]["title"], "cost": cost, "amount": amount}
                    for one, cost, amount in services
                ],
                "client": {name: told[name] for name in ("id", "name", "phone", "email")} if told else None,
                "date": f"{starts:%Y-%m-%d %H:%M:%S}",
                "datetime": f"{starts:%Y-%m-%dT%H:%M:%S}+0300",  # of another city
                "create_date": f"{self.now:%Y-%m-%dT%H:%M:%S}+0300",
                "last_change_date": f"{self.now:%Y-%m-%dT%H:%M:%S}+0300",
                "attendance": 0,
                "confirmed": 1,
                "seance_length": 3600,
                "visit_id": number + 500_000,
                "deleted": False,
                **facts,
            }
            return number

    def change(self, number: int, **facts: Any) -> None:
        """Change a record."""
        with self.lock:
            self.records[number] = {
                **self.records[number],
                "last_change_date": f"{self.now:%Y-%m-%dT%H:%M:%S}+0300",
                **facts,
            }

    def erase(self, number: int) -> None:
        """Make a record as if it had never been: no list says anything of it."""
        with self.lock:
            del self.records[number]


class Server:
    """Serves a salon until the block ends."""

    def __init__(self, salon: Salon, *, per_page: int = 200, clock_is_utc: bool = True) -> None:
        self.salon, self.per_page = salon, per_page
        self.partner, self.user = PARTNER, USER
        self.faults: Callable[[int], str | None] = lambda _number: None
        self.before: Callable[[int], None] = lambda _number: None  # what happens in the salon before an answer
        self.asked: list[str] = []  # method, path and query
        self.headers: list[dict[str, str]] = []
        self.limits: tuple[tuple[int, float], ...] = ()  # times, in seconds
        self.times: deque[float] = deque(maxlen=100_000)
        self.too_often = 0
        self.retry_after = "0.01"
        self.slowness = 0.05
        self.zone_of_changed_after = datetime.timedelta()
        self.lock = threading.Lock()

        class Handler(_Handler):
            server_of_salon = self

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def host(self) -> Host:
        """Where to ask."""
        return Host(f"http://127.0.0.1:{self._http.server_address[1]}/api/v1", "application/vnd.yclients.v2+json")

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def note(self, said: str, headers: dict[str, str]) -> tuple[int, bool]:
        """Count a request; return its number, and whether it is one too many."""
        with self.lock:
            now = time.monotonic()
            self.asked.append(said)
            self.headers.append(headers)
            self.times.append(now)
            is_too_many = any(
                sum(1 for at in self.times if now - at < seconds) > times for times, seconds in self.limits
            )
            self.too_often += is_too_many
            return len(self.asked), is_too_many


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_where: object) -> None:
        """Clients that hang up are no news."""


class _Handler(BaseHTTPRequestHandler):
    server_of_salon: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_said: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        here = self.server_of_salon
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        number, is_too_many = here.note(f"{self.command} {self.path}", dict(self.headers.items()))
        here.before(number)
        fault = "limited" if is_too_many else here.faults(number)
        with here.salon.lock:
            status, answer = self._answer(body)
        with contextlib.suppress(ConnectionError):
            self._say(fault, status, answer)

    def _answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        here, parts = self.server_of_salon, urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        path = parts.path.removeprefix("/api/v1").strip("/").split("/")
        known = f"Bearer {here.partner}, User {here.user}"
        if path == ["auth"]:
            if (
                self.headers.get("Authorization", "").startswith(f"Bearer {here.partner}")
                and body.get("login") == LOGIN
                and body.get("password") == PASSWORD
            ):
                return 201, _yes({"id": 1, "user_token": here.user})
            return 401, _no("Неверный логин или пароль")
        if self.headers.get("Authorization") != known:
            return 401, _no("Необходима авторизация")
        if path == ["companies"]:
            return 200, _all(here.salon.companies)
        if path[1:2] != [str(COMPANY)] or COMPANY not in {one["id"] for one in here.salon.companies}:
            return 403, _no("Недостаточно прав")
        return self._of_company(path, query, body)

    def _of_company(self, path: list[str], query: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        salon = self.server_of_salon.salon
        match path:
            case ["company", _]:
                return 200, _yes(salon.companies[0])
            case ["company", _, "services"]:
                return 200, _all(list(salon.services.values()))
            case ["company", _, "service_categories"]:
                return 200, _all(salon.categories)
            case ["company", _, "staff"]:
                return 200, _all(salon.staff)
            case ["company", _, "clients", "search"]:
                fields = body.get("fields") or ["id", "name"]
                found = [{name: one.get(name) for name in fields} for _number, one in sorted(salon.clients.items())]
                return 200, self._page(found, int(body.get("page", 1)), int(body.get("page_size", 25)))
            case ["record", _, number]:
                record = salon.records.get(int(number))
                return (200, _yes(record)) if record else (404, _no("Запись не найдена"))
            case ["records", _]:
                return 200, self._page(self._records(query), int(query.get("page", 1)), int(query.get("count", 50)))
        return 404, _no("Страница не найдена")

    def _records(self, query: dict[str, str]) -> list[dict[str, Any]]:
        here = self.server_of_salon
        after = query.get("changed_after")
        if after:
            at = datetime.datetime.fromisoformat(after) + here.zone_of_changed_after
            after = f"{at:%Y-%m-%dT%H:%M:%S}"
        found = [
            one
            for one in here.salon.records.values()
            if query.get("start_date", "") <= one["date"][:10] <= query.get("end_date", "9999")
            and (not after or one["last_change_date"][:19] >= after)
            and (query.get("with_deleted") == "1" or not one["deleted"])
        ]
        return sorted(found, key=lambda one: (one["date"], one["id"]), reverse=True)

    def _page(self, found: list[dict[str, Any]], page: int, size: int) -> dict[str, Any]:
        size = min(size, self.server_of_salon.per_page)
        return {**_yes(found[(page - 1) * size : page * size]), "meta": {"page": page, "total_count": len(found)}}

    def _say(self, fault: str | None, status: int, answer: dict[str, Any]) -> None:
        here = self.server_of_salon
        whole = json.dumps(answer).encode()
        match fault:
            case "limited":
                self._send(429, _bytes(_no("Слишком много запросов")), {"Retry-After": here.retry_after})
            case "unavailable":
                self._send(503, _bytes(_no("Технические работы")), {"Retry-After": here.retry_after})
            case "gateway":
                self._send(502, b"<html>Bad Gateway</html>", {"Content-Type": "text/html"})
            case "unauthorized":
                self._send(401, _bytes(_no("Необходима авторизация")))
            case "cut":
                self._send(status, whole[: len(whole) // 2], length=len(whole))
            case "cut_early":
                self._send(200, b"", length=len(whole))
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
            case "garbage":
                self._send(200, whole[: len(whole) // 2])
            case "not_ok":
                self._send(200, _bytes(_no("Внутренняя ошибка")))
            case "no_data":
                self._send(200, _bytes({"success": True, "data": None, "meta": []}))
            case "redirect":
                self._send(302, b"", {"Location": "/somewhere/else"})
            case "page_of_a_proxy":
                self._send(404, b"<html>Not Found</html>", {"Content-Type": "text/html"})
            case "list_of_nothing" if isinstance(answer.get("data"), list):
                self._send(status, _bytes({**answer, "data": []}))
            case "half_of_it" if isinstance(answer.get("data"), list):
                self._send(status, _bytes({**answer, "data": answer["data"][::2]}))
            case "slow":
                self._send(status, whole, piece=max(len(whole) // 8, 1))
            case _:
                self._send(status, whole)

    def _send(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        length: int | None = None,
        piece: int | None = None,
    ) -> None:
        here = self.server_of_salon
        self.send_response_only(status)
        at = (here.salon.now - ZONE).replace(tzinfo=datetime.UTC)
        self.send_header("Date", f"{at:%a, %d %b %Y %H:%M:%S} GMT")
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if length is not None:
            self.close_connection = True
        self.end_headers()
        for start in range(0, len(body), piece or max(len(body), 1)):
            self.wfile.write(body[start : start + (piece or len(body))])
            if piece:
                time.sleep(here.slowness)


def _yes(data: Any) -> dict[str, Any]:
    return {"success": True, "data": data, "meta": []}


def _all(data: list[Any]) -> dict[str, Any]:
    return {**_yes(data), "meta": {"total_count": len(data)}}


def _no(message: str) -> dict[str, Any]:
    return {"success": False, "data": None, "meta": {"message": message}}


def _bytes(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
