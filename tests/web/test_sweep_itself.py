"""The sweep finds what it is there to find."""

from __future__ import annotations

import pytest

from tests.web import routes, test_sweep
from tests.web.bad_pages import BAD
from tests.web.sweep import Browsers

CHECKS = (
    test_sweep.test_nobody_sees_or_changes_what_is_not_theirs,
    test_sweep.test_ids_of_others_in_query_and_body_do_nothing,
    test_sweep.test_a_forged_click_is_refused,
)


@pytest.mark.urls("tests.web.bad_pages")
@pytest.mark.parametrize("name", BAD)
def test_a_page_with_a_fault_fails(browsers: Browsers, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(routes.ROUTES, name, BAD[name])

    assert any(fails(check, browsers, name) for check in CHECKS)


@pytest.mark.urls("tests.web.bad_pages")
def test_a_page_without_an_entry_fails(browsers: Browsers) -> None:
    assert fails(CHECKS[0], browsers, "open_door")


def fails(check: object, browsers: Browsers, name: str) -> bool:
    try:
        check(browsers, name)  # type: ignore[operator]
    except (AssertionError, pytest.fail.Exception):
        return True
    return False
