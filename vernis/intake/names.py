"""Whether two names can be those of one person."""

from __future__ import annotations

import re

from vernis.book.terms import folded


def words_of(name: str) -> list[str]:
    """Return the words of a name, lower case, ё as е; what is no word (numbers, codes, brackets) is left out."""
    return [word for word in re.findall(r"\w+", folded(name)) if word.isalpha()]


def agree(one: str, other: str) -> bool:
    """Tell whether nothing in two names says that they are different people.

    Every word of the shorter one stands in the longer one, or is the initial of a word there. A name without words
    (a code, a phone) agrees with every name.
    """
    short, long = sorted((words_of(one), words_of(other)), key=len)
    left = list(long)
    for word in sorted(short, key=len, reverse=True):
        found = next((here for here in left if here == word), None) or next(
            (here for here in left if _is_initial(word, here)), None
        )
        if found is None:
            return False
        left.remove(found)
    return True


def equal(one: str, other: str) -> bool:
    """Tell whether two names have the same words, in whatever order."""
    return sorted(words_of(one)) == sorted(words_of(other))


def _is_initial(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and long.startswith(short)
