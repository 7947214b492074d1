"""Facilities over the real server: what the city's data says, by distance and by name, and what is not known."""

import math
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from services.kit.city import load_city
from services.kit.city.files import CityError
from services.living.facilities import model, profile
from smartcity.living.v1 import facilities_pb2 as pb
from tests.governance.conftest import RefusedError
from tests.living.facilities.town import GENUK, LIBRARY, PONCOL, Town

NEAR = "-6.9837,110.4105"
EARTH = 6_371_008.8


async def test_the_citys_facilities_are_entered_once(town: Town) -> None:
    await town.enter()
    assert len(await town.listed()) == 71
    assert await town.emitted() == ["FacilityChanged"] * 71
    poncol = await town.read(PONCOL)
    assert (poncol.name, poncol.area.name, poncol.agency) == ("Puskesmas Poncol", "Sekayu", "dinkes")
    assert (poncol.status, poncol.checked_on) == (pb.FACILITY_STATUS_VERIFIED, "2026-11-24")
    assert [list(one.fields) for one in poncol.changes] == [[pb.FACILITY_FIELD_ENTERED]]


async def test_what_is_not_known_is_said_as_not_known(town: Town) -> None:
    genuk, library = await town.read(GENUK), await town.read(LIBRARY)
    assert not genuk.HasField("location")
    assert not genuk.HasField("hours")
    assert (genuk.area.name, genuk.wheelchair) == ("Genuk", pb.FACILITY_ACCESS_UNKNOWN)
    assert genuk.open_state == pb.FACILITY_OPEN_STATE_UNKNOWN
    assert library.approximate
    assert (library.hours.text, library.hours.planned) == ("Mo-Fr 07:00-19:00", True)
    assert library.open_state == pb.FACILITY_OPEN_STATE_UNKNOWN, "announced hours say nothing of today"
    with pytest.raises(RefusedError) as refused:
        await town.read("puskesmas-atlantis")
    assert refused.value.reason == "FACILITY_NOT_FOUND"


async def test_the_nearest_come_first_and_those_without_a_point_last(town: Town) -> None:
    found = await town.listed(near=NEAR, page_size=7)
    placed = [one for one in found if one.HasField("distance")]
    assert len(found) == 71
    assert len({one.code for one in found}) == 71
    assert [one.distance for one in placed] == sorted(one.distance for one in placed)
    assert [one.HasField("distance") for one in found] == [True] * len(placed) + [False] * 30
    last = [one.name for one in found[len(placed) :]]
    assert last == sorted(last)
    for one in placed:
        assert one.distance == pytest.approx(_great_circle(one.location.lon, one.location.lat), rel=2e-4)


def _great_circle(lon: float, lat: float) -> float:
    """Metres to NEAR over a sphere (haversine)."""
    a, b = math.radians(-6.9837), math.radians(lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon - 110.4105) / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(half))


@pytest.mark.parametrize("near", ["52.5,13.4", "0,-180", "-90,0", "-6.9837, 110.4105"])
async def test_from_wherever_somebody_asks_all_are_there(town: Town, near: str) -> None:
    assert len(await town.listed(near=near, page_size=200)) == 71


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"near": "Sekayu"}, "NEAR_INVALID"),
        ({"near": "95,110"}, "NEAR_INVALID"),
        ({"near": "-6.98,190"}, "NEAR_INVALID"),
        ({"page_token": "bm9uZQ"}, "PAGE_TOKEN_INVALID"),
        ({"page_size": 201}, "PAGE_SIZE_INVALID"),
        ({"kind": 99}, "KIND_UNKNOWN"),
    ],
)
async def test_what_cannot_be_answered_is_refused(town: Town, fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await town.call(pb.ListFacilitiesRequest(**fields))
    assert refused.value.reason == reason


async def test_a_token_holds_for_its_own_list_only(town: Town) -> None:
    page = await town.call(pb.ListFacilitiesRequest(near=NEAR, page_size=1))
    for other in ({"near": NEAR, "open": True}, {"near": "-7,110.4"}, {}):
        with pytest.raises(RefusedError, match="another filter"):
            await town.call(pb.ListFacilitiesRequest(page_size=1, page_token=page.next_page_token, **other))


async def test_filters_leave_only_what_is_known(town: Town) -> None:
    assert await town.listed(open=True) == await town.listed(near=NEAR, accessible=True) == []
    wifi = await town.listed(kind=pb.FACILITY_KIND_WIFI, near=NEAR)
    assert [one.code for one in wifi] == ["wifi-taman-pandanaran", "wifi-taman-borobudur"]
    await town.decide("Accept", await town.correct(hours="Mo-Th 07:00-14:00", wheelchair=pb.FACILITY_ACCESS_YES))
    await town.decide("Accept", await town.correct("puskesmas-miroto", hours="Sa 07:00-14:00"))
    for near in ("", NEAR):
        assert [one.code for one in await town.listed(open=True, near=near, page_size=1)] == [PONCOL]
        assert [one.code for one in await town.listed(accessible=True, near=near)] == [PONCOL]
    poncol = await town.read(PONCOL)
    assert poncol.open_state == pb.FACILITY_OPEN_STATE_OPEN
    assert poncol.open_state_until.ToDatetime().hour == 7, "14:00 in Semarang"


async def test_a_changed_row_changes_what_no_officer_has_set(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.decide("Accept", await town.correct(wheelchair=pb.FACILITY_ACCESS_YES))
    rows = profile.facilities_of(town.served.runtime.city)
    new = {"name": "Puskesmas Poncol Baru", "hours": "24/7"}
    changed = [replace(row, **new) if row.code == PONCOL else row for row in rows]
    monkeypatch.setattr("services.living.facilities.actions.facilities_of", lambda _: changed)
    await town.enter()
    poncol = await town.read(PONCOL)
    assert (poncol.name, poncol.wheelchair, poncol.hours.text[:5]) == (
        "Puskesmas Poncol Baru", pb.FACILITY_ACCESS_YES, "Mo-Th",
    )  # fmt: skip
    assert poncol.checked_on == "2026-11-24"
    assert list(poncol.changes[0].fields) == [pb.FACILITY_FIELD_NAME]
    told = await town.emitted()
    await town.enter()
    assert await town.emitted() == told, "nothing is said twice"


@pytest.mark.parametrize(("city", "count"), [("semarang", 71), ("kabupaten-semarang", 0)])
def test_every_city_has_sound_facilities(city: str, count: int) -> None:
    assert len(profile.facilities_of(load_city(city))) == count


HEAD = "code,kind,name,agency,lon,lat,approximate,area,hours,hours_planned,accessible,status,checked,note,source"
GOOD = "puskesmas-a,puskesmas,Puskesmas A,dinkes,110.41,-6.98,,,,,,verified,,,daftar"


@pytest.mark.parametrize(
    ("own", "osm", "told"),
    [
        (f"{GOOD}\n{GOOD}", "", "is there twice"),
        (GOOD, f"{GOOD},w1", "is there twice"),
        ("", f"{GOOD},", "is in the wrong file"),
        (GOOD.replace("dinkes", "dinas"), "", "agency"),
        (GOOD.replace("110.41", "106.8"), "", "lies outside the city"),
        (GOOD.replace("110.41", ""), "", "one of lon and lat"),
        (GOOD.replace("110.41,-6.98", ","), "", "neither point nor area"),
        (GOOD.replace("-6.98,,,", "-6.98,,,tiap hari"), "", "are no hours"),
        (GOOD.replace("-6.98,,", "-6.98,,33.74.99"), "", "area"),
        (GOOD.replace("puskesmas,Pus", "klinik,Pus"), "", "kind"),
    ],
)
def test_a_mistake_in_the_files_is_named_with_file_and_line(tmp_path: Path, own: str, osm: str, told: str) -> None:
    (tmp_path / profile.OWN).write_text(f"{HEAD}\n{own}\n")
    (tmp_path / profile.OSM).write_text(f"{HEAD},osm_id\n{osm}\n")
    city = load_city("semarang")
    with pytest.raises(CityError, match=told) as caught:
        profile._read(tmp_path, frozenset(city.agencies), frozenset(city.areas), city.locate)
    assert all(each.line > 1 for each in caught.value.problems)


def test_each_field_of_a_facility_is_of_one_group() -> None:
    grouped = [name for names in model.COLUMNS.values() for name in names]
    fixed = {"id", "version", "code", "created_at", "updated_at", "corrected"}
    assert sorted((*grouped, *fixed)) == sorted(model.Facility.__dataclass_fields__)
