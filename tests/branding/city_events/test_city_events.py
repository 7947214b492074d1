"""Events over the pillar's real server."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.branding.city_events import timers
from services.kit.caller import Caller
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import events_pb2
from smartcity.types.v1 import place_pb2
from tests.branding.city_events.stage import (
    DINKES,
    ORGANISER,
    PUBLISHER,
    STRANGER,
    WEEKLY,
    WHY,
    WRITER,
    Stage,
    dates,
)
from tests.governance.conftest import RefusedError


async def reason_of(call: object) -> str:
    with pytest.raises(RefusedError) as caught:
        await call  # type: ignore[misc]
    return caught.value.reason


async def test_what_an_organiser_wrote_is_public_when_an_officer_published_it(stage: Stage) -> None:
    made = await stage.write(ORGANISER)
    assert await reason_of(stage.read(made.id)) == "EVENT_NOT_FOUND"
    assert await reason_of(stage.read(made.id, STRANGER)) == "EVENT_NOT_FOUND"
    assert (await stage.read(made.id, ORGANISER)).own
    assert await reason_of(stage.publish(made, ORGANISER)) == "ROLE_NOT_ALLOWED"
    assert await reason_of(stage.publish(made, DINKES)) == "EVENT_OFFICE_ONLY"
    done = await stage.publish(made)
    shown = await stage.read(done.code)
    assert (shown.state, shown.content.name) == (pb.CITY_EVENT_STATE_PUBLISHED, "Malam Keroncong")
    assert [area.name for area in shown.areas] == ["Tanjung Mas"]
    assert not shown.HasField("written")
    assert dates(shown)[:2] == [("2026-11-28T19:00", "planned"), ("2026-12-05T19:00", "planned")]
    assert shown.next.id == shown.occasions[0].id
    assert await stage.emitted() == ["EventPublished"]


async def test_nobody_publishes_what_they_wrote(stage: Stage) -> None:
    made = await stage.write(WRITER)
    assert await reason_of(stage.publish(made, WRITER)) == "OWN_EVENT"
    assert (await stage.publish(made, PUBLISHER)).state == pb.CITY_EVENT_STATE_PUBLISHED


@pytest.mark.parametrize("who", [replace(WRITER, roles=STRANGER.roles, agency=""), replace(WRITER, agency="dinkes")])
async def test_who_has_left_an_agency_has_no_hand_in_its_events(stage: Stage, who: Caller) -> None:
    draft, one = await stage.write(WRITER), await stage.published()
    assert await reason_of(stage.read(draft.id, who)) == "EVENT_NOT_FOUND"
    assert not (await stage.read(one.id, who)).own
    assert (await stage.call(pb.ListCityEventRecordsRequest(), who)).events == []
    assert await reason_of(stage.rewrite(one, who)) == "NOT_YOURS"
    assert await reason_of(stage.cancel_date(one, one.occasions[0].id, who)) == "NOT_YOURS"
    assert await reason_of(stage.cancel(one, who)) == "NOT_YOURS"
    assert await stage.emitted() == ["EventPublished"]


async def test_a_date_that_is_moved_keeps_its_id_and_others_hear_of_it(stage: Stage) -> None:
    one = await stage.published()
    moved = pb.EventSchedule()
    moved.CopyFrom(WEEKLY)
    moved.moved.add(of="2026-11-28T19:00", start="2026-11-29T16:00")
    written = await stage.rewrite(one, schedule=moved)
    assert dates(written)[0] == ("2026-11-28T19:00", "planned")
    done = await stage.publish(written)
    assert dates(done)[0] == ("2026-11-29T16:00", "planned")
    assert (done.occasions[0].id, done.occasions[0].sequence) == (one.occasions[0].id, 1)
    assert [each.was for each in done.occasions[:2]] == ["2026-11-28T19:00", ""]
    (*_, row) = await stage.served.outbox()
    told = events_pb2.EventRescheduled.FromString(row["payload"])
    assert told.occasions[0].starts_at.ToDatetime(UTC) == datetime(2026, 11, 29, 9, tzinfo=UTC)


async def test_one_date_is_called_off_and_the_others_stay(stage: Stage) -> None:
    one = await stage.published()
    done = await stage.cancel_date(one, one.occasions[0].id)
    assert dates(done)[:2] == [("2026-11-28T19:00", "cancelled"), ("2026-12-05T19:00", "planned")]
    assert done.next.id == one.occasions[1].id
    assert await reason_of(stage.cancel_date(done, one.occasions[0].id)) == "OCCASION_OVER"
    assert await reason_of(stage.cancel_date(done, one.occasions[1].id, DINKES)) == "NOT_YOURS"


async def test_why_a_date_is_called_off_is_told_of_that_date_alone_and_while_it_is(stage: Stage) -> None:
    done = await stage.published()
    done = await stage.cancel_date(done, done.occasions[0].id)
    assert (done.reason, [one.reason for one in done.occasions[:2]]) == ("", [WHY, ""])
    left = pb.EventSchedule()
    left.CopyFrom(WEEKLY)
    left.exceptions.append("2026-12-05T19:00")
    done = await stage.publish(await stage.rewrite(done, schedule=left))
    assert [state for _, state in dates(done)[:2]] == ["planned", "cancelled"]
    assert (done.reason, [one.reason for one in done.occasions[:2]]) == ("", ["", ""]), "it holds; and of the other"
    done = await stage.cancel(done)
    assert (done.reason, done.occasions[0].reason) == (WHY, "")


async def test_an_event_that_is_called_off_has_no_dates_and_stays_to_be_read(stage: Stage) -> None:
    one = await stage.published()
    done = await stage.cancel(one)
    assert {state for _, state in dates(done)} == {"cancelled"}
    assert (await stage.read(one.id)).reason
    assert (await stage.call(pb.ListCityEventsRequest())).events == []
    assert await stage.emitted() == ["EventPublished", "EventCancelled"]


async def test_of_a_draft_that_is_dropped_nobody_hears(stage: Stage) -> None:
    made = await stage.write(ORGANISER)
    await stage.cancel(made, ORGANISER)
    assert await stage.emitted() == []
    assert await reason_of(stage.read(made.id)) == "EVENT_NOT_FOUND"


async def test_the_citys_own_events_are_there_with_what_is_not_known_of_them(stage: Stage) -> None:
    await stage.enter()
    told = len(await stage.emitted())
    await stage.enter()
    assert len(await stage.emitted()) == told == 21
    found = (await stage.call(pb.ListCityEventsRequest(page_size=100))).events
    with_dates = [one.code for one in found if one.HasField("next")]
    assert with_dates == ["hut-kota-semarang", "peringatan-pertempuran-lima-hari"]
    ramadan = await stage.read("dugderan")
    assert not ramadan.occasions
    assert "Ramadan" in ramadan.content.custom_en
    assert [one.start for one in ramadan.content.schedule.dates] == ["2026-02-16"]


async def test_what_was_edited_stands_against_the_profile(stage: Stage) -> None:
    await stage.enter()
    dugderan = await stage.read("dugderan", WRITER)
    told = pb.EventSchedule(dates=[pb.EventDate(start="2027-02-07", source="Surat wali kota")])
    done = await stage.publish(await stage.rewrite(dugderan, name="Dugderan", schedule=told))
    await stage.enter()
    assert dates(await stage.read("dugderan")) == [("2027-02-07T00:00", "planned")]
    assert done.occasions[0].source == "Surat wali kota"


async def test_dates_of_rules_are_planned_further_and_the_next_goes_on_as_time_passes(stage: Stage) -> None:
    one = await stage.published()
    first = one.next.id
    stage.served.pass_time(days=120)
    await timers.go_on(stage.served.runtime)
    await timers.plan_further(stage.served.runtime)
    (later,) = (await stage.call(pb.ListCityEventsRequest())).events
    assert later.next.id != first
    last = one.occasions[-1].starts_at
    page = await stage.call(pb.ListOccasionsRequest(since="2027-12-30"))
    assert page.occasions[0].starts_at.seconds > last.seconds
    assert await stage.emitted() == ["EventPublished", "EventRescheduled"]


async def test_dates_of_what_is_each_day_are_told_again_before_the_last_that_was_told(stage: Stage) -> None:
    await stage.published(
        schedule=pb.EventSchedule(rule="FREQ=DAILY", start="2026-11-28T19:00", end="2026-11-28T22:00")
    )
    for _ in range(12):
        stage.served.pass_time(days=10)
        await timers.plan_further(stage.served.runtime)
        (*_, row) = await stage.served.outbox()
        told = events_pb2.EventRescheduled.FromString(row["payload"])
        assert told.occasions[-1].starts_at.ToDatetime(UTC) > stage.served.now + timedelta(days=30)


async def test_dates_that_come_between_call_off_none_of_those_planned_furthest_ahead(stage: Stage) -> None:
    daily = pb.EventSchedule(rule="FREQ=DAILY", start="2026-11-24T19:00", end="2026-11-24T22:00")
    one = await stage.published(schedule=daily)
    count = "SELECT state, count(*) FROM branding.occasion GROUP BY state ORDER BY state"
    assert [tuple(row) for row in await stage.served.admin.fetch(count)] == [("planned", 400)]
    daily.dates.add(start="2026-12-24T10:00", end="2026-12-24T12:00", source="panitia")
    one = await stage.publish(await stage.rewrite(one, schedule=daily))
    assert [tuple(row) for row in await stage.served.admin.fetch(count)] == [("planned", 401)]
    daily.exceptions.append("2026-11-25T19:00")
    one = await stage.publish(await stage.rewrite(one, schedule=daily))
    left = [tuple(row) for row in await stage.served.admin.fetch(count)]
    assert left == [("cancelled", 1), ("planned", 400)], "what is left out is called off"
    await stage.cancel(one)
    assert [tuple(row) for row in await stage.served.admin.fetch(count)] == [("cancelled", 401)], "however many"


async def test_the_calendar_lists_dates_in_their_order_page_by_page(stage: Stage) -> None:
    await stage.published()
    await stage.published(name="Pasar Pagi", schedule=pb.EventSchedule(dates=[pb.EventDate(start="2026-11-29")]))
    names: list[str] = []
    request = pb.ListOccasionsRequest(page_size=1)
    for _ in range(3):
        page = await stage.call(request)
        names += [one.name for one in page.occasions]
        request.page_token = page.next_page_token
    assert names == ["Malam Keroncong", "Pasar Pagi", "Malam Keroncong"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"location": place_pb2.Point(lon=110.3423, lat=-7.2103)}, "OUTSIDE_THE_CITY"),
        ({"areas": ["99.99"]}, "AREA_UNKNOWN"),
        ({"website": "http://acara.example"}, "URL_INVALID"),
        ({"schedule": pb.EventSchedule(rule="FREQ=HOURLY", start="2026-12-01")}, "EVENT_RULE_INVALID"),
        ({"name": "x"}, "EVENT_NAME_REQUIRED"),
        ({"organiser": "Pengurus RW 3, hubungi 081234567890"}, "WORDS_PERSONAL"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_reason(stage: Stage, said: dict[str, object], reason: str) -> None:
    assert await reason_of(stage.write(ORGANISER, **said)) == reason


async def test_nobody_fills_the_desk_alone(stage: Stage) -> None:
    for _ in range(20):
        await stage.write(ORGANISER)
    assert await reason_of(stage.write(ORGANISER)) == "EVENTS_FULL"
    await stage.write(STRANGER)
