"""A file of a feed as a table in memory: read by the block, a column after the other, and bounded."""

import csv
import io
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from math import nan
from typing import IO, Any

from services.living.gtfs.findings import Findings
from services.living.gtfs.schema import Column, File
from services.living.gtfs.values import MISSING, Values, storage_of

MOST_ROWS = 5_000_000
"""Rows of one file: the stop times of a whole country's busiest city are fewer."""
_MOST_COLUMNS = 200
_LONGEST_LINE = 65_536
_BLOCK = 4096

Block = tuple[list[list[str]], list[int]]


class Table:
    """The rows of a file that were read, column by column; a file that is not there has none."""

    def __init__(self, file: File, *, present: bool) -> None:
        """Without rows."""
        self.file = file
        self.present = present
        self.lines = array("I")
        """Where each row ends in its file."""
        self._columns: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def has(self, column: str) -> bool:
        """Whether the file has a column."""
        return column in self._columns

    def text(self, column: str) -> list[str]:
        """A column of texts; empty ones where the file does not have it."""
        found: list[str] | None = self._columns.get(column)
        return [""] * len(self) if found is None else found

    def ints(self, column: str) -> "array[int]":
        """A column of whole numbers, times or days."""
        found: array[int] | None = self._columns.get(column)
        return array("i", [MISSING]) * len(self) if found is None else found

    def floats(self, column: str) -> "array[float]":
        """A column of other numbers."""
        found: array[float] | None = self._columns.get(column)
        return array("d", [nan]) * len(self) if found is None else found

    def put(self, column: str, values: Any) -> None:
        """Adds a column."""
        self._columns[column] = values

    def rows(self, *columns: str) -> Iterator[tuple[Any, ...]]:
        """The line and some columns of each row."""
        kinds = self.file.columns
        return zip(self.lines, *(_READ[storage_of(kinds[one].kind)](self, one) for one in columns), strict=True)


_READ: dict[str, Callable[[Table, str], Sequence[Any]]] = {"": Table.text, "i": Table.ints, "d": Table.floats}


class _Sink:
    """Takes in the values of one column."""

    def __init__(self, column: Column, place: int) -> None:
        self.column, self.place = column, place
        self.values = Values(column.kind)
        storage = storage_of(column.kind)
        self.taken: Any = array(storage) if storage else []

    def take(self, texts: Sequence[str], lines: Sequence[int], file: str, findings: Findings) -> None:
        self.taken.extend(map(self.values.__getitem__, texts))
        bad = self.values.bad
        if bad and not bad.keys().isdisjoint(texts):
            for text, line in zip(texts, lines, strict=True):
                if (error := bad.get(text)) is not None:
                    findings.add(error.code, file, line, f"{self.column.name}: {error.detail}")
        if (self.column.required or self.column.recommended) and any(not text.strip() for text in {*texts}):
            code = "missing_required_field" if self.column.required else "missing_recommended_field"
            missing = (line for text, line in zip(texts, lines, strict=True) if not text.strip())
            findings.add_all(code, file, missing, f"{self.column.name} is empty")


def read(file: File, content: IO[bytes] | None, findings: Findings, tell: Callable[[int], None]) -> Table:
    """Reads a file; None stands for one that is not there. What is wrong with it is among the findings.

    ``tell`` hears of rows as they are read.
    """
    table = Table(file, present=content is not None)
    if content is None:
        return table
    with io.TextIOWrapper(content, "utf-8-sig", "replace", newline="") as text:
        rows = csv.reader(iter(partial(text.readline, _LONGEST_LINE), ""), skipinitialspace=True)
        try:
            header = [one.strip() for one in next(rows, [])]
            if not any(header):
                findings.add("empty_file", file.name, 0, "it has no line of column names")
                return table
            sinks = _sinks(file, header, findings)
            for block, lines in _blocks(rows, len(header), file.name, findings):
                columns = list(zip(*block, strict=True))
                for sink in sinks:
                    sink.take(columns[sink.place], lines, file.name, findings)
                table.lines.extend(lines)
                tell(len(lines))
        except csv.Error as error:
            findings.add("csv_parsing_failed", file.name, rows.line_num, str(error))
            return table
    for sink in sinks:
        table.put(sink.column.name, sink.taken)
    if file.required and not table.lines:
        findings.add("empty_file", file.name, 0, "it has no rows")
    return table


def _sinks(file: File, header: Sequence[str], findings: Findings) -> list[_Sink]:
    """The columns of the header that the schema knows."""
    if len(header) > _MOST_COLUMNS:
        findings.add("csv_parsing_failed", file.name, 1, f"it has more than {_MOST_COLUMNS} columns")
        return []
    found: dict[str, _Sink] = {}
    for place, name in enumerate(header):
        if not name:
            findings.add("empty_column_name", file.name, 1, f"column {place + 1} has no name")
        elif header.index(name) < place:
            findings.add("duplicated_column", file.name, 1, f"{name} is there twice")
        elif name not in file.columns:
            findings.add("unknown_column", file.name, 1, f"{name} is not read")
        else:
            found[name] = _Sink(file.columns[name], place)
    for name, column in file.columns.items():
        if column.column_required and name not in found:
            findings.add("missing_required_column", file.name, 1, f"{name} is missing")
    return list(found.values())


def _blocks(rows: Any, width: int, file: str, findings: Findings) -> Iterator[Block]:
    """Rows of the right length by the block, with the lines where they end."""
    block: list[list[str]] = []
    lines: list[int] = []
    last, count = rows.line_num, 0
    for row in rows:
        line = rows.line_num
        if line != last + 1 and any("\n" in one or "\r" in one for one in row):
            findings.add("new_line_in_value", file, last + 1, "a value goes on in the next line: is a quote missing?")
        last = line
        if len(row) != width:
            if not any(one.strip() for one in row):
                findings.add("empty_row", file, line, "the line is empty")
            else:
                detail = f"it has {len(row)} values, the line of column names {width}"
                findings.add("invalid_row_length", file, line, detail)
            continue
        count += 1
        if count > MOST_ROWS:
            findings.add("too_many_rows", file, line, f"it has more than {MOST_ROWS} rows")
            break
        block.append(row)
        lines.append(line)
        if len(block) == _BLOCK:
            yield block, lines
            block, lines = [], []
    if block:
        yield block, lines
