"""When a line runs, as its page says it."""

from datetime import datetime, timedelta, timezone

from gateway.portal.living.transit.hours import told
from smartcity.living.v1 import departures_pb2 as pb
from smartcity.living.v1 import departures_views


def test_a_lines_hours_are_those_of_the_timetable_while_its_buses_tell_where_they_are() -> None:
    """The first bus is an hour late and the last one waits; one by headway says nothing of hours."""
    zone = timezone(timedelta(hours=7))
    now = datetime(2026, 3, 2, 22, tzinfo=zone)

    def leaves(basis: pb.DepartureBasis.ValueType, hour: int, planned: int = 0) -> departures_views.Departure:
        one = pb.Departure(basis=basis, route="R", line="R", headsign="End")
        one.time.FromDatetime(now.replace(hour=hour))
        if planned:
            one.scheduled_time.FromDatetime(now.replace(hour=planned))
        return departures_views.departure(one)

    board = [
        leaves(pb.DEPARTURE_BASIS_LIVE, 4),
        leaves(pb.DEPARTURE_BASIS_LIVE, 6, 5),
        leaves(pb.DEPARTURE_BASIS_SCHEDULED, 7),
        leaves(pb.DEPARTURE_BASIS_LIVE, 23, 22),
    ]
    (found,) = told(board, "R", "End", now)
    assert found.last is not None
    assert (found.first.astimezone(zone).hour, found.last.astimezone(zone).hour) == (5, 22)


def test_a_line_that_runs_past_midnight_begins_in_the_morning_and_ends_in_the_night() -> None:
    """What left in the night before is no first bus; by headway its hours are those of the day that they began on."""
    midnight = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=7)))

    def leaves(*minutes: int) -> list[departures_views.Departure]:
        found = []
        for each in minutes:
            one = pb.Departure(basis=pb.DEPARTURE_BASIS_SCHEDULED, route="R", line="R", headsign="End")
            one.time.FromDatetime(midnight + timedelta(minutes=each))
            found.append(departures_views.departure(one))
        return found

    often = pb.Departure(basis=pb.DEPARTURE_BASIS_HEADWAY, route="R", line="R", headsign="End", headway_seconds=600)
    often.time.FromDatetime(midnight + timedelta(hours=6))
    often.first_time.FromDatetime(midnight + timedelta(hours=6))
    often.last_time.FromDatetime(midnight + timedelta(hours=25))
    by_headway = departures_views.departure(often)
    board, night = [*leaves(15, 300, 1_425), by_headway], [*leaves(1_455), by_headway]
    timed, headway = told(board, "R", "End", midnight, night)
    assert (timed.first, timed.last) == (midnight + timedelta(hours=5), midnight + timedelta(hours=24, minutes=15))
    assert (headway.every, headway.last) == (600, midnight + timedelta(hours=25))
    (many,) = told(leaves(15, 300, *[600] * 50), "R", "End", midnight, leaves(1_455))
    assert many.last == midnight + timedelta(hours=24, minutes=15), "though the day has more than an answer"
    (unknown,) = told(leaves(15, 300, *[600] * 50), "R", "End", midnight)
    assert unknown.last is None
    (unread,) = told(leaves(15, 300, 1_425), "R", "End", midnight, None)
    assert (unread.first, unread.last) == (midnight + timedelta(hours=5), None), "nobody can tell what the night has"


def test_the_two_directions_of_a_line_are_told_apart_by_their_trips_where_the_stop_has_words_of_its_own() -> None:
    """Both begin at one stop, which says the ways that they take."""
    now = datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=7)))

    def leaves(hour: int, way: str, whole: str) -> departures_views.Departure:
        one = pb.Departure(
            basis=pb.DEPARTURE_BASIS_SCHEDULED, route="R", line="R", headsign=way, trip_headsign=whole
        )  # fmt: skip
        one.time.FromDatetime(now.replace(hour=hour))
        return departures_views.departure(one)

    board = [
        leaves(hour, *said)
        for hour, said in ((5, ("via A", "Terminal")), (6, ("via B", "Kota")), (18, ("via B", "Kota")))
    ]
    (found,) = told(board, "R", "Kota", now)
    assert found.last is not None
    assert (found.first.astimezone(now.tzinfo).hour, found.last.astimezone(now.tzinfo).hour) == (6, 18)
