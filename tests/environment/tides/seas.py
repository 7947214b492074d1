"""A tide gauge and the sea that it measures, as tests use them."""

from datetime import datetime, timedelta

from services.environment.tides import timers
from smartcity.environment.v1 import datastreams_pb2, rules_pb2, things_pb2
from smartcity.environment.v1 import tides_pb2 as pb
from tests.environment.harmonics.waves import sea
from tests.environment.sensing import Sensing, stamp
from tests.governance.conftest import request_id

HOUR = timedelta(hours=1)
GAUGE = "pasut-tanjung-emas"
"""Whose rules the city's criteria name."""
LIMIT = 1.1
"""Above which the sea of these tests stands once a day."""


async def gauge(sensing: Sensing, code: str = GAUGE) -> datastreams_pb2.Datastream:
    """A tide gauge that measures each full hour, held to a threshold that means waspada."""
    thing = await sensing.thing(code, kind=things_pb2.THING_KIND_TIDE_GAUGE, name="Stasiun pasang surut")
    level = await sensing.datastream(thing, period_seconds=3_600, least=-2.0, most=5.0)
    await held_to(sensing, level, "waspada", LIMIT)
    return level


async def held_to(sensing: Sensing, level: datastreams_pb2.Datastream, name: str, limit: float) -> None:
    """A threshold more."""
    terms = rules_pb2.RuleTerms(clock=rules_pb2.RULE_CLOCK_PHENOMENON, limit=limit)
    rule = rules_pb2.AddRuleRequest(
        request_id=request_id(), datastream=level.id, name=name, kind=rules_pb2.RULE_KIND_THRESHOLD, terms=terms,
        reason="Ambang uji.",
    )  # fmt: skip
    await sensing.call(rule)


def measured(now: datetime, days: int, over: float = 0.0) -> list[tuple[datetime, float]]:
    """The sea at each full hour of the days before now, ``over`` the zero of the tests' sea."""
    last = now.replace(minute=0, second=0, microsecond=0)
    hours = [last - place * HOUR for place in range(days * 24, 0, -1)]
    return [(at, round(sea(at.timestamp()) + over, 4)) for at in hours]


async def forecast(sensing: Sensing) -> None:
    """Makes what is due."""
    await timers.make_forecasts(sensing.served.runtime)


async def tide(sensing: Sensing, code: str = GAUGE) -> pb.Tide:
    """A gauge's forecast."""
    found: pb.Tide = (await sensing.call(pb.GetTideRequest(gauge=code))).tide
    return found


async def datum(sensing: Sensing, level: datastreams_pb2.Datastream, since: datetime, height: float) -> None:
    """Says how high the gauge's zero lies."""
    request = datastreams_pb2.SetDatumRequest(
        request_id=request_id(), id=level.id, etag=(await sensing.read(level)).etag, since=stamp(since), height=height,
        reason="Titik tetap diukur ulang.",
    )  # fmt: skip
    await sensing.call(request)
