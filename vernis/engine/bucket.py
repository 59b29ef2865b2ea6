"""The rules over a bucket: all clients of one part of the data set, one after the other."""

from typing import Any, NamedTuple

from vernis.engine.compiled import compilable
from vernis.engine.history import Contacts, Cycles, Entries, History, Lines, Numbers, Rows, Tables, VisitTimes
from vernis.engine.learned import Gaps, write_gaps
from vernis.engine.worklist import Question, add_usual_times, write_worklist


class Bucket(NamedTuple):
    """Histories laid end to end: the lines of client c are from line_starts[c] to line_starts[c + 1], and so on."""

    lines: Lines
    contacts: Contacts
    entries: Entries
    traits: Numbers
    birth_month: Numbers
    birth_day: Numbers
    line_starts: Numbers
    contact_starts: Numbers
    entry_starts: Numbers
    trait_starts: Numbers


@compilable
def history_of(bucket: Bucket, c: int) -> History:
    """Cut the history of one client out of a bucket."""
    return History(
        bucket.lines[bucket.line_starts[c] : bucket.line_starts[c + 1]],
        bucket.contacts[bucket.contact_starts[c] : bucket.contact_starts[c + 1]],
        bucket.entries[bucket.entry_starts[c] : bucket.entry_starts[c + 1]],
        bucket.traits[bucket.trait_starts[c] : bucket.trait_starts[c + 1]],
        bucket.birth_month[c],
        bucket.birth_day[c],
    )


@compilable
def write_worklist_of_all(bucket: Bucket, question: Question, cycles: Cycles, recent: VisitTimes, rows: Rows) -> int:
    """Append the rows of every client of the bucket; return how many past appointments nobody has closed."""
    unclosed_count = 0
    for c in range(len(bucket.line_starts) - 1):
        history, before = history_of(bucket, c), rows.counts[0]
        facts = write_worklist(c, history, question, cycles, rows)
        add_usual_times(history, question.as_of, recent, rows, before)
        unclosed_count += facts.unclosed_count
    return unclosed_count


@compilable
def count_rows_of_all(
    bucket: Bucket, first_on: int, learned: Any, question: Question, cycles: Cycles, rows: Rows, sizes: Any
) -> None:
    """Add to `sizes[day - first_on, block]` the rows of every client on every day; `learned[day - first_on, cycle]`."""
    for c in range(len(bucket.line_starts) - 1):
        history = history_of(bucket, c)
        for d in range(len(sizes)):
            rows.counts[0], rows.counts[1] = 0, 0
            tables = with_learned(question.tables, learned[d])
            write_worklist(c, history, Question(first_on + d, question.rules, tables), cycles, rows)
            for r in range(rows.counts[0]):
                sizes[d, rows.rows[r].block] += 1


@compilable
def with_learned(tables: Tables, learned: Numbers) -> Tables:
    """Return the tables with the learned intervals of another day."""
    return Tables(
        tables.cycle_of_service,
        tables.service_order,
        tables.interval_of_service,
        tables.category_of_service,
        tables.service_intervals,
        tables.category_intervals,
        learned,
        tables.zone_of_branch,
        tables.zones,
    )


@compilable
def write_gaps_of_all(lines: Lines, line_starts: Numbers, cycle_of_service: Numbers, gaps: Gaps) -> None:
    """Append the gaps between visits of every client of a bucket."""
    for c in range(len(line_starts) - 1):
        write_gaps(lines[line_starts[c] : line_starts[c + 1]], cycle_of_service, gaps)
