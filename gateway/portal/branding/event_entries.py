"""The entries of an event's form: into a request, and from an event that is written anew.

Dates that were told stand one a line: ``2027-02-05..2027-02-07 | where it is known from``, with ``T19:00`` after a day
where hours are known; what is moved as ``2027-02-05 > 2027-02-06``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.portal.kit.forms import Fields
from services.kit.numbers import grouped
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import city_events_views as views
from smartcity.types.v1 import place_pb2

REPEATS = {
    "daily": "FREQ=DAILY",
    "weekly": "FREQ=WEEKLY",
    "monthly": "FREQ=MONTHLY",
    "yearly": "FREQ=YEARLY",
}
"""What can be chosen; other rules are written."""

_WORDS = ("name", "name_en", "description", "description_en", "organiser", "venue", "website", "custom", "custom_en")
TOGETHER = (
    ("lat", "lon"),
    ("area", "more_areas"),
    ("day", "last_day", "from", "to", "repeat", "until", "rule", "dates", "exceptions", "moved"),
)
"""Entries that make sense together alone."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?")
_ITEM = re.compile(r"(?:([0-9]{1,2})[:.]([0-9]{2}) +)?(.+)")


def content(form: Fields) -> tuple[pb.CityEventContent, dict[str, str]]:
    """What was entered, and what is wrong by entry, as keys of texts."""
    made = pb.CityEventContent()
    for name in _WORDS:
        setattr(made, name, form[name])
    wrong: dict[str, str] = {}
    if form["kind"] in views.CITY_EVENT_KIND_NUMBERS:
        made.kind = views.CITY_EVENT_KIND_NUMBERS[form["kind"]]
    made.areas.extend(filter(None, dict.fromkeys([form["area"], *form["more_areas"].split()])))
    if form["lat"] or form["lon"]:
        lat, lon = form.number("lat"), form.number("lon")
        if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            wrong["lat"] = "event_form.point_wrong"
        else:
            made.location.CopyFrom(place_pb2.Point(lon=lon, lat=lat))
    if form["expected"]:
        expected = grouped(form["expected"], 7)
        if expected is None:
            wrong["expected"] = "reason.EVENT_EXPECTED_INVALID"
        else:
            made.expected = expected
    made.extra_service, made.waste_round = form.flag("extra_service"), form.flag("waste_round")
    _programme(form, made)
    return made, wrong | _schedule(form, made.schedule)


def _programme(form: Fields, made: pb.CityEventContent) -> None:
    for line in _lines(form["programme"]):
        found = _ITEM.fullmatch(line)
        if found is not None:
            time = f"{int(found[1]):02}:{found[2]}" if found[1] else ""
            title, _, english = found[3].partition(" | ")
            made.programme.add(time=time, title=title, title_en=english)


def _schedule(form: Fields, made: pb.EventSchedule) -> dict[str, str]:
    wrong = _first_wrong(form) | _repeat_wrong(form)
    start, end = _first(form)
    rule = REPEATS.get(form["repeat"], form["rule"] if form["repeat"] == "other" else "")
    if rule and form["until"] and "UNTIL" not in rule.upper():
        rule = f"{rule};UNTIL={form['until'].replace('-', '')}"
    if rule:
        made.rule, made.start, made.end = rule, start, end
    elif start:
        made.dates.add(start=start, end=end)
    for line in _lines(form["dates"]):
        span, _, source = line.partition("|")
        first, last = _span(span)
        made.dates.add(start=first, end=last, source=source.strip())
    made.exceptions.extend(_lines(form["exceptions"]))
    for line in _lines(form["moved"]):
        of, _, to = line.partition(">")
        first, last = _span(to)
        made.moved.add(of=of.strip(), start=first, end=last)
    listed = made.dates[1:] if start and not rule else made.dates
    told = {
        "dates": [text for one in listed for text in (one.start, one.end)],
        "exceptions": list(made.exceptions),
        "moved": [text for one in made.moved for text in (one.of, one.start, one.end)],
    }
    for name, texts in told.items():
        if any(text and not _DAY.fullmatch(text) for text in texts):
            wrong[name] = "event_form.dates_wrong"
    return wrong


def _first(form: Fields) -> tuple[str, str]:
    """Start and end of the date that the form has entries for."""
    day, last = form["day"], form["last_day"] or form["day"]
    if not day:
        return "", ""
    if form["from"]:
        return f"{day}T{form['from'][:5]}", f"{last}T{form['to'][:5]}" if form["to"] else ""
    return day, last if last != day else ""


def _first_wrong(form: Fields) -> dict[str, str]:
    """What is wrong with the date that the form has entries for: the pillar knows only that some date is."""
    day, last = form["day"], form["last_day"] or form["day"]
    begins, ends = form["from"][:5], form["to"][:5]
    if not day:
        dated = any(form[name] for name in ("last_day", "from", "to", "repeat"))
        return {"day": "event_form.day_missing"} if dated else {}
    for name, text in (("day", day), ("last_day", last)):
        if not _DAY.fullmatch(text):
            return {name: "event_form.day_wrong"}
    for name, text in (("from", begins), ("to", ends)):
        if text and not _DAY.fullmatch(f"{day}T{text}"):
            return {name: "event_form.time_wrong"}
    if last < day:
        return {"last_day": "event_form.last_day_wrong"}
    if ends and not begins:
        return {"to": "event_form.from_missing"}
    if begins and not ends:
        return {"to": "event_form.to_missing"}
    return {"to": "event_form.past_midnight"} if begins and last == day and ends <= begins else {}


def _repeat_wrong(form: Fields) -> dict[str, str]:
    """What says something of repeating that nothing would come of, so that no entry is dropped in silence."""
    wrong, by_rule = {}, form["repeat"] == "other"
    if bool(form["rule"]) != by_rule:
        wrong["rule"] = "event_form.rule_missing" if by_rule else "event_form.rule_unused"
    if form["until"] and not form["repeat"]:
        wrong["until"] = "event_form.until_unused"
    elif form["until"] and by_rule and "UNTIL" in form["rule"].upper():
        wrong["until"] = "event_form.until_twice"
    return wrong


def marks(form: Fields) -> dict[str, str]:
    """Where the form tells what the pillar says of dates and of a rule, if nothing is written in those entries."""
    found = {} if form["dates"] or form["exceptions"] or form["moved"] else {"dates": "day"}
    return found | ({"rule": "until"} if form["repeat"] in REPEATS else {})


def of(said: views.CityEventContent, *, single: bool = False) -> Fields:
    """What an event says as its form has it; with ``single`` its only date stands where one is first written."""
    found = Fields({name: getattr(said, name) or "" for name in _WORDS})
    found |= {"kind": said.kind or "", "expected": str(said.expected or "")}
    found |= {name: "yes" for name in ("extra_service", "waste_round") if getattr(said, name)}
    areas = list(said.areas)
    found |= {"area": areas[0] if areas else "", "more_areas": " ".join(areas[1:])}
    if said.location:
        found |= {"lat": str(said.location.lat), "lon": str(said.location.lon)}
    found["programme"] = "\n".join(map(_line, said.programme))
    if said.schedule:
        found |= _of_schedule(said.schedule)
        if single and _is_single(said.schedule):
            found |= {"dates": ""} | _of_first(said.schedule.dates[0].start, said.schedule.dates[0].end)
    return found


def _line(one: views.ProgrammeItem) -> str:
    return " ".join(filter(None, (one.time, " | ".join(filter(None, (one.title, one.title_en))))))


def _of_schedule(one: views.EventSchedule) -> dict[str, str]:
    found = {
        "dates": "\n".join(
            f"{each.start}{f'..{each.end}' if each.end else ''}{f' | {each.source}' if each.source else ''}"
            for each in one.dates
        ),
        "exceptions": "\n".join(one.exceptions),
        "moved": "\n".join(
            f"{each.of} > {each.start}{f'..{each.end}' if each.end else ''}" for each in one.moved
        ),
    }  # fmt: skip
    if not one.rule:
        return found
    rule, _, until = one.rule.partition(";UNTIL=")
    simple = next((name for name, text in REPEATS.items() if text == rule), "")
    dated = bool(re.fullmatch("[0-9]{8}", until)) or not until
    if simple and dated:
        found |= {"repeat": simple, "until": f"{until[:4]}-{until[4:6]}-{until[6:]}" if until else ""}
    else:
        found |= {"repeat": "other", "rule": one.rule}
    return found | _of_first(one.start, one.end)


def _is_single(one: views.EventSchedule) -> bool:
    """Whether it is one date alone, of which the entries of the first can say all."""
    if one.rule or one.exceptions or one.moved or len(one.dates) != 1:
        return False
    (date,) = one.dates
    return not date.source and ("T" not in (date.start or "") or bool(date.end))


def _of_first(start: str | None, end: str | None) -> dict[str, str]:
    day, _, begins = (start or "").partition("T")
    last, _, ends = (end or start or "").partition("T")
    return {"day": day, "from": begins, "to": ends, "last_day": last if last != day else ""}


def _span(text: str) -> tuple[str, str]:
    first, _, last = text.partition("..")
    return first.strip(), last.strip()


def _lines(text: str) -> Iterator[str]:
    return (" ".join(line.split()) for line in text.splitlines() if line.strip())
