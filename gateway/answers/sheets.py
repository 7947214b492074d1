"""CSV for spreadsheets (RFC 4180, UTF-8): lines end in CRLF, and no cell of text becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from google.protobuf.timestamp_pb2 import Timestamp
from starlette.responses import Response

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet would compute instead of show."""

Cell = str | int


def sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], **headers: str) -> Response:
    """The rows as a file called ``name``.csv; further headers by their names with underscores."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(each) for each in row] for row in rows)
    more = {each.replace("_", "-"): value for each, value in headers.items()}
    head = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store", **more}
    return Response(written.getvalue().encode(), headers=head, media_type=MEDIA_TYPE)


def _cell(value: Cell) -> Cell:
    """Text that begins like a formula gets an apostrophe, which spreadsheets take as "this is text"."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def time(stamp: Timestamp) -> str:
    """A time as RFC 3339 in UTC."""
    return str(stamp.ToJsonString())
