"""What the page of a stop and the answers of the API have of a stop whose only line is closed: of U, line M."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from smartcity.living.v1 import alerts_pb2 as pb
from tests.fixtures.edge import edge_before
from tests.living.alerts.passengers import NOW, Passengers, closed


@pytest.fixture
async def reader(passengers: Passengers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who reads English, at eight in the morning."""
    monkeypatch.setattr("gateway.portal.living.transit.hours._now", NOW.astimezone)
    async with edge_before(passengers.served) as client:
        client.headers["accept-language"] = "en"
        yield client


def _until(hours: float) -> pb.ServiceAlertPeriod:
    period = pb.ServiceAlertPeriod()
    period.end_time.FromDatetime(NOW + timedelta(hours=hours))
    return period


async def _departures(reader: httpx.AsyncClient, **asked: str | int) -> list[str]:
    answer = await reader.get("/v1/stops/U/departures", params=asked)
    return [one["trip"] for one in answer.json()["departures"]]


async def test_a_stop_whose_only_line_is_closed_promises_no_first_bus(
    passengers: Passengers, reader: httpx.AsyncClient
) -> None:
    await passengers.publish(closed(route="M"))
    page = (await reader.get("/transit/halte/U")).text
    assert ("Nothing leaves here in the next three hours." in page, 'id="first-after"' in page) == (True, False)


async def test_a_stop_that_its_only_line_leaves_out_promises_no_first_bus(
    passengers: Passengers, reader: httpx.AsyncClient
) -> None:
    detour = pb.ServiceAlertDetour(route="M", skipped_stops=["U"])
    await passengers.publish(pb.ServiceAlertEntity(route="M"), detours=[detour])
    assert 'id="first-after"' not in (await reader.get("/transit/halte/U")).text


async def test_the_first_bus_after_a_line_was_closed_leaves_when_it_is_open_again(
    passengers: Passengers, reader: httpx.AsyncClient
) -> None:
    await passengers.publish(closed(route="M"), periods=[_until(3.25)])
    page = (await reader.get("/transit/halte/U")).text
    assert "27 November 2026, 11:35" in page.partition('id="first-after"')[2].partition("</span>")[0]


async def test_a_longer_look_ahead_leaves_out_the_same(passengers: Passengers, reader: httpx.AsyncClient) -> None:
    await passengers.publish(closed(route="M"), periods=[_until(2)])
    found = [await _departures(reader, minutes=minutes) for minutes in (180, 181)]
    assert found == [["M-10"], ["M-10"]]


async def test_the_timetable_alone_is_told_whatever_is_closed(
    passengers: Passengers, reader: httpx.AsyncClient
) -> None:
    await passengers.publish(closed(route="M"))
    assert await _departures(reader, minutes=180, timetable_only="true") == ["M-8", "M-9", "M-10"]


async def test_the_hours_of_a_line_that_is_closed_are_those_of_the_timetable(
    passengers: Passengers, reader: httpx.AsyncClient
) -> None:
    before = (await reader.get("/transit/jalur/M")).text.partition("data-hours>")[2].partition("</p>")[0]
    assert "06:20" in before
    await passengers.publish(closed(route="M"))
    assert f"data-hours>{before}</p>" in (await reader.get("/transit/jalur/M")).text
