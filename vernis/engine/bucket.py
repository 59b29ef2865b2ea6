"""The rules over a bucket: all clients of one part of the data set, one after the other."""

from collections.abc import Sequence
from typing import NamedTuple

from vernis.engine.compiled import compilable
from vernis.engine.history import Contact, Cycle, Entry, History, Line, Rows
from vernis.engine.learned import Gaps, write_gaps
from vernis.engine.worklist import Question, write_worklist


class Bucket(NamedTuple):
    """Histories laid end to end: the lines of client c are from line_starts[c] to line_starts[c + 1], and so on."""

    lines: Sequence[Line]
    contacts: Sequence[Contact]
    entries: Sequence[Entry]
    traits: Sequence[int]
    birth_month: Sequence[int]
    birth_day: Sequence[int]
    line_starts: Sequence[int]
    contact_starts: Sequence[int]
    entry_starts: Sequence[int]
    trait_starts: Sequence[int]


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
def write_worklist_of_all(bucket: Bucket, question: Question, cycles: Sequence[Cycle], rows: Rows) -> int:
    """Append the rows of every client of the bucket; return how many past appointments nobody has closed."""
    unclosed_count = 0
    for c in range(len(bucket.line_starts) - 1):
        facts = write_worklist(c, history_of(bucket, c), question, cycles, rows)
        unclosed_count += facts.unclosed_count
    return unclosed_count


@compilable
def write_gaps_of_all(
    lines: Sequence[Line], line_starts: Sequence[int], cycle_of_service: Sequence[int], gaps: Gaps
) -> None:
    """Append the gaps between visits of every client of a bucket."""
    for c in range(len(line_starts) - 1):
        write_gaps(lines[line_starts[c] : line_starts[c + 1]], cycle_of_service, gaps)
