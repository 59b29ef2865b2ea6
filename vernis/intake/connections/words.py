"""What faults of a connection are called before people, and what they can do."""

from __future__ import annotations

from django.utils.translation import gettext as _


def of_fault(kind: str, system: str) -> str:
    """Return what has happened and what to do, in one or two sentences; empty where nothing has happened."""
    if not kind:
        return ""
    texts = {
        "unauthorized": _(
            "%(system)s no longer accepts the keys: a password was changed, or somebody has withdrawn the access. "
            "Press “Change the keys”."
        ),
        "forbidden": _(
            "%(system)s lets this user in, but not to this company. Give the user the rights there, or change the keys."
        ),
        "limited": _("%(system)s asks us to wait: too many questions at once. We go on by ourselves."),
        "unavailable": _("%(system)s does not answer. We try again by ourselves."),
        "cut": _("The answer of %(system)s did not come to its end. We try again by ourselves."),
        "bad_answer": _("%(system)s has answered in a way that we do not understand. We try again by ourselves."),
        "not_there": _("%(system)s does not know this company. Check its number."),
        "not_complete": _(
            "Records in %(system)s change faster than they can be read. We try again by ourselves, best at night."
        ),
        "vanished": _(
            "Too many records have vanished from %(system)s at once. We do not believe it and have cancelled nothing. "
            "Check whether this is the right company."
        ),
        "no_key": _(
            "The key with which we keep secrets is missing on this server. Put the file back, or press "
            "“Change the keys”."
        ),
        "import_stopped": _(
            "Bringing in the history was stopped or taken back. Go on with it under “Bring in data”, or read again."
        ),
        "ours": _("Something went wrong in Vernis itself; it stands in the log of the server. We try again."),
    }
    return texts.get(kind, texts["bad_answer"]) % {"system": system}
