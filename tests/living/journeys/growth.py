"""Journeys and departures over feeds with fares of either kind, so that each statement is looked at."""

import tempfile
from pathlib import Path

from services.living.resources import resources
from smartcity.living.v1 import departures_pb2, journeys_pb2
from tests.fixtures.pillars import Served
from tests.living.feeds.depot import Depot
from tests.living.journeys.transit import Transit

_FLAT = {
    "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers\nF,4000,IDR,0,\n",
    "fare_rules.txt": "fare_id,route_id\nF,L\n",
}


async def _live(served: Served) -> None:
    transit = await Transit(served).enter_semarang()
    await transit.call(departures_pb2.ListDeparturesRequest(stop="TS001"))
    ways = await transit.call(journeys_pb2.SearchJourneysRequest(origin="TS001", destination="-6.9837,110.4105"))
    assert ways.journeys[0].fares
    depot = Depot(served)
    with tempfile.TemporaryDirectory() as folder:
        await depot.enter(await depot.write(Path(folder) / "feed.zip", {**_FLAT}), served.now.date())
    await resources(served.runtime).keeper.look()
    at_five = journeys_pb2.SearchJourneysRequest(origin="P1", destination="R")
    at_five.at.FromDatetime(served.now.replace(hour=22))
    ways = await transit.call(at_five)
    assert [one.price.units for way in ways.journeys for one in way.fares] == [4_000]


LIVES = {"journeys": _live}
