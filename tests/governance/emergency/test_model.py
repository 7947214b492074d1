"""The rules of the emergency number."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.governance.handoffs import model as handoffs
from services.governance.incidents import model as incidents
from services.governance.incidents.model import Assignment, Incident
from services.governance.incidents.model import State as IncidentState
from services.governance.protocol.model import LEVELS, protocol_of
from services.governance.sites.model import Site, metres, site
from services.governance.suggesting import model as suggesting
from services.governance.suggesting.model import Floods, Goal, Reason
from services.governance.units import model as units
from services.governance.units.model import AT_WORK, FREE, MOVES, Position, State, Unit
from services.kit.city import load_city
from services.kit.city.files import CityError
from services.kit.city.model import Channel
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from smartcity.environment.v1 import warnings_pb2

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CITY = load_city("semarang")
PROTOCOL = protocol_of(CITY)
JOHAR = (110.4245, -6.9717)
THERE = Goal(JOHAR)
_NUMBER = Channel(kind="emergency", name="112", from_=date(2020, 1, 1), phone="112")


def incident(**fields: Any) -> Incident:
    known: dict[str, Any] = {
        "id": uuid7(), "version": 1, "number": 1, "state": IncidentState.WAITING, "kind": "fire", "priority": 1,
        "place": "Pasar Johar", "area": "33.74.01.1010", "lon": JOHAR[0], "lat": JOHAR[1], "note": "",
        "exercise": False, "warning": "", "story": "", "called_at": NOW, "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    return Incident(**{**known, **fields})


def unit(code: str = "DMK-01", crew: str = "crew") -> Unit:
    return replace(units.create(uuid7(), code, "Mobil pompa", "fire", "damkar", NOW), crew=crew)


def at(code: str, lon: float, lat: float, age: float = 0) -> Position:
    told = NOW - timedelta(seconds=age)
    return Position(code, told, lon, lat, told)


def work(*, arrived: bool = False, ended: bool = False) -> Assignment:
    there, gone = NOW if arrived else None, NOW if ended else None
    return Assignment(uuid7(), UUID(int=1), UUID(int=1), "DMK-01", "fire", NOW, arrived_at=there, ended_at=gone)


def refused(reason: str) -> Any:
    return pytest.raises(DomainError, check=lambda error: error.reason == reason)


@given(st.lists(st.sampled_from(list(State)), max_size=12))
def test_whatever_buttons_are_pressed_a_unit_has_an_incident_exactly_while_it_is_at_work(wanted: list[State]) -> None:
    it = units.sent(unit(), UUID(int=1), NOW)
    for to in wanted:
        if to in MOVES[it.state]:
            before = it
            it = units.move(it, to, NOW)
            assert it.version == before.version + 1
        elif to is State.DISPATCHED and it.state in FREE:
            it = units.sent(it, UUID(int=1), NOW)
        else:
            with refused("INVALID_TRANSITION"):
                units.move(it, to, NOW)
        assert (it.incident is not None) is (it.state in AT_WORK)


def test_a_unit_that_works_cannot_be_sent_and_never_leaves_service_from_its_work() -> None:
    busy = units.sent(unit(), UUID(int=1), NOW)
    with refused("UNIT_NOT_FREE"):
        units.sent(busy, UUID(int=2), NOW)
    assert all(State.OUT_OF_SERVICE not in MOVES[state] for state in AT_WORK)


def test_an_incident_stands_where_its_units_say() -> None:
    it = incident()
    for found, state in (
        ([], IncidentState.WAITING),
        ([work()], IncidentState.DISPATCHED),
        ([work(), work(arrived=True)], IncidentState.ON_SCENE),
        ([work(arrived=True, ended=True)], IncidentState.CLEARED),
        ([work(ended=True)], IncidentState.WAITING),
    ):
        assert incidents.stands(it, found, NOW).state is state
    closed = replace(it, state=IncidentState.CLOSED)
    assert incidents.stands(closed, [work()], NOW) is closed


def test_drills_and_what_is_real_are_never_merged_and_what_is_over_stays_so() -> None:
    it, drill = incident(), incident(exercise=True)
    with refused("DRILL_NOT_REAL"):
        incidents.merged(it, drill, NOW)
    with refused("INCIDENT_ITSELF"):
        incidents.merged(it, it, NOW)
    gone = incidents.merged(it, incident(), NOW)
    with refused("INCIDENT_OVER"):
        incidents.regraded(gone, "medical", 2, NOW)
    assert incidents.unmerged(gone, NOW).merged_into is None


def test_a_clock_is_late_past_its_target_and_no_longer_once_it_does_not_matter() -> None:
    clock = incidents.clock(uuid7(), incident(), "fire", timedelta(minutes=15))
    late = NOW + timedelta(minutes=16)
    assert (clock.late(NOW), clock.late(late)) == (False, True)
    assert not replace(clock, arrived_at=NOW + timedelta(minutes=9)).late(late)
    assert not replace(clock, open=False).late(late)


def test_a_hand_off_escalates_each_time_its_first_time_has_passed_and_ends_some_day() -> None:
    it = handoffs.asked(uuid7(), uuid7(), "police", 5, NOW, exercise=False)
    first = handoffs.escalated(it, it.next_at)
    assert (first.escalations, first.next_at) == (1, NOW + timedelta(minutes=10))
    for _ in range(handoffs.MOST_ESCALATIONS - 1):
        first = handoffs.escalated(first, first.next_at)
    assert first.next_at.year == 9999
    with refused("INVALID_TRANSITION"):
        handoffs.acknowledged(handoffs.acknowledged(it, "LP-7", NOW), "LP-8", NOW)


@given(st.lists(st.sampled_from(["acknowledge", "withdraw", "withdraw, and they were told"]), max_size=6))
def test_whatever_is_done_to_a_hand_off_it_goes_where_the_table_says_and_else_stays(acts: list[str]) -> None:
    it = handoffs.asked(uuid7(), uuid7(), "police", 5, NOW, exercise=False)
    for act in acts:
        before, to = it, handoffs.State.ACKNOWLEDGED if act == "acknowledge" else handoffs.State.WITHDRAWN
        untold = before.told is handoffs.State.ACKNOWLEDGED and act == "withdraw"
        if to in handoffs.MOVES[before.told] and not untold:
            it = acted(it, act)
            assert (it.told, it.version) == (to, before.version + 1)
        else:
            withdrawn = before.told is handoffs.State.WITHDRAWN
            otherwise = "HAND_OFF_ACKNOWLEDGED" if untold else "INVALID_TRANSITION"
            with refused("HAND_OFF_WITHDRAWN" if withdrawn else otherwise):
                acted(it, act)
        assert it.state is not handoffs.State.WITHDRAWN, "processes of the version before read what is written"


def acted(one: handoffs.HandOff, act: str) -> handoffs.HandOff:
    if act == "acknowledge":
        return handoffs.acknowledged(one, "LP-7", NOW)
    return handoffs.withdrawn(one, NOW, party_told=act != "withdraw")


def test_the_nearest_unit_with_a_fresh_position_goes_and_a_flood_outweighs_any_distance() -> None:
    near, far, old, lost, wet = (unit(code) for code in ("NEAR", "FAR", "OLD", "LOST", "WET"))
    away = replace(unit("AWAY"), state=State.OUT_OF_SERVICE)
    told = [
        at("NEAR", 110.43, -6.97), at("FAR", 110.35, -7.05), at("OLD", *JOHAR, age=3600), at("WET", 110.424, -6.9716),
    ]  # fmt: skip
    floods = Floods({"33.74.02.1008": shapely.box(110.4235, -6.9720, 110.4242, -6.9710)})
    found = suggesting.suggested(
        THERE, [wet, lost, old, far, near, away], {one.unit: one for one in told}, floods, PROTOCOL, NOW
    )
    assert [one.unit.code for one in found] == ["NEAR", "FAR", "OLD"]
    assert found[0].reasons == (Reason.NEAR, Reason.FRESH)
    only = suggesting.suggested(THERE, [wet], {"WET": told[-1]}, floods, PROTOCOL, NOW)
    assert Reason.STANDS_IN_FLOOD in only[0].reasons


def test_a_unit_that_nobody_is_in_comes_after_all_that_have_a_crew() -> None:
    empty, far, wet = unit("EMPTY", crew=""), unit("FAR"), unit("WET")
    told = [at("EMPTY", *JOHAR), at("FAR", 110.35, -7.05, age=3600), at("WET", 110.424, -6.9716)]
    floods = Floods({"33.74.02.1008": shapely.box(110.4235, -6.9720, 110.4242, -6.9710)})
    found = suggesting.suggested(
        THERE, [empty, far, wet], {one.unit: one for one in told}, floods, PROTOCOL, NOW
    )  # fmt: skip
    assert [one.unit.code for one in found] == ["FAR", "WET", "EMPTY"]
    assert Reason.UNCREWED in found[-1].reasons, "whoever knows that somebody stands beside it can still send it"


def test_where_the_kelurahan_alone_is_known_the_unit_nearest_to_its_middle_comes_first() -> None:
    near, far = unit("NEAR"), unit("FAR")
    told = {"FAR": at("FAR", *JOHAR), "NEAR": at("NEAR", 110.41, -7.06)}
    goal = suggesting.goal(CITY, site(CITY, None, "33.74.11.1007", "Rumah kos"))
    found = suggesting.suggested(goal, [far, near], told, Floods({}), PROTOCOL, NOW)
    assert [one.unit.code for one in found] == ["NEAR", "FAR"]
    assert Reason.PLACE_APPROXIMATE in found[0].reasons


def test_where_not_even_the_kelurahan_is_known_no_unit_is_nearer_than_another() -> None:
    goal = suggesting.goal(CITY, site(CITY, None, "", "di belakang rumah Pak Joko"))
    (found,) = suggesting.suggested(goal, [unit()], {"DMK-01": at("DMK-01", *JOHAR)}, Floods({}), PROTOCOL, NOW)
    assert (found.metres, found.reasons[-1]) == (None, Reason.PLACE_UNKNOWN)


def test_a_unit_in_a_drill_is_advised_after_all_that_are_free_and_one_at_real_work_is_not() -> None:
    drilling, working, far = (replace(unit(code), state=State.ON_SCENE) for code in ("DRILL", "WORK", "FAR"))
    far, told = replace(far, state=State.AVAILABLE), {"DRILL": at("DRILL", *JOHAR)}
    found = suggesting.suggested(THERE, [drilling, working, far], told, Floods({}), PROTOCOL, NOW, drills={"DRILL"})
    assert [(one.unit.code, Reason.IN_DRILL in one.reasons) for one in found] == [("FAR", False), ("DRILL", True)]


def test_incidents_are_alike_by_kind_place_and_time() -> None:
    it = incident()
    near = incident(number=2, lon=JOHAR[0] + 0.001, called_at=NOW + timedelta(minutes=5))
    others = [
        near, incident(lon=110.5), incident(kind="medical"), incident(called_at=NOW - timedelta(hours=2)),
        incident(exercise=True), it,
    ]  # fmt: skip
    assert [one.incident for one in suggesting.similar(it, others, PROTOCOL)] == [near]
    same_area = incident(number=3, lon=None, lat=None)
    assert suggesting.similar(it, [same_area], PROTOCOL)[0].metres is None


def test_a_place_is_a_point_a_known_place_or_words() -> None:
    assert site(CITY, JOHAR, "", "Kios").area == "33.74.01.1010"
    assert site(CITY, None, "", "Lawang Sewu").point == (110.410633, -6.983925)
    assert site(CITY, None, "", "di belakang rumah Pak Joko") == Site("di belakang rumah Pak Joko", "")
    with refused("LOCATION_REQUIRED"):
        site(CITY, None, "", "")
    assert metres(JOHAR, JOHAR) == 0
    assert metres(JOHAR, None) is None


@pytest.mark.parametrize(("area", "point"), [("33.74.05.1007", None), ("33.74.01.1013", (110.4221, -6.989002))])
def test_a_known_place_is_in_no_other_kelurahan_than_the_one_that_was_chosen(area: str, point: Any) -> None:
    found = site(CITY, None, area, "Masjid Baiturrahman, Trimulyo")
    assert (found.area, found.point) == (area, point)


def test_a_protocol_that_names_what_is_not_there_is_refused_with_its_line(tmp_path: Path) -> None:
    text = (CITY.folder / "emergency_protocol.toml").read_text(encoding="utf-8")
    (tmp_path / "emergency_protocol.toml").write_text(text.replace('agency = "damkar"', 'agency = "nobody"'))
    with pytest.raises(CityError, match='agency "nobody" is unknown'):
        protocol_of(replace(CITY, folder=tmp_path))


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('level = "awas"', 'level = "bahaya"', r'"bahaya" is no level of a warning; name one of waspada, siaga, awas$'),
        ('kind = "flood"', 'kind = "banjir"', r'kind "banjir" is unknown; name the id of one of the \[\[kinds\]\]$'),
    ],
)
def test_a_flood_of_a_level_or_a_kind_that_is_not_there_is_refused_where_it_stands(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    lines = (CITY.folder / "emergency_protocol.toml").read_text(encoding="utf-8").splitlines()
    place = lines.index(right)
    lines[place] = wrong
    (tmp_path / "emergency_protocol.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(CityError, match=rf"emergency_protocol\.toml:{place + 1}: {told}"):
        protocol_of(replace(CITY, folder=tmp_path))


def test_the_levels_that_a_protocol_may_name_are_those_that_warnings_have() -> None:
    assert [f"WARNING_LEVEL_{one.upper()}" for one in LEVELS] == warnings_pb2.WarningLevel.keys()[1:]


@pytest.mark.parametrize(
    "other",
    [
        {"phone": ""},
        {"until": date(2025, 1, 1)},
        {"from_": date(2999, 1, 1)},
        {"kind": "city"},
    ],
)
def test_a_protocol_without_a_number_to_call_is_refused_with_what_is_to_be_done(other: Any) -> None:
    channel = structs.replace(_NUMBER, **other)
    with pytest.raises(CityError, match=r"no channel of kind emergency has a phone.*; add one .*to profile\.toml"):
        protocol_of(replace(CITY, all_channels=(channel,)))


def test_a_number_that_has_a_successor_is_one_to_call() -> None:
    past = structs.replace(_NUMBER, until=date(2021, 12, 31))
    assert protocol_of(replace(CITY, all_channels=(past, structs.replace(_NUMBER, from_=date(2022, 1, 1))))).version
