"""Money in hundredths, and as people write it."""

from vernis.lib.texts import language


def spoken(hundredths: int, *, is_rounded: bool = False) -> str:
    """Return an amount as people there write it, thousands apart: 16 097,50 or 16 097.50; rounded: 16 098."""
    text = f"{hundredths / 100:,.{0 if is_rounded else 2}f}".replace(",", "\N{NO-BREAK SPACE}")
    return text.replace(".", ",") if language() == "ru" else text
