"""An explanation of the rules in words, for the terminal and for the screen."""

import datetime
from typing import Any, NamedTuple

from vernis.engine import blocks
from vernis.engine.contacts import CLOSED, CLOSED_BY_EPISODE, HIDDEN, LISTED, NEVER_CALL
from vernis.engine.explain import Answer, CycleView, Explanation, leaves_on
from vernis.engine.facts import usual_times
from vernis.engine.history import (
    BIRTHDAY,
    BLOCKS,
    DUE,
    FOLLOW_UP,
    INTERVAL_SOURCES,
    LAPSED,
    MISSED,
    NONE,
    OUTCOMES,
    OVERDUE,
    REBOOKED,
    WAITLIST,
    History,
    VisitTime,
)
from vernis.engine.history import CANCELLED as STATUS_CANCELLED
from vernis.engine.settings import USUAL_VISITS
from vernis.engine.states import miss_day
from vernis.engine.worklist import Question
from vernis.lib import money
from vernis.lib.days import day_from, spoken, weekday_name
from vernis.lib.texts import _, ngettext
from vernis.warehouse import names
from vernis.warehouse.loading import Shared


class Sentence(NamedTuple):
    """What one block says of the client."""

    block: str
    is_listed: bool
    text: str


class Speech(NamedTuple):
    """The explanation in words; without `appointment_ids` identifiers are left out."""

    told: Explanation
    question: Question
    history: History
    shared: Shared
    as_of: datetime.date
    titles: dict[str, str]
    staff: dict[str, str]
    appointment_ids: list[str] | None = None
    entry_ids: list[str] | None = None
    currency: str = ""

    def lines(self) -> list[str]:
        """Return the whole explanation, line by line, for the terminal."""
        lines = [self.facts()]
        lines += [f"  {text}" for text in (*self.cycles(), *self.bookings())]
        lines.append("")
        if self.told.must_not_be_called:
            lines.append(self.silence())
        for sentence in self.sentences():
            mark = "✔" if sentence.is_listed else "·"
            lines.append(f"{mark} {names.block_title(sentence.block)}: {sentence.text}")
        return lines

    def cycles(self) -> list[str]:
        """Say what is expected, the earliest first."""
        return [self._cycle(view) for view in sorted(self.told.cycles, key=lambda view: view.cycle.expected_on)]

    def bookings(self) -> list[str]:
        """Say what is booked."""
        return [self._booking(line) for line in self.told.upcoming]

    def silence(self) -> str:
        """Say that nobody may call."""
        return _("Asked not to be called: is in no block.")

    def sentences(self) -> list[Sentence]:
        """Say why the client is in each block or not; a block that has nothing to say is left out."""
        said = [(answer, self._answer(answer)) for answer in self.told.answers]
        return [Sentence(BLOCKS[answer.block], self._is_listed(answer), text) for answer, text in said if text]

    def _is_listed(self, answer: Answer) -> bool:

        return answer.effect is not None and answer.effect.verdict == LISTED

    def _amount(self, hundredths: int) -> str:
        return money.in_currency(hundredths, self.currency) if self.currency else money.spoken(hundredths)

    def _day(self, number: int) -> str:
        return spoken(day_from(number), near=self.as_of)

    def facts(self) -> str:

        facts = self.told.facts
        if facts.visits_count == 0:
            return _("No visit by {day}.").format(day=spoken(self.as_of, near=self.as_of))
        parts = [
            ngettext("{count} visit", "{count} visits", facts.visits_count).format(count=facts.visits_count),
            _("the last on {day}").format(day=self._day(facts.last_visit_on)),
            _("spent {amount}").format(amount=self._amount(facts.spent)),
        ]
        recent = [VisitTime() for _ in range(USUAL_VISITS)]
        weekday, hour = usual_times(self.history.lines, self.question.as_of, recent)
        if weekday != NONE:
            parts.append(_("usually {weekday} {hour}:00").format(weekday=weekday_name(weekday), hour=hour))
        staff = self.shared.staff[facts.last_staff] if facts.last_staff != NONE else ""
        if staff:
            parts.append(_("last served by {name}").format(name=self.staff.get(staff, staff)))
        return ", ".join(parts)

    def _cycle_title(self, code: int, service: int) -> str:
        key = self.shared.cycles[code]
        return self.titles.get(key, key) or self.titles.get(self.shared.services[service], "") or _("visit")

    def _cycle(self, view: CycleView) -> str:
        """Say what is expected: "expected 12 May: manicure every 28 days, last on 14 April"."""
        cycle = view.cycle
        every = ngettext("every {count} day", "every {count} days", cycle.interval_days).format(
            count=cycle.interval_days
        )
        if view.late > 0:
            template = _("was expected {day}: {what} {every} ({source}), last on {last}")
        else:
            template = _("expected {day}: {what} {every} ({source}), last on {last}")
        text = template.format(
            day=self._day(cycle.expected_on),
            what=self._cycle_title(cycle.key, cycle.service),
            every=every,
            source=names.source_title(INTERVAL_SOURCES[cycle.interval_source]),
            last=self._day(cycle.last_on),
        )
        if view.late > 0:
            late = ngettext("{count} day late", "{count} days late", view.late).format(count=view.late)
        elif view.late == 0:
            late = _("today")
        else:
            late = ngettext("in {count} day", "in {count} days", -view.late).format(count=-view.late)
        text = f"{text}; {late}"
        if not view.counts:
            return text + _("; booked")
        if not any(answer.effect is not None and DUE <= answer.block <= LAPSED for answer in self.told.answers):
            return text
        if view.is_also_due:
            return text + _("; to be offered in the same call")
        if view.is_governing and view.stage in (DUE, OVERDUE, LAPSED):
            return text + _("; decides the block")
        return text

    def _booking(self, line: int) -> str:
        booked = self.history.lines[line]
        if self.appointment_ids is None:
            what = self._service(booked.service) or _("visit")
            return _("booked for {day}: {what}").format(day=self._day(booked.day), what=what)
        return _("booked for {day}: {what} (appointment {id})").format(
            day=self._day(booked.day),
            what=self._service(booked.service) or _("visit"),
            id=self.appointment_ids[line],
        )

    def _service(self, code: int) -> str:
        service = self.shared.services[code]
        return self.titles.get(service, service)

    def _answer(self, answer: Answer) -> str:
        """Return what a block says, empty where it has nothing to say."""
        if answer.reason == blocks.LISTS:
            return self._wanted(answer)
        return self._reason_why_not(answer)

    def _wanted(self, answer: Answer) -> str:
        """Say why the rules want a row, and what contacts made of it."""
        text = self._why(answer)
        effect = answer.effect
        if effect is None:
            return text
        last = names.outcome_title(OUTCOMES[effect.last_outcome]) if effect.last_outcome != NONE else ""
        if effect.verdict == NEVER_CALL:
            return text + _("; asked not to be called")
        if effect.verdict == HIDDEN:
            text += _("; hidden until {day} after the last call ({outcome})").format(
                day=self._day(effect.due_on), outcome=last
            )
        elif effect.verdict == CLOSED:
            text += _("; closed by the last call ({outcome})").format(outcome=last)
        elif effect.verdict == CLOSED_BY_EPISODE:
            text += _("; closed: the client has declined")
        else:
            if effect.due_on != NONE:
                text += _("; to be called from {day}").format(day=self._day(effect.due_on))
            if last:
                text += _("; last call: {outcome}").format(outcome=last)
            text += self._until(answer)
        return text

    def _why(self, answer: Answer) -> str:

        lines = self.history.lines
        if answer.block == MISSED:
            miss = lines[answer.anchor]
            what = self._service(miss.service) or _("visit")
            if self.appointment_ids is None:
                template = (
                    _("cancelled on {day} ({what}); nothing booked, no visit since")
                    if miss.status == STATUS_CANCELLED
                    else _("did not come on {day} ({what}); nothing booked, no visit since")
                )
                return template.format(day=self._day(miss_day(miss)), what=what)
            template = (
                _("cancelled on {day} ({what}, appointment {id}); nothing booked, no visit since")
                if miss.status == STATUS_CANCELLED
                else _("did not come on {day} ({what}, appointment {id}); nothing booked, no visit since")
            )
            return template.format(day=self._day(miss_day(miss)), what=what, id=self.appointment_ids[answer.anchor])
        if answer.block == FOLLOW_UP:
            days = self.question.as_of - self.told.facts.last_visit_on
            text = ngettext("visit {count} day ago, on {day}", "visit {count} days ago, on {day}", days)
            text = text.format(count=days, day=self._day(self.told.facts.last_visit_on))
            return text + (_("; the first visit") if self.told.facts.visits_count == 1 else "")
        if answer.block == REBOOKED:
            return _("booked for {day} on the day of a visit, {made}").format(
                day=self._day(lines[answer.anchor].day), made=self._day(lines[answer.anchor].created_on)
            )
        if answer.block == WAITLIST:
            entry = self.history.entries[answer.anchor]
            what = self._service(entry.service) or _("any service")
            if self.entry_ids is None:
                return _("waits for {what}").format(what=what)
            return _("waits for {what} (entry {id})").format(what=what, id=self.entry_ids[answer.anchor])
        if answer.block == BIRTHDAY:
            return _("birthday on {day}").format(day=self._day(answer.due_on))
        return self._stage(answer)

    def _stage(self, answer: Answer) -> str:
        view = next(view for view in self.told.cycles if view.is_governing)
        what, expected = self._cycle_title(view.cycle.key, view.cycle.service), self._day(view.cycle.expected_on)
        if view.late > 0:
            text = ngettext(
                "{what} was expected on {day}, {count} day late, has no booking",
                "{what} was expected on {day}, {count} days late, has no booking",
                view.late,
            )
        else:
            text = _("{what} is expected on {day}, has no booking")
        return text.format(what=what, day=expected, count=view.late)

    def _until(self, answer: Answer) -> str:
        """Say when the row leaves the list by itself."""
        rules = self.question.rules
        if answer.block == MISSED:
            day = miss_day(self.history.lines[answer.anchor]) + rules.missed_window_days + 1
            return _("; leaves the list on {day} or on booking").format(day=self._day(day))
        if answer.block == FOLLOW_UP:
            day = self.told.facts.last_visit_on + rules.follow_up_until + 1
            return _("; leaves the list on {day}").format(day=self._day(day))
        if DUE <= answer.block <= LAPSED:
            view = next(view for view in self.told.cycles if view.is_governing)
            day = leaves_on(answer.block, view.cycle.expected_on, self.question)
            if day == NONE:
                return _("; leaves the list on booking")
            following = names.block_title("overdue" if answer.block == DUE else "lapsed")
            return _("; leaves the list on {day} (to {block}) or on booking").format(
                day=self._day(day), block=following
            )
        return ""

    def _reason_why_not(self, answer: Answer) -> str:

        facts, rules = self.told.facts, self.question.rules
        if answer.reason == blocks.TOO_EARLY:
            is_first = facts.visits_count == 1
            day = facts.last_visit_on + (rules.follow_up_new_from if is_first else rules.follow_up_day)
            return _("no, too early; from {day}").format(day=self._day(day))
        if answer.reason == blocks.TOO_LATE:
            return _("no, the last visit was too long ago, on {day}").format(day=self._day(facts.last_visit_on))
        if answer.reason == blocks.EXPECTED_LATER:
            return _("no, expected later; will be on the list from {day}").format(day=self._day(answer.due_on))
        if answer.reason == blocks.BIRTHDAY_FAR:
            return _("no, the birthday is on {day}").format(day=self._day(answer.due_on))
        plain: dict[int, Any] = {
            blocks.NOTHING_MISSED: _("no, nothing was cancelled or missed in the last days"),
            blocks.BOOKED_AGAIN: _("no, has booked again"),
            blocks.CAME_SINCE: _("no, has come since"),
            blocks.NO_VISIT: _("no, has not been here yet") if answer.block in (FOLLOW_UP, DUE) else "",
            blocks.IS_BOOKED: _("no, has a booking"),
            blocks.IS_MISSED: _("no, is among those who missed a booking"),
            blocks.NOT_REBOOKED: _("no, the booking was not made on the day of a visit"),
            blocks.TOO_FAR: _("no, the booking is still far off"),
            blocks.NOT_KNOWN_YET: "",
            blocks.NO_LONGER_WANTED: _("no, the time asked for has passed"),
            blocks.ENTRY_CLOSED: _("no, the entry is closed"),
            blocks.NO_BIRTHDAY: _("no, the birthday is not known"),
        }
        return str(plain[answer.reason])
