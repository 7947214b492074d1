"""Small feeds by the dozen, for tests."""

from datetime import date, timedelta

from hypothesis import strategies as st

from services.living.timetable.model import Feed, Frequency, Route, Service, Stop, StopTimes, Transfer, Trip

DAY = date(2026, 3, 4)
MOMENT = 300
"""Times are multiples of so many seconds, so that things meet."""


def services() -> st.SearchStrategy[list[Service]]:
    """Calendars around the day, with exceptions."""
    days = st.sets(st.sampled_from([DAY + timedelta(days=away) for away in (-1, 0, 1)])).map(frozenset)
    one = st.builds(
        Service,
        st.sets(st.integers(0, 6), max_size=7).map(frozenset),
        st.sampled_from([DAY - timedelta(days=1), DAY, DAY + timedelta(days=1)]),
        st.sampled_from([DAY, DAY + timedelta(days=3)]),
        days,
        days,
    )
    return st.lists(one, min_size=1, max_size=3)


@st.composite
def feeds(draw: st.DrawFn) -> Feed:
    """A few stops far apart, or near enough to walk, and a few trips, some by headway, some past midnight."""
    count = draw(st.integers(2, 5))
    step = draw(st.sampled_from([0.002, 1.0]))  # 220 m or 110 km
    stops = [Stop(f"s{one}", f"Stop {one}", -7 + one * step, 110.4) for one in range(count)]
    known = draw(services())
    trips, rows, frequencies = [], [], []
    shapes = draw(st.lists(st.lists(st.integers(0, count - 1), min_size=2, max_size=4), min_size=1, max_size=3))
    for number in range(draw(st.integers(1, 5))):
        trips.append(Trip(f"t{number}", draw(st.integers(0, 1)), draw(st.integers(0, len(known) - 1))))
        time = draw(st.sampled_from([0, 7 * 3600, 12 * 3600, 23 * 3600, 24 * 3600, 30 * 3600])) + draw(_moments(6))
        for stop in draw(st.sampled_from(shapes)):
            arrival = time + draw(_moments(3))
            departure = arrival + draw(_moments(1))
            rows.append((number, stop, arrival, departure, draw(_ways()), draw(_ways())))
            time = departure
        if draw(st.integers(0, 3)) == 0:
            begin = draw(st.sampled_from([7 * 3600, 23 * 3600]))
            length, headway = MOMENT * draw(st.integers(1, 8)), MOMENT * draw(st.integers(1, 4))
            exact = draw(st.booleans())
            frequencies.append(Frequency(number, begin, begin + length, headway, exact))
            if draw(st.booleans()):
                frequencies.append(Frequency(number, begin + length, begin + 2 * length, 2 * headway, exact))
    return Feed(
        "Asia/Jakarta",
        stops,
        [Route("r0"), Route("r1")],
        trips,
        known,
        StopTimes.of(rows),
        frequencies,
        draw(st.lists(_transfers(count), max_size=4, unique_by=lambda one: one[:2])),
    )


def _moments(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most).map(lambda one: one * MOMENT)


def _ways() -> st.SearchStrategy[int]:
    return st.sampled_from([0, 0, 0, 0, 0, 1, 2])


def _transfers(stops: int) -> st.SearchStrategy[Transfer]:
    number = st.integers(0, stops - 1)
    return st.builds(Transfer, number, number, st.sampled_from([0, 2, 2, 3]), st.sampled_from([-1, 60, 300, 900]))
