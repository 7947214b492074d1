"""Events at the desk and in an organiser's pages: written, published by another, changed, and called off."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser as Chromium

from gateway.callers.session import SESSION_COOKIE
from gateway.portal.branding import event_entries
from gateway.portal.kit.forms import Fields
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import city_events_views as views
from tests.branding.city_events.stage import ORGANISER, PUBLISHER, Stage
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.pages import reader, said

__all__ = ["chromium"]

DESK, OWN = "/petugas/acara", "/wisata/usul"
NEXT = pb.EventDate(start="2027-03-07T19:00", end="2027-03-07T22:00")
SOLD = pb.EventDate(start="2027-03-06T19:00", end="2027-03-06T22:00")
ENTRIES = {
    "name": "Malam Keroncong", "kind": "performance", "venue": "Taman Srigunting", "day": "2027-03-06", "from": "19:00",
    "to": "22:00", "repeat": "weekly", "until": "2027-04-30", "programme": "19:30 Pembukaan | Opening\nKeroncong",
    "lat": "-6.968", "lon": "110.428", "waste_round": "yes",
}  # fmt: skip


@pytest.fixture
async def stand(stage: Stage) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(stage.served) as made:
        yield made


def test_the_form_holds_what_an_event_says() -> None:
    entered = Fields(ENTRIES) | {"exceptions": "2027-03-13T19:00", "moved": "2027-03-20T19:00 > 2027-03-21T19:00"}
    content, wrong = event_entries.content(Fields(entered))
    assert wrong == {}
    assert (content.schedule.rule, content.schedule.start) == ("FREQ=WEEKLY;UNTIL=20270430", "2027-03-06T19:00")
    again, _ = event_entries.content(event_entries.of(views.city_event_content(content)))
    assert again == content


def test_kelurahan_that_are_typed_count_without_one_that_is_chosen() -> None:
    more = {"more_areas": "33.74.01.1007 33.74.02.1008 33.74.01.1007"}
    for chosen, first in (("", "33.74.01.1007"), ("33.74.02.1008", "33.74.02.1008")):
        content, _ = event_entries.content(Fields({**ENTRIES, **more, "area": chosen}))
        assert (content.areas[0], sorted(content.areas)) == (first, ["33.74.01.1007", "33.74.02.1008"])


def test_what_cannot_be_read_is_told_at_its_entry() -> None:
    entered = Fields(Fields(ENTRIES) | {"lat": "x", "dates": "besok", "expected": "banyak"})
    _, wrong = event_entries.content(entered)
    assert set(wrong) == {"lat", "dates", "expected"}


@pytest.mark.parametrize(
    ("entered", "marked"),
    [
        ({"from": "18:00", "to": "01:00"}, "to"),
        ({"from": "18:00", "to": ""}, "to"),
        ({"from": "18:00", "to": "setengah"}, "to"),
        ({"last_day": "2027-03-05"}, "last_day"),
        ({"day": "besok"}, "day"),
        ({"day": ""}, "day"),
        ({"from": "18:00", "to": "01:00", "last_day": "2027-03-07"}, None),
        ({"from": ""}, "to"),
        ({"day": "", "repeat": "", "until": ""}, "day"),
        ({"day": "", "from": "", "to": "", "repeat": "", "until": "", "last_day": "2027-03-07"}, "day"),
        ({"repeat": ""}, "until"),
        ({"rule": "FREQ=DAILY"}, "rule"),
        ({"repeat": "", "until": "", "rule": "FREQ=DAILY"}, "rule"),
        ({"repeat": "other", "until": ""}, "rule"),
        ({"repeat": "other", "rule": "FREQ=DAILY;UNTIL=20270401"}, "until"),
        ({"repeat": "other", "rule": "FREQ=DAILY"}, None),
        ({"day": "", "from": "", "to": "", "repeat": "", "until": ""}, None),
    ],
)
def test_what_is_wrong_with_the_first_date_is_told_at_what_was_typed(entered: dict[str, str], marked: str) -> None:
    _, wrong = event_entries.content(Fields(Fields(ENTRIES) | entered))
    assert list(wrong) == ([marked] if marked else [])


async def test_an_entry_that_would_be_dropped_is_marked_and_kept(stand: Stand) -> None:
    organiser = await reader(stand, ORGANISER)
    entered = {**ENTRIES, "from": "", "to": "21:00", "repeat": "", "rule": "FREQ=DAILY"}
    page = await organiser.send(f"{OWN}/baru", "event-form", **entered)
    for name in ("to", "until", "rule"):
        assert said(page, f"{name}-error")
        assert page.xpath(f"//input[@id='{name}']/@value") == [entered[name]]
    assert not (await organiser.page(OWN)).xpath("//table[@id='records']"), "nothing was saved"
    await organiser.client.aclose()


def test_people_are_counted_in_thousands_as_the_page_shows_them() -> None:
    content, wrong = event_entries.content(Fields(Fields(ENTRIES) | {"expected": "5.000"}))
    assert (content.expected, wrong) == (5_000, {})
    _, wrong = event_entries.content(Fields(Fields(ENTRIES) | {"expected": "5.00"}))
    assert set(wrong) == {"expected"}


async def test_a_refused_date_is_marked_where_it_was_written_and_never_in_a_closed_part(stand: Stand) -> None:
    organiser = await reader(stand, ORGANISER)
    night = await organiser.send(f"{OWN}/baru", "event-form", **{**ENTRIES, "from": "18:00", "to": "01:00"})
    assert "write the next day as the last day" in said(night, "to-error")
    assert not night.xpath("//form[@id='event-form']//details[@open]"), "nothing in there is wrong"
    far = {**ENTRIES, "day": "2047-03-06", "last_day": "2047-03-06", "repeat": "", "until": ""}
    assert "within ten years" in said(await organiser.send(f"{OWN}/baru", "event-form", **far), "day-error")
    before = await organiser.send(f"{OWN}/baru", "event-form", **{**ENTRIES, "until": "2027-03-01"})
    assert "its first day must be one that it gives" in said(before, "until-error")
    listed = await organiser.send(f"{OWN}/baru", "event-form", **{**far, "dates": "2047-03-06"})
    assert listed.xpath("//details[@open]//*[@id='dates-error']")
    await organiser.client.aclose()


async def test_an_organisers_event_is_published_by_an_officer_and_called_off(stand: Stand) -> None:
    organiser, office = await reader(stand, ORGANISER), await reader(stand, PUBLISHER)
    wrong = await organiser.send(f"{OWN}/baru", "event-form", **{**ENTRIES, "kind": ""})
    assert "Choose what kind of event it is." in said(wrong, "problem")
    sent = await organiser.send(f"{OWN}/baru", "event-form", **ENTRIES)
    assert "waits to be published" in said(sent, "done")
    waiting = await office.page(f"{DESK}?keadaan=waiting")
    (link,) = waiting.xpath("//table[@id='records']//a/@href")
    asked = said(await office.page(link), "waiting")
    for each in ("6 March 2027, 19:00–22:00", "Each week", "Taman Srigunting", "Performance"):
        assert each in asked, "who publishes reads before what is published"
    told = await office.send(link, "publish-form")
    assert "It is published." in said(told, "done")
    async with stand.client() as visitor:
        assert (await visitor.get(link)).status_code == 401
        assert "Malam Keroncong" in (await visitor.get("/wisata/acara")).text
    changed = await office.send(link, "update-form", venue="Taman Indonesia Kaya")
    assert "You wrote what waits" in said(changed, "publish-form")
    first = changed.xpath("//select[@id='occasion']/option/@value")[1]
    off = await office.send(link, "cancel-form", occasion=first, reason="Hujan lebat menurut BMKG.")
    assert "The date is called off." in said(off, "done")
    mine = link.replace(DESK, OWN)
    assert not (await organiser.page(mine)).xpath("//form[@id='publish-form']")
    over = await organiser.send(mine, "cancel-form", reason="Panitia membubarkan diri.")
    assert "It is called off." in said(over, "done")
    await organiser.client.aclose()
    await office.client.aclose()


async def test_what_an_organiser_changed_meanwhile_stays_where_an_officers_form_came_too_late(stand: Stand) -> None:
    organiser, office = await reader(stand, ORGANISER), await reader(stand, PUBLISHER)
    await organiser.send(f"{OWN}/baru", "event-form", **ENTRIES)
    (link,) = (await office.page(f"{DESK}?keadaan=waiting")).xpath("//table[@id='records']//a/@href")
    (late,) = (await office.page(link)).xpath("//form[@id='update-form']")
    await organiser.send(link.replace(DESK, OWN), "update-form", until="2027-05-31", waste_round=[], name="Keroncong")
    page = await office.submit(late, venue="Taman Indonesia Kaya", name="Malam Keroncong Lama")
    assert said(page, "name-theirs") == "It is now: Keroncong"
    (again,) = page.xpath("//form[@id='update-form']")
    entries = dict(again.form_values())
    assert (entries["until"], entries["venue"]) == ("2027-05-31", "Taman Indonesia Kaya")
    assert "waste_round" not in entries, "a box that was cleared stays so"
    assert "problem" not in (await office.submit(again)).xpath("//@id")
    await organiser.client.aclose()
    await office.client.aclose()


async def test_a_draft_says_its_date_and_what_was_called_off_its_last(stand: Stand, stage: Stage) -> None:
    stage.served.now = datetime.now(UTC)
    dated = pb.EventSchedule(dates=[pb.EventDate(start="2027-03-06T19:00", end="2027-03-06T22:00")])
    office = await reader(stand, PUBLISHER)
    draft = await stage.write(schedule=dated)
    assert "6 March 2027, 19:00–22:00" in said(await office.page(DESK), "records")
    preview = await office.page(f"/wisata/acara/{draft.code}")
    assert (said(preview, "scheduled"), said(preview, "unknown")) == ("6 March 2027, 19:00–22:00", "")
    await stage.cancel(await stage.publish(draft))
    listed = said(await office.page(DESK), "records")
    assert ("6 March 2027" in listed, "Date not known yet" in listed) == (True, False)
    await office.client.aclose()


@pytest.mark.parametrize(
    ("dated", "filled"),
    [
        ({"start": "2027-03-06T19:00", "end": "2027-03-07T01:00"}, ("2027-03-06", "2027-03-07", "19:00", "01:00")),
        ({"start": "2027-03-06", "end": ""}, ("2027-03-06", "", "", "")),
        ({"start": "2027-03-06", "end": "2027-03-08"}, ("2027-03-06", "2027-03-08", "", "")),
        ({"start": "2027-03-06T19:00", "end": ""}, ("", "", "", "")),
        ({"start": "2027-03-06", "end": "", "source": "Panitia"}, ("", "", "", "")),
    ],
)
def test_the_only_date_of_a_draft_stands_where_it_was_written(
    dated: dict[str, str], filled: tuple[str, ...]
) -> None:  # fmt: skip
    content = pb.CityEventContent(name="Malam Keroncong", schedule=pb.EventSchedule(dates=[pb.EventDate(**dated)]))
    form = event_entries.of(views.city_event_content(content), single=True)
    assert tuple(form[name] for name in ("day", "last_day", "from", "to")) == filled
    again, _ = event_entries.content(form)
    assert again.schedule == content.schedule


async def test_who_writes_an_event_anew_is_told_what_becomes_of_its_dates(stand: Stand, stage: Stage) -> None:
    stage.served.now = datetime.now(UTC)
    dated = pb.EventSchedule(dates=[pb.EventDate(start="2027-03-06T19:00", end="2027-03-06T22:00")])
    office, draft = await reader(stand, PUBLISHER), await stage.write(schedule=dated)
    page = await office.page(f"{DESK}/{draft.id}")
    assert (page.xpath("//form[@id='update-form']//input[@id='day']/@value"), said(page, "change-dates")) == (
        ["2027-03-06"], "",
    )  # fmt: skip
    await stage.publish(draft)
    assert "called off" in said(await office.page(f"{DESK}/{draft.id}"), "change-dates")
    await office.client.aclose()


@pytest.mark.parametrize(
    ("schedule", "off"),
    [
        ({"dates": [NEXT]}, ["Saturday, 6 March 2027, 19:00–22:00"]),
        ({"dates": [SOLD, NEXT]}, []),
        ({"dates": [SOLD], "moved": [pb.EventMove(of="2027-03-06", start="2027-03-07")]}, []),
        ({"dates": [SOLD], "exceptions": [SOLD.start]}, ["Saturday, 6 March 2027, 19:00–22:00"]),
        ({"rule": "FREQ=WEEKLY", "start": SOLD.start, "end": SOLD.end}, []),
        (
            {"rule": "FREQ=WEEKLY", "start": "2027-03-06T20:00", "end": "2027-03-06T22:00"},
            ["Saturday, 6 March 2027, 19:00–22:00"],
        ),
        (
            {"rule": "FREQ=WEEKLY", "start": NEXT.start, "end": NEXT.end},
            ["Saturday, 6 March 2027, 19:00–22:00"],
        ),
        ({}, ["Saturday, 6 March 2027, 19:00–22:00"]),
    ],
)
async def test_who_publishes_a_change_is_told_which_dates_it_calls_off(
    stand: Stand, stage: Stage, schedule: dict[str, Any], off: list[str]
) -> None:
    stage.served.now = datetime.now(UTC)
    one = await stage.published(schedule=pb.EventSchedule(dates=[SOLD]))
    await stage.rewrite(one, schedule=pb.EventSchedule(**schedule))
    office = await reader(stand, PUBLISHER)
    page = await office.page(f"{DESK}/{one.id}")
    assert page.xpath("//*[@id='calls-off']//li/text()") == off
    done = await stage.publish(await stage.read(one.id, PUBLISHER))
    called_off = [each for each in done.occasions if each.state == pb.OCCASION_STATE_CANCELLED]
    assert len(called_off) == len(off), "it is as was told"
    await office.client.aclose()


async def test_who_publishes_a_rule_is_told_of_dates_that_it_does_not_plan_yet(stand: Stand, stage: Stage) -> None:
    stage.served.now = datetime.now(UTC)
    far = pb.EventDate(start="2028-03-06T19:00", end="2028-03-06T22:00")
    one = await stage.published(schedule=pb.EventSchedule(dates=[SOLD, far]))
    await stage.rewrite(one, schedule=pb.EventSchedule(rule="FREQ=YEARLY", start=SOLD.start, end=SOLD.end))
    office = await reader(stand, PUBLISHER)
    page = await office.page(f"{DESK}/{one.id}")
    assert page.xpath("//*[@id='calls-off']//li/text()") == ["Monday, 6 March 2028, 19:00–22:00"]
    done = await stage.publish(await stage.read(one.id, PUBLISHER))
    assert [each.state for each in done.occasions] == [pb.OCCASION_STATE_PLANNED, pb.OCCASION_STATE_CANCELLED]
    await office.client.aclose()


async def test_what_waits_to_be_published_is_in_no_answer_that_caches_share(stand: Stand, stage: Stage) -> None:
    await stage.rewrite(await stage.published(), venue="Taman Indonesia Kaya")
    office = await reader(stand, PUBLISHER)
    told = await office.client.get("/v1/events")
    assert told.json()["events"][0]["written"]["venue"] == "Taman Indonesia Kaya"
    assert told.headers["cache-control"] == "private, no-cache"
    await office.client.aclose()


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_axe_finds_nothing_in_events(chromium: Chromium, stand: Stand, stage: Stage) -> None:
    await stage.enter()
    one = await stage.rewrite(await stage.published(), venue="Taman Indonesia Kaya")
    token, _ = await stand.gateway.sessions.create(PUBLISHER, "Siti", "")
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    name = stand.gateway.settings.cookie(SESSION_COOKIE)
    host = urlsplit(stand.url).hostname or ""
    await context.add_cookies([{"name": name, "value": token, "domain": host, "path": "/"}])
    tab = await context.new_page()
    for path in (DESK, f"{DESK}/{one.id}", "/wisata/acara", f"/wisata/acara/{one.code}", f"{OWN}/baru"):
        await tab.goto(path)
        assert await faults(tab) == [], path
    await context.close()
