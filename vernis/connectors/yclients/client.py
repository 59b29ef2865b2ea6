"""Asks the system over HTTP: keeps its limits, asks again where that is safe, tells faults apart.

Everything asked here only reads (signing in too changes nothing), so asking twice does no harm.
"""

from __future__ import annotations

import dataclasses
import random
import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx

from vernis.connectors.yclients.answers import Answer, understood
from vernis.connectors.yclients.errors import BadAnswer, Cut, Fault, Limited, Unavailable
from vernis.connectors.yclients.limits import Limits, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vernis.connectors.yclients.hosts import Host

Checked = TypeVar("Checked")

MOST_BYTES = 32 * 2**20  # of one answer
PAGE = 200
CLIENT_FIELDS = ("id", "name", "surname", "patronymic", "phone", "email", "birth_date", "sex_id", "sms_not", "comment")


@dataclasses.dataclass(frozen=True)
class Keys:
    """What opens the system: of the program, and of the person in whose name it reads. Is never printed."""

    partner: str = dataclasses.field(repr=False)
    user: str = dataclasses.field(repr=False, default="")


@dataclasses.dataclass(frozen=True)
class Patience:
    """How long we wait (seconds), and how often we ask. A fault that wants a longer pause goes to the caller."""

    connect: float = 5.0
    silence: float = 30.0  # between two pieces of an answer
    answer: float = 90.0  # for a whole answer
    attempts: int = 5
    first_pause: float = 0.5
    longest_pause: float = 30.0


ONCE = Patience(connect=5, silence=8, answer=10, attempts=1)  # while somebody waits before the screen


class YClients:
    """The system as one person may see it. Use it as a context manager, in one thread; `limits` may be shared."""

    def __init__(
        self,
        host: Host,
        keys: Keys,
        *,
        limits: Limits | None = None,
        patience: Patience = Patience(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._base, self._accept, self._keys, self._patience = host.base.rstrip("/"), host.accept, keys, patience
        self._limits = limits or shared(urlsplit(host.base).netloc)
        self._clock, self._sleep = clock, sleep
        timeout = httpx.Timeout(patience.silence, connect=patience.connect)
        self._http = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
        self.asked = 0  # how many times

    def __enter__(self) -> YClients:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._http.close()

    def sign_in(self, login: str, password: str) -> str:
        """Return the key of the person who signs in; the password is kept nowhere."""
        return self._ask(key_of_user, "POST", "/auth", body={"login": login, "password": password})

    def companies(self) -> list[dict[str, Any]]:
        """Return the companies that the person works with."""
        return self._ask(all_rows, "GET", "/companies", query={"my": 1, "count": PAGE})

    def company(self, company: int) -> dict[str, Any]:
        """Return one company."""
        return self._ask(row, "GET", f"/company/{company}/")

    def records(self, company: int, page: int, **query: str | int) -> Answer:
        """Return a page of records, deleted ones too: `start_date`, `end_date` (inclusive), `changed_after`."""
        query = {"page": page, "count": PAGE, "with_deleted": 1, **query}
        return self._ask(page_of_rows, "GET", f"/records/{company}", query=query)

    def record(self, company: int, number: int) -> dict[str, Any]:
        """Return one record. Raises NotThere if the system says that there is none."""
        return self._ask(row, "GET", f"/record/{company}/{number}")

    def clients(self, company: int, page: int) -> Answer:
        """Return a page of clients in the order of their numbers."""
        body = {
            "page": page,
            "page_size": PAGE,
            "fields": CLIENT_FIELDS,
            "order_by": "id",
            "order_by_direction": "ASC",
        }
        return self._ask(page_of_rows, "POST", f"/company/{company}/clients/search", body=body)

    def services(self, company: int) -> list[dict[str, Any]]:
        """Return all services."""
        return self._ask(all_rows, "GET", f"/company/{company}/services")

    def service_categories(self, company: int) -> list[dict[str, Any]]:
        """Return the categories of services."""
        return self._ask(all_rows, "GET", f"/company/{company}/service_categories")

    def staff(self, company: int) -> list[dict[str, Any]]:
        """Return everybody who serves or has served."""
        return self._ask(all_rows, "GET", f"/company/{company}/staff")

    def _ask(
        self,
        check: Callable[[Answer], Checked],
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Checked:
        for attempt in range(1, self._patience.attempts + 1):
            self._limits.wait()
            self.asked += 1
            try:
                return check(self._answer(method, path, query, body))
            except Fault as fault:
                if isinstance(fault, Limited):
                    self._limits.close(fault.retry_after or 1.0)
                pause = fault.retry_after or self._pause(attempt)
                is_last = attempt == self._patience.attempts
                if not fault.may_pass or is_last or pause > self._patience.longest_pause:
                    raise
                self._sleep(pause)
        raise AssertionError("there is at least one attempt")

    def _pause(self, attempt: int) -> float:
        pause: float = self._patience.first_pause * 2 ** (attempt - 1)
        return min(pause * random.uniform(0.75, 1.25), self._patience.longest_pause)  # noqa: S311 (no secret)

    def _answer(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Mapping[str, Any] | None
    ) -> Answer:
        until = self._clock() + self._patience.answer
        who = f"Bearer {self._keys.partner}" + (f", User {self._keys.user}" if self._keys.user else "")
        headers = {"Accept": self._accept, "Authorization": who}
        try:
            with self._http.stream(method, self._base + path, params=query, json=body, headers=headers) as response:
                return understood(response, self._whole(response, until))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError):
            raise Unavailable("no connection") from None  # `from None`: what httpx raises knows our keys
        except (httpx.TransportError, httpx.DecodingError):
            raise Cut("no whole answer") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise BadAnswer("an answer against the rules of HTTP") from None

    def _whole(self, response: httpx.Response, until: float) -> bytes:
        parts, size = [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise BadAnswer("an answer without end")
            if self._clock() > until:
                raise Cut("the answer takes too long")
        return b"".join(parts)


def rows(answer: Answer) -> list[dict[str, Any]]:
    """Return a list of objects that have numbers, or raise BadAnswer."""
    data = answer.data
    if not isinstance(data, list) or not all(isinstance(one, dict) and is_number(one.get("id")) for one in data):
        raise BadAnswer("no list where there should be one")
    return data


def all_rows(answer: Answer) -> list[dict[str, Any]]:
    """Return a list that comes in one piece, or raise BadAnswer if some of it is missing."""
    found = rows(answer)
    if answer.total is not None and len(found) < answer.total:
        raise BadAnswer("a part of a list")
    return found


def page_of_rows(answer: Answer) -> Answer:
    """Return an answer whose data are a list, or raise BadAnswer."""
    rows(answer)
    return answer


def row(answer: Answer) -> dict[str, Any]:
    """Return an object that has a number, or raise BadAnswer."""
    if not isinstance(answer.data, dict) or not is_number(answer.data.get("id")):
        raise BadAnswer("nothing where there should be something")
    return answer.data


def key_of_user(answer: Answer) -> str:
    """Return the key of a person who has signed in, or raise BadAnswer."""
    key = answer.data.get("user_token") if isinstance(answer.data, dict) else None
    if not isinstance(key, str) or not key:
        raise BadAnswer("no key in the answer")
    return key


def is_number(value: Any) -> bool:
    """Tell whether this can be the number of a record or a client."""
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
