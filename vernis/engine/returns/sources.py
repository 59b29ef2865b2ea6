"""Where a prediction comes from, and what was missing for a better one: codes; the warehouse says them in words."""

OWN, SERVICE, CATEGORY, NETWORK, RULE = range(5)
SOURCES = ("own", "service", "category", "network", "rule")
"""The narrowest history that carries a prediction: the client's own, or that of clients like her."""

ONE_VISIT, FEW_GAPS, NEW_SERVICE, STOPPED_SERVICE, YOUNG_BASE, SHORT_HISTORY, QUIET, UNPROVEN, NOT_BETTER = (
    1 << bit for bit in range(9)
)
GAPS = (
    "one_visit", "few_gaps", "new_service", "stopped_service", "young_base", "short_history", "quiet", "unproven",
    "not_better",
)  # fmt: skip
"""What is missing, as bits."""


def names_of(gaps: int) -> list[str]:
    """Return the names of what is missing."""
    return [name for bit, name in enumerate(GAPS) if gaps >> bit & 1]
