"""Events at the portal and over the API, through a gateway in front of the pillar."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from gateway.portal.branding import event_words
from smartcity.branding.v1 import city_events_pb2 as pb
from tests.branding.city_events.stage import JAKARTA, WHY, Stage

PAGE_BYTES = 20_000
EVENT_TYPES = {"Event", "Festival", "ExhibitionEvent", "SportsEvent", "SaleEvent"}
"""Types of https://schema.org that are an Event."""
STATUSES = {f"https://schema.org/Event{state}" for state in ("Scheduled", "Rescheduled", "Cancelled", "Postponed")}


def linked_data(page: str) -> list[dict[str, object]]:
    """The events that a page tells as JSON-LD; each with what schema.org's Event needs."""
    found = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    if found is None:
        return []
    value = json.loads(found[1])
    assert value["@context"] == "https://schema.org"
    events: list[dict[str, object]] = value.get("@graph", [value])
    for one in events:
        assert one["@type"] in EVENT_TYPES
        assert one["eventStatus"] in STATUSES
        begins, ends = (datetime.fromisoformat(str(one[name])) for name in ("startDate", "endDate"))
        assert begins <= ends
        place = one["location"]
        assert isinstance(place, dict)
        assert (place["@type"], place["address"]["addressCountry"]) == ("Place", "ID")
        assert str(one["url"]).startswith("http")
    return events


async def test_the_calendar_leads_to_each_and_says_what_is_not_known(visitor: httpx.AsyncClient, stage: Stage) -> None:
    await stage.enter()
    listed = (await visitor.get("/wisata/acara")).text
    assert '<a href="/wisata/acara/hut-kota-semarang">Anniversary of Semarang</a>' in listed
    assert listed.index("May 2027") < listed.index("Date not known yet") < listed.index("Dugderan")
    page = (await visitor.get("/wisata/acara/dugderan")).text
    assert "The next date is not known yet." in page
    assert "16 February 2026" in page
    assert linked_data(page) == []
    assert "Belum ada acara." in (await visitor.get("/wisata/acara", params={"lang": "id", "jenis": "sport"})).text


async def over(stage: Stage, **more: Any) -> pb.CityEvent:
    """An event whose only date was told, and ended an hour ago."""
    now = datetime.now(UTC)
    begins, ends = ((now - timedelta(hours=gone)).astimezone(JAKARTA).strftime("%Y-%m-%dT%H:%M") for gone in (3, 1))
    stage.served.now = now - timedelta(days=2)
    one = await stage.published(schedule=pb.EventSchedule(dates=[pb.EventDate(start=begins, end=ends)]), **more)
    stage.served.now = now
    return one


@pytest.mark.parametrize(("custom", "listed"), [("", False), ("Setiap bulan Sura", True)])
async def test_an_event_that_is_over_is_announced_no_more_unless_it_comes_again(
    visitor: httpx.AsyncClient, stage: Stage, custom: str, listed: bool
) -> None:
    one = await over(stage, custom=custom)
    assert (one.code in (await visitor.get("/wisata/acara")).text) == listed


async def test_the_page_of_an_event_that_is_over_says_when_it_was(visitor: httpx.AsyncClient, stage: Stage) -> None:
    one = await over(stage)
    page = (await visitor.get(f"/wisata/acara/{one.code}")).text
    begins = one.occasions[0].starts_at.ToDatetime(UTC).astimezone(JAKARTA)
    said = page.partition('id="over"')[2].partition("</ul>")[0]
    assert (f"{begins.day} {begins:%B %Y}, {begins:%H:%M}" in said, "not known yet" in page) == (True, False)


async def test_an_event_whose_only_date_was_called_off_is_not_said_to_await_one(
    visitor: httpx.AsyncClient, stage: Stage
) -> None:
    now = stage.served.now = datetime.now(UTC)
    day = f"{now.astimezone(JAKARTA).date() + timedelta(days=3)}"
    one = await stage.published(schedule=pb.EventSchedule(dates=[pb.EventDate(start=day)]))
    await stage.cancel_date(one, one.occasions[0].id)
    assert one.code not in (await visitor.get("/wisata/acara")).text


async def test_the_way_back_from_an_event_leads_to_the_kind_that_was_chosen(
    visitor: httpx.AsyncClient, stage: Stage
) -> None:
    await stage.enter()
    for kind in event_words.KINDS:
        listed = (await visitor.get("/wisata/acara", params={"jenis": kind})).text
        for href in re.findall(r'<h3><a href="([^"]+)"', listed):
            assert f'href="/wisata/acara?jenis={kind}"' in (await visitor.get(href)).text
            return
    raise AssertionError("there is no event of any kind")


def weekly(stage: Stage) -> tuple[date, pb.EventSchedule]:
    """The day of the first of weekly evenings to come: pages go by today's calendar, so the pillar does too."""
    stage.served.now = datetime.now(UTC)
    day = stage.served.now.astimezone(JAKARTA).date() + timedelta(days=4)
    return day, pb.EventSchedule(rule="FREQ=WEEKLY", start=f"{day}T19:00", end=f"{day}T22:00")


async def test_all_dates_of_an_event_lead_back_to_the_kind_that_was_chosen(
    visitor: httpx.AsyncClient, stage: Stage
) -> None:
    _, schedule = weekly(stage)
    one = await stage.published(schedule=schedule)
    page = (await visitor.get(f"/wisata/acara/{one.code}?dari=%2Fwisata%2Facara%3Fjenis%3Dmusic")).text
    (more,) = re.findall(r'href="([^"#]+)[^"]*" id="more-dates"', page)
    assert 'href="/wisata/acara?jenis=music"' in (await visitor.get(unescape(more))).text


async def test_a_page_says_why_at_the_date_that_is_called_off(visitor: httpx.AsyncClient, stage: Stage) -> None:
    _, schedule = weekly(stage)
    one = await stage.published(schedule=schedule)
    off = await stage.cancel_date(one, one.occasions[1].id)
    page = (await visitor.get(f"/wisata/acara/{one.code}")).text
    said = page.partition(f'data-occasion="{one.occasions[1].id}"')[2].partition("</li>")[0]
    assert (WHY in said, page.count(WHY)) == (True, 1)
    await stage.publish(await stage.rewrite(off, schedule=schedule))
    assert WHY not in (await visitor.get(f"/wisata/acara/{one.code}")).text, "it is held after all"


async def test_a_page_says_from_when_a_date_was_moved(visitor: httpx.AsyncClient, stage: Stage) -> None:
    stage.served.now = datetime.now(UTC)
    first = (stage.served.now + timedelta(days=30)).astimezone(JAKARTA).replace(hour=19, minute=0)
    of = first.strftime("%Y-%m-%dT%H:%M")
    dates = [pb.EventDate(start=of, end=first.strftime("%Y-%m-%dT21:00"))]
    one = await stage.published(schedule=pb.EventSchedule(dates=dates))
    schedule = pb.EventSchedule(dates=dates)
    schedule.moved.add(of=of, start=(first + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"))
    await stage.publish(await stage.rewrite(one, schedule=schedule))
    page = (await visitor.get(f"/wisata/acara/{one.code}", headers={"accept-language": "en"})).text
    assert f"before: {first:%-d %B %Y}, 19:00" in page


async def test_a_page_tells_an_event_to_people_and_to_search_engines(visitor: httpx.AsyncClient, stage: Stage) -> None:
    programme = [pb.ProgrammeItem(time="19:30", title="Pembukaan"), pb.ProgrammeItem(title="Keroncong")]
    day, schedule = weekly(stage)
    one = await stage.published(
        description="Musik </script><b>keroncong", programme=programme, organiser="Paguyuban", schedule=schedule
    )
    answer = await visitor.get(f"/wisata/acara/{one.code}")
    assert f"{day:%A}, {day.day} {day:%B %Y}, 19:00–22:00" in answer.text
    assert f'href="/v1/events.ics?event={one.code}&amp;language=en"' in answer.text
    assert re.search(r'href="/transit\?ke=[^"]+%20%28-6.968%2C110.428%29"', answer.text)
    told = linked_data(answer.text)
    assert (told[0]["startDate"], told[0]["endDate"]) == (f"{day}T19:00+07:00", f"{day}T22:00+07:00")
    assert told[0]["description"] == "Musik </script><b>keroncong"
    assert len(answer.content) <= PAGE_BYTES
    assert "as its organiser says; the city published it" in answer.text, "without a source it is from none"
    assert answer.text.count("nobody has written it in English yet") == 1
    assert '<td><span lang="id">Keroncong</span></td>' in answer.text
    more = re.search(r'href="([^"#]+)[^"]*" id="more-dates"', answer.text)
    assert more is not None
    every = (await visitor.get(more[1])).text
    assert (
        every.count("data-occasion") == len((await stage.read(one.code)).occasions) > answer.text.count("data-occasion")
    )


async def test_a_day_that_was_called_off_is_told_as_such(visitor: httpx.AsyncClient, stage: Stage) -> None:
    day, schedule = weekly(stage)
    one = await stage.published(schedule=schedule)
    await stage.cancel_date(one, one.occasions[0].id)
    page = (await visitor.get(f"/wisata/acara/{one.code}")).text
    assert f"<s>{day:%A}, {day.day} {day:%B %Y}, 19:00–22:00</s>" in page
    assert linked_data(page)[0]["eventStatus"] == "https://schema.org/EventCancelled"


@pytest.mark.parametrize(("typed", "code"), [("dugderan", "dugderan"), ("anniversary semarang", "hut-kota-semarang")])
async def test_an_event_is_found_by_its_name_in_either_language(
    visitor: httpx.AsyncClient, stage: Stage, typed: str, code: str
) -> None:
    await stage.enter()
    page = (await visitor.get("/cari", params={"q": typed})).text
    assert f'href="/wisata/acara/{code}"' in page.partition('id="events"')[2].partition("</ul>")[0]


async def test_what_is_on_is_found_as_soon_as_it_is_published(visitor: httpx.AsyncClient, stage: Stage) -> None:
    draft = await stage.write(name="Pentas Coba")
    assert draft.code not in (await visitor.get("/cari", params={"q": "pentas coba"})).text
    await stage.publish(draft)
    assert draft.code in (await visitor.get("/cari", params={"q": "pentas coba"})).text


async def test_the_calendar_of_the_city_and_of_one_event_can_be_subscribed_to(
    visitor: httpx.AsyncClient, stage: Stage
) -> None:
    one, other = await stage.published(), await stage.published(name="Pasar Pagi")
    whole = await visitor.get("/v1/events.ics")
    assert whole.headers["content-type"].startswith("text/calendar")
    assert {f"UID:{one.id}", f"UID:{other.id}"} <= set(whole.text.split("\r\n"))
    alone = await visitor.get("/v1/events.ics", params={"event": one.code})
    assert other.id not in alone.text
    again = await visitor.get("/v1/events.ics", headers={"if-none-match": whole.headers["etag"]})
    assert again.status_code == 304


async def test_a_calendar_is_in_the_language_of_its_address(visitor: httpx.AsyncClient, stage: Stage) -> None:
    one = await stage.published(name="Pasar Semawis", name_en="Semawis night market")
    page = (await visitor.get("/wisata/acara")).text
    assert 'href="/v1/events.ics?language=en"' in page
    whole = (await visitor.get("/v1/events.ics", params={"language": "en"})).text
    assert ("SUMMARY:Semawis night market" in whole, "SUMMARY:Pasar Semawis" in whole) == (True, False)
    alone = (await visitor.get("/v1/events.ics", params={"event": one.code, "language": "en"})).text
    assert "SUMMARY:Semawis night market" in alone
    assert "SUMMARY:Pasar Semawis" in (await visitor.get("/v1/events.ics")).text, "Indonesian without"
    assert (await visitor.get("/v1/events.ics", params={"language": "fr"})).status_code == 422


@pytest.mark.parametrize("path", ["/wisata/acara/unknown", "/v1/events/unknown", "/v1/events.ics?event=unknown"])
async def test_an_unknown_event_is_not_found(visitor: httpx.AsyncClient, path: str) -> None:
    assert (await visitor.get(path)).status_code == 404
