"""Visits of a data set, the back-test over them, and the stored model."""

import datetime
from pathlib import Path

import numpy as np
import pytest

from tests.warehouse.files import appointments, table, visit, write_files
from vernis.engine.returns.sources import names_of
from vernis.engine.settings import Rules
from vernis.lib.days import day_from, number_of
from vernis.warehouse.errors import DataError
from vernis.warehouse.returns import backtest as backtests
from vernis.warehouse.returns import rivals, words
from vernis.warehouse.returns.backtest import backtest
from vernis.warehouse.returns.predicting import ANY, fit_models, predict_client, predictions
from vernis.warehouse.returns.storing import read_model, write_model
from vernis.warehouse.returns.visits import Visits, known_by, read_visits

TODAY = datetime.date(2026, 5, 12)


def write_visits(path: Path, clients: int = 400, seed: int = 1, until: datetime.date = TODAY) -> Path:
    """Write visits of clients who come at their own interval and leave some day."""
    generator = np.random.default_rng(seed)
    lines = ["client_id,visited_on"]
    for client in range(clients):
        on = number_of(until) - int(generator.integers(30, 700))
        own = 28 * np.exp(generator.normal(0, 0.35))
        while on <= number_of(until):
            lines.append(f"c{client:04},{datetime.date(1970, 1, 1) + datetime.timedelta(days=on)}")
            on += max(1, round(own * generator.gamma(8, 1 / 8)))
            if generator.random() < 0.1:
                break
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Visits:
    return read_visits(write_visits(tmp_path_factory.mktemp("visits") / "visits.csv"), TODAY)


def test_a_day_of_a_client_counts_once_and_the_future_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("client_id,visited_on\na,2026-05-02\na,2026-05-01\na,2026-05-02\nb,2027-01-01\n", encoding="utf-8")

    found = read_visits(path, TODAY)

    assert found.any_cycle.sequences.days.tolist() == [number_of(datetime.date(2026, 5, day)) for day in (1, 2)]
    assert (found.future_count, found.repeated_count) == (1, 1)


def test_a_folder_of_tables_gives_visits_by_client_and_by_cycle(tmp_path: Path) -> None:
    folder = write_files(
        tmp_path / "salon",
        {
            "services.csv": table(
                ["service_id", "category", "interval_days"],
                {"service_id": "cut", "category": "hair", "interval_days": "28"},
                {"service_id": "dye", "category": "colour"},
            ),
            "appointments.csv": appointments(
                visit(appointment_id="a1", starts_at="2026-04-01T10:00", service_id="cut"),
                visit(appointment_id="a2", starts_at="2026-04-20T10:00", service_id="dye"),
                visit(appointment_id="a3", starts_at="2026-05-01T10:00", service_id="cut"),
                visit(appointment_id="a4", starts_at="2026-05-05T10:00", service_id="cut", status="no_show"),
            ),
        },
    )

    found = read_visits(folder, TODAY, tmp_path / "cache")
    dates = rivals.expected_dates(found, number_of(TODAY), Rules())

    assert np.diff(found.any_cycle.sequences.starts).tolist() == [3]
    assert sorted(np.diff(found.by_cycle.sequences.starts).tolist()) == [1, 2]
    assert dates["rule"].tolist() == [number_of(datetime.date(2026, 5, 29))]
    assert dates["last_three"].tolist() == [number_of(datetime.date(2026, 5, 31))]


def test_a_visit_entered_later_is_not_known_before(tmp_path: Path) -> None:
    late = visit(appointment_id="a1", starts_at="2026-04-01T10:00", created_at="2026-04-09T10:00")
    folder = write_files(tmp_path / "salon", {"appointments.csv": appointments(late)})

    found = read_visits(folder, TODAY, tmp_path / "cache").any_cycle

    assert known_by(found, number_of(datetime.date(2026, 4, 8)))[0].size == 0
    assert known_by(found, number_of(datetime.date(2026, 4, 9)))[0].size == 1


def test_the_back_test_knows_only_what_was_known_then(visits: Visits, tmp_path: Path) -> None:
    cutoff = TODAY - datetime.timedelta(days=120)
    cut = read_visits(_until(visits, cutoff, tmp_path / "cut.csv"), TODAY)

    then = rivals.forecasts(visits, number_of(cutoff), Rules())
    alone = rivals.forecasts(cut, number_of(cutoff), Rules())
    ours, _client = backtests.predict_as_of(visits, number_of(cutoff), Rules())
    ours_alone, _client = backtests.predict_as_of(cut, number_of(cutoff), Rules())

    for name, forecast in then.items():
        assert np.stack(forecast) == pytest.approx(np.stack(alone[name])), name
    assert ours.p30 == pytest.approx(ours_alone.p30)


def test_a_report_has_every_model_every_client_and_a_verdict(visits: Visits) -> None:
    cutoffs = [TODAY - datetime.timedelta(days=days) for days in (180, 120)]

    found = backtest(visits, cutoffs, with_predictions=True)

    seen = sum(known_by(visits.any_cycle, number_of(day))[0].size for day in cutoffs)
    models = {backtests.VERNIS, *rivals.RIVALS}
    assert found.predictions is not None
    assert found.predictions.column_names == [
        "cutoff", "client_id", "model", "p30", "p90", "expected_on", "lo80_on", "hi80_on",
    ]  # fmt: skip
    assert found.predictions.num_rows == seen * len(models)
    assert set(found.scores[30]) == models == set(found.scores[90])
    assert found.scores[30]["vernis"].rows == seen
    assert found.may_be_used
    assert found.against[30]["rule"].high < 0
    assert all(words.model_title(name) for name in models)


def test_cut_offs_chosen_by_itself_leave_room_on_both_sides() -> None:
    days = np.arange(0, 1000)

    chosen = backtests.sensible_cutoffs(days)

    assert 2 <= len(chosen) <= 8
    assert chosen[-1] == 999 - 90
    assert chosen[0] >= 333
    assert backtests.sensible_cutoffs(np.arange(0, 30)) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a,2026-05-01\nb,2026-05-02\n", id="two clients, one visit each"),
        pytest.param("".join(f"c{n},2026-05-01\n" for n in range(50)), id="everyone on the same day"),
        pytest.param("a,2027-05-01\n", id="the future only"),
        pytest.param("", id="no visit"),
    ],
)
def test_too_little_history_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "visits.csv"
    path.write_text("client_id,visited_on\n" + text, encoding="utf-8")

    with pytest.raises(DataError, match=r"visits"):
        backtest(read_visits(path, TODAY))


def test_a_year_in_which_the_salon_was_closed_does_not_break_it(tmp_path: Path) -> None:
    before = write_visits(tmp_path / "before.csv", until=TODAY - datetime.timedelta(days=1100)).read_text("utf-8")
    after = write_visits(tmp_path / "after.csv", 200, seed=2).read_text("utf-8").partition("\n")[2].replace("c0", "d0")
    path = tmp_path / "visits.csv"
    path.write_text(before + after, encoding="utf-8")

    found = backtest(read_visits(path, TODAY))

    assert found.scores[30]["vernis"].log_loss < found.scores[30]["rule"].log_loss * 1.05


def test_a_stored_model_says_what_it_said_before(visits: Visits, tmp_path: Path) -> None:
    stored = fit_models(visits, TODAY, is_tested=False)
    write_model(stored, tmp_path / "model.npz")
    again = read_model(tmp_path / "model.npz")

    said = predictions(visits, again, TODAY)

    assert said.equals(predictions(visits, stored, TODAY))
    assert said.filter(said["cycle_key"].to_numpy(zero_copy_only=False) == ANY).num_rows >= len(visits.any_cycle.client)
    assert "unproven" in names_of(said["gaps"][0].as_py())
    assert all(words.sentences(gaps) for gaps in said["gaps"].to_pylist())
    assert {words.source_words(source) for source in said["source"].to_pylist()}


def test_one_client_gets_the_same_as_among_all(visits: Visits) -> None:
    stored = fit_models(visits, TODAY, is_tested=False)
    row = predictions(visits, stored, TODAY).slice(7, 1).to_pylist()[0]
    of = visits.any_cycle.sequences
    days = [day_from(int(day)) for day in of.days[of.starts[7] : of.starts[8]]]

    said = predict_client(stored, days, [""] * len(days), TODAY)

    assert said is not None
    assert (said.expected_on, said.lo80_on, said.hi80_on) == (row["expected_on"], row["lo80_on"], row["hi80_on"])
    assert [said.p30, said.p90] == pytest.approx([row["p30"], row["p90"]])
    assert said.source == row["source"]


def test_who_never_came_is_expected_by_nobody(visits: Visits) -> None:
    stored = fit_models(visits, TODAY, is_tested=False)

    assert predict_client(stored, [], [], TODAY) is None
    assert predict_client(stored, [TODAY + datetime.timedelta(days=1)], [""], TODAY) is None


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.npz").write_bytes(content)

    with pytest.raises(DataError, match=r"model\.npz"):
        read_model(tmp_path / "model.npz")


def _until(visits: Visits, day: datetime.date, path: Path) -> Path:
    of, left = known_by(visits.any_cycle, number_of(day))
    ids = visits.client_ids.to_pylist()
    lines = [
        f"{ids[client]},{datetime.date(1970, 1, 1) + datetime.timedelta(days=int(on))}"
        for place, client in enumerate(visits.any_cycle.client[left])
        for on in of.days[of.starts[place] : of.starts[place + 1]]
    ]
    path.write_text("\n".join(["client_id,visited_on", *lines]) + "\n", encoding="utf-8")
    return path
