"""What a profile has no more that the one before it had: ids and files, with what that leaves behind."""

from __future__ import annotations

import csv
import tomllib
from typing import TYPE_CHECKING, Any

from deploy import profiles
from deploy.profile_ids import REMOVED, SORTS, USUAL, Ids
from services.kit.city.files import Problem, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Place = tuple[str, int]
"""A file, and the line in it."""


def gone(before: Path, now: Path) -> list[str]:
    """Every id and file of ``before`` that ``now`` lacks, each as ``file:line: what; remedy``, by file and line.

    Both are read as they stand, whatever is wrong in them: the one before may be of an earlier version.
    """
    found = [*_unread(before), *_removed(before, now), *_passed_on(before, now)]
    unread = {problem.file for problem in _unread(now)}  # what is wrong there is told by the check itself
    for sort in SORTS:
        if unread.intersection(sort.files) or not any((now / file).exists() for file in sort.files):
            continue  # where the files are gone, so are all of their ids, which that says
        kept = _ids(now, sort)
        for one, (file, line) in _ids(before, sort).items():
            if one not in kept:
                found.append(Problem(file, line, f'{sort.what} "{one}" is gone: {sort.leaves}', sort.remedy))
    found.sort(key=lambda problem: (problem.file, problem.line))
    return [f"{before}/{problem}" for problem in found]


def _unread(folder: Path) -> Iterator[Problem]:
    for file in sorted({file for sort in SORTS for file in sort.files}):
        if not (folder / file).exists():
            continue
        try:
            text = (folder / file).read_text(encoding="utf-8")
            _ = tomllib.loads(text) if file.endswith(".toml") else list(csv.reader(text.splitlines()))
        except (OSError, ValueError, csv.Error) as error:
            message = f"cannot be read, so nobody knows what of it is gone ({error})"
            yield Problem(file, 1, message, "give the profile as it is deployed")


def _removed(before: Path, now: Path) -> Iterator[Problem]:
    for file in sorted(profiles.files()):
        if (before / file).exists() and not (now / file).exists():
            leaves, remedy = REMOVED.get(file, USUAL)
            yield Problem(file, 1, f"the file is gone: {leaves}", remedy)


def _passed_on(before: Path, now: Path) -> Iterator[Problem]:
    """Numbers of the acquirer that another counter has."""
    has = {each.get("nmid"): each.get("agency") for each in _counters(now)}
    for number, each in enumerate(_counters(before)):
        nmid, agency = each.get("nmid"), each.get("agency")
        if nmid and has.get(nmid, agency) != agency:
            line = line_of(_text(before / "economy.toml"), f"counters[{number}]", "nmid")
            message = (
                f'the nmid of counter "{agency}" passes on to "{has[nmid]}": printed codes pay that one from its start '
                f'on, and open bills of "{agency}" are paid from wallets and in cash only'
            )
            yield Problem("economy.toml", line, message, "keep the id of its agency, or first let those be paid")


def _counters(folder: Path) -> list[dict[str, Any]]:
    found = _settings(_text(folder / "economy.toml")).get("counters", [])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _ids(folder: Path, sort: Ids) -> dict[str, Place]:
    """The ids of a sort with the places where they stand first; none of what cannot be read."""
    found: dict[str, Place] = {}
    for file in sort.files:
        text = _text(folder / file)
        for one, line in _rows(text, sort.where) if file.endswith(".csv") else _keys(text, *sort.where):
            found.setdefault(one, (file, line))
    return found


def _rows(text: str, columns: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    lines = ("\n" if line.startswith("#") else line for line in text.splitlines(keepends=True))
    reader, header = csv.reader(lines), list[str]()
    for cells in reader:
        header, row = (header, dict(zip(header, cells, strict=False))) if header else (cells, {})
        if all(row.get(column, "").strip() for column in columns):
            yield " ".join(row[column].strip() for column in columns), reader.line_num


def _keys(text: str, table: str, key: str = "") -> Iterator[tuple[str, int]]:
    given = _settings(text).get(table, [])
    if key:
        for number, each in enumerate(given if isinstance(given, list) else []):
            if isinstance(each, dict) and key in each:
                yield str(each[key]), line_of(text, f"{table}[{number}]", key)
        return
    for one in given if isinstance(given, (list, dict)) else [given]:
        yield str(one), line_of(text, table, *([str(one)] if isinstance(given, dict) else []))


def _settings(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
