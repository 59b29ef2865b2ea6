"""Secrets at rest: what we must be able to read again ourselves, such as tokens of booking systems.

Keys come from VERNIS_SECRET_KEYS (Fernet keys, the newest first, with commas between), else from the file `secret_keys`
in VERNIS_HOME, one a line, made the first time. With a new key put before the old ones everything stays readable.
"""

from __future__ import annotations

import contextlib
import os
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path


class KeyIsMissing(Exception):
    """What was sealed was sealed by a key that is not here (a database restored without its keys)."""


def seal(text: str) -> bytes:
    """Return a text so that only our keys can read it."""
    return _keys(os.environ.get("VERNIS_SECRET_KEYS", ""), settings.HOME).encrypt(text.encode())


def open_sealed(sealed: bytes | memoryview) -> str:
    """Return a text that `seal` has sealed. Raises KeyIsMissing."""
    try:
        text = _keys(os.environ.get("VERNIS_SECRET_KEYS", ""), settings.HOME).decrypt(bytes(sealed))
    except InvalidToken:
        raise KeyIsMissing from None
    return text.decode()


@lru_cache(maxsize=4)
def _keys(given: str, home: Path) -> MultiFernet:
    lines = given.split(",") if given else _kept(home / "secret_keys").splitlines()
    return MultiFernet([Fernet(line.strip()) for line in lines if line.strip()])


def _kept(path: Path) -> str:
    """Return the file of keys, made if there is none; nobody ever sees it half-written."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{uuid4().hex}")
    if not path.exists():
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(Fernet.generate_key() + b"\n")
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):  # another process was quicker
            os.link(new, path)
        new.unlink()
    return path.read_text(encoding="ascii")
