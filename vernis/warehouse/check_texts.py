"""What a finding is called, what it spoils and how it is mended, for people who run a salon."""

from typing import NamedTuple

from vernis.lib.texts import _


class About(NamedTuple):
    """The words about one check."""

    title: str
    spoils: str
    mend: str


def about(key: str) -> About:
    """Return the words about a check."""
    return About(*_words()[key])


def _words() -> dict[str, tuple[str, str, str]]:
    return {
        "unclosed": (
            _("Past bookings that nobody has closed"),
            _("Nobody knows whether these clients came: they are called as late although they were here, and follow-up "
              "calls are missing."),
            _("At the end of each day mark who came and who did not; close the old ones here, from the latest on."),
        ),
        "cancelled_without_moment": (
            _("Cancelled without a moment"),
            _("A cancellation counts from the day of the visit: the call to those who did not come is late."),
            _("Cancel in Vernis or in the booking system, do not delete: then the moment is kept."),
        ),
        "cancelled_late": (
            _("Cancelled long after the time of the visit"),
            _("Somebody has tidied up: whether these clients came or not is not known, "
              "and they may be called in vain."),
            _("Close a booking on its day: came, did not come or cancelled."),
        ),
        "future_completed": (
            _("Visits of the future that are noted as done"),
            _("They count as visits once their day has come, even if nobody comes."),
            _("Set them back to booked."),
        ),
        "missing_created": (
            _("Nobody knows when these were booked"),
            _("Who booked the next visit right after the last one cannot be told: the block \"Rebooked\" and its share "
              "stay empty, and past lists know these bookings from the very beginning."),
            _("Bring in the column with the moment of creation; what is booked in Vernis has it."),
        ),
        "created_after_start": (
            _("Written down after the visit"),
            _("Lists of the days between do not know these visits; the share of rebooked is too low."),
            _("Book before the visit, even those who just walk in."),
        ),
        "at_night": (
            _("Visits at night"),
            _("Usually the time zone of the branch or of the source is wrong: visits fall on the wrong day, and calls "
              "are offered at the wrong hour."),
            _("Set the time zone of the branch, then bring the data in again."),
        ),
        "no_hours": (
            _("All at the same time of day"),
            _("The source knows the day only: the usual hour of a client is not known."),
            _("Bring in a column with the time, if there is one."),
        ),
        "contradicting": (
            _("Bookings whose services contradict each other"),
            _("One service took place, another was cancelled: the whole counts as a visit."),
            _("Take a cancelled service out of the booking, or book it apart."),
        ),
        "without_service": (
            _("Bookings without a service"),
            _("When the next visit is due depends on the service: 30 days are assumed."),
            _("Add the service to the booking."),
        ),
        "without_staff": (
            _("Bookings without anybody who serves"),
            _("\"Last was with\" and figures per person miss these visits."),
            _("Choose who serves when booking."),
        ),
        "without_amount": (
            _("Visits without a sum"),
            _("Money per client and the order of the late ones are too low."),
            _("Bring in receipts, or prices of services."),
        ),
        "unknown_services": (
            _("Services that the list of services does not have"),
            _("They have no category and no interval of their own."),
            _("Add them to the list of services."),
        ),
        "unknown_staff": (
            _("People who are not on the list of those who serve"),
            _("Their visits are nobody's."),
            _("Add them to the list of those who serve."),
        ),
        "unknown_clients": (
            _("Bookings of clients without a card"),
            _("Nobody can call them: there is neither a name nor a phone."),
            _("Bring in the table of clients as well."),
        ),
        "double_booked": (
            _("One person with two clients at the same time"),
            _("One of the two may be a mistake or a walk-in; the load of the day is wrong."),
            _("Move or cancel one of them."),
        ),
        "collectors": (
            _("Cards that collect walk-ins"),
            _("One card with hundreds of visits is no person: averages and the top of the list are wrong."),
            _("Give walk-ins cards of their own, at least with a phone; do not call this card."),
        ),
        "test_clients": (
            _("Test clients"),
            _("They are counted, and somebody calls them."),
            _("Delete them or give them the name of the person."),
        ),
        "missing_phone": (
            _("Clients without a phone"),
            _("They stand on the list and cannot be called."),
            _("Ask at the next visit: the card and the questionnaire remind of it."),
        ),
        "missing_birthday": (
            _("Clients without a birthday"),
            _("They never get a greeting; namesakes cannot be told apart."),
            _("Ask at the next visit, hand over the questionnaire."),
        ),
        "shared_phone": (
            _("Several cards with one phone"),
            _("Either one person is called twice, or a family is taken for one person."),
            _("Look through the duplicates: put together who is one, mark families."),
        ),
        "duplicates": (
            _("Cards that may be of one person"),
            _("Her history is torn: she counts as lost on one card while she comes on the other, and is called twice."),
            _("Look through the duplicates and put them together; it can be undone."),
        ),
        "without_interval": (
            _("Services without an interval"),
            _("When the next visit is due is learned from all clients, or taken as 30 days: some are called too early, "
              "some too late."),
            _("Set the interval; what your clients do is proposed here."),
        ),
    }  # fmt: skip


def severity_title(severity: str) -> str:
    """Return how bad a finding is, in a word."""
    return {
        "bad": _("misleads"),
        "doubtful": _("doubtful"),
        "note": _("good to know"),
        "fine": _("in order"),
    }[severity]
