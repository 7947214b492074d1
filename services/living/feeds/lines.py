"""What lines and headsigns are called in a language. Pure."""

from typing import Any, TypeVar

import msgspec

from services.living.feeds.words import NONE, Words

T = TypeVar("T", bound=msgspec.Struct)


def worded(one: T, routes: Words, trips: Words, signs: Words) -> T:
    """A departure or a ride (``route``, ``line``, ``line_name``, ``trip``, ``headsign``, ``said_at``) in the words of a
    language, where the feed has them; ``signs`` are those of headsigns that a stop has of its own.
    """
    if routes is NONE and trips is NONE and signs is NONE:
        return one
    known: Any = one
    if known.said_at < 0:
        headsign = trips.of("trip_headsign", known.trip, known.headsign)
    else:
        headsign = signs.of("stop_headsign", f"{known.trip} {known.said_at}", known.headsign)
    field = "route_long_name" if known.line == known.line_name else "route_short_name"
    return msgspec.structs.replace(
        one,
        line=routes.of(field, known.route, known.line),
        line_name=routes.of("route_long_name", known.route, known.line_name),
        headsign=headsign,
    )
