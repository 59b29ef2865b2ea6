"""Phones in the spellings of a reception desk's notebook."""

import pytest

from vernis.lib import phones

RUSSIAN, KAZAKH = "+79161234567", "+77015049316"


@pytest.mark.parametrize(
    "text",
    [
        "+79161234567", "+7 916 123-45-67", "+7 (916) 123-45-67", "+7(916)1234567", "7 916 123 45 67", "79161234567",
        "8 916 123-45-67", "8(916)123-45-67", "8-916-123-45-67", "89161234567", "8 (916) 123 45 67", "8.916.123.45.67",
        "9161234567", "916 123-45-67", "(916) 123-45-67", "  8 916 123 45 67  ", "8\u00a0916\u00a0123\u00a045\u00a067",
        "+7–916–123–45–67", "тел. 8 916 123-45-67", "tel:+79161234567",
    ],
)  # fmt: skip
def test_a_russian_phone_is_read_in_every_spelling(text: str) -> None:
    assert phones.parsed(text, "RU") == RUSSIAN


@pytest.mark.parametrize(
    "text",
    ["+7 701 504-93-16", "+7 (701)504-93-16", "8 701 504 93 16", "8-701-504-93-16", "7015049316", "77015049316"],
)
@pytest.mark.parametrize("country", ["KZ", "RU"])
def test_seven_and_another_seven_is_kazakhstan_whatever_the_branch(text: str, country: str) -> None:
    assert phones.parsed(text, country) == KAZAKH


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("8 029 123-45-67", "BY", "+375291234567"),
        ("+375 29 123 45 67", "RU", "+375291234567"),
        ("90 123 45 67", "UZ", "+998901234567"),
        ("+998901234567", "KZ", "+998901234567"),
        ("0555 123456", "KG", "+996555123456"),
        ("+374 91 123456", "RU", "+37491123456"),
        ("+995 555 12 34 56", "RU", "+995555123456"),
        ("8 495 123-45-67", "RU", "+74951234567"),
        ("+49 151 23456789", "RU", "+4915123456789"),
    ],
)
def test_other_countries_are_read_too(text: str, country: str, e164: str) -> None:
    assert phones.parsed(text, country) == e164


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("8 900 123-45-67 доб. 12", id="an extension"),
        pytest.param("+7 916 123-45-67 ext. 5", id="an extension in English"),
        pytest.param("+7 916 123-45-67 #5", id="an extension by a sign"),
        pytest.param("9001234567, 9007654321", id="two with a comma"),
        pytest.param("+79161234567;+79167654321", id="two with a semicolon"),
        pytest.param("89161234567/89167654321", id="two with a slash"),
        pytest.param("89161234567 89167654321", id="two with a space"),
        pytest.param("89161234567\n89167654321", id="two on two lines"),
        pytest.param("+79161234567 +79167654321", id="two with signs"),
        pytest.param("007 900 123-45-67", id="a way out of the country that is none"),
        pytest.param("7900123456", id="ten digits that begin with seven"),
        pytest.param("8900123456", id="one digit short"),
        pytest.param("890012345678", id="one digit long"),
        pytest.param("123-45-67", id="without the code of the town"),
        pytest.param("112", id="the fire brigade"),
        pytest.param("0000000000", id="zeros"),
        pytest.param("+7 000 000-00-00", id="zeros with the country"),
        pytest.param("не знаю", id="words"),
        pytest.param("+", id="a sign alone"),
        pytest.param("<script>alert(1)</script>", id="a program"),
        pytest.param("anna@example.com", id="an address"),
        pytest.param("9" * 500, id="very long"),
        pytest.param("8 916 123-45-6O", id="a letter for a zero"),
    ],
)
def test_what_is_not_one_complete_phone_is_refused_and_never_guessed(text: str) -> None:
    with pytest.raises(phones.NotAPhone):
        phones.parsed(text, "RU")


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_nothing_is_no_phone_and_no_error(text: str) -> None:
    assert phones.parsed(text, "RU") == ""


def test_a_phone_is_written_as_people_read_it() -> None:
    assert phones.spoken(KAZAKH) == "+7 701 504-93-16"
    assert phones.spoken(RUSSIAN) == "+7 916 123-45-67"
    assert phones.spoken("+375291234567") == "+375 29 123-45-67"
    assert phones.spoken("what") == "what"


def test_a_masked_phone_shows_its_beginning_and_its_last_two_digits() -> None:
    masked = phones.masked(RUSSIAN)

    assert masked.startswith("+7 916")
    assert masked.endswith("67")
    assert "123" not in masked
    assert "45" not in masked
