"""The same request sent again is answered the same and done once (draft RFC Idempotency-Key)."""

from __future__ import annotations

import datetime
import hashlib
import re
import uuid
from typing import TYPE_CHECKING

from django.http import HttpResponse

from vernis.api.models import Answer
from vernis.api.problems import Problem

if TYPE_CHECKING:
    from django.http import HttpRequest

    from vernis.api.models import Token

HEADER = "Idempotency-Key"
KEPT = datetime.timedelta(hours=48)
SHAPE = re.compile(r"[\x21-\x7e]{1,255}")


def key_of(request: HttpRequest) -> str:
    """Return the key of a request. Raises Problem."""
    key = request.headers.get(HEADER, "")
    if not key:
        raise Problem("no-key", f"Send {HEADER} with a new random value, the same when you send the request again.")
    if not SHAPE.fullmatch(key):
        raise Problem("no-key", f"{HEADER}: 1 to 255 visible ASCII characters.")
    return key


def uuid_of(token: Token, key: str) -> uuid.UUID:
    """Return the key by which the rooms below know the same again, however long ago it was."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"vernis:{token.prefix}:{key}")


def fingerprint_of(request: HttpRequest) -> str:
    """Return what tells whether a request is the same."""
    told = f"{request.method} {request.get_full_path()} {request.headers.get('If-Match', '')}\n".encode()
    return hashlib.sha256(told + request.body).hexdigest()


def claimed(*, token: Token, key: str, fingerprint: str, now: datetime.datetime) -> tuple[Answer, bool]:
    """Return the row of a key and whether it is new. A second request waits here for the end of the first.

    Call it in the transaction of what the request does. Raises Problem where the key was used for another request.
    """
    row = Answer(organization_id=token.organization_id, token=token, key=key, fingerprint=fingerprint, created_at=now)
    Answer.objects.bulk_create([row], ignore_conflicts=True)
    answer: Answer = Answer.objects.of(token.organization_id).select_for_update(of=("self",)).get(token=token, key=key)
    if answer.fingerprint != fingerprint:
        raise Problem("key-used", "Take a new key for a new request.")
    return answer, answer.status == 0


def repeated(answer: Answer) -> HttpResponse:
    """Return the first answer again."""
    response = HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def keep(answer: Answer, response: HttpResponse, client_id: int | None) -> None:
    """Keep what a request was answered."""
    answer.status, answer.body = response.status_code, response.content.decode()
    answer.content_type, answer.client_id = response.headers["Content-Type"], client_id
    answer.save(update_fields=["status", "body", "content_type", "client_id"])
