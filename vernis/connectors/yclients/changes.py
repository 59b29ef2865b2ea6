"""What has changed since we asked last, by the clock of the source.

The place from which we ask is the latest `last_change_date` that we have seen, so neither our clock nor its time zone
matters; and we ask again from well before it, because the system and its `changed_after` need not agree about the
zone, and because a change may become visible later than another one that is newer. What we know already comes twice
and changes nothing.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from vernis.connectors.yclients import lists
from vernis.connectors.yclients.readings import Read
from vernis.connectors.yclients.records import kept, wall

if TYPE_CHECKING:
    from vernis.connectors.yclients.client import YClients

OVERLAP = datetime.timedelta(hours=15)  # no two zones are further apart than 26 hours, nor ours than 15
ZONES = datetime.timedelta(hours=14)


def begin(source: YClients, company: int) -> str:
    """Return the place from which changes are to be asked for now: the time there, as it is said to us, or less."""
    answer = source.records(company, 1, changed_after=_text(datetime.datetime(2100, 1, 1)))  # noqa: DTZ001 (a wall)
    at = answer.at or datetime.datetime.now(datetime.UTC)
    return _text(at.replace(tzinfo=None) - ZONES)


def read(source: YClients, company: int, cursor: str) -> Read:
    """Return all records that have changed since `cursor`, some of them known already. Raises a Fault."""
    since = _text((wall(cursor) or datetime.datetime(2000, 1, 1)) - OVERLAP)  # noqa: DTZ001
    first = source.records(company, 1, changed_after=since)
    found = lists.whole(lambda page: source.records(company, page, changed_after=since), first)
    records = {number: kept(one) for number, one in found.items()}
    seen = [at for one in records.values() if (at := wall(one.get("last_change_date")))]
    latest = max([wall(cursor) or datetime.datetime.min, *seen])  # noqa: DTZ901
    now = first.at or datetime.datetime.now(datetime.UTC)
    return Read(records, {}, None, _text(min(latest, now.replace(tzinfo=None) + ZONES)))  # one wrong year blinds nobody


def _text(at: datetime.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S")
