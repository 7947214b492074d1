"""A file that a city may lack: read into a struct, and all that is wrong with it told at once, each with its line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from services.kit.city.files import CityError, Fault, read_optional, read_required


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a file."""

    name: str
    size: int


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """A file."""

    parts: tuple[Part, ...]


def _faults(given: File) -> Iterator[Fault]:
    for place, part in enumerate(given.parts):
        if part.size < 1:
            yield (f"parts[{place}]", "size"), f'"{part.name}" is too small', "give at least 1"


GOOD = {
    "parts.toml": '[[parts]]\nname = "a"\nsize = 1\n\n[[parts]]\nname = "b"\nsize = 2\n',
    "parts.json": '{\n"parts": [\n{"name": "a",\n"size": 1},\n{"name": "b",\n"size": 2}\n]}',
}


def _said(folder: Path, file: str, text: str) -> list[str]:
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(CityError) as caught:
        read_optional(folder, file, File, _faults)
    return [str(one).removeprefix(f"{folder.parent.name}/{folder.name}/") for one in caught.value.problems]


@pytest.mark.parametrize("file", GOOD)
def test_what_a_city_lacks_is_nothing_and_what_it_has_is_read(tmp_path: Path, file: str) -> None:
    assert read_optional(tmp_path, file, File, _faults) is None
    (tmp_path / file).write_text(GOOD[file], encoding="utf-8")
    assert read_optional(tmp_path, file, File, _faults) == File((Part("a", 1), Part("b", 2)))


@pytest.mark.parametrize("file", GOOD)
def test_what_every_city_has_is_read_and_said_to_be_missing_where_it_is_not_there(tmp_path: Path, file: str) -> None:
    with pytest.raises(CityError) as caught:
        read_required(tmp_path, file, File, _faults)
    where = f"{tmp_path.parent.name}/{tmp_path.name}/{file}"
    assert [str(one) for one in caught.value.problems] == [f"{where}:1: the file is missing; copy that of another city"]
    (tmp_path / file).write_text(GOOD[file], encoding="utf-8")
    assert read_required(tmp_path, file, File, _faults) == File((Part("a", 1), Part("b", 2)))


def test_all_faults_are_told_with_their_lines(tmp_path: Path) -> None:
    text = GOOD["parts.toml"].replace("size = 1", "size = 0").replace("size = 2", "size = -1")
    assert _said(tmp_path, "parts.toml", text) == [
        'parts.toml:3: "a" is too small; give at least 1',
        'parts.toml:7: "b" is too small; give at least 1',
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("parts.toml", "size = 2", "size = ", "parts.toml:7: not TOML"),
        ("parts.toml", "size = 2", 'size = "2"', "parts.toml:"),
        ("parts.json", '"size": 2', '"size": ', "parts.json:6: not JSON"),
        ("parts.json", '"size": 2', '"weight": 2', "parts.json:6: parts[1]: unknown field"),
    ],
)
def test_what_cannot_be_read_names_its_line(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    (problem,) = _said(tmp_path, file, GOOD[file].replace(old, new))
    assert problem.startswith(said)
