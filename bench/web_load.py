"""Pages under load, on the database that DATABASE_URL names (SQLite by default).

Usage: python -m bench.web_load [--clients 100000] [--rate 40] [--seconds 60]

60 % lists, 30 % outcomes, 10 % cards, of 20 operators in 5 branches. Open loop: every request has its appointed time,
whether or not earlier ones have been answered, and its time is counted from then on, so that a server that stalls
cannot hide it. The server runs as in a salon (`vernis serve`); the load is another process on the same cores. Clients
whose outcomes are sent were opened, and are held, before the clock runs. The first 10 seconds of the load warm the
server up and are not counted (a process compiles its pages once). Prints one JSON object; exit code 1 if
anything but a 2xx came back.
"""

import argparse
import datetime
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bench.web_sync import organization

KINDS, SHARES = ("list", "outcome", "card"), (60, 30, 10)
OPERATORS = 20
THREADS = 32
WARM_UP = 10  # seconds
BLOCKS = ("due", "overdue", "lapsed", "follow_up", "missed", "rebooked")


class Operator(NamedTuple):
    """Somebody who is logged in."""

    pk: int
    branch: int
    cookie: str
    csrf: str


class Request(NamedTuple):
    """What is asked, and when."""

    at: float  # seconds after the start
    kind: str
    method: str
    path: str
    operator: Operator
    fields: dict[str, str] | None


class Answer(NamedTuple):
    """What came back, and how long after the appointed time."""

    kind: str
    at: float  # seconds after the start
    seconds: float
    status: int


def main() -> int:
    """Fill a database, start the server, load it, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--lines-per-client", type=float, default=20)
    parser.add_argument("--rate", type=float, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vernis-bench-") as home:
        os.environ |= {"VERNIS_HOME": home, "DJANGO_SETTINGS_MODULE": "vernis.settings"}
        port = free_port()
        os.environ["VERNIS_URL"] = f"http://127.0.0.1:{port}"
        import django  # noqa: PLC0415

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection, connections  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        figures: dict[str, Any] = {"database": connection.vendor, "clients": options.clients, "rate": options.rate}
        operators, rows = prepare(Path(home), options.clients, options.lines_per_client)
        connections.close_all()
        plan = list(planned(operators, rows, options.rate, WARM_UP + options.seconds))
        with server(port):
            opened = open_cards(port, plan)
            answers = [answer for answer in load(port, opened) if answer.at >= WARM_UP]
    figures |= summary(answers, options.seconds)
    print(json.dumps(figures, indent=1))
    return 1 if figures["errors"] else 0


def prepare(home: Path, clients: int, lines: float) -> tuple[list[Operator], list[tuple[int, str, str, int]]]:
    """Return operators who are logged in, and rows (client, block, anchor, branch), one per client."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client as Browser  # noqa: PLC0415

    from vernis.accounts.models import Branch, Role, User  # noqa: PLC0415
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.worklist.models import Item  # noqa: PLC0415
    from vernis.worklist.operations.playbooks import create_default_playbooks  # noqa: PLC0415
    from vernis.worklist.operations.sync import sync_organization  # noqa: PLC0415

    now = datetime.datetime.now(datetime.UTC)
    made, _seconds = organization(home, clients, lines, now=now)
    sync_organization(organization=made, now=now)
    operators = []
    with scoped_to(made.pk):
        create_default_playbooks(organization=made)
        branches = list(Branch.objects.of(made))[:5]
        for number in range(OPERATORS):
            user = User.objects.create(
                organization=made, email=f"operator{number}@example.org", name=f"Operator {number}", role=Role.OPERATOR
            )
            user.branches.add(branches[number % len(branches)])
            browser = Browser()
            browser.force_login(user)
            session = browser.cookies[settings.SESSION_COOKIE_NAME].value
            operators.append(Operator(user.pk, branches[number % len(branches)].pk, session, uuid.uuid4().hex))
        found = Item.objects.of(made).filter(closed_at=None, branch__in=branches).order_by("client_id", "pk")
        rows = {
            client: (client, block, anchor)
            for client, block, anchor in found.values_list("client_id", "block", "anchor")
        }
        branch_of = dict(found.values_list("client_id", "branch_id"))
    random.seed(1)
    chosen = random.sample(sorted(rows), min(len(rows), 6000))
    return operators, [(*rows[client], branch_of[client]) for client in chosen]


def planned(operators: list[Operator], rows: list[Any], rate: float, seconds: float) -> Iterator[Request]:
    """Yield the requests in the order of their times."""
    random.seed(2)
    left = iter(rows)
    for number in range(int(rate * seconds)):
        at = number / rate
        kind = random.choices(KINDS, SHARES)[0]
        operator = random.choice(operators)
        if kind == "list":
            yield Request(at, kind, "GET", f"/?block={random.choice(BLOCKS)}", operator, None)
            continue
        client, block, anchor, branch = next(left)
        operator = random.choice([one for one in operators if one.branch == branch])
        if kind == "card":
            yield Request(at, kind, "POST", f"/clients/{client}/open/", operator, {})
        else:
            fields = {"entry": f"{block}|{anchor}", "outcome": random.choice(("no_answer", "reached", "declined"))}
            fields |= {"call_key": str(uuid.uuid4()), "by": str(operator.pk), "channel": "call", "note": "bench"}
            yield Request(at, kind, "POST", f"/clients/{client}/calls/", operator, fields)


def open_cards(port: int, plan: list[Request]) -> list[Request]:
    """Open the card of every outcome's client; return the plan with the numbers of their leases."""
    ready = []
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for request in plan:
        if request.kind == "outcome":
            path = request.path.replace("/calls/", "/open/")
            status, page = ask(line, request._replace(path=path, fields={}))
            if status != 200 or 'name="lease" value="' not in page:
                raise SystemExit(f"a card could not be opened: {status}")
            number = page.split('name="lease" value="')[1].split('"')[0]
            request = request._replace(fields={**(request.fields or {}), "lease": number})  # noqa: PLW2901
        ready.append(request)
    return ready


def load(port: int, plan: list[Request]) -> list[Answer]:
    """Send every request at its time; return the answers."""
    due: Queue[Request | None] = Queue()
    answers: list[Answer] = []
    begun = time.monotonic() + 1

    def work() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while request := due.get():
            try:
                status, _page = ask(line, request)
            except (OSError, http.client.HTTPException):
                line.close()
                status = 0
            answers.append(Answer(request.kind, request.at, time.monotonic() - begun - request.at, status))

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for request in plan:
        time.sleep(max(0.0, begun + request.at - time.monotonic()))
        due.put(request)
    for _thread in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    return answers


def ask(line: http.client.HTTPConnection, request: Request) -> tuple[int, str]:
    """Send one request; return status and body."""
    headers = {"Cookie": f"sessionid={request.operator.cookie}; csrftoken={request.operator.csrf}"}
    body = None
    if request.fields is not None:
        headers |= {"X-CSRFToken": request.operator.csrf, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(request.fields)
    line.request(request.method, request.path, body, headers)
    answer = line.getresponse()
    return answer.status, answer.read().decode()


def summary(answers: list[Answer], seconds: float) -> dict[str, Any]:
    """Return counts and percentiles in milliseconds."""

    def percentiles(of: list[Answer]) -> dict[str, float]:
        took = sorted(answer.seconds * 1000 for answer in of)
        return {f"p{share}_ms": round(took[min(len(took) - 1, len(took) * share // 100)], 1) for share in (50, 95, 99)}

    bad = [answer for answer in answers if not 200 <= answer.status < 300]
    found: dict[str, Any] = {"requests": len(answers), "per_second": round(len(answers) / seconds, 1)}
    found |= {"errors": len(bad), "statuses": sorted({answer.status for answer in answers})}
    found |= percentiles(answers)
    for kind in KINDS:
        found[kind] = percentiles([answer for answer in answers if answer.kind == kind])
    return found


class server:  # noqa: N801 (reads like a function)
    """`vernis serve` on a port, until the block is left."""

    def __init__(self, port: int) -> None:
        self.port = port

    def __enter__(self) -> None:
        """Start it and wait until it answers."""
        program = Path(sys.executable).parent / "vernis"
        self.process = subprocess.Popen(
            [str(program), "serve", "--no-worker", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _attempt in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the server did not start")

    def __exit__(self, *_fault: object) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait(30)


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
