"""What can go wrong with an answer. None of these carries a token, a body or a client."""

from __future__ import annotations


class Fault(Exception):
    """The answer is not known. `retry_after`: seconds after which the source wants to be asked again."""

    kind = "unknown"
    may_pass = True  # by itself: asking again later makes sense

    def __init__(self, said: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(said)
        self.retry_after = retry_after


class Unauthorized(Fault):
    """The source does not accept the keys."""

    kind = "unauthorized"
    may_pass = False


class Forbidden(Fault):
    """The keys are good, but give no right to this."""

    kind = "forbidden"
    may_pass = False


class NotThere(Fault):
    """The source itself says that there is no such thing."""

    kind = "not_there"
    may_pass = False


class Limited(Fault):
    """We ask too often."""

    kind = "limited"


class Unavailable(Fault):
    """The source cannot be reached, or is out of order."""

    kind = "unavailable"


class Cut(Fault):
    """The answer did not come, or did not come to its end."""

    kind = "cut"


class BadAnswer(Fault):
    """The answer is none that we understand."""

    kind = "bad_answer"


class NotComplete(Fault):
    """A list has changed under our hands each time that we read it."""

    kind = "not_complete"


class Vanished(Fault):
    """More records are said not to be there than anybody deletes in a day: we do not believe it."""

    kind = "vanished"
