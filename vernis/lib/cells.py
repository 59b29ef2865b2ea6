"""Cells of a file that somebody will open in a spreadsheet."""

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; phones, numbers and a dash stay as they are."""
    is_formula = cell.startswith(_FORMULAS) and not cell[1:].replace(" ", "").replace("-", "").strip("()").isdigit()
    return f"'{cell}" if is_formula and cell != "-" else cell
