"""A feed message that is wrong, or made to do harm: what cannot be meant is left out, and no more is made of it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as rt

from services.living.alerts.model import Entity
from services.living.following import telling
from services.living.operators import reading, store
from services.living.operators.heard import Heard
from services.living.operators.model import MOST_ALERTS, MOST_TRIPS
from tests.living.alerts.passengers import Passengers
from tests.living.operators.feeds import operator, trip

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
MS = int(NOW.timestamp()) * 1_000


def _told(*entities: rt.FeedEntity) -> reading.Told:
    message = rt.FeedMessage(entity=entities)
    message.header.gtfs_realtime_version = "2.0"
    return reading.told(message.SerializeToString(), NOW)


def _alert(id_: str, about: dict[str, str], *periods: tuple[int, int]) -> rt.FeedEntity:
    made = rt.FeedEntity(id=id_)
    made.alert.informed_entity.add(**about)
    made.alert.header_text.translation.add(text="Tutup")
    for start, end in periods:
        made.alert.active_period.add(start=start, end=end)
    return made


@pytest.mark.parametrize(
    ("periods", "kept"),
    [
        ([(MS, 0)], None),
        ([(0, MS)], None),
        ([(0, 2**64 - 1)], None),
        ([(MS, 0), (1, 2)], 1),
        ([(20, 10)], None),
        ([(20, 10), (10, 20), (20, 20)], 1),
        ([], 0),
    ],
)
def test_times_that_cannot_be_meant_are_left_out(periods: list[tuple[int, int]], kept: int | None) -> None:
    """Milliseconds for seconds are a common mistake; an alert without any time that holds would hold for ever."""
    found = _told(_alert("a", {"route_id": "N"}, *periods)).alerts
    assert [len(one.periods) for one in found.values()] == ([] if kept is None else [kept])


@pytest.mark.parametrize("day", ["00010101", "99991231", "20261327"])
async def test_a_trip_of_a_day_that_cannot_be_meant_keeps_nothing_else_from_being_told(
    passengers: Passengers, day: str
) -> None:
    """It is unknown, as one that the timetable does not have."""
    async with operator(passengers.served) as other:
        other.message.entity.extend([trip("N-8", delay=60, day=day), trip("L-8", delay=300, day="20261127")])
        await other.read()
        async with passengers.served.runtime.snapshot() as tx:
            (feed,) = await store.feeds(tx)
            delays = (await telling.present(tx, Heard())).delays
    assert (feed.problem, feed.unknown, [one.trip for one in delays]) == ("", 1, ["L-8"])


@pytest.mark.parametrize("wrong", ["N\x00", "N\n", "N" * 256])
def test_ids_that_cannot_be_such_are_left_out(wrong: str) -> None:
    route: Any = {"route_id": wrong}
    found = _told(trip(wrong, delay=60), _alert(wrong, {"route_id": "N"}), _alert("a", route), _alert("b", route))
    assert (found.updates, found.alerts) == ((), {})


def test_no_more_is_made_of_a_feed_than_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty stop of a trip has two bytes: many trips of many stops share one bound."""
    made = list[Any]()
    of = reading._stop

    def counted(one: rt.TripUpdate.StopTimeUpdate) -> Any:
        made.append(one.stop_id)
        return of(one)

    monkeypatch.setattr(reading, "_stop", counted)
    long = trip("T", delay=60)
    for _ in range(2_000):
        long.trip_update.stop_time_update.add()
    found = _told(*[long] * 300)
    assert len(made) <= 200_000
    assert (len(found.updates), found.left_out) == (200, 100)
    found = _told(*[trip("T", delay=1)] * (MOST_TRIPS + 3), *[_alert(str(n), {"stop_id": "Q"}) for n in range(250)])
    assert (len(found.updates), len(found.alerts), found.left_out) == (MOST_TRIPS, MOST_ALERTS, 3 + 50)
    found = _told(*[rt.FeedEntity(id="x")] * 30_000)
    assert found.left_out == 30_000 - 4 * (MOST_TRIPS + MOST_ALERTS)


@pytest.mark.parametrize(
    ("said", "ours"),
    [("SCHEDULED", True), ("CANCELED", True), ("DELETED", True), ("ADDED", False), ("UNSCHEDULED", False),
     ("REPLACEMENT", False), ("DUPLICATED", False), ("NEW", False)],
)  # fmt: skip
def test_only_trips_that_the_timetable_has_are_read(said: str, ours: bool) -> None:
    """The trip of which a copy runs is named by the copy too, and runs as it is."""
    update = trip("T", delay=7_200, schedule_relationship=rt.TripDescriptor.ScheduleRelationship.Value(said))
    assert len(_told(update).updates) == ours


@pytest.mark.parametrize(
    ("selectors", "one_way"),
    [
        ([{}], {}),
        ([{"direction_id": 1}], {("R", ""): {1}}),
        ([{"direction_id": 1}, {"direction_id": 1}], {("R", ""): {1}}),
        ([{"direction_id": 0}, {"direction_id": 1}], {}),
        ([{"direction_id": 1}, {}], {}),
    ],
    ids=("both", "one way", "one way twice", "both ways", "one way and both"),
)
def test_what_is_told_of_one_direction_alone_is_known(selectors: list[Any], one_way: Any) -> None:
    made = _alert("a", {"route_id": "R", **selectors[0]})
    for more in selectors[1:]:
        made.alert.informed_entity.add(route_id="R", **more)
    made.alert.effect = rt.Alert.NO_SERVICE
    found = _told(made)
    assert found.alerts["a"].entities == (Entity(route="R", closes=True),)
    assert found.directions == {"a": one_way}
