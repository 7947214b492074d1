"""Where incidents are: told in words at first, put right later, and all that goes by it."""

from typing import Any

from services.kit.caller import Caller
from smartcity.governance.v1 import events_pb2
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import units_pb2 as units
from smartcity.types.v1 import place_pb2
from tests.governance.emergency.floods import AWAS, KEMIJEN, warned
from tests.governance.emergency.room import CREW, JOHAR, TUGU, Room, key
from tests.governance.emergency.test_rpc import refused

OTHER = Caller("crew-3", frozenset({"citizen", "crew"}), "damkar")
TRIMULYO = "33.74.05.1007"


def moving(one: pb.Incident, **where: Any) -> pb.RelocateIncidentRequest:
    """A request to put right where an incident is."""
    return pb.RelocateIncidentRequest(request_id=key(), id=one.id, etag=one.etag, reason="Penelepon meralat.", **where)


async def test_where_an_incident_is_can_be_put_right_and_all_goes_by_that_from_then_on(room: Room) -> None:
    one = await room.opened(call=(await room.rung(place="di belakang rumah Pak Joko")).id)
    assert (one.area.code, one.HasField("location")) == ("", False)
    twin = await room.opened()
    unit = await room.sent(await room.unit(), one)
    near = await room.unit("fire", None)
    done = await room.ask("RelocateIncident", moving(await room.seen(one.id), place="kios pojok", location=JOHAR))
    assert (done.place, done.area.name, done.location) == ("kios pojok", "Kauman", JOHAR)
    assert (done.timeline[-1].what, done.timeline[-1].text) == (
        "incident_noted", "di belakang rumah Pak Joko → kios pojok, Kauman: Penelepon meralat.",
    )  # fmt: skip
    advice = await room.call("IncidentService.SuggestForIncident", pb.SuggestForIncidentRequest(id=one.id))
    assert [each.id for each in advice.similar] == [twin.id]
    assert [(each.unit, "place_unknown" in each.reasons) for each in advice.units] == [(near.code, False)]
    job = (await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)).job
    assert (job.place, job.location) == ("kios pojok", JOHAR)
    await room.moved(unit, "available")
    await room.ask("CloseIncident", room.closing(await room.seen(one.id)))
    (row,) = [each for each in await room.served.outbox() if each["type"].endswith("IncidentClosed")]
    assert events_pb2.IncidentClosed.FromString(row["payload"]).district == "33.74.01"


async def test_an_incident_is_not_moved_to_where_it_is_nor_nowhere_nor_once_it_is_over(room: Room) -> None:
    one = await room.opened(place="kios pojok")
    relocate = "IncidentService.RelocateIncident"
    for where, reason in (
        ({}, "LOCATION_REQUIRED"),
        ({"place": "kios pojok", "area_code": one.area.code}, "PLACE_UNCHANGED"),
        ({"place": "kios pojok", "location": JOHAR}, "PLACE_UNCHANGED"),
        ({"area_code": "99.99.99.9999"}, "AREA_UNKNOWN"),
        ({"location": {"lon": 106.8, "lat": -6.2}}, "OUTSIDE_CITY"),
    ):
        assert await refused(room, relocate, moving(one, **where)) == reason
    done = await room.ask("RelocateIncident", moving(one, place="kios pojok", location=TUGU))
    assert done.location == TUGU
    assert await refused(room, relocate, moving(one, place="Lawang Sewu")) == "STALE_ETAG"
    closed = await room.ask("CloseIncident", room.closing(done))
    assert await refused(room, relocate, moving(closed, place="Lawang Sewu")) == "INCIDENT_OVER"


async def test_a_place_that_is_put_right_in_words_alone_stays_where_it_is(room: Room) -> None:
    one = await room.opened(place="depan kios")
    for place, area in (("depan kios, lantai dua", one.area.code), ("belakang kios", "")):
        one = await room.ask("RelocateIncident", moving(await room.seen(one.id), place=place, area_code=area))
        assert (one.place, one.area.name, one.location) == (place, "Kauman", JOHAR)
    assert one.timeline[-1].text == "depan kios, lantai dua, Kauman → belakang kios, Kauman: Penelepon meralat."
    known = await room.ask("RelocateIncident", moving(one, place="Lawang Sewu"))
    assert (known.area.name, known.location != JOHAR) == ("Sekayu", True)
    other = await room.ask("RelocateIncident", moving(known, place="depan kios", area_code="33.74.01.1002"))
    assert (other.area.code, other.HasField("location")) == ("33.74.01.1002", False)


async def test_the_kelurahan_that_is_chosen_for_a_known_place_takes_its_point_away(room: Room) -> None:
    known = await room.opened(call=(await room.rung(place="Masjid Baiturrahman")).id)
    assert (known.area.name, known.HasField("location")) == ("Pekunden", True)
    done = await room.ask("RelocateIncident", moving(known, place="Masjid Baiturrahman", area_code=TRIMULYO))
    assert (done.area.name, done.HasField("location")) == ("Trimulyo", False)


async def test_an_incident_is_where_its_call_was_told_to_be_when_it_is_opened_with_the_same_words(room: Room) -> None:
    call = await room.rung(place="Pasar Johar", location=JOHAR)
    again = await room.opened(call=call.id, place=call.place, area_code=call.area.code)
    assert again.location == JOHAR


async def test_an_incident_is_where_its_call_was_told_to_be_when_it_is_opened_in_other_words(room: Room) -> None:
    call = await room.rung(place="kios pojok", location=JOHAR)
    other = await room.opened(call=call.id, place="kios di pojok barat", area_code=call.area.code)
    assert (other.place, other.location) == ("kios di pojok barat", JOHAR)


async def test_a_guessed_point_goes_with_the_words_that_it_was_guessed_from_as_an_incident_is_opened(
    room: Room,
) -> None:
    call = await room.rung(place="jalan tol arah Stasiun Tawang km 8")
    assert call.HasField("location")
    one = await room.opened(call=call.id, place="jalan tol km 8, dekat gardu", area_code=call.area.code)
    assert (one.place, one.area, one.HasField("location")) == ("jalan tol km 8, dekat gardu", call.area, False)


async def test_a_guessed_point_goes_with_the_words_that_it_was_guessed_from_as_a_place_is_put_right(
    room: Room,
) -> None:
    one = await room.opened(call=(await room.rung(place="jalan tol arah Stasiun Tawang km 8")).id)
    done = await room.ask("RelocateIncident", moving(one, place="jalan tol km 8, dekat gardu"))
    assert (done.area, one.HasField("location"), done.HasField("location")) == (one.area, True, False)


async def test_units_are_advised_by_how_near_they_are_also_where_the_kelurahan_alone_is_known(room: Room) -> None:
    here = place_pb2.Point(lon=110.4192, lat=-7.0641)  # Srondol Wetan
    far, near = await room.unit(at=TUGU), await room.unit(crew=OTHER, at=here)
    one = await room.opened(area_code="33.74.11.1007", place="Rumah kos")
    advice = await room.call("IncidentService.SuggestForIncident", pb.SuggestForIncidentRequest(id=one.id))
    assert [each.unit for each in advice.units] == [near.code, far.code]
    assert "place_approximate" in advice.units[0].reasons


async def test_a_flood_of_which_the_place_is_told_closer_stays_on_the_map(room: Room) -> None:
    await warned(room.served, "warning-1", AWAS, KEMIJEN)
    (flood,) = (await room.call("IncidentService.ListIncidents", pb.ListIncidentsRequest())).incidents
    done = await room.ask("RelocateIncident", moving(flood, place=f"{flood.place} RW 3", area_code=flood.area.code))
    assert (done.place, done.location) == (f"{flood.place} RW 3", flood.location)
