"""The profiles that we ship: complete, sound, and true where the truth is known."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import shapely

from services.kit.city import City, load_city

CITIES = ("semarang", "kabupaten-semarang")
ROOT = Path(__file__).parents[2]


@pytest.fixture(params=CITIES)
def city(request: pytest.FixtureRequest) -> City:
    return load_city(request.param)


@pytest.fixture
def semarang() -> City:
    return load_city("semarang")


def levels(city: City) -> Counter[str]:
    return Counter(area.level for area in city.areas.values())


def test_semarang_has_the_areas_of_the_decree(semarang: City) -> None:
    assert levels(semarang) == {"kabkota": 1, "kecamatan": 16, "kelurahan": 177}


def test_the_regency_has_the_areas_of_the_decree() -> None:
    assert levels(load_city("kabupaten-semarang")) == {"kabkota": 1, "kecamatan": 19, "desa": 208, "kelurahan": 27}


def test_semarang_has_its_54_agencies_and_49_categories(semarang: City) -> None:
    assert (len(semarang.agencies), len(semarang.categories)) == (54, 49)


def test_the_regency_has_its_14_agencies() -> None:
    assert len(load_city("kabupaten-semarang").agencies) == 14


def test_the_outlines_of_the_map_go_the_way_of_geojson(city: City) -> None:
    """RFC 7946, 3.1.6: the outer ring counterclockwise, holes clockwise."""
    outlines = shapely.get_parts(shapely.from_geojson(city.geojson()))
    polygons = shapely.get_parts(outlines)
    assert len(polygons) >= len(outlines) > 100
    assert [one.centroid.wkt for one in polygons if not one.exterior.is_ccw] == []
    assert not any(hole.is_ccw for one in polygons for hole in one.interiors)


@pytest.mark.parametrize(
    ("lon", "lat", "kelurahan"),
    [
        (110.412802, -6.982193, "Sekayu"),  # Balai Kota
        (110.410633, -6.983925, "Sekayu"),  # Lawang Sewu
        (110.398, -6.996, "Bongsari"),  # Sam Poo Kong
        (110.427683, -6.964148, "Tanjung Mas"),  # Stasiun Tawang
    ],
)
def test_a_known_point_lies_in_its_kelurahan(semarang: City, lon: float, lat: float, kelurahan: str) -> None:
    area = semarang.locate(lon, lat)

    assert area is not None
    assert area.name == kelurahan


def test_the_point_of_every_area_lies_in_it(city: City) -> None:
    lowest = [area for area in city.areas.values() if area.is_lowest]

    assert [area for area in lowest if city.locate(area.lon, area.lat) != area] == []


def test_every_landmark_lies_in_the_area_of_its_row(city: City) -> None:
    assert [mark for mark in city.landmarks if city.locate(mark.lon, mark.lat) != city.area(mark.area)] == []


def test_no_polygon_crosses_itself(city: City) -> None:
    assert city.invalid_polygons() == []


def test_the_map_is_small_and_names_every_kelurahan(city: City) -> None:
    features = json.loads(city.geojson())["features"]

    assert len(city.geojson()) < 180_000
    assert {feature["properties"]["name"] for feature in features} == {
        area.name for area in city.areas.values() if area.is_lowest
    }


def test_every_category_finds_an_agency_without_the_last_rule(city: City) -> None:
    fallback = city.rules[-1]
    lost = [category for category in city.categories if city.route(category, city.code).rule == fallback]

    assert set(lost) <= {"lainnya", "layanan-kelurahan"}


def test_kelurahan_services_go_to_the_district_office(semarang: City) -> None:
    assert semarang.route("layanan-kelurahan", "33.74.16.1002").agency.id == "kec-tugu"


def test_2026_is_decided_and_2027_is_not(city: City) -> None:
    assert not city.calendar.is_provisional(date(2026, 12, 31))
    assert city.calendar.is_provisional(date(2027, 1, 1))


def test_joint_leave_is_no_working_day(city: City) -> None:
    assert not city.calendar.is_working_day(date(2026, 12, 24))


def test_clocks_are_those_of_sp4n(city: City) -> None:
    clocks = city.clocks

    assert (clocks.verification, clocks.first_response, clocks.auto_close, clocks.reopen_days) == (3, 5, 10, 14)
    assert clocks.contact_days == 365
    assert clocks.resolution == {"information": 5, "ordinary": 14, "supervisory": 60}


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2020, 5, 1), "Lapor Hendi"), (date(2023, 5, 1), "Sapa Mbak Ita"), (date(2025, 4, 9), "Lapor Semar")],
)
def test_the_citys_channel_has_the_name_of_its_time(semarang: City, day: date, name: str) -> None:
    assert [channel.name for channel in semarang.channels(day) if channel.kind == "city"] == [name]


def test_the_demo_history_has_the_published_shares(semarang: City) -> None:
    demo = semarang.demo()
    assert demo is not None
    shares: Counter[str] = Counter()
    for topic in demo.topics:
        shares[semarang.route(topic.category, None).agency.id] += topic.count

    assert shares.total() == 4793
    assert (shares["dpu"], shares["disperkim"], shares["dishub"]) == (1197, 892, 776)


def test_most_demo_texts_suggest_their_own_category(semarang: City) -> None:
    demo = semarang.demo()
    assert demo is not None
    texts = [(topic.category, text) for topic in demo.topics for text in topic.texts]
    right = [text for category, text in texts if category in [found.id for found, _ in semarang.suggest(text)]]

    assert len(right) / len(texts) > 0.9


def test_openstreetmap_rows_stay_in_their_own_file() -> None:
    with (ROOT / "cities/semarang/landmarks.csv").open(encoding="utf-8") as file:
        assert "osm" not in file.read().lower()
    with (ROOT / "cities/semarang/landmarks_osm.csv").open(encoding="utf-8") as file:
        assert all(row["osm_id"] for row in csv.DictReader(line for line in file if not line.startswith("#")))


def test_the_notice_keeps_the_licences_of_the_data() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")

    assert "Copyright (c) 2017-2025 Cahya DSN" in notice
    assert "Open Database License" in notice
    assert {path.name for path in ROOT.glob("cities/*/*_osm.csv") if f"cities/*/{path.name}" not in notice} == set()
