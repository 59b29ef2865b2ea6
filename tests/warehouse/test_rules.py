"""The rules, as they stand and compiled, against the slow reference: hand-worked cases and generated histories."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import reference
from tests.cases import CASES, Case
from tests.histories import History, crowded_histories, histories, shuffled
from tests.warehouse.lists import prepared, rows_of
from vernis.engine.blocks import EXPECTED_LATER
from vernis.engine.contacts import LISTED
from vernis.engine.explain import explain
from vernis.engine.history import BLOCKS
from vernis.lib.days import number_of
from vernis.warehouse import one_client, replays, runs
from vernis.warehouse.loading import client_ids, history_as_lists, load_bucket, load_shared
from vernis.warehouse.settings_file import rules_from

patiently = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_worked_by_hand(case: Case, way: str) -> None:
    rows = rows_of(case.tables, case.as_of, case.settings)

    assert rows == reference.worklist(case.tables, case.as_of, case.settings)
    assert [(row["block"], row["client_id"], row["anchor"]) for row in rows] == [
        (expected.block, expected.client_id, expected.anchor) for expected in case.expected
    ]


@patiently
@given(history=histories())
def test_any_history_gives_the_list_of_the_reference(way: str, history: History) -> None:
    assert rows_of(*history) == reference.worklist(*history)


@settings(patiently, max_examples=15)
@given(history=crowded_histories())
def test_a_crowd_learns_the_intervals_of_the_reference(way: str, history: History) -> None:
    assert rows_of(*history) == reference.worklist(*history)


@settings(patiently, max_examples=30)
@given(history=histories(), random=st.randoms(use_true_random=False))
def test_the_order_of_input_rows_never_matters(history: History, random: Random) -> None:
    tables, as_of, given_settings = history

    assert rows_of(shuffled(tables, random), as_of, given_settings) == rows_of(*history)


@settings(patiently, max_examples=30)
@given(history=histories())
def test_the_identities_of_section_7(history: History) -> None:
    rows = rows_of(*history)
    keys = [(row["block"], row["client_id"], row["anchor"]) for row in rows]
    staged = [row["client_id"] for row in rows if row["block"] in ("missed", "due", "overdue", "lapsed")]

    assert len(keys) == len(set(keys))
    assert len(staged) == len(set(staged))
    assert [BLOCKS.index(row["block"]) for row in rows] == sorted(BLOCKS.index(row["block"]) for row in rows)
    for row in rows:
        assert row["is_lead"] == (row["visits_count"] == 0)


@settings(patiently, max_examples=30)
@given(history=histories())
def test_everybody_with_a_visit_stands_in_exactly_one_place(history: History) -> None:
    """Section 7: with a visit = booked + in cycle + missed + due + overdue + lapsed; `explain` says which."""
    tables, as_of, given_settings = history
    names = {0: "missed", 2: "due", 3: "overdue", 4: "lapsed"}
    with prepared(tables) as made:
        question = one_client.question(made, as_of, rules_from(given_settings))
        shared = load_shared(made.folder).tables
        found = {}
        for folder in made.buckets:
            bucket = load_bucket(folder, shared)
            for place, client in enumerate(client_ids(folder).to_pylist()):
                told = explain(history_as_lists(bucket, place), question)
                by_block = {answer.block: answer for answer in told.answers}
                stage = next(answer for answer in told.answers if 2 <= answer.block <= 4)
                if told.facts.visits_count == 0:
                    found[client] = "no_visit"
                elif by_block[0].effect is not None:
                    found[client] = "missed"
                elif stage.effect is not None:
                    found[client] = names[stage.block]
                else:
                    found[client] = "in_cycle" if stage.reason == EXPECTED_LATER else "booked"

    expected = reference.standing(tables, as_of, given_settings)
    assert {client: found[client] for client in expected} == expected


@settings(patiently, max_examples=40)
@given(history=histories())
def test_explain_lists_what_the_list_lists(history: History) -> None:
    tables, as_of, given_settings = history
    listed = [(row["block"], row["client_id"], row["due_on"]) for row in rows_of(*history)]
    with prepared(tables) as made:
        question = one_client.question(made, as_of, rules_from(given_settings))
        shared = load_shared(made.folder).tables
        explained = []
        for folder in made.buckets:
            bucket = load_bucket(folder, shared)
            for place, client in enumerate(client_ids(folder).to_pylist()):
                told = explain(history_as_lists(bucket, place), question)
                for answer in told.answers:
                    if answer.effect is not None and answer.effect.verdict == LISTED:
                        due_on = answer.effect.due_on
                        day = None if due_on == -(2**31) else date(1970, 1, 1) + timedelta(days=due_on)
                        explained.append((BLOCKS[answer.block], client, day))

    assert sorted(map(str, explained)) == sorted(map(str, listed))


@settings(patiently, max_examples=20)
@given(history=histories(), days=st.integers(1, 12))
def test_replay_counts_the_rows_of_every_day(way: str, history: History, days: int) -> None:
    tables, as_of, given_settings = history
    first = as_of - timedelta(days=days)
    wanted = [first + timedelta(days=day) for day in range(days + 1)]
    with prepared(tables) as made:
        sizes = replays.block_sizes(made, first, as_of, rules_from(given_settings)).to_pylist()

    assert [row["day"] for row in sizes] == wanted
    expected = reference.block_sizes(tables, wanted, given_settings)
    assert [{block: row[block] for block in BLOCKS} for row in sizes] == [
        {block: expected[day].get(block, 0) for block in BLOCKS} for day in wanted
    ]


def test_one_client_alone_gets_the_rows_of_the_whole_list() -> None:
    for case in CASES[::7]:
        with prepared(case.tables) as made:
            question = one_client.question(made, case.as_of, rules_from(case.settings))
            whole = runs.worklist(made, case.as_of, rules_from(case.settings)).table.to_pylist()
            for client in {row["client_id"] for row in whole}:
                found = one_client.find(made, client)
                assert found is not None
                rows, _facts = runs.rows_of_one(found.history, question)
                blocks = [BLOCKS[row.block] for row in rows.rows[: rows.counts[0]]]
                assert sorted(blocks) == sorted(row["block"] for row in whole if row["client_id"] == client)


def test_days_are_whole_numbers_from_1970() -> None:
    assert number_of(date(1970, 1, 1)) == 0
    assert number_of(date(2026, 5, 12)) == 20585
