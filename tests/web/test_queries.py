"""How many SQL queries each page makes: a change fails until it is recorded on purpose, by `make queries`."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.routes import ROUTES
from tests.web.sweep import Browsers

RECORDED = Path(__file__).with_name("queries.json")
FRAME = re.compile(r"^(BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|SELECT set_config)", re.IGNORECASE)
"""What opens and closes transactions, which differs between the databases, and between tests and a salon."""
MOST = 30


def test_pages_make_as_many_queries_as_recorded(browsers: Browsers) -> None:
    found = {
        name: {actor: made for actor in ("olga", "nina") if (made := queries(browsers, actor, name)) is not None}
        for name, route in sorted(ROUTES.items())
        if "GET" in route.methods and route.is_ours
    }
    if os.environ.get("VERNIS_RECORD_QUERIES"):
        RECORDED.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    assert found == json.loads(RECORDED.read_text(encoding="utf-8")), "if it must be so: make queries"
    assert max(count for counts in found.values() for count in counts.values()) <= MOST


def queries(browsers: Browsers, actor: str, name: str) -> int | None:
    """Count the queries of a page; nothing for somebody who may not open it."""
    browsers.ask(actor, "GET", name, ROUTES[name], "center")  # what a process asks only once
    with CaptureQueriesContext(connection) as seen:
        answer = browsers.ask(actor, "GET", name, ROUTES[name], "center")
    if answer.status != 200:
        return None
    return sum(not FRAME.match(query["sql"]) for query in seen.captured_queries)
