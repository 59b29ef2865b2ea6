"""What the rules get from the database is the same for everybody at once and for one client."""

import datetime

import pytest
from pyarrow import parquet

from tests.salons import NOW, salon
from vernis.accounts.tenancy import scoped_to
from vernis.book import facts
from vernis.book.models import Appointment, Client, Service
from vernis.engine.explain import explain
from vernis.warehouse import runs, snapshot, wanted
from vernis.warehouse.histories import question_of
from vernis.warehouse.settings_file import rules_from

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("seed", range(12))
def test_one_client_gets_the_rows_that_the_nightly_run_gives_her(seed: int) -> None:
    made = salon(seed)
    rules = rules_from(made.rules)
    facts.write(made.pk)

    with snapshot.opened(facts.folder_of(made.pk), facts.home_of(made.pk) / "cache") as prepared, scoped_to(made.pk):
        ground = facts.ground(made)
        told = {client.pk: facts.of_client(client, ground) for client in Client.objects.of(made)}
        for days in (0, 1, 3, 30, 200):
            day = NOW.date() - datetime.timedelta(days=days)
            found = runs.worklist(prepared, day, rules, with_keys=True)
            question = question_of(ground, day, rules, found.learned)
            one_by_one = [row for pk in told for row in wanted.of_one(pk, told[pk], ground, question)]
            assert sorted(map(repr, one_by_one)) == sorted(map(repr, wanted.of_everybody(found.table)))


@pytest.mark.parametrize("seed", range(20, 24))
def test_every_client_is_in_a_block_or_has_a_reason_in_each(seed: int) -> None:
    made = salon(seed)

    with scoped_to(made.pk):
        ground = facts.ground(made)
        for client in Client.objects.of(made):
            told = facts.of_client(client, ground)
            for days in range(0, 365, 9):
                day = NOW.date() - datetime.timedelta(days=days)
                question = question_of(ground, day, rules_from(made.rules), {})
                rows = wanted.of_one(client.pk, told, ground, question)
                explanation = explain(told.history, question)
                listed = [answer for answer in explanation.answers if answer.effect and answer.effect.verdict == 0]
                assert len(listed) == len(rows)
                assert {0, 1, 7} <= {answer.block for answer in explanation.answers}
                assert any(2 <= answer.block <= 4 for answer in explanation.answers)


def test_a_table_that_has_not_changed_keeps_its_file() -> None:
    made = salon(1, clients=3)
    facts.write(made.pk)
    folder = facts.folder_of(made.pk)
    before = {path.name: path.stat().st_ino for path in folder.iterdir()}

    with scoped_to(made.pk):
        Service.objects.of(made).update(interval_days=21)
    facts.write(made.pk)

    changed = {path.name for path in folder.iterdir() if path.stat().st_ino != before[path.name]}
    assert changed == {"services.parquet"}


def test_facts_are_of_one_organization_and_readable_by_nobody_else() -> None:
    ours, theirs = salon(1, clients=5), salon(2, clients=7)

    facts.write(ours.pk)

    with scoped_to(ours.pk):
        mine = {f"{pk:010}" for pk in Client.objects.of(ours).values_list("pk", flat=True)}
    clients = parquet.read_table(facts.folder_of(ours.pk) / "clients.parquet").column("client_id").to_pylist()
    assert set(clients) == mine
    assert theirs.pk != ours.pk
    assert facts.home_of(ours.pk).stat().st_mode & 0o077 == 0


def test_an_appointment_of_another_century_is_left_out_and_counted() -> None:
    made = salon(3, clients=2)
    with scoped_to(made.pk):
        client = Client.objects.of(made)[0]
        far = datetime.datetime(2999, 1, 1, tzinfo=datetime.UTC)
        Appointment.objects.create(organization=made, client=client, starts_at=far)

    assert facts.write(made.pk)["out_of_range"] == 1
