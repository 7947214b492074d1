"""When one asks to leave or to arrive, and what the page says of days and of what has left."""

import re
from datetime import datetime, timedelta, tzinfo
from typing import Self

import httpx
import pytest

from gateway.portal.living.transit import pages
from services.kit.city import load_city
from tests.living.journeys.transit import MORNING, SEMARANG_NOW, Transit


class Asked(datetime):
    """The clock of who asks on the day of the tests."""

    moment = SEMARANG_NOW

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """That day."""
        return cls.fromtimestamp(cls.moment.timestamp(), tz)


async def test_arriving_by_a_time_is_not_an_hour_early(visitor: httpx.AsyncClient) -> None:
    """A line each ten minutes is waited for ten minutes, and the latest comes first."""
    asked = {"dari": "Stasiun Tawang", "ke": "Lawang Sewu", "tiba": "1"}
    for hour in (10, 11, 19):
        page = (await visitor.get("/transit", params={**asked, "waktu": f"2026-11-24T{hour}:00"})).text
        ends = [int(h) * 60 + int(m) for h, m in re.findall(r" – (\d\d):(\d\d) <span", page)]
        best = page.index('id="further"') if 'id="further"' in page else len(page)
        starts = re.findall(r"(\d\d:\d\d) – \d\d:\d\d <span", page[:best])
        assert starts == sorted(starts, reverse=True)
        assert hour * 60 - 10 <= ends[0] <= hour * 60 or hour == 19


async def test_tomorrow_is_the_day_after_today_and_not_the_one_after_what_was_asked_for(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "datetime", Asked)
    asked = {"dari": "Stasiun Tawang", "ke": "Lawang Sewu", "waktu": "2026-11-26T23:30"}
    page = (await visitor.get("/transit", params=asked)).text
    assert ("The day after: Friday, 27 November 2026" in page, "Tomorrow" in page) == (True, False)


async def test_who_cannot_be_there_by_then_is_told_so_and_shown_the_first_arrivals_from_now(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In ten minutes for a ride of an hour, and at once where the time is left empty: no bus that is gone."""
    monkeypatch.setattr(pages, "datetime", Asked)
    asked = {"dari": "Simpang Lima", "ke": "Terminal Mangkang", "tiba": "1"}
    for when in ("2026-11-24T09:10", "2026-11-24T09:00", ""):
        page = (await visitor.get("/transit", params={**asked, "waktu": when})).text
        assert "You cannot be there by then any more. These are the first arrivals from now on." in page
        assert "Arriving by 24 November 2026, 09:" in page, "what was asked for stays"
        starts = re.findall(r"(\d\d:\d\d) – \d\d:\d\d <span", page)
        assert starts
        assert min(starts) >= "09:00"
        assert "First by bus" in page, "in the words of who leaves now"
        assert "Leaves last" not in page


async def test_ways_that_have_left_by_now_are_left_out_of_those_that_arrive_by_a_time(
    visitor: httpx.AsyncClient, semarang: Transit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where another can still be taken; a day that is past is told of as it was."""
    asked = {"dari": "Pelabuhan Tanjung Emas", "ke": "Kelurahan Gemah", "tiba": "1", "waktu": "2026-11-24T10:40"}
    monkeypatch.setattr(pages, "datetime", Asked)
    before = re.findall(r"(\d\d:\d\d) – ", (await visitor.get("/transit", params=asked)).text)
    gone, left = min(before), max(before)
    assert gone < left
    hour, minute = map(int, gone.split(":"))
    later = SEMARANG_NOW.astimezone(load_city("semarang").timezone).replace(hour=hour, minute=minute, second=59)
    monkeypatch.setattr(Asked, "moment", later)
    page = (await visitor.get("/transit", params=asked)).text
    starts = re.findall(r"(\d\d:\d\d) – ", page)
    assert (gone in starts, left in starts, 'id="too-late"' in page) == (False, True, False)


async def test_late_at_night_the_first_bus_is_tomorrows(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its day, and nobody is sent to the stop in the night."""
    monkeypatch.setattr(pages, "datetime", Asked)
    asked = {"dari": "Stasiun Tawang", "ke": "Lawang Sewu", "waktu": "2026-11-24T23:30"}
    page = (await visitor.get("/transit", params=asked)).text
    assert 'id="no-more"' in page
    assert "Tomorrow: Wednesday, 25 November 2026" in page
    assert "Be at the stop at 23:30" not in page
    assert "be at the stop shortly before 05:30" in page
    assert 'id="no-more"' not in (await visitor.get("/transit", params={**asked, "waktu": MORNING})).text


async def test_who_cannot_be_there_early_tomorrow_is_shown_the_rides_of_that_very_day(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "datetime", Asked)
    monkeypatch.setattr(Asked, "moment", SEMARANG_NOW + timedelta(hours=14, minutes=30))
    asked = {"dari": "Simpang Lima", "ke": "Terminal Mangkang", "tiba": "1", "waktu": "2026-11-25T05:30"}
    page = (await visitor.get("/transit", params=asked)).text
    assert 'id="too-late"' in page
    assert "Tomorrow: Wednesday, 25 November 2026" in page
    assert ('id="no-more"' in page, "These are the first arrivals from now on." in page) == (False, True)
    tonight = {**asked, "waktu": "2026-11-24T23:45"}
    assert 'id="no-more"' in (await visitor.get("/transit", params=tonight)).text, "of a day on which nothing goes"


@pytest.mark.parametrize("now", [SEMARANG_NOW, SEMARANG_NOW - timedelta(hours=7)])
async def test_who_wants_to_be_there_before_the_first_bus_is_told_when_that_arrives(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    """Of a day to come, and of today before dawn."""
    monkeypatch.setattr(pages, "datetime", Asked)
    monkeypatch.setattr(Asked, "moment", now)
    day = "2026-11-25" if now == SEMARANG_NOW else "2026-11-24"
    asked = {"dari": "Simpang Lima", "ke": "Terminal Penggaron", "tiba": "1", "waktu": f"{day}T05:30"}
    page = (await visitor.get("/transit", params=asked)).text
    first = re.search(r"the first one is there at (\d\d:\d\d)\.", page)
    assert first, page
    assert min(re.findall(r"\d\d:\d\d – (\d\d:\d\d) <span", page)) == first[1]
    assert ('id="none"' in page, 'id="too-late"' in page) == (False, False)
    assert f"Arriving by {day[-2:]} November 2026, 05:30" in page, "what was asked for stays"


async def test_who_wanted_to_be_there_before_the_first_bus_of_today_is_too_late(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "datetime", Asked)
    asked = {"dari": "Simpang Lima", "ke": "Terminal Penggaron", "tiba": "1", "waktu": "2026-11-24T05:30"}
    page = (await visitor.get("/transit", params=asked)).text
    assert "You cannot be there by then any more. These are the first arrivals from now on." in page


@pytest.mark.parametrize(("when", "told"), [("07:00", True), ("09:00", False), ("10:00", False), ("", False)])
async def test_of_a_time_of_today_that_has_passed_it_is_said_that_buses_have_left(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, when: str, told: bool
) -> None:
    monkeypatch.setattr(pages, "datetime", Asked)
    asked = {"dari": "Stasiun Tawang", "ke": "Lawang Sewu", "waktu": when and f"2026-11-24T{when}"}
    page = (await visitor.get("/transit", params=asked)).text
    assert ("07:00 has passed: some of these may have left." in page, 'id="left"' in page) == (told, told)


async def test_who_rides_on_in_the_morning_is_told_that_it_is_the_next_day(visitor: httpx.AsyncClient) -> None:
    """And how long the night is, in hours."""
    asked = {"dari": "Simpang Lima", "ke": "Terminal Terboyo", "waktu": "2026-12-01T20:00"}
    page = (await visitor.get("/transit", params=asked)).text
    night = re.search(r" – 0\d:\d\d <span[^>]*>\(the next day\)</span>", page)
    assert night, page
    assert re.search(r"up to \d+ h \d+ min waiting", page)
    assert "data-next-day" not in (await visitor.get("/transit", params={**asked, "waktu": MORNING})).text
