"""Which of the journeys that were found are shown. Pure."""

from collections.abc import Iterable

from services.living.journeys.model import MOST, Journey

LONGER_S = 2 * 3_600


def chosen(found: Iterable[Journey], most: int = MOST, *, arrive_by: bool = False) -> tuple[Journey, ...]:
    """Distinct ones first, each by its earliest arrival; then later departures of the same. By their departure.

    Who wants to arrive by a time gets of each the one that leaves last, and the latest first. Of those that leave in
    the same minute, the one with fewer vehicles comes first. The same lines between the same stops are one way. A line
    by headway leaves again and again, which is no other choice; nor is one that takes twice as long as the shortest and
    ``LONGER_S`` more, such as one that waits for the morning.
    """
    found = list(found)
    shortest = min((one.end - one.start for one in found), default=0)
    found = [one for one in found if one.end - one.start <= max(2 * shortest, shortest + LONGER_S)]
    by_end = sorted(found, key=_latest if arrive_by else lambda one: (one.end, one.vehicles, -one.start))
    picked: dict[tuple[tuple[str, str, str], ...], Journey] = {}
    for one in by_end:
        picked.setdefault(way(one), one)
    again = [one for one in by_end if picked[way(one)] is not one and not by_headway(one)]
    shown = [*picked.values()][:most]
    shown += again[: most - len(shown)]
    return ordered(shown, arrive_by=arrive_by)


def ordered(journeys: Iterable[Journey], *, arrive_by: bool) -> tuple[Journey, ...]:
    """By their departure; the latest first for who wants to arrive by a time."""
    return tuple(sorted(journeys, key=_latest if arrive_by else _earliest))


def _latest(journey: Journey) -> tuple[int, int, int, int]:
    return -_minute(journey.start), journey.vehicles, journey.end, -journey.start


def _earliest(journey: Journey) -> tuple[int, int, int]:
    return _minute(journey.start), journey.vehicles, journey.end


def _minute(seconds: int) -> int:
    """As it is shown: what differs by seconds alone looks alike."""
    return seconds // 60


def way(journey: Journey) -> tuple[tuple[str, str, str], ...]:
    """Its lines, and where one gets on and off: what makes two journeys the same but for their times."""
    return tuple((leg.route, leg.origin.name, leg.target.name) for leg in journey.rides)


def by_headway(journey: Journey) -> bool:
    """Whether it leaves again and again."""
    return all(leg.headway for leg in journey.rides)


def optimal(found: Iterable[Journey]) -> list[Journey]:
    """Those that no other beats: by leaving later, arriving earlier and boarding fewer vehicles, or all alike.

    By the minute, as times are shown: nobody changes, and pays twice, for seconds.
    """
    kept: list[Journey] = []
    for one in sorted(found, key=lambda one: (-_minute(one.start), _minute(one.end), one.vehicles, one.end)):
        if not any(_minute(other.end) <= _minute(one.end) and other.vehicles <= one.vehicles for other in kept):
            kept.append(one)
    return kept
