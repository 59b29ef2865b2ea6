"""What the columns of a sheet are, by their headers and by their values."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from vernis.connectors.spreadsheets.mapping import Mapping
from vernis.connectors.spreadsheets.reading import Sheet


def guess(
    sheets: Sequence[Sheet],
    *,
    country: str,
    currency: str = "",
    branches: Sequence[str] = (),
    remembered: Dictionary[str, str] | None = None,
) -> Mapping:
    """Return what every column seems to be, with reasons, and the questions nobody can answer from the files.

    `country` (ISO 3166) decides what values leave open (day or month first, phones without a country); `branches` are
    the names that are known, for the question to which a file belongs; `remembered` is what `Mapping.remembered` gave
    for earlier files: it wins over guessing.
    """
    raise NotImplementedError
