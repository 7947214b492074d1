"""Alerts as a feed message of GTFS Realtime 2.0. Drills are left out: the format has no word for them.

What an alert closes has the effect NO_SERVICE, whatever else follows: by no other effect do the planners of others go
around it (STOP_MOVED, too, only tells them). It is an entity of its own, so that nobody takes for closed what the alert
only tells of beside it. A stretch has no selector of its own: its lines are named, and never as lines without service.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from google.transit import gtfs_realtime_pb2 as rt

from services.living.alerts.actions import Shown
from services.living.alerts.model import Cause, Effect, Period
from services.living.realtime import messages

_CAUSES = {Cause.UNKNOWN: "UNKNOWN_CAUSE", Cause.OTHER: "OTHER_CAUSE"}
"""Whose names there are others."""
_INSTEAD = "Halte pengganti", "Calls instead at"


def feed_message(shown: Iterable[Shown], now: datetime) -> rt.FeedMessage:
    """All of them."""
    message = messages.message(now)
    for one in shown:
        if not one.alert.exercise:
            message.entity.extend(_entities(one, now))
    return message


def _entities(shown: Shown, now: datetime) -> list[rt.FeedEntity]:
    told, closed, running = _selectors(shown)
    name = str(shown.alert.id)
    parts = (
        (name, shown.alert.said.effect, told),
        (f"{name}:closed", Effect.NO_SERVICE, closed),
        (f"{name}:running", Effect.MODIFIED_SERVICE, running),
    )
    return [rt.FeedEntity(id=id_, alert=_alert(shown, effect, some, now)) for id_, effect, some in parts if some]


def _selectors(shown: Shown) -> tuple[list[rt.EntitySelector], ...]:
    """What it tells of, what it closes, and what runs still where it says that something else does not."""
    said = shown.alert.said
    unknown = {"", *shown.touched.unknown}
    told: dict[tuple[str, str, str], None] = {}
    closed: dict[tuple[str, str, str], None] = {}
    running: dict[tuple[str, str, str], None] = {}
    of_none = said.effect is Effect.NO_SERVICE
    open_ = running if said.closes and of_none else told
    for one in shown.touched.entities:
        if not one.begin and {one.agency, one.route, one.stop} & unknown <= {""}:
            into = (told if of_none and not one.stop else closed) if one.closes else told if one.agency else open_
            into[one.agency, one.route, one.stop] = None
    beside = running if of_none else told
    beside.update({("", route, ""): None for route in sorted(shown.touched.stretched - unknown)})
    for detour in said.detours:
        closed.update({("", detour.route, stop): None for stop in detour.skipped if stop not in unknown})
        if detour.route not in unknown:
            open_["", detour.route, ""] = None
    runs = [one for one in running if one not in told and one not in closed]
    return tuple([_selector(*one) for one in some if any(one)] for some in (told, closed, runs))


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
        description_text=_described(shown),
    )


def _described(shown: Shown) -> rt.TranslatedString | None:
    """What is said, and of each detour which way it goes: the format has no other place for that."""
    said = shown.alert.said
    names = {one.id: one.name for one in (*shown.touched.stations, *shown.touched.stops)}
    pieces = [(said.description, said.description_en)] if said.description else []
    for detour in said.detours:
        pieces += [(detour.note, detour.note_en)] if detour.note else []
        if instead := ", ".join(names.get(stop, stop) for stop in detour.added):
            pieces.append((f"{_INSTEAD[0]}: {instead}.", f"{_INSTEAD[1]}: {instead}."))
    if not pieces:
        return None
    translated = any(english for _, english in pieces)
    english = "\n".join(english or text for text, english in pieces) if translated else ""
    return _words("\n".join(text for text, _ in pieces), english)


def _range(period: Period, over: int) -> rt.TimeRange:
    end = min(filter(None, (period.end, over)), default=0)
    # The format has no moment before 1970, and one that could not be written would take the others away with it.
    return rt.TimeRange(start=max(period.start, 0) or None, end=max(end, 1) if end else None)


def _words(text: str, english: str) -> rt.TranslatedString:
    made = rt.TranslatedString(translation=[rt.TranslatedString.Translation(text=text, language="id")])
    if english:
        made.translation.add(text=english, language="en")
    return made
