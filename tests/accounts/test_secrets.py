from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet

from vernis.accounts import secrets

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import Settings


@pytest.fixture
def home(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("VERNIS_SECRET_KEYS", raising=False)
    settings.HOME = tmp_path
    return tmp_path


def test_what_is_sealed_can_be_opened_and_not_read(home: Path) -> None:
    sealed = secrets.seal("ключ от записей")

    assert "ключ".encode() not in sealed
    assert secrets.open_sealed(sealed) == "ключ от записей"


def test_the_file_of_keys_is_made_once_for_its_owner_alone(home: Path) -> None:
    secrets.seal("a")
    written = (home / "secret_keys").read_text()
    secrets.seal("b")

    assert (home / "secret_keys").stat().st_mode & 0o777 == 0o600
    assert (home / "secret_keys").read_text() == written
    assert [path.name for path in home.iterdir()] == ["secret_keys"]


def test_first_seals_at_the_same_time_use_one_key(home: Path) -> None:
    sealed: list[bytes] = []
    threads = [threading.Thread(target=lambda: sealed.append(secrets.seal("same"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    secrets._keys.cache_clear()

    assert {secrets.open_sealed(one) for one in sealed} == {"same"}


def test_a_new_key_before_the_old_one_opens_what_the_old_one_sealed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    monkeypatch.setenv("VERNIS_SECRET_KEYS", old)
    sealed = secrets.seal("a token")
    monkeypatch.setenv("VERNIS_SECRET_KEYS", f"{new}, {old}")

    assert secrets.open_sealed(sealed) == "a token"

    monkeypatch.setenv("VERNIS_SECRET_KEYS", new)
    with pytest.raises(secrets.KeyIsMissing):
        secrets.open_sealed(sealed)
