"""Phones: any spelling in, E.164 kept, a readable form out."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat

from vernis.lib.texts import _


class NotAPhone(ValueError):
    """The text is no phone number, or several; the message says what to do."""


def parsed(text: str, country: str) -> str:
    """Return a phone in any spelling as E.164, "" for an empty text; `country` is ISO 3166, for numbers without one.

    Raises NotAPhone. Guesses nothing: an extension, two numbers in one field or a number that cannot exist is refused.
    """
    cleaned = text.strip()
    if not cleaned:
        return ""
    try:
        number = phonenumbers.parse(cleaned, country)
    except phonenumbers.NumberParseException:
        raise NotAPhone(_('"{text}" is not a phone number').format(text=cleaned)) from None
    if number.extension or not phonenumbers.is_valid_number(number) or re.search(r"[,;/]", cleaned):
        raise NotAPhone(_('"{text}" is not one complete phone number').format(text=cleaned))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def spoken(e164: str) -> str:
    """Return a phone as people read it: +7 701 504-93-16; what is no phone comes back as it is."""
    if matched := re.fullmatch(r"\+7(\d{3})(\d{3})(\d{2})(\d{2})", e164):  # Russia and Kazakhstan, the same way
        return "+7 {} {}-{}-{}".format(*matched.groups())
    try:
        return phonenumbers.format_number(phonenumbers.parse(e164), PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return e164


def masked(e164: str) -> str:
    """Return a phone of which only the beginning and the last two digits can be read: +7 701 ***-**-16."""
    text = spoken(e164)
    places = [place for place, char in enumerate(text) if char.isdigit()]
    hidden = set(places[4:-2])
    return "".join("*" if place in hidden else char for place, char in enumerate(text))


def digits(text: str) -> str:
    """Return only the digits, for searching."""
    return re.sub(r"\D", "", text)
