"""Destinations over the pillar's real server: the city's own, what is near, corrections, and advisories."""

import asyncio
from datetime import timedelta

import pytest

from services.branding.advisories import timers
from services.branding.corrections import timers as correction_timers
from services.kit.caller import ANONYMOUS
from smartcity.branding.v1 import day_trips_pb2
from smartcity.branding.v1 import destinations_pb2 as pb
from smartcity.branding.v1.day_trips_pb2_grpc import DayTripServiceStub
from tests.branding.city_events.stage import DINKES, PUBLISHER, WRITER
from tests.branding.destinations.tour import HOURS, NOTE, Tour
from tests.branding.tickets.ticketing import SITI
from tests.governance.conftest import RefusedError, request_id


async def reason_of(call: object) -> str:
    with pytest.raises(RefusedError) as caught:
        await call  # type: ignore[misc]
    return caught.value.reason


async def test_the_citys_destinations_are_there_with_what_is_not_known_of_them(tour: Tour) -> None:
    found = await tour.listed(page_size=100)
    assert len(found) == 79
    known = [one for one in found if one.open_state != pb.DESTINATION_OPEN_STATE_UNKNOWN]
    assert 10 < len(known) < 20
    sewu = await tour.read("lawang-sewu")
    assert (sewu.area.name, sewu.open_state) == ("Sekayu", pb.DESTINATION_OPEN_STATE_OPEN)
    assert sewu.content.prices[0] == pb.Price(payer=pb.PRICE_CLASS_ADULT, units=20_000)
    assert sewu.content.wheelchair == pb.DESTINATION_ACCESS_UNKNOWN


async def test_the_nearest_come_first_and_may_be_those_that_are_open(tour: Tour) -> None:
    near = await tour.listed(near="-6.968,110.428", page_size=30)
    distances = [one.distance for one in near]
    assert distances == sorted(distances)
    assert len(near) == 79
    assert all(one.open_state == pb.DESTINATION_OPEN_STATE_OPEN for one in await tour.listed(open=True))
    temples = await tour.listed(kind=pb.DESTINATION_KIND_TEMPLE)
    assert len(temples) == 10


async def test_a_correction_holds_when_another_officer_accepted_it_and_the_profile_leaves_it(tour: Tour) -> None:
    before = await tour.read("lawang-sewu")
    own = await tour.correct(caller=WRITER)
    assert await reason_of(tour.decide(own)) == "OWN_CORRECTION"
    assert await reason_of(tour.decide(own, caller=DINKES)) == "EVENT_OFFICE_ONLY"
    await tour.decide(own, caller=PUBLISHER)
    await tour.enter()
    sewu = await tour.read("lawang-sewu")
    assert (sewu.content.hours, sewu.status, sewu.checked_on) == (HOURS, before.status, before.checked_on)
    assert await reason_of(tour.correct(hours="setiap hari")) == "OPENING_HOURS_INVALID"
    assert await reason_of(tour.correct("nowhere")) == "DESTINATION_NOT_FOUND"


async def test_no_more_special_days_of_a_place_lie_ahead_than_one_correction_names(tour: Tour) -> None:
    first = tour.served.now.date() + timedelta(days=1)
    halves = [[pb.HoursException(day=str(first + timedelta(days=start + n))) for n in range(31)] for start in (0, 31)]
    await tour.decide(await tour.correct(exceptions=halves[0]))
    assert await reason_of(tour.decide(await tour.correct(exceptions=halves[1]))) == "SPECIAL_DAYS_FULL"
    await tour.decide(await tour.correct(hours=HOURS))
    assert len((await tour.read("lawang-sewu")).content.exceptions) == 31


async def test_a_place_that_was_said_to_be_closed_for_good_is_there_again_once_that_was_corrected(tour: Tour) -> None:
    code = "gereja-blenduk"
    await tour.decide(await tour.correct(code, closed=True))
    assert code not in {one.code for one in await tour.listed(page_size=100)}
    assert code not in await stops(tour)
    assert await reason_of(tour.correct(code, use=pb.DESTINATION_USE_CLOSED)) == "CORRECTION_KNOWN"
    shown = await tour.decide(await tour.correct(code, use=pb.DESTINATION_USE_IN_USE))
    assert (shown.content.use, shown.content.closed) == (pb.DESTINATION_USE_IN_USE, False)
    seen = (await tour.read(code)).content
    assert (seen.use, seen.closed) == (pb.DESTINATION_USE_IN_USE, False)
    assert code in {one.code for one in await tour.listed(page_size=100)}
    assert code in await stops(tour)
    assert await reason_of(tour.correct(code, use=pb.DESTINATION_USE_IN_USE)) == "CORRECTION_KNOWN"


async def stops(tour: Tour) -> set[str]:
    """Places that a day trip leads to, as its page and the list of trips say."""
    asked = day_trips_pb2.GetDayTripRequest(id="kota-lama-dan-pecinan")
    read = (await tour.served.call(DayTripServiceStub, "GetDayTrip", asked, ANONYMOUS)).trip
    every = (
        await tour.served.call(DayTripServiceStub, "ListDayTrips", day_trips_pb2.ListDayTripsRequest(), ANONYMOUS)
    ).trips
    listed = next(one for one in every if one.id == asked.id)
    of = [{stop.destination.code for stop in trip.stops} for trip in (read, listed)]
    assert of[0] == of[1]
    return of[0]


async def test_a_login_has_no_more_corrections_waiting_by_sending_them_at_once(tour: Tour) -> None:
    rows = await tour.served.admin.fetch("SELECT code FROM branding.destination ORDER BY code LIMIT 40")
    at_once = (tour.correct(row["code"], SITI) for row in rows)
    answers = await asyncio.gather(*at_once, return_exceptions=True)
    assert sorted(isinstance(one, RefusedError) for one in answers) == [False] * 20 + [True] * 20


async def test_who_filed_a_correction_and_what_was_declined_go_90_days_after_the_decision(tour: Tour) -> None:
    declined, accepted, waits = [
        await tour.correct(caller=SITI, note=note)
        for note in ("Rumah Qwertina.", "Loket di utara.", "Tutup saat hujan.")
    ]
    await tour.decide(declined, "DECLINED")
    await tour.decide(accepted)
    tour.served.pass_time(days=89)
    await correction_timers.forget(tour.served.runtime)
    assert (await tour.correction(declined)).content.note == "Rumah Qwertina."
    tour.served.pass_time(days=2)
    # What a process of the version before did: it took the reason alone.
    await tour.served.admin.execute("UPDATE branding.destination_correction SET reason = '' WHERE state <> 'waiting'")
    await correction_timers.forget(tour.served.runtime)
    shown = await tour.correction(declined)
    assert (shown.content.note, shown.note, shown.reason) == ("", "", "")
    shown = await tour.correction(accepted)
    assert (shown.content.note, shown.note, shown.reason) == ("Loket di utara.", NOTE, ""), "as the place says it now"
    by = await tour.served.admin.fetch("SELECT id FROM branding.destination_correction WHERE by <> ''")
    assert [str(row["id"]) for row in by] == [waits]


async def test_officers_tell_visitors_something_and_end_it(tour: Tour) -> None:
    made = await tour.advise()
    assert [one.id for one in (await tour.read("lawang-sewu")).advisories] == [made.id]
    assert not (await tour.read("tugu-muda")).advisories
    assert await reason_of(tour.advise(DINKES)) == "EVENT_OFFICE_ONLY"
    assert await reason_of(tour.advise(destination="lawang-sewu", areas=["33.74.01.1007"])) == "ADVISORY_NOWHERE"
    end = pb.EndAdvisoryRequest(request_id=request_id(), id=made.id, etag=made.etag)
    await tour.call(end, PUBLISHER)
    assert not (await tour.call(pb.ListAdvisoriesRequest())).advisories


async def test_a_flood_warning_is_told_at_each_place_in_its_kelurahan_and_taken_back(tour: Tour) -> None:
    await tour.warn("waspada")
    await tour.warn("awas", update=True)
    (told,) = (await tour.read("gereja-blenduk")).advisories
    assert (told.level, told.origin) == (pb.ADVISORY_LEVEL_SEVERE, pb.ADVISORY_ORIGIN_WARNING)
    assert "AWAS" in told.text_en
    assert not (await tour.read("lawang-sewu")).advisories
    await tour.clear()
    assert not (await tour.read("gereja-blenduk")).advisories
    rows = [row for row in await tour.served.outbox() if "Advisory" in row["type"]]
    assert [row["type"].rpartition(".")[2] for row in rows] == ["AdvisoryGiven", "AdvisoryGiven", "AdvisoryEnded"]
    assert {row["correlation"] for row in rows} == {"story"}


@pytest.mark.parametrize(
    ("level", "words", "asks"),
    [
        ("waspada", "WASPADA (advisory)", "Follow the news, and check before you go."),
        ("siaga", "SIAGA (watch)", "Get ready to leave if you are there; put off a visit."),
        ("awas", "AWAS (warning)", "Go to high ground now. Do not go there."),
    ],
)
async def test_visitors_are_told_what_each_level_of_a_warning_asks_for(
    tour: Tour, level: str, words: str, asks: str
) -> None:
    await tour.warn(level)
    (told,) = (await tour.read("gereja-blenduk")).advisories
    assert told.text_en == f"A tidal flood warning of level {words} is in force in this kelurahan. {asks}"


async def test_a_notice_in_the_list_names_the_destination_that_it_is_about(tour: Tour) -> None:
    await tour.advise()
    (told,) = (await tour.call(pb.ListAdvisoriesRequest())).advisories
    assert (told.destination_code, told.destination_name) == ("lawang-sewu", "Lawang Sewu")


async def test_a_warning_that_nobody_clears_is_over_when_its_time_is(tour: Tour) -> None:
    await tour.warn("siaga")
    tour.served.pass_time(hours=7)
    assert not (await tour.read("gereja-blenduk")).advisories
    await timers.expire(tour.served.runtime)
    await tour.clear()


async def test_bad_air_is_told_in_the_kecamatan_and_taken_back_when_it_clears(tour: Tour) -> None:
    await tour.air("moderate")
    assert not (await tour.call(pb.ListAdvisoriesRequest())).advisories
    await tour.air("unhealthy")
    await tour.air("hazardous")
    (told,) = (await tour.read("masjid-menara-layur")).advisories
    assert (told.level, told.origin) == (pb.ADVISORY_LEVEL_SEVERE, pb.ADVISORY_ORIGIN_AIR)
    await tour.air("good")
    assert not (await tour.call(pb.ListAdvisoriesRequest())).advisories


async def test_what_an_officer_ended_is_not_told_again_by_a_warning_that_is_no_graver(tour: Tour) -> None:
    await tour.warn("siaga")
    await tour.end((await tour.told())[0])
    for level in ("siaga", "waspada"):
        await tour.warn(level, update=True)
    assert await tour.told() == []


async def test_what_an_officer_ended_is_told_again_where_the_warning_becomes_graver(tour: Tour) -> None:
    await tour.warn("siaga")
    await tour.end((await tour.told())[0])
    await tour.warn("awas", update=True)
    assert [one.level for one in await tour.told()] == [pb.ADVISORY_LEVEL_SEVERE]


async def test_bad_air_that_an_officer_ended_is_told_again_once_it_was_good_in_between(tour: Tour) -> None:
    await tour.air("unhealthy")
    await tour.end((await tour.told())[0])
    await tour.air("unhealthy")
    assert await tour.told() == []
    await tour.air("good")
    await tour.air("unhealthy")
    assert len(await tour.told()) == 1
