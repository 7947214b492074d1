"""Alerts as a feed message of GTFS Realtime 2.0. Drills are left out: the format has no word for them.

Where an alert closes stops, they are an entity of their own with the effect NO_SERVICE, so that nobody takes its lines
for closed. A stretch has no selector of its own: its line is named.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from google.transit import gtfs_realtime_pb2 as rt

from services.living.alerts.actions import Shown
from services.living.alerts.model import Cause, Effect, Period
from services.living.realtime import messages

_CAUSES = {Cause.UNKNOWN: "UNKNOWN_CAUSE", Cause.OTHER: "OTHER_CAUSE"}
"""Whose names there are others."""


def feed_message(shown: Iterable[Shown], now: datetime) -> rt.FeedMessage:
    """All of them."""
    message = messages.message(now)
    for one in shown:
        if not one.alert.exercise:
            message.entity.extend(_entities(one, now))
    return message


def _entities(shown: Shown, now: datetime) -> list[rt.FeedEntity]:
    told, closed = _selectors(shown)
    name, effect = str(shown.alert.id), shown.alert.said.effect
    made = []
    if told:
        made.append(rt.FeedEntity(id=name, alert=_alert(shown, effect, told, now)))
    if closed:
        made.append(rt.FeedEntity(id=f"{name}:stops", alert=_alert(shown, Effect.NO_SERVICE, closed, now)))
    return made


def _selectors(shown: Shown) -> tuple[list[rt.EntitySelector], list[rt.EntitySelector]]:
    """What it tells of, and the stops that it closes."""
    unknown = {"", *shown.touched.unknown}
    told: dict[tuple[str, str, str], None] = {}
    closed: dict[tuple[str, str, str], None] = {}
    for one in shown.touched.entities:
        if not one.begin and {one.agency, one.route, one.stop} & unknown <= {""}:
            into = closed if one.closes and one.stop else told
            into[one.agency, one.route, one.stop] = None
    stretched = {one.route for one in shown.touched.closures if one.begin}
    told.update({("", route, ""): None for route in sorted(stretched - unknown)})
    for detour in shown.alert.said.detours:
        closed.update({("", detour.route, stop): None for stop in detour.skipped if stop not in unknown})
        if detour.route not in unknown:
            told["", detour.route, ""] = None
    return [_selector(*one) for one in told if any(one)], [_selector(*one) for one in closed]


def _selector(agency: str, route: str, stop: str) -> rt.EntitySelector:
    return rt.EntitySelector(agency_id=agency or None, route_id=route or None, stop_id=stop or None)


def _alert(shown: Shown, effect: Effect, selectors: Sequence[rt.EntitySelector], now: datetime) -> rt.Alert:
    said = shown.alert.said
    over = int(shown.alert.over_at.timestamp()) if shown.alert.over_at else 0
    return rt.Alert(
        active_period=[_range(one, over) for one in shown.alert.periods(now)],
        informed_entity=selectors,
        cause=_CAUSES.get(said.cause, said.cause.name),
        effect=effect.name,
        severity_level=said.severity.name,
        url=_words(said.url, "") if said.url else None,
        header_text=_words(said.header, said.header_en),
        description_text=_words(said.description, said.description_en) if said.description else None,
    )


def _range(period: Period, over: int) -> rt.TimeRange:
    end = min(filter(None, (period.end, over)), default=0)
    # The format has no moment before 1970, and one that could not be written would take the others away with it.
    return rt.TimeRange(start=max(period.start, 0) or None, end=max(end, 1) if end else None)


def _words(text: str, english: str) -> rt.TranslatedString:
    made = rt.TranslatedString(translation=[rt.TranslatedString.Translation(text=text, language="id")])
    if english:
        made.translation.add(text=english, language="en")
    return made
