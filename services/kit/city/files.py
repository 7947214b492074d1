"""Reads the files of a profile and collects what is wrong with them, each with its line and its remedy."""

import csv
import json
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import msgspec.structs
from msgspec import Struct

T = TypeVar("T", bound=Struct)

GUIDE = "compare with cities/README.md"

Fault = tuple[tuple[str, ...], str, str]
"""Where in a file of settings (as for ``line_of``), what is wrong, and what to do about it."""

_PLAIN = {
    "Object missing required field": "missing",
    "Object contains unknown": "unknown",
    "Invalid RFC3339 encoded date": "not a date such as 2026-08-17",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a profile."""

    file: str
    line: int
    message: str
    remedy: str
    unread: bool = False
    """Whether something of the file could not be read for it, so that nobody knows what else stands there."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}; {self.remedy}"


class CityError(Exception):
    """A profile (or a draft of rules) that cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Sort the problems by file and line."""
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        super().__init__("\n".join(map(str, self.problems)))


def decided(problems: Iterable[Problem]) -> list[Problem]:
    """Leave out what sends people to a file of which something could not be read: what is missed may stand there."""
    noted = list(problems)
    unread = {problem.file.rpartition("/")[2] for problem in noted if problem.unread}
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(unread)))})") if unread else re.compile(r"(?!)")
    return [one for one in noted if one.unread or not named.search(f"{one.message} {one.remedy}")]


def wrong_beside(error: CityError, read: Callable[[], object]) -> CityError:
    """Return what is wrong with a file that another leans on, and with what can be read of that one without it."""
    try:
        read()
    except CityError as own:
        return CityError([*error.problems, *own.problems])
    return error


class Problems:
    """Collects the problems of one profile."""

    def __init__(self, label: str = "") -> None:
        """Take the folder's label, which goes before every file name ("cities/semarang")."""
        self._label = f"{label}/" if label else ""
        self._found: list[Problem] = []

    def add(self, file: str, line: int, message: str, remedy: str, *, unread: bool = False) -> None:
        """Note a problem: what is wrong on that line of that file, and what to do about it.

        With `unread` something of the file could not be read.
        """
        self._found.append(Problem(self._label + file, line, message, remedy, unread))

    @property
    def files(self) -> frozenset[str]:
        """Names of the files in which something is wrong."""
        return frozenset(problem.file.rpartition("/")[2] for problem in self._found)

    def raise_if_any(self) -> None:
        """Raise all that was found, but for what only follows from a file that could not be read.

        Raises:
            CityError: something was found.
        """
        if self._found:
            raise CityError(decided(self._found))


@dataclass(frozen=True)
class Row(Generic[T]):
    """One row of a table and the line it stands on."""

    line: int
    value: T


def read_text(path: Path, problems: Problems) -> str | None:
    """Return the text of a file of the profile, or None (noted) when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
        problems.add(path.name, 1, f"the file {reason}", f"add it as UTF-8 text, {GUIDE}", unread=True)
        return None


def parse_table(file: str, text: str, of: type[T], problems: Problems) -> list[Row[T]]:
    """Parse CSV text with a header into values of the struct `of`; lines that start with "#" are remarks.

    Columns are the struct's fields, as it encodes them; a tuple is written with ";" between its items, and an empty
    cell means the field's default. Wrong rows are noted and left out.
    """
    fields = {item.encode_name: item for item in msgspec.structs.fields(of)}
    tuples = {name for name, item in fields.items() if getattr(item.type, "__origin__", None) is tuple}
    lines = ("\n" if line.startswith("#") else line for line in text.splitlines(keepends=True))
    reader = csv.reader(lines, strict=True)
    header: list[str] | None = None
    rows: list[Row[T]] = []
    try:
        for cells in reader:
            if not cells:
                continue
            if header is None:
                header = cells
                if not _check_header(file, reader.line_num, header, fields, problems):
                    return []
            elif len(cells) != len(header):
                message = f"{len(cells)} cells under {len(header)} columns"
                remedy = "quote cells that hold a comma, fill or remove cells"
                problems.add(file, reader.line_num, message, remedy, unread=True)
            else:
                row = _row(dict(zip(header, cells, strict=True)), tuples)
                _convert(file, reader.line_num, row, of, rows, problems)
    except csv.Error as error:
        problems.add(file, reader.line_num, f"not CSV ({error})", "write RFC 4180 CSV in UTF-8", unread=True)
    if header is None:
        problems.add(file, 1, "the table is empty", f"start with the header {','.join(fields)}", unread=True)
    return rows


def _check_header(file: str, line: int, header: list[str], fields: dict[str, Any], problems: Problems) -> bool:
    required = {name for name, item in fields.items() if item.required}
    wrong = sorted((set(header) - set(fields)) | (required - set(header)))
    if wrong or len(set(header)) != len(header):
        problems.add(
            file,
            line,
            f"the columns do not fit ({', '.join(wrong) or 'one is there twice'})",
            f"the columns are {','.join(fields)}",
            unread=True,
        )
        return False
    return True


def _row(cells: dict[str, str], tuples: set[str]) -> dict[str, Any]:
    """Leave out empty cells, cut the lists."""
    row: dict[str, Any] = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    for name in tuples & row.keys():
        row[name] = tuple(item.strip() for item in row[name].split(";") if item.strip())
    return row


def _convert(file: str, line: int, row: dict[str, Any], of: type[T], rows: list[Row[T]], problems: Problems) -> None:
    try:
        rows.append(Row(line, msgspec.convert(row, of, strict=False)))
    except msgspec.ValidationError as error:
        problems.add(file, line, plain(error), GUIDE, unread=True)


def plain(error: msgspec.ValidationError) -> str:
    """Put the field first and drop the path: "Invalid enum value 'x' - at `$.level`" -> "level: invalid ..."."""
    message, _, path = str(error).partition(" - at `$")
    for theirs, ours in _PLAIN.items():
        message = message.replace(theirs, ours)
    message = message[0].lower() + message[1:]
    return f"{path.strip('.`')}: {message}" if path else message


def read_optional(folder: Path, file: str, of: type[T], faults: Callable[[T], Iterable[Fault]]) -> T | None:
    """Read a TOML or JSON file that a city may lack into the struct `of`; None where the city lacks it.

    `faults` finds what is wrong beyond what the struct itself says.

    Raises:
        CityError: something is wrong with the file; it lists all that is, each with its line.
    """
    if not (folder / file).exists():
        return None
    problems = Problems(f"{folder.parent.name}/{folder.name}")
    found = read_settings(folder / file, of, problems)
    problems.raise_if_any()
    assert found is not None, "what could not be read has problems"
    given, text = found
    for steps, message, remedy in faults(given):
        problems.add(file, line_of(text, *steps), message, remedy)
    problems.raise_if_any()
    return given


def read_required(folder: Path, file: str, of: type[T], faults: Callable[[T], Iterable[Fault]]) -> T:
    """Read a TOML or JSON file that every city has, as `read_optional` does.

    Raises:
        CityError: it is missing, or something is wrong with it.
    """
    found = read_optional(folder, file, of, faults)
    if found is None:
        where = f"{folder.parent.name}/{folder.name}/{file}"
        raise CityError([Problem(where, 1, "the file is missing", "copy that of another city")])
    return found


def read_settings(path: Path, of: type[T], problems: Problems) -> tuple[T, str] | None:
    """Read a TOML or JSON file into the struct `of`; return it with the text (for line numbers), or None (noted)."""
    text = read_text(path, problems)
    if text is None:
        return None
    try:
        return msgspec.convert(json.loads(text) if path.suffix == ".json" else tomllib.loads(text), of), text
    except json.JSONDecodeError as error:
        problems.add(path.name, error.lineno, f"not JSON ({error.msg})", "mend the syntax", unread=True)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else max(text.count("\n"), 1)
        problems.add(path.name, line, f"not TOML ({error})", "mend the syntax", unread=True)
    except msgspec.ValidationError as error:
        path_text = str(error).partition(" - at `$")[2].strip(".`")
        unknown = re.search(r"unknown field `(\w+)`", str(error))
        steps = [*filter(None, path_text.split(".")), *([unknown[1]] if unknown else [])]
        problems.add(path.name, line_of(text, *steps), plain(error), GUIDE, unread=True)
    return None


def line_of(text: str, *steps: str) -> int:
    """Return the line on which TOML text has what `steps` lead to, such as "channels[2]", "from"; 1 if it is not found.

    A step is a table, a key, or any other text that stands in the line; "[n]" after it means the n-th from 0.
    """
    at = 0
    for step in steps:
        name, _, number = step.partition("[")
        name = name.strip("'\"")
        pattern = rf"^\s*\[+\s*(?:[\w.]+\.)?{re.escape(name)}\s*\]|\b{re.escape(name)}\b\"?\s*=|\"{re.escape(name)}\""
        for _ in range(int(number.rstrip("]")) + 1 if number else 1):
            found = re.compile(pattern, re.MULTILINE).search(text, at)
            if found is None:
                break
            at = found.end()
    return text.count("\n", 0, at) + 1 if at else 1
