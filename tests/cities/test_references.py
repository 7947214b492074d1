"""What one file of a profile names of another, or of itself: each such name is checked by whoever reads it."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy import profiles

CITY = Path(__file__).parents[2] / "cities" / "semarang"
IDS = {"id", "code"}
WORDS = {"keywords", "topics", "words"}
"""What people write, which is the id of something by chance."""
CHANCE = {("landmarks_osm.csv", "kind")}
"""Words of OpenStreetMap."""


def _values(path: Path) -> Iterator[tuple[str, str]]:
    """Every text of a file, with the keys that lead to it."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".toml":
        yield from _inside(tomllib.loads(text), ())
        return
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        yield from ((key, one.strip()) for key, cell in row.items() for one in (cell or "").split(";"))


def _inside(value: Any, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _inside(one, (*keys, key))
    elif isinstance(value, list):
        for one in value:
            yield from _inside(one, keys)
    elif isinstance(value, str):
        yield ".".join(keys), value


def _references() -> dict[tuple[str, str], str]:
    """The first value by its file and keys that is an id somewhere."""
    files = [path for path in sorted(CITY.iterdir()) if path.suffix in (".toml", ".csv")]
    values = [(path.name, key, one) for path in files for key, one in _values(path) if one]
    ids = {one for _, key, one in values if key.split(".")[-1] in IDS}
    found: dict[tuple[str, str], str] = {}
    for file, key, one in values:
        steps = set(key.split("."))
        if one in ids and key.split(".")[-1] not in IDS and not steps & WORDS and (file, key) not in CHANCE:
            found.setdefault((file, key), one)
    return found


REFERENCES = _references()


def _broken(path: Path, key: str, value: str) -> str:
    """The text of a file in which that value, where it stands first, is nobody's id."""
    text = path.read_text(encoding="utf-8")
    other = re.sub(r"\d", "9", value) if value[0].isdigit() else f"{value}-x"
    if path.suffix == ".toml":
        name = re.escape(key.split(".")[-1])
        found = re.search(rf'(?m)(?:^|[\s,{{]){name}\s*=[^=]*?"({re.escape(value)})"', text)
        assert found is not None, "its line is found"
        return f"{text[: found.start(1)]}{other}{text[found.end(1) :]}"
    lines = text.splitlines(keepends=True)
    header: list[str] = []
    for place, line in enumerate(lines):
        (cells,) = [[]] if line.startswith("#") else [*csv.reader([line])] or [[]]
        if not header:
            header = cells
        elif cells and value in (parts := cells[header.index(key)].split(";")):
            cells[header.index(key)] = ";".join(other if one == value else one for one in parts)
            row = io.StringIO()
            csv.writer(row, lineterminator="\n").writerow(cells)
            return "".join([*lines[:place], row.getvalue(), *lines[place + 1 :]])
    raise AssertionError("its row is found")


@pytest.mark.parametrize(("file", "key"), REFERENCES)
def test_a_name_of_what_is_nowhere_is_refused(tmp_path: Path, file: str, key: str) -> None:
    (tmp_path / CITY.name).mkdir()
    for path in CITY.iterdir():
        (tmp_path / CITY.name / path.name).symlink_to(path)
    (tmp_path / CITY.name / file).unlink()
    text = _broken(CITY / file, key, REFERENCES[file, key])
    (tmp_path / CITY.name / file).write_text(text, encoding="utf-8")
    assert profiles.wrong(CITY.name, tmp_path), f"{file}: {key} = {REFERENCES[file, key]!r} may be anything"
