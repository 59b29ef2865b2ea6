"""`vernis create-owner`."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from tests.web.processes import run
from vernis.accounts import jobs
from vernis.accounts.models import Branch, Role, User
from vernis.accounts.operations import create_organization
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    from pathlib import Path


def test_on_a_new_machine_it_prints_the_link_once(tmp_path: Path) -> None:
    email = f"nina-{uuid.uuid4().hex}@example.com"
    words = ["create-owner", email, "--organization", "Студия", "--lang", "ru"]

    first, again, shouted = (
        run(tmp_path, *words),
        run(tmp_path, *words),
        run(tmp_path, words[0], email.upper(), *words[2:]),
    )

    assert first.returncode == 0, first.stderr
    assert len(re.findall(r"https?://[^/]+/account/\S+", first.stdout)) == 1
    for refused in (again, shouted):
        assert refused.returncode == 2
        assert "С этой почтой" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    said = run(tmp_path, "create-owner", "nobody", "--organization", "Студия")

    assert said.returncode == 2
    assert '"nobody" is not an e-mail' in said.stderr


@pytest.mark.django_db
def test_the_first_owner_comes_in_by_the_link(client: Client) -> None:
    made, nina = create_organization(name="Студия", email="nina@example.com", language="ru", now=timezone.now())

    link = re.sub(r"^https?://[^/]+", "", jobs.password_link(nina))

    assert (nina.role, nina.sees_all_branches, nina.organization.name) == (Role.OWNER, True, "Студия")
    with scoped_to(made.pk):
        assert Branch.objects.of(made).count() == 1
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "три синих чайника", "password2": "три синих чайника"})
    client.post("/account/login/", {"login": "nina@example.com", "password": "три синих чайника"})
    assert client.get("/profile/").status_code == 200
    assert User.objects.count() == 1
