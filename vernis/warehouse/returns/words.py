"""The model in plain words, as a receptionist or manager would say it."""

from vernis.engine.returns.sources import names_of
from vernis.lib.texts import _


def model_title(model: str) -> str:
    """Return the name of a model of the back-test."""
    return {
        "vernis": _("Vernis"),
        "rule": _("the rule: last visit + interval"),
        "last_three": _("mean of the last three visits"),
        "personal_median": _("the client's median"),
        "kaplan_meier": _("Kaplan-Meier"),
        "bg_nbd": "BG/NBD",
        "mbg_nbd": "MBG/NBD",
        "bg_cnbd_k": "BG/CNBD-k",
        "mbg_cnbd_k": "MBG/CNBD-k",
    }[model]


def source_words(source: str) -> str:
    """Return what a prediction rests on."""
    return {
        "own": _("from the client's own visits"),
        "service": _("from clients of the same service; there is little history of this client yet"),
        "category": _("from clients of the same category; there is little history of this client and service yet"),
        "network": _("from all clients; there is little history of this client and service yet"),
        "rule": _("by the rule; there is too little history to learn from"),
    }[source]


def gap_words(gap: str) -> str:
    """Return a sentence on what is missing."""
    return {
        "one_visit": _("One visit so far: how often this client comes is not known yet."),
        "few_gaps": _("Two or three visits so far: the rhythm of this client is only a guess."),
        "new_service": _("Few clients have come again after this service yet."),
        "stopped_service": _("Nobody has had this service for months; it may have been given up."),
        "young_base": _("Fewer than 40 returns have been seen here; the rule counts for more than the model."),
        "short_history": _("The history is shorter than half a year: seasons and long intervals cannot be seen in it."),
        "quiet": _("There has been no visit at all for four weeks; were all visits brought in, or was it closed?"),
        "unproven": _("The model has not been tested on your own past yet, so the rules stay in charge."),
        "not_better": _("On your own past the model was not better than the rule, so the rules stay in charge."),
    }[gap]


def sentences(gaps: int) -> list[str]:
    """Return what is missing, as sentences."""
    return [gap_words(name) for name in names_of(gaps)]


def verdict(may_be_used: bool, *, is_proven: bool) -> str:
    """Return in a sentence whether the model may speak."""
    if may_be_used:
        return _("On this past the model was better than the rule: it may be used.")
    return gap_words("not_better" if is_proven else "unproven")
