"""A client that the city did not write reads what measures: that of the FROST server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import frost_sta_client as frost  # type: ignore[import-untyped]
import pytest

from tests.environment.sensing import Sensing
from tests.fixtures.edge import stand_before
from tests.gateway.sta.conftest import ROOT, measured

pytestmark = pytest.mark.filterwarnings("ignore:furl.pathstr is deprecated:DeprecationWarning")  # the client's own


@dataclass
class Reading:
    """The client, and what it reads of."""

    service: Any
    gauge: str
    level: str


@pytest.fixture
async def reading(sensing: Sensing) -> AsyncIterator[Reading]:
    """The client at a gateway that serves on a port."""
    gauge, level, _ = await measured(sensing)
    async with stand_before(sensing.served) as stand:
        yield Reading(frost.SensorThingsService(f"{stand.url}{ROOT}"), gauge.id, level.id)


async def test_it_finds_things_and_what_they_lead_to(reading: Reading) -> None:
    thing = await asyncio.to_thread(reading.service.things().find, reading.gauge)
    assert (thing.name, thing.properties["code"]) == ("Duga A", "duga-a")
    streams = await asyncio.to_thread(thing.get_datastreams().query().list)
    assert {one.unit_of_measurement.symbol for one in streams} == {"m", "mm"}
    locations = await asyncio.to_thread(thing.get_locations().query().list)
    assert [one.description for one in locations] == ["Digeser ke hilir."]


async def test_it_filters_expands_and_sorts(reading: Reading) -> None:
    query = reading.service.datastreams().query().filter("ObservedProperty/name eq 'Water level'").expand(
        "Thing,Sensor,ObservedProperty,Observations($top=2;$orderby=phenomenonTime asc)"
    )  # fmt: skip
    (found,) = await asyncio.to_thread(lambda: list(query.list()))
    assert (found.id, found.thing.name, found.sensor.name) == (reading.level, "Duga A", "Radar")
    assert [one.result for one in found.observations.entities] == [0.0, 0.1]


async def test_it_follows_pages_to_the_end(reading: Reading) -> None:
    def read() -> list[float]:
        stream = reading.service.datastreams().find(reading.level)
        query = stream.get_observations().query().filter("result lt 99").orderby("phenomenonTime", "ASC").top(25)
        return [one.result for one in query.list()]

    assert await asyncio.to_thread(read) == [count / 10 for count in range(60)]


async def test_each_kind_of_entity_is_read(reading: Reading) -> None:
    def read() -> list[int]:
        service = reading.service
        kinds = (service.things, service.locations, service.historical_locations, service.datastreams, service.sensors,
                 service.observed_properties, service.features_of_interest, service.observations)  # fmt: skip
        return [len(kind().query().top(5).list().entities) for kind in kinds]

    assert await asyncio.to_thread(read) == [2, 3, 3, 3, 2, 5, 5, 5]
