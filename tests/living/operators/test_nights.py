"""Trips past midnight, told without the day of their service: the one on the road is meant, not the next night's."""

from datetime import date
from typing import Any

import pytest

from services.living.feeds.model import TripCall
from services.living.following import telling
from services.living.operators.heard import Heard
from services.living.operators.model import TripUpdate, likely_day
from smartcity.living.v1 import departures_pb2
from tests.living.alerts.passengers import Passengers
from tests.living.journeys.transit import Transit
from tests.living.operators.feeds import operator, trip

EVENING, NEXT = date(2026, 11, 26), date(2026, 11, 27)
NIGHT: dict[str, Any] = {
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\n"
    "L,daily,night,Timur,0,\nM,late,never,Timur,0,\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "night,23:30:00,23:30:00,P1,0\nnight,24:35:00,24:35:00,Q,1\nnight,24:40:00,24:40:00,R,2\n"
    "never,24:00:00,24:00:00,P1,0\nnever,24:40:00,24:40:00,R,1\n",
    "calendar_dates.txt": "service_id,date,exception_type\nlate,20261201,1\n",
}


async def test_a_trip_past_midnight_is_of_the_day_before(passengers: Passengers) -> None:
    """By time and by delay; and where its service runs on no such day, it is none."""
    served = passengers.served
    await passengers.enter(NIGHT)
    served.pass_time(hours=-7, minutes=-30)  # half past midnight
    by_time = trip("night")
    told = by_time.trip_update.stop_time_update.add(stop_sequence=1)
    told.departure.time = int(served.now.timestamp()) + 10 * 60
    for update in (by_time, trip("night", delay=300)):
        async with operator(served) as other:
            other.message.entity.extend([update, trip("never", delay=300)])
            await other.read()
            await passengers.look()
            async with served.runtime.snapshot() as tx:
                (delay,) = (await telling.present(tx, Heard())).delays
            assert (delay.trip, delay.day, delay.departures[1]) == ("night", EVENING.isoformat(), 300)
            asked = departures_pb2.ListDeparturesRequest(stop="Q", minutes=60)
            (one,) = (await Transit(served).call(asked)).departures
            assert (one.trip, one.basis) == ("night", departures_pb2.DEPARTURE_BASIS_LIVE)
            assert one.time.seconds - one.scheduled_time.seconds == 300


_H = 3_600
_DAYS = {NEXT: 0, EVENING: -24 * _H, date(2026, 11, 28): 24 * _H}
"""Seconds from the midnight between."""


@pytest.mark.parametrize(
    ("start", "first", "last", "hour", "day"),
    [
        (-1, 23.5, 24.7, 0.5, EVENING),
        (-1, 23.5, 23.9, 0.5, EVENING),  # late
        (-1, 0.6, 1.0, 0.5, NEXT),
        (-1, 6, 7, 20, date(2026, 11, 28)),
        (-1, 6, 7, 18, NEXT),
        (24 * _H, 6, 7, 0.5, EVENING),  # repeated by a schedule
    ],
)
def test_the_day_is_the_one_whose_trip_is_on_the_road_or_nearest(
    start: int, first: float, last: float, hour: float, day: date
) -> None:
    calls = [TripCall(0, "P1", int(first * _H), int(first * _H)), TripCall(1, "R", int(last * _H), int(last * _H))]
    assert likely_day(TripUpdate("T", "", start), calls, _DAYS, int(hour * _H)) == day
    assert likely_day(TripUpdate("T", "", start), calls, {}, int(hour * _H)) is None
