"""Tables of text for the terminal."""

from collections.abc import Collection, Sequence


def grid(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    width: int | None = None,
    gives_way: int | None = None,
    may_go: Sequence[int] = (),
) -> str:
    """Return rows under headers in columns two spaces apart, without columns that are empty throughout.

    `right` are the columns of figures. If the lines would be longer than `width`, first the columns `may_go` are left
    out, one by one; then the column `gives_way` is cut.
    """
    filled = [place for place in range(len(headers)) if any(row[place] for row in rows)]
    widths = {place: max(len(headers[place]), *(len(row[place]) for row in rows)) for place in filled}
    for place in may_go:
        if width is not None and _total(widths) > width and place in widths:
            del widths[place]
    if width is not None and gives_way in widths:
        widths[gives_way] = max(12, min(widths[gives_way], widths[gives_way] + width - _total(widths)))
    filled = list(widths)

    def line(cells: Sequence[str]) -> str:
        return "  ".join(_fitted(cells[place], widths[place], place in right) for place in filled).rstrip()

    rule = "  ".join("─" * widths[place] for place in filled)
    return "\n".join([line(headers), rule, *(line(row) for row in rows)])


def _total(widths: dict[int, int]) -> int:
    return sum(widths.values()) + 2 * (len(widths) - 1)


def _fitted(text: str, width: int, is_right: bool) -> str:
    if len(text) > width:
        text = text[: width - 1] + "…"
    return text.rjust(width) if is_right else text.ljust(width)
