"""`vernis explain`: why a client is on the list, or why not, block by block."""

import csv
import io
from pathlib import Path

import pytest

from tests.cases import at, booking, call, cancelled, entry, no_show, on, salon, visit
from tests.cli.command import done, refused
from tests.histories import write_csv
from tests.reference import Row, Tables
from vernis.cli.commands import explain as command
from vernis.lib import texts

ANNA = {"client_id": "anna", "name": "Анна Каренина"}


def told(tmp_path: Path, tables: Tables, *more: object, client: str = "anna") -> list[str]:
    """Return what is said of a client on 12 May 2026, line by line."""
    data = tmp_path / "data"
    data.mkdir()
    write_csv(tables, data)
    return done(
        *("explain", client, "--data", data, "--cache", tmp_path / "cache", "--as-of", "2026-05-12"), *more
    ).splitlines()


def born(birthday: str) -> list[Row]:
    return [{**ANNA, "birthday": birthday}]


@pytest.mark.parametrize(
    ("tables", "listed"),
    [
        pytest.param(salon(visit(-40)), ["Overdue"], id="overdue"),
        pytest.param(salon(visit(-28)), ["Due"], id="due"),
        pytest.param(salon(visit(-100)), ["Lapsed"], id="lapsed"),
        pytest.param(salon(visit(-20)), [], id="in cycle"),
        pytest.param(salon(visit(-40), booking(5)), [], id="booked"),
        pytest.param(salon(visit(-40), no_show(-1)), ["Missed"], id="no-show"),
        pytest.param(salon(cancelled(3, cancelled_at=at(-2))), ["Missed"], id="cancelled"),
        pytest.param(salon(visit(-4)), ["Follow-up"], id="follow-up"),
        pytest.param(salon(visit(-5), booking(9, created_at=at(-5))), ["Follow-up", "Rebooked"], id="rebooked"),
        pytest.param(salon(waitlist=[entry()]), ["Waiting list"], id="waiting"),
        pytest.param(salon(visit(-20), clients=born("--05-13")), ["Birthdays"], id="birthday"),
        pytest.param(salon(booking(2, created_at=at(1))), [], id="not known yet"),
    ],
)
def test_the_blocks_of_the_list_are_ticked(tmp_path: Path, tables: Tables, listed: list[str]) -> None:
    lines = told(tmp_path, tables)

    assert [line.split(":")[0] for line in lines if line.startswith("✔ ")] == [f"✔ {block}" for block in listed]


@pytest.mark.parametrize(
    ("tables", "line", "parts"),
    [
        pytest.param(
            salon(visit(-40)),
            "✔ Overdue",
            [
                "cut was expected on 2 May",
                "10 days late",
                "no booking",
                "from 3 May",
                "2 June",
                "Lapsed",
                "or on booking",
            ],
            id="overdue",
        ),
        pytest.param(salon(visit(-28)), "✔ Due", ["is expected on 14 May", "15 May", "Overdue"], id="due"),
        pytest.param(salon(visit(-100)), "✔ Lapsed", ["70 days late", "leaves the list on booking"], id="lapsed"),
        pytest.param(
            salon(visit(-40), no_show(-1)), "✔ Missed", ["did not come on 11 May", "appointment n"], id="no-show"
        ),
        pytest.param(
            salon(cancelled(3, cancelled_at=at(-2))), "✔ Missed", ["cancelled on 10 May", "18 May"], id="cancelled"
        ),
        pytest.param(
            salon(visit(-4)), "✔ Follow-up", ["4 days ago", "8 May", "first visit", "16 May"], id="first visit"
        ),
        pytest.param(
            salon(visit(-5), booking(9, created_at=at(-5))), "✔ Rebooked", ["21 May", "7 May", "18 May"], id="rebooked"
        ),
        pytest.param(salon(waitlist=[entry("w7", service_id="cut")]), "✔ Waiting list", ["cut", "w7"], id="waiting"),
        pytest.param(salon(visit(-20), clients=born("--05-13")), "✔ Birthdays", ["13 May"], id="birthday"),
    ],
)
def test_a_row_of_the_list_has_its_reason(tmp_path: Path, tables: Tables, line: str, parts: list[str]) -> None:
    (reason,) = [found for found in told(tmp_path, tables) if found.startswith(line)]

    assert [part for part in parts if part not in reason] == []


@pytest.mark.parametrize(
    ("tables", "line", "part"),
    [
        pytest.param(salon(visit(-40)), "· Missed", "nothing was cancelled or missed", id="nothing missed"),
        pytest.param(salon(no_show(-3), booking(2)), "· Missed", "has booked again", id="booked again"),
        pytest.param(salon(no_show(-3), visit(-2)), "· Missed", "has come since", id="came since"),
        pytest.param(salon(visit(-1)), "· Follow-up", "too early; from 13 May", id="too early for a follow-up"),
        pytest.param(salon(visit(-9)), "· Follow-up", "too long ago, on 3 May", id="too late for a follow-up"),
        pytest.param(salon(booking(2)), "· Follow-up", "not been here yet", id="never came"),
        pytest.param(salon(visit(-40), booking(5)), "· Due", "has a booking", id="booked"),
        pytest.param(salon(visit(-20)), "· Due", "from 19 May", id="expected later"),
        pytest.param(salon(visit(-40), no_show(-1)), "· Due", "among those who missed", id="missed"),
        pytest.param(salon(visit(-5), booking(9)), "· Rebooked", "not made on the day of a visit", id="not rebooked"),
        pytest.param(salon(visit(-5), booking(29, created_at=at(-5))), "· Rebooked", "far off", id="far off"),
        pytest.param(salon(waitlist=[entry(closed_on=on(-1))]), "· Waiting list", "is closed", id="entry closed"),
        pytest.param(salon(waitlist=[entry(wanted_until=on(-1))]), "· Waiting list", "has passed", id="too late"),
        pytest.param(salon(visit(-20)), "· Birthdays", "not known", id="no birthday"),
        pytest.param(salon(visit(-20), clients=born("--07-13")), "· Birthdays", "13 July", id="birthday far off"),
    ],
)
def test_a_block_without_the_client_has_its_reason(tmp_path: Path, tables: Tables, line: str, part: str) -> None:
    (reason,) = [found for found in told(tmp_path, tables) if found.startswith(line)]

    assert part in reason


@pytest.mark.parametrize(
    ("contacts", "mark", "part"),
    [
        pytest.param([call(0, "promised", "overdue", "cut@2026-04-02")], "·", "hidden until 15 May", id="promised"),
        pytest.param([call(0, "no_answer", "overdue", "cut@2026-04-02")], "·", "hidden until 13 May", id="no answer"),
        pytest.param([call(-1, "no_answer", "overdue", "cut@2026-04-02")], "✔", "last call: no answer", id="yesterday"),
        pytest.param([call(0, "reached", "overdue", "cut@2026-04-02")], "·", "closed by the last call", id="reached"),
        pytest.param([call(0, "declined", "due", "cut@2026-04-02")], "·", "has declined", id="declined in due"),
        pytest.param([call(-9, "do_not_call", "missed", "x")], "·", "not to be called", id="do not call"),
    ],
)
def test_what_calls_did_to_a_row_is_said(tmp_path: Path, contacts: list[Row], mark: str, part: str) -> None:
    lines = told(tmp_path, salon(visit(-40), contacts=contacts))

    (reason,) = [line for line in lines if "Overdue:" in line]
    assert reason.startswith(mark)
    assert part in reason
    assert ("Asked not to be called: is in no block." in lines) == (part == "not to be called")


def test_the_client_is_introduced(tmp_path: Path) -> None:
    tables = salon(
        visit(-70, "u", amount="1000", staff_id="m1"),
        visit(-40, amount="234.5", staff_id="m1"),
        clients=[ANNA],
        services=[{"service_id": "cut", "title": "Стрижка", "interval_days": "35"}],
        staff=[{"staff_id": "m1", "name": "Ольга"}],
    )

    title, facts, cycle, *_ = told(tmp_path, tables)

    assert title == "Анна Каренина (anna)"
    assert [part for part in ("2 visits", "2 April", "234.50", "Thu", "10:00", "Ольга") if part not in facts] == []
    assert [
        part for part in ("7 May", "Стрижка", "35 days", "set for the service", "5 days") if part not in cycle
    ] == []


def test_it_is_told_in_russian(tmp_path: Path) -> None:
    lines = told(tmp_path, salon(visit(-40)), "--lang", "ru")

    assert any("12 мая" in line or "2 мая" in line for line in lines)
    assert not any("Overdue" in line or "expected" in line for line in lines)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("ana", "Similar: anna"),
        ("Anna", "Similar: anna"),
        ("карен", "anna (Анна Каренина)"),
        ("completely different", 'There is no client "completely different" in the data.\n'),
        ("", 'There is no client ""'),
    ],
)
def test_an_unknown_client_is_an_error_with_those_who_may_be_meant(tmp_path: Path, asked: str, hint: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_csv(salon(visit(-40), clients=[ANNA]), data)

    assert hint in refused("explain", asked, "--data", data, "--cache", tmp_path / "cache")


@pytest.mark.parametrize("client", ["--help me", "Li, Anna", "яна", "say 'hi'", "007"])
def test_a_client_may_have_any_name(tmp_path: Path, client: str) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_csv(salon(visit(-40, client=client)), data)

    found = done("explain", "--data", data, "--cache", tmp_path / "cache", "--as-of", "2026-05-12", "--", client)

    assert found.splitlines()[0] == client
    assert "✔ Overdue" in found


def test_a_client_of_whom_only_the_name_is_known_is_told_as_well(tmp_path: Path) -> None:
    lines = told(tmp_path, salon(visit(-40), clients=[{"client_id": "vera", "name": "Вера"}]), client="vera")

    assert lines[:2] == ["Вера (vera)", "No visit by 12 May."]


def test_explanations_and_the_list_agree(
    sample: Path, cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "_chosen", ["en"])
    options = ["--data", str(sample), "--cache", str(cache), "--as-of", "2026-05-12"]
    titles = {"follow_up": "Follow-up", "waitlist": "Waiting list", "birthday": "Birthdays"}
    listed: dict[str, list[str]] = {}
    for row in csv.DictReader(io.StringIO(done("worklist", *options, "--format", "csv"))):
        listed.setdefault(row["client_id"], []).append(titles.get(row["block"], row["block"].title()))
    with (sample / "clients.csv").open(encoding="utf-8", newline="") as file:
        clients = [row["client_id"] for row in csv.DictReader(file)]

    for client in clients[::4]:
        command.main([client, *options], standalone_mode=False)
        lines = capsys.readouterr().out.splitlines()
        ticked = [line[2:].split(":")[0] for line in lines if line.startswith("✔ ")]
        assert ticked == listed.get(client, []), client
