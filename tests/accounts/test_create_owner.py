"""`vernis create-owner`."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner
from django.test import Client

from vernis.accounts.models import Branch, Role, User
from vernis.accounts.tenancy import scoped_to
from vernis.cli.commands import vernis

pytestmark = pytest.mark.django_db
WORDS = ["create-owner", "nina@example.com", "--organization", "Студия", "--lang", "ru"]


def test_the_first_owner_comes_in_by_the_link(client: Client) -> None:
    said = CliRunner().invoke(vernis, WORDS)

    assert said.exit_code == 0, said.output
    found = re.search(r"https?://[^/]+(/account/\S+)", said.output)
    assert found
    nina = User.objects.get(email="nina@example.com")
    assert (nina.role, nina.sees_all_branches, nina.organization.name) == (Role.OWNER, True, "Студия")
    with scoped_to(nina.organization_id):
        assert Branch.objects.of(nina.organization).count() == 1
    page = client.get(found.group(1), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "три синих чайника", "password2": "три синих чайника"})
    client.post("/account/login/", {"login": "nina@example.com", "password": "три синих чайника"})
    assert client.get("/profile/").status_code == 200


@pytest.mark.parametrize("email", ["nina@example.com", "NINA@example.com", "nobody"])
def test_a_second_time_and_a_wrong_address_are_refused(email: str) -> None:
    CliRunner().invoke(vernis, WORDS)

    said = CliRunner().invoke(vernis, ["create-owner", email, "--organization", "Студия"])

    assert said.exit_code == 2
    assert User.objects.count() == 1
