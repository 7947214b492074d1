"""The iCalendar stream, as those who subscribe to it read it."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from dateutil.rrule import rrule, rruleset, rrulestr
from icalendar import Calendar

from services.branding.city_events import timers
from smartcity.branding.v1 import city_events_pb2 as pb
from tests.branding.city_events.stage import JAKARTA, WEEKLY, WHY, Stage, dates


async def fed(stage: Stage) -> Any:
    answer = await stage.call(pb.GetEventCalendarRequest(site="https://kota.example"))
    return Calendar.from_ical(answer.content)


def expanded(calendar: Any, uid: str) -> list[str]:
    """When a series is, as a reader of RFC 5545 makes it of its components."""
    parts = [one for one in calendar.walk("VEVENT") if one["uid"] == uid]
    series = next(one for one in parts if "rrule" in one)
    first = series["dtstart"].dt.replace(tzinfo=None)
    found = rruleset()
    rule = rrulestr(series["rrule"].to_ical().decode(), dtstart=first)
    assert isinstance(rule, rrule)
    found.rrule(rule)
    left_out = series.get("exdate", [])
    for each in left_out if isinstance(left_out, list) else [left_out]:
        for one in each.dts:
            found.exdate(one.dt.replace(tzinfo=None))
    for one in parts:
        if "recurrence-id" in one:
            found.exdate(one["recurrence-id"].dt.replace(tzinfo=None))
            found.rdate(one["dtstart"].dt.replace(tzinfo=None))
    return [f"{one:%Y-%m-%dT%H:%M}" for one in islice(iter(found), 6)]


async def test_a_series_in_the_stream_is_on_the_dates_that_the_city_plans(stage: Stage) -> None:
    schedule = pb.EventSchedule()
    schedule.CopyFrom(WEEKLY)
    schedule.exceptions.append("2026-12-05T19:00")
    schedule.moved.add(of="2026-12-12T19:00", start="2026-12-13T16:00")
    one = await stage.published(schedule=schedule)
    ours = [at for at, state in dates(one) if state == "planned"][:6]
    assert expanded(await fed(stage), one.id) == ours


async def test_a_date_that_was_moved_is_never_told_at_its_old_place_however_long_it_is_over(stage: Stage) -> None:
    schedule = pb.EventSchedule()
    schedule.CopyFrom(WEEKLY)
    schedule.moved.add(of="2027-01-02T19:00", start="2026-11-27T19:00")
    one = await stage.published(schedule=schedule)
    assert expanded(await fed(stage), one.id)[0] == "2026-11-27T19:00"
    stage.served.pass_time(days=35)
    await timers.go_on(stage.served.runtime)
    assert expanded(await fed(stage), one.id)[-2:] == ["2026-12-26T19:00", "2027-01-09T19:00"]


async def test_a_move_of_a_date_that_is_not_planned_yet_is_not_told_at_its_old_place(stage: Stage) -> None:
    yearly = pb.EventSchedule(rule="FREQ=YEARLY", start="2026-11-28T19:00", end="2026-11-28T22:00")
    yearly.moved.add(of="2028-11-28T19:00", start="2028-11-25T19:00")
    one = await stage.published(schedule=yearly)
    assert expanded(await fed(stage), one.id)[:3] == ["2026-11-28T19:00", "2027-11-28T19:00", "2029-11-28T19:00"]


async def test_a_date_that_the_rule_gives_and_the_list_tells_is_in_the_stream_once_and_called_off_with_its_reason(
    stage: Stage,
) -> None:
    schedule = pb.EventSchedule()
    schedule.CopyFrom(WEEKLY)
    schedule.dates.add(start="2026-12-05T19:00", end="2026-12-05T22:00", source="SK 12")
    schedule.dates.add(start="2026-12-12", source="a day of the list, and so none of the evenings")
    one = await stage.published(schedule=schedule)
    evening = datetime(2026, 12, 5, 12, tzinfo=UTC)
    off = next(each for each in one.occasions if each.starts_at.ToDatetime(UTC) == evening)
    await stage.cancel_date(one, off.id)
    calendar = await fed(stage)
    assert expanded(calendar, one.id)[:3] == ["2026-11-28T19:00", "2026-12-12T19:00", "2026-12-19T19:00"]
    told = {str(each["uid"]): str(each["status"]) for each in calendar.walk("VEVENT") if "rrule" not in each}
    assert (told[off.id], sorted(told.values())) == ("CANCELLED", ["CANCELLED", "CONFIRMED"])


async def test_the_stream_is_read_as_it_should_be(stage: Stage) -> None:
    one = await stage.published(description="Musik, dan; koma\nbaris kedua " + "panjang " * 30)
    calendar = await fed(stage)
    assert calendar.errors == []
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["tzid"]) == "Asia/Jakarta"
    (event,) = calendar.walk("VEVENT")
    assert (str(event["uid"]), str(event["summary"]), str(event["status"])) == (one.id, "Malam Keroncong", "CONFIRMED")
    assert event["dtstart"].dt.astimezone(UTC) == datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=3)
    assert str(event["url"]) == f"https://kota.example/wisata/acara/{one.code}"
    raw = (await stage.call(pb.GetEventCalendarRequest())).content
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert b"URL" not in raw


async def test_a_calendar_to_subscribe_to_is_no_message_that_somebody_sent(stage: Stage) -> None:
    """A METHOD needs the same in the Content-Type (RFC 5545, 3.7.2), and an ORGANIZER of each event (RFC 5546)."""
    await stage.published()
    assert "method" not in await fed(stage)


async def test_the_zone_holds_from_the_first_date_of_a_series_on(stage: Stage) -> None:
    """RFC 5545, 3.6.5: a moment before a zone's first rule has no offset."""
    await stage.published()
    stage.served.pass_time(days=120)
    await timers.go_on(stage.served.runtime)
    calendar = await fed(stage)
    (event,) = calendar.walk("VEVENT")
    (rule,) = calendar.walk("STANDARD")
    assert event["dtstart"].dt.year == 2026
    assert rule["dtstart"].dt <= event["dtstart"].dt.replace(tzinfo=None)


async def test_a_told_date_keeps_its_uid_and_its_sequence_grows_when_it_is_moved_or_called_off(stage: Stage) -> None:
    schedule = pb.EventSchedule(dates=[pb.EventDate(start="2027-02-05", end="2027-02-07", source="panitia")])
    one = await stage.published(schedule=schedule)
    (before,) = (await fed(stage)).walk("VEVENT")
    assert (before["dtstart"].dt, before["dtend"].dt) == (date(2027, 2, 5), date(2027, 2, 8))
    schedule.moved.add(of="2027-02-05", start="2027-02-06", end="2027-02-08")
    one = await stage.publish(await stage.rewrite(one, schedule=schedule))
    (moved,) = (await fed(stage)).walk("VEVENT")
    assert str(moved["uid"]) == str(before["uid"])
    assert moved["sequence"] > before["sequence"]
    await stage.cancel(one)
    (off,) = (await fed(stage)).walk("VEVENT")
    assert (str(off["uid"]), str(off["status"])) == (str(before["uid"]), "CANCELLED")
    assert off["sequence"] > moved["sequence"]


async def test_calendars_hear_of_another_place_of_a_told_date(stage: Stage) -> None:
    """What has the SEQUENCE that they have, they keep as it is (RFC 5546, 2.1.4)."""
    schedule = pb.EventSchedule(dates=[pb.EventDate(start="2027-02-05", source="panitia")])
    one = await stage.published(schedule=schedule)
    (before,) = (await fed(stage)).walk("VEVENT")
    await stage.publish(await stage.rewrite(one, schedule=schedule, venue="Balai Kota"))
    (after,) = (await fed(stage)).walk("VEVENT")
    assert (str(after["uid"]), str(after["location"])) == (str(before["uid"]), "Balai Kota")
    assert after["sequence"] > before["sequence"]


async def test_a_date_that_is_called_off_says_why_and_no_other_does(stage: Stage) -> None:
    days = ("2027-02-05", "2027-02-12", "2027-02-19")
    one = await stage.published(schedule=pb.EventSchedule(dates=[pb.EventDate(start=day) for day in days]))
    done = await stage.cancel_date(one, one.occasions[0].id)
    fewer = pb.EventSchedule(dates=[pb.EventDate(start=day) for day in days], exceptions=days[:2])
    done = await stage.publish(await stage.rewrite(done, schedule=fewer))

    async def told() -> list[tuple[str, str]]:
        found = sorted((await fed(stage)).walk("VEVENT"), key=lambda event: event["dtstart"].dt)
        return [(str(event["status"]), str(event.get("description", ""))) for event in found]

    assert await told() == [("CANCELLED", WHY), ("CANCELLED", ""), ("CONFIRMED", "")]
    await stage.cancel(done)
    assert [text for _, text in await told()] == [WHY, WHY, WHY], "of what is called off as a whole each does"


async def test_calendars_hear_that_the_last_date_is_called_off_and_keep_it_for_a_month(stage: Stage) -> None:
    one = await stage.published(schedule=pb.EventSchedule(dates=[pb.EventDate(start="2027-02-05", source="panitia")]))
    await stage.cancel_date(one, one.occasions[0].id)

    async def told() -> list[str]:
        return [str(event["status"]) for event in (await fed(stage)).walk("VEVENT")]

    assert await told() == ["CANCELLED"]
    stage.served.pass_time(days=90)
    await timers.go_on(stage.served.runtime)
    assert await told() == ["CANCELLED"], "it would have been three weeks ago"
    stage.served.pass_time(days=20)
    assert await told() == []


async def test_until_is_written_in_utc_as_the_standard_wants(stage: Stage) -> None:
    schedule = pb.EventSchedule()
    schedule.CopyFrom(WEEKLY)
    schedule.rule = "FREQ=WEEKLY;BYDAY=SA;UNTIL=20261212"
    await stage.published(schedule=schedule)
    raw = (await stage.call(pb.GetEventCalendarRequest())).content
    assert b"UNTIL=20261212T165959Z" in raw
    assert JAKARTA.key.encode() in raw


async def test_the_stream_in_english_says_what_is_written_in_english_and_else_what_there_is(stage: Stage) -> None:
    programme = [pb.ProgrammeItem(time="19:30", title="Pembukaan", title_en="Opening"), pb.ProgrammeItem(title="Doa")]
    await stage.published(
        name="Pasar Malam", name_en="Night market", description="Makanan.", description_en="Food.", programme=programme
    )
    answer = await stage.call(pb.GetEventCalendarRequest(language="en"))
    (entry, *_) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(entry["summary"]) == "Night market"
    assert str(entry["description"]) == "Food.\n\n19:30 Opening\nDoa"
