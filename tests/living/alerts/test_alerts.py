"""Alerts over the real server: what officers write, what warnings do, and what journeys make of it."""

import time
from datetime import UTC, timedelta
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as rt

from services.kit.caller import Caller
from services.living.alerts import timers
from smartcity.living.v1 import alerts_pb2 as pb
from tests.governance.conftest import ADMIN, CITIZEN, RefusedError, request_id
from tests.living.alerts.passengers import (
    BENDUNGAN,
    DINKES,
    DISHUB,
    DRILL,
    FILES,
    TRANS,
    WARNING,
    Passengers,
    closed,
    said,
)


async def refused(call: Any) -> str:
    """The reason why a call is refused."""
    with pytest.raises(RefusedError) as raised:
        await call
    return raised.value.reason


async def feed_of(passengers: Passengers) -> rt.FeedMessage:
    """What others read."""
    found = await passengers.call(pb.GetServiceAlertFeedRequest())
    message = rt.FeedMessage()
    message.ParseFromString(found.content)
    assert message.IsInitialized()
    return message


async def test_a_flood_closes_what_it_covers_and_journeys_go_around_until_it_is_over(passengers: Passengers) -> None:
    """Within two seconds of the warning, by whatever is told; gone when it is cleared."""
    area = passengers.served.runtime.city.locate(110.41, -7.0)
    assert (area.code if area else "") == BENDUNGAN, "else all this would prove nothing"
    assert await passengers.lines() == {"N1"}
    begin = time.monotonic()
    await passengers.warn("siaga")
    await passengers.look()
    (alert,) = await passengers.listed()
    assert time.monotonic() - begin < 2
    assert (alert.origin, alert.source) == (pb.SERVICE_ALERT_ORIGIN_WARNING, WARNING)
    assert (alert.now, alert.closes, alert.exercise) == (True, True, False)
    assert (alert.header, alert.header_en) == ("Banjir SIAGA: Bendungan", "Flood SIAGA (watch): Bendungan")
    whole = (await passengers.call(pb.GetServiceAlertRequest(id=alert.id))).alert
    assert (list(whole.touched.routes), list(whole.touched.stops)) == (["L", "N"], ["Q"])
    assert await passengers.lines() == {"M1"}
    (why,) = (await passengers.ways()).alerts
    assert (why.id, why.avoided) == (alert.id, True)
    assert [one.id for one in await passengers.listed(route="L")] == [alert.id]
    assert [one.id for one in await passengers.listed(stop="P")] == [alert.id], "its lines go there"
    assert await passengers.listed(stop="U") == []
    await passengers.clear()
    await passengers.look()
    assert await passengers.listed() == []
    assert await passengers.lines() == {"N1"}
    told = [row["type"].rpartition(".")[2] for row in await passengers.served.outbox()]
    assert told[-2:] == ["ServiceAlertPublished", "ServiceAlertEnded"]
    assert {row["correlation"] for row in (await passengers.served.outbox())[-2:]} == {"story"}


async def test_a_lesser_warning_informs_and_a_drill_closes_nothing(passengers: Passengers) -> None:
    """From the level that the profile names; what is raised further is grave. Others have no word for drills."""
    await passengers.warn("waspada")
    await passengers.look()
    (alert,) = await passengers.listed()
    assert (alert.closes, alert.effect) == (False, pb.SERVICE_ALERT_EFFECT_OTHER_EFFECT)
    found = await passengers.ways()
    assert [(one.id, one.avoided) for one in found.alerts] == [(alert.id, False)]
    await passengers.warn("awas", update=True)
    await passengers.look()
    (graver,) = await passengers.listed()
    assert (graver.id, graver.closes, graver.severity) == (alert.id, True, pb.SERVICE_ALERT_SEVERITY_SEVERE)
    assert graver.description_en.startswith("Go to high ground now. ")
    done = await passengers.end(graver)
    assert done.state == pb.SERVICE_ALERT_STATE_ENDED
    await passengers.warn("awas", update=True)
    assert await passengers.listed() == [], "officers ended it, and it is no graver"
    await passengers.clear()
    await passengers.warn("awas", exercise=True, warning=DRILL)
    await passengers.look()
    (drill,) = await passengers.listed()
    assert (drill.exercise, drill.closes) == (True, False)
    assert await passengers.lines() == {"N1"}
    assert list((await passengers.ways()).alerts) == []
    assert list((await feed_of(passengers)).entity) == []
    assert (await passengers.served.outbox())[-1]["exercise"]


async def test_what_ended_by_itself_is_told_again_when_its_warning_goes_on(passengers: Passengers) -> None:
    """Its time was over, and then the warning was extended: nobody had said that it is no matter."""
    await passengers.warn("siaga")
    passengers.served.pass_time(hours=7)
    await timers.expire(passengers.served.runtime)
    assert await passengers.listed() == []
    await passengers.warn("siaga", update=True)
    (alert,) = await passengers.listed()
    assert alert.source == WARNING


async def test_a_station_is_named_to_others_as_it_was_written(passengers: Passengers) -> None:
    """Not by its platforms, of which the alert says nothing."""
    await passengers.publish(closed(stop="P"), closed(route="L", stop="Q"))
    read = [each.stop_id for one in (await feed_of(passengers)).entity for each in one.alert.informed_entity]
    assert read == ["P", "Q"]


async def test_others_read_it_as_gtfs_realtime(passengers: Passengers) -> None:
    """Stops that are closed are an entity of their own, so that nobody takes their lines for closed."""
    await passengers.warn("siaga")
    detour = pb.ServiceAlertDetour(route="M", skipped_stops=["U"], note="Lewat utara.")
    await passengers.publish(pb.ServiceAlertEntity(route="M"), detours=[detour], effect=pb.SERVICE_ALERT_EFFECT_DETOUR)
    message = await feed_of(passengers)
    assert message.header.gtfs_realtime_version == "2.0"
    assert message.header.timestamp == int(passengers.served.now.timestamp())
    read = {
        (one.alert.effect, tuple((each.route_id, each.stop_id) for each in one.alert.informed_entity))
        for one in message.entity
    }
    assert read == {
        (rt.Alert.MODIFIED_SERVICE, (("L", ""), ("N", ""))),
        (rt.Alert.NO_SERVICE, (("", "Q"),)),
        (rt.Alert.DETOUR, (("M", ""),)),
        (rt.Alert.NO_SERVICE, (("M", "U"),)),
    }
    flood = next(one.alert for one in message.entity if one.alert.effect == rt.Alert.MODIFIED_SERVICE)
    assert (flood.cause, flood.severity_level) == (rt.Alert.WEATHER, rt.Alert.WARNING)
    assert [(one.language, one.text) for one in flood.header_text.translation] == [
        ("id", "Banjir SIAGA: Bendungan"),
        ("en", "Flood SIAGA (watch): Bendungan"),
    ]
    (period,) = flood.active_period
    assert period.end == int((passengers.served.now + timedelta(hours=6)).timestamp())


async def test_others_read_which_way_a_detour_goes_and_where_it_calls_instead(passengers: Passengers) -> None:
    detour = pb.ServiceAlertDetour(
        route="M", skipped_stops=["U"], added_stops=["Q"], note="Lewat utara.", note_en="By the north."
    )
    await passengers.publish(pb.ServiceAlertEntity(route="M"), detours=[detour], description="Ada perbaikan.")
    told, closed = (await feed_of(passengers)).entity
    read = {one.language: one.text.split("\n") for one in told.alert.description_text.translation}
    assert [read["id"][:2], read["en"][:2]] == [["Ada perbaikan.", "Lewat utara."], ["Ada perbaikan.", "By the north."]]
    assert read["id"][2].startswith("Halte pengganti: ")
    assert read["en"][2].startswith("Calls instead at: ")
    assert closed.alert.description_text == told.alert.description_text


@pytest.mark.parametrize("effect", [pb.SERVICE_ALERT_EFFECT_OTHER_EFFECT, pb.SERVICE_ALERT_EFFECT_STOP_MOVED])
async def test_what_is_closed_is_read_by_others_as_no_service_whatever_else_is_said(
    passengers: Passengers, effect: int
) -> None:
    await passengers.publish(closed(stop="Q"), closed(route="L"), pb.ServiceAlertEntity(route="M"), effect=effect)
    read = {
        int(one.alert.effect): {(each.route_id, each.stop_id) for each in one.alert.informed_entity}
        for one in (await feed_of(passengers)).entity
    }
    assert read == {int(rt.Alert.NO_SERVICE): {("", "Q"), ("L", "")}, effect: {("M", "")}}


@pytest.mark.parametrize(
    ("effect", "read_as"),
    [
        (pb.SERVICE_ALERT_EFFECT_SIGNIFICANT_DELAYS, rt.Alert.SIGNIFICANT_DELAYS),
        (pb.SERVICE_ALERT_EFFECT_NO_SERVICE, rt.Alert.MODIFIED_SERVICE),  # the rest of the line runs
    ],
)
@pytest.mark.parametrize(("route", "line"), [("", "L"), ("L", "L"), ("M", "M")])
async def test_a_stretch_that_is_only_told_of_is_read_by_others_as_of_the_lines_that_go_there(
    passengers: Passengers, effect: int, read_as: int, route: str, line: str
) -> None:
    """Where none does, as of the line that the officer named."""
    stretch = pb.ServiceAlertEntity(route=route, from_stop="P", to_stop="Q")
    await passengers.publish(stretch, effect=effect)
    read = [
        (one.alert.effect, [(each.route_id, each.stop_id) for each in one.alert.informed_entity])
        for one in (await feed_of(passengers)).entity
    ]
    assert read == [(read_as, [(line, "")])]


async def test_officers_draft_publish_change_and_end(passengers: Passengers) -> None:
    """A draft is nobody else's to see, and closes nothing."""
    draft = await passengers.write()
    assert (draft.state, list(draft.touched.stops), list(draft.touched.routes)) == (1, ["Q"], ["L"])
    assert await refused(passengers.call(pb.GetServiceAlertRequest(id=draft.id), CITIZEN)) == "ALERT_NOT_FOUND"
    asked = pb.PublishServiceAlertRequest(request_id=request_id(), id=draft.id, etag=draft.etag)
    told = (await passengers.call(asked, TRANS)).alert
    assert [one.id for one in await passengers.listed()] == [draft.id]
    again = pb.PublishServiceAlertRequest(request_id=request_id(), id=draft.id, etag=told.etag)
    assert await refused(passengers.call(again, DISHUB)) == "ALERT_NOT_DRAFT"
    change = pb.UpdateServiceAlertRequest(
        request_id=request_id(), id=draft.id, etag=told.etag, reason="Ruas, bukan halte.",
        **{**said(closed(route="N", from_stop="P", to_stop="R")), "header": "Jalur N1 terputus"},
    )  # fmt: skip
    wrong = pb.UpdateServiceAlertRequest()
    wrong.CopyFrom(change)
    wrong.entities[0].from_stop = "nowhere"
    assert await refused(passengers.call(wrong, DISHUB)) == "ENTITY_UNKNOWN"
    change.request_id = request_id()
    changed = (await passengers.call(change, DISHUB)).alert  # what was refused is not taken for it
    await passengers.look()
    assert changed.header == "Jalur N1 terputus"
    assert await passengers.lines() == {"L1"}
    stale = pb.EndServiceAlertRequest(request_id=request_id(), id=draft.id, etag=told.etag, reason="Selesai.")
    assert await refused(passengers.call(stale, DISHUB)) == "STALE_ETAG"
    done = await passengers.end(changed)
    assert [(one.step, one.mine, one.reason) for one in done.changes] == [
        ("ended", True, "Sudah dibuka."),
        ("changed", True, "Ruas, bukan halte."),
        ("published", False, ""),
        ("drafted", True, ""),
    ]
    assert await passengers.lines() == {"N1"}
    shown = (await passengers.call(pb.GetServiceAlertRequest(id=draft.id))).alert
    assert (shown.state, list(shown.changes)) == (pb.SERVICE_ALERT_STATE_ENDED, [])


async def test_only_officers_of_transport_write_and_name_something(passengers: Passengers) -> None:
    """By the city's profile; what they write of people is for officers alone."""
    for entity, reason in (
        (closed(stop="nowhere"), "ENTITY_UNKNOWN"),
        (closed(), "ENTITY_INVALID"),
        (closed(agency="A"), "ENTITY_INVALID"),
        (closed(from_stop="P1"), "ENTITY_INVALID"),
        (closed(from_stop="P1", to_stop="P1"), "ENTITY_INVALID"),
    ):
        assert await refused(passengers.write(entity)) == reason
    for caller, reason in ((DINKES, "ALERT_AGENCY_ONLY"), (CITIZEN, "ROLE_NOT_ALLOWED"), (ADMIN, "ROLE_NOT_ALLOWED")):
        assert await refused(passengers.write(caller=caller)) == reason
    over = pb.ServiceAlertPeriod()
    over.end_time.FromDatetime(passengers.served.now - timedelta(minutes=1))
    assert await refused(passengers.write(periods=[over])) == "ALERT_PERIOD_OVER"
    records = pb.ListServiceAlertRecordsRequest()
    nobody = Caller("officer-x", frozenset({"officer"}))
    assert await refused(passengers.call(records, nobody)) == "ALERT_AGENCY_ONLY"
    assert list((await passengers.call(records, ADMIN)).alerts) == []
    alert = await passengers.publish()
    await passengers.end(alert, "Ditelepon Pak Budi.")
    shown = f"{(await passengers.call(pb.GetServiceAlertRequest(id=alert.id))).alert}"
    told = "".join(str(row["payload"]) for row in await passengers.served.outbox())
    assert "Budi" not in shown + told
    assert DISHUB.subject not in shown + told


async def test_another_timetable_is_touched_by_its_own_ids(passengers: Passengers) -> None:
    """What it does not have is said, and closes nothing; kelurahan are looked at anew."""
    alert = await passengers.publish(closed(stop="Q"), closed(route="N"))
    await passengers.warn("siaga")
    files: dict[str, str | bytes | None] = {
        "stops.txt": str(FILES["stops.txt"]).replace("\nQ,", "\nQ2,"),
        "stop_times.txt": str(FILES["stop_times.txt"]).replace(",Q,", ",Q2,"),
    }
    await passengers.enter(files)
    await passengers.look()
    now = (await passengers.call(pb.GetServiceAlertRequest(id=alert.id))).alert
    assert (list(now.touched.unknown), list(now.touched.routes)) == (["Q"], ["N"])
    flood = next(one for one in await passengers.listed() if one.origin == pb.SERVICE_ALERT_ORIGIN_WARNING)
    assert [one.stop for one in flood.entities if one.stop] == ["Q2"]
    assert await passengers.lines() == {"M1"}
    await passengers.clear()
    period = pb.ServiceAlertPeriod()
    period.start_time.FromDatetime(passengers.served.now + timedelta(hours=4))
    period.end_time.FromDatetime(passengers.served.now + timedelta(hours=5))
    later = await passengers.publish(closed(route="M"), periods=[period])
    assert later.now is False
    passengers.served.pass_time(hours=5)
    await timers.expire(passengers.served.runtime)
    assert [one.id for one in await passengers.listed()] == [alert.id]
    (ended, *_) = (
        await passengers.call(pb.ListServiceAlertRecordsRequest(state=pb.SERVICE_ALERT_STATE_ENDED), DISHUB)
    ).alerts
    assert ended.id == later.id


async def test_an_event_that_asks_for_extra_service_is_told_a_week_before_and_closes_nothing(
    passengers: Passengers,
) -> None:
    await passengers.crowd(10)
    assert await passengers.listed() == []
    (record,) = (await passengers.call(pb.ListServiceAlertRecordsRequest(), DISHUB)).alerts
    assert (record.origin, record.source) == (pb.SERVICE_ALERT_ORIGIN_EVENT, "festival")
    await passengers.crowd(5, first=False)
    (told,) = await passengers.listed(stop="Q")
    assert (told.cause, told.closes, told.now) == (pb.SERVICE_ALERT_CAUSE_SPECIAL_EVENT, False, False)
    await passengers.crowd(5, first=False, extra=False)
    assert await passengers.listed() == []
    await passengers.crowd(5, first=False)
    await passengers.crowd(5, off=True)
    assert await passengers.listed() == []


async def test_an_event_of_many_dates_is_told_before_each_that_branding_has_told(passengers: Passengers) -> None:
    await passengers.crowd(*(7 * week + day for week in range(10) for day in (0, 1, 2)))
    (told,) = await passengers.listed()
    assert len(told.periods) == 20
    passengers.served.pass_time(days=60)
    await timers.expire(passengers.served.runtime)
    (told,) = await passengers.listed()
    begins = [one.start_time.ToDatetime(UTC) for one in told.periods]
    assert begins == [passengers.served.now + timedelta(days=days) for days in (3, 4, 5)], "what is over is not told"
    passengers.served.pass_time(days=6)
    await timers.expire(passengers.served.runtime)
    assert await passengers.listed() == []


async def test_what_officers_ended_of_an_event_is_not_told_again(passengers: Passengers) -> None:
    await passengers.crowd(2)
    (told,) = await passengers.listed()
    await passengers.end(told)
    await passengers.crowd(3, first=False)
    assert await passengers.listed() == []
