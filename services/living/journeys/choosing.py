"""Which of the journeys that were found are shown. Pure."""

from collections.abc import Iterable

from services.living.journeys.model import MOST, Journey


def chosen(found: Iterable[Journey], most: int = MOST) -> tuple[Journey, ...]:
    """Distinct ones first, each by its earliest arrival; then later departures of the same. By their departure.

    The same lines between the same stops are one way. A line by headway leaves later again and again, which is no other
    choice.
    """
    ordered = sorted(found, key=lambda one: (one.end, one.vehicles, -one.start))
    picked: dict[tuple[tuple[str, str, str], ...], Journey] = {}
    for one in ordered:
        picked.setdefault(_way(one), one)
    again = [one for one in ordered if picked[_way(one)] is not one and not _by_headway(one)]
    shown = [*picked.values()][:most]
    shown += again[: most - len(shown)]
    return tuple(sorted(shown, key=lambda one: (one.start, one.end, one.vehicles)))


def _way(journey: Journey) -> tuple[tuple[str, str, str], ...]:
    return tuple((leg.route, leg.origin.name, leg.target.name) for leg in journey.legs if leg.rides)


def _by_headway(journey: Journey) -> bool:
    return all(leg.headway for leg in journey.legs if leg.rides)


def optimal(found: Iterable[Journey]) -> list[Journey]:
    """Those that no other beats: by leaving later, arriving earlier and boarding fewer vehicles, or all alike."""
    kept: list[Journey] = []
    for one in sorted(found, key=lambda one: (-one.start, one.end, one.vehicles)):
        if not any(other.end <= one.end and other.vehicles <= one.vehicles for other in kept):
            kept.append(one)
    return kept
