"""A program that speaks to the interface."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from django.test import Client
from django.utils import timezone

from vernis.accounts.tenancy import scoped_to
from vernis.api.operations.tokens import make_token
from vernis.api.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from vernis.accounts.models import Branch, User
    from vernis.api.models import Token

ROOT = "/api/v1"


class Program:
    """Sends requests with a token; a new idempotency key for each, unless one is given."""

    def __init__(self, token: Token, text: str) -> None:
        self.token, self.text = token, text
        self.client = Client(raise_request_exception=False)

    def ask(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, headers: Mapping[str, str] = {}
    ) -> Any:
        """Make a request."""
        sent = {"Authorization": f"Bearer {self.text}", "Idempotency-Key": key or str(uuid.uuid4()), **headers}
        if body is None:
            return self.client.generic(method, ROOT + path, headers=sent)
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(method, ROOT + path, text, content_type="application/json", headers=sent)

    def get(self, path: str, status: int = 200) -> Any:
        """Read; the status is checked."""
        return self._json(self.ask("GET", path), status)

    def post(self, path: str, body: Any, status: int = 200, **more: Any) -> Any:
        """Write; the status is checked."""
        return self._json(self.ask("POST", path, body, **more), status)

    def patch(self, path: str, body: Any, status: int = 200, **more: Any) -> Any:
        """Change; the status is checked."""
        return self._json(self.ask("PATCH", path, body, **more), status)

    @staticmethod
    def _json(response: Any, status: int) -> Any:
        assert response.status_code == status, response.content.decode()
        return json.loads(response.content)


def program_of(
    owner: User, *, scopes: Iterable[str] = tuple(SCOPES), branches: Iterable[Branch] = (), name: str = "Сайт"
) -> Program:
    """Make a token of an owner and a program that holds it."""
    with scoped_to(owner.organization_id):
        token, text = make_token(
            by=owner, name=name, scopes=scopes, branches=branches, expires_at=None, now=timezone.now()
        )
    return Program(token, text)
