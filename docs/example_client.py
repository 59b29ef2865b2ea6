"""A small client of Vernis: pages, retries, errors. Needs httpx; VERNIS_API and VERNIS_TOKEN from the environment."""

import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx


class Refused(Exception):
    """The answer was no; `problem` says why (RFC 9457)."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["type"].rpartition("#")[2], problem["detail"])
        self.problem = problem


class Vernis:
    """The interface under one address, with one token."""

    def __init__(self, address: str, token: str) -> None:
        self.http = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    @classmethod
    def from_environment(cls) -> "Vernis":
        return cls(os.environ["VERNIS_API"], os.environ["VERNIS_TOKEN"])

    def get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, params=query)

    def every(self, path: str, **query: Any) -> Iterator[Any]:
        """Yield all rows of a list, page by page."""
        cursor: int | None = 0
        while cursor is not None:
            page = self.get(path, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next"]

    def post(self, path: str, body: Any) -> Any:
        return self._send("POST", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})

    def patch(self, path: str, body: Any) -> Any:
        return self._send("PATCH", path, json=body, headers={"Idempotency-Key": str(uuid.uuid4())})

    def _send(self, method: str, path: str, **sent: Any) -> Any:
        """Send a request; where no answer comes, send the same again with the same key: it is done once."""
        for attempt in range(5):
            try:
                answer = self.http.request(method, path, **sent)
            except httpx.TransportError:
                if attempt == 4:
                    raise
                time.sleep(2**attempt)
                continue
            if answer.status_code in (429, 500, 503) and attempt < 4:
                time.sleep(int(answer.headers.get("Retry-After", 2**attempt)))
                continue
            if answer.is_success:
                return answer.json()
            raise Refused(answer.json())
        raise AssertionError


if __name__ == "__main__":
    vernis = Vernis.from_environment()
    for client in vernis.every("/clients"):
        print(client["id"], client["name"])
