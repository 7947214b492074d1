"""Rows of values for people: a table where the terminal is wide enough for it, else a block of lines for each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

_GAP = 2
_PROSE_LEAST = 24
"""Characters that a column of sentences needs in a table to be readable."""


class Rows:
    """Rich draws it; nothing is left out and no word is broken that fits on a line of its own."""

    def __init__(self, *columns: str, prose: Sequence[str] = ()) -> None:
        """The first column names the row; ``prose`` are columns whose cells may break between words."""
        self._columns = columns
        self._prose = frozenset(prose)
        self._rows: list[list[Text]] = []

    def add(self, *cells: str | Text) -> None:
        """A row. An empty cell is shown as a dash, and a column of nothing but those not at all."""
        self._rows.append([each if isinstance(each, Text) else Text(each) for each in cells])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Whichever of the two fits."""
        shown = [at for at in range(len(self._columns)) if any(row[at].plain for row in self._rows)]
        if sum(map(self._least, shown)) + _GAP * len(shown) <= options.max_width:
            yield self._table(shown)
        else:
            for row in self._rows:
                yield self._block(row, shown)

    def _least(self, at: int) -> int:
        title, cells = self._columns[at], [row[at].plain for row in self._rows]
        if title not in self._prose:
            return max(len(line) for each in (title, *cells) for line in each.split("\n"))
        longest = max(map(len, cells))
        words = max(len(word) for each in (title, *cells) for word in each.split())
        return words if longest <= 2 * _PROSE_LEAST else max(words, _PROSE_LEAST)

    def _table(self, shown: Sequence[int]) -> Table:
        table = Table(box=None, padding=(0, _GAP, 0, 0), header_style="bold")
        for at in shown:
            prose = self._columns[at] in self._prose
            least = self._least(at) if prose else None
            table.add_column(self._columns[at], overflow="fold", no_wrap=not prose, min_width=least)
        for row in self._rows:
            table.add_row(*(_said(row[at]) for at in shown))
        return table

    def _block(self, row: Sequence[Text], shown: Sequence[int]) -> Table:
        """A row as its name and a line for each other value."""
        inner = Table.grid(padding=(0, _GAP, 0, 0))
        inner.add_column(no_wrap=True, style="dim")
        inner.add_column(overflow="fold")
        for at in shown[1:]:
            inner.add_row(self._columns[at], _said(row[at]))
        block = Table.grid()
        block.add_row(Text(row[0].plain, style="bold"))
        block.add_row(Padding(inner, (0, 0, 0, _GAP)))
        return block


def _said(cell: Text) -> Text:
    return cell if cell.plain else Text("–")
