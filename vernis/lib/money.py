"""Money in hundredths, and as people write it."""

from vernis.lib.texts import language


def spoken(hundredths: int, *, is_rounded: bool = False) -> str:
    """Return an amount as people there write it, thousands apart: 16 097,50 or 16 097.50; rounded: 16 098."""
    text = f"{hundredths / 100:,.{0 if is_rounded else 2}f}".replace(",", "\N{NO-BREAK SPACE}")
    return text.replace(".", ",") if language() == "ru" else text


_SIGNS = {
    "RUB": "₽",
    "KZT": "₸",
    "BYN": "Br",
    "UZS": "soʻm",
    "KGS": "сом",
    "AMD": "֏",
    "GEL": "₾",
    "USD": "$",
    "EUR": "€",
}


def in_currency(hundredths: int, currency: str) -> str:
    """Return an amount with the sign of its currency (ISO 4217): 11 000 ₸; hundredths only where there are any."""
    amount = spoken(hundredths, is_rounded=hundredths % 100 == 0)
    return f"{amount}\N{NO-BREAK SPACE}{_SIGNS.get(currency, currency)}"
