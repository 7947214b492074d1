"""What pages and texts give as examples is of the city that shows them, or of none."""

import csv
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.portal.kit.city_words import words_of
from gateway.portal.kit.sources import of_osm
from services.kit.city import City, load_city

ROOT = Path(__file__).parents[3]
CITIES = [load_city(path.parent.name) for path in sorted((ROOT / "cities").glob("*/profile.toml"))]
FOLDERS = ("gateway", "services", "deploy/local", "observability")
SHOWN = [
    path
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".toml", ".html", ".js") and "vendor" not in path.parts
]
TABLES = ("destinations*", "facilities*", "things", "pumps", "transit_stops*", "events")
"""Of a profile, those of places and of what is in them; other tables have words that every city has."""
NAMES = ("name", "name_id", "name_en")
HOST = re.compile(r"https?://([\w.-]+\.[\w.-]+)")
CODE = re.compile(r"\b\d\d\.\d\d\.\d\d(\.\d{4})?\b")
MAY_STAY = {
    "Kelurahan": "a word, and a bus stop of that name",
}
"""Names of a profile that texts use as words, and why."""


def names_of(city: City) -> Iterator[str]:
    """The city, its areas and landmarks, what its tables of places name, and the hosts that its files lead to."""
    yield from (city.name_id, city.name_en, city.name_id.partition(" ")[2])
    yield from (one.name for one in city.areas.values())
    yield from (one.name for one in city.landmarks)
    for path in chain.from_iterable(city.folder.glob(f"{table}.csv") for table in TABLES):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(line for line in file if not line.startswith("#")):
                yield from (row[each] for each in NAMES if row.get(each))
    for path in chain(city.folder.glob("*.csv"), city.folder.glob("*.toml")):
        yield from HOST.findall(path.read_text(encoding="utf-8"))


def test_no_text_or_template_names_a_place_or_a_host_of_a_city() -> None:
    names = {name for city in CITIES for name in names_of(city)} - MAY_STAY.keys()
    assert {"Semarang", "Lawang Sewu", "Ungaran Barat", "semarangkota.go.id"} <= names
    said = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)")
    own_name = re.compile("|".join({city.name_id.partition(" ")[2] for city in CITIES}), re.IGNORECASE)
    assert len(SHOWN) > 200
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in SHOWN
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in chain(said.finditer(line), own_name.finditer(line), CODE.finditer(line))
    ]
    assert found == []


@pytest.mark.parametrize("city", CITIES, ids=lambda city: city.id)
def test_what_pages_give_as_examples_lies_in_the_city(city: City) -> None:
    words = words_of(city, "en")
    assert city.areas[words.example_area].is_lowest
    lat, lon = map(float, words.example_point.split(","))
    assert (lat, lon) == pytest.approx((city.areas[city.code].lat, city.areas[city.code].lon), abs=0.0001)


@pytest.mark.parametrize(
    ("city", "sources", "placed", "said"),
    [
        ("semarang", (), True, False),
        ("semarang", ("dari ingatan",), False, False),
        ("semarang", ("dari ingatan",), True, True),
        ("semarang", ("OSM n12165656405 (ODbL)",), False, True),
        ("kabupaten-semarang", ("daftar dinas",), True, False),
        ("kabupaten-semarang", ("OpenStreetMap",), True, True),
    ],
)
def test_openstreetmap_is_named_where_something_shown_can_be_from_there(
    city: str, sources: tuple[str, ...], placed: bool, said: bool
) -> None:
    rows = [SimpleNamespace(source=each, location=placed) for each in sources]
    assert of_osm(load_city(city), "facilities_osm.csv", rows) == said


@pytest.mark.parametrize(("kind", "source", "said"), [
    ("puskesmas", "dari ingatan", True), ("library", "dari ingatan", False), ("library", "OSM w1 (ODbL)", True),
])  # fmt: skip
def test_openstreetmap_is_not_named_for_a_kind_that_has_nothing_from_there(kind: str, source: str, said: bool) -> None:
    rows = [SimpleNamespace(source=source, location=True)]
    assert of_osm(load_city("semarang"), "facilities_osm.csv", rows, kind) == said
