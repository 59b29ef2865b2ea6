"""Finding clients by what is typed. To be replaced by the search of the book."""

from django.db.models import Q

from vernis.lib.phones import digits


def matching(text: str, country: str) -> Q:
    """Return what clients must satisfy: every word is in the name, or the digits are in a phone."""
    del country
    words = text.lower().replace("ё", "е").split()
    by_name = Q()
    for word in words:
        by_name &= Q(search_name__contains=word)
    typed = digits(text)
    if len(typed) < 3 or any(char.isalpha() for char in text):
        return by_name
    national = typed[1:] if len(typed) == 11 and typed[0] in "78" else typed  # 8 916 and +7 916 are the same
    return Q(search_phone__contains=national)
