"""The entries of a service alert's form: into a request, and from an alert that is written anew."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import datetime, tzinfo

from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request

from gateway.portal.kit.acting import FormState
from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import city_words
from gateway.portal.kit.texts import Texts
from gateway.portal.living.known_stops import stop_with
from services.kit.rpc import protos
from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import alerts_views as views

Asked = pb.CreateServiceAlertRequest | pb.UpdateServiceAlertRequest
_TIME = "%Y-%m-%dT%H:%M"
_BETWEEN = re.compile(r"[,\n]+")
_WORDS = ("header", "header_en", "description", "description_en", "url")
_STOPS = ("stops", "stretch_from", "stretch_to", "detour_skipped", "detour_added")
"""Entries that name stops."""
_DETOUR = ("detour_skipped", "detour_added", "detour_note", "detour_note_en")
"""Entries of a detour beside its line."""
TOGETHER = (("start", "end"), ("routes", "stops", "stretch_from", "stretch_to", "closes"), ("detour_route", *_DETOUR))
"""Entries that make sense together alone."""
_OF_STRETCH = ("STRETCH_REVERSED", "STRETCH_NOWHERE")
"""Reasons that are about both ends of the stretch."""
_MOST_SPELLED = 40
"""Ids in small letters that are looked up for one form."""


async def fill(request: Request, form: Fields, asked: Asked) -> dict[str, str]:
    """Puts what was entered into a request; answers with what is wrong by entry, as keys of texts."""
    await _spell(request, form)
    return _fill(form, form.all("routes"), city_words(request).city.timezone, asked)


async def _spell(request: Request, form: Fields) -> None:
    """Writes ids of stops as the timetable does where they came in small letters."""
    small = {one: one for name in _STOPS for one in _ids(form[name]) if one != one.upper()}
    typed = list(small)[:_MOST_SPELLED]
    for one, stop in zip(typed, await asyncio.gather(*(stop_with(request, each) for each in typed)), strict=True):
        small[one] = stop.id if stop is not None else one
    for name in _STOPS:
        if any(one in small for one in _ids(form[name])):
            form[name] = ", ".join(small.get(one, one) for one in _ids(form[name]))


def placed(shown: FormState, texts: Texts) -> FormState:
    """A refusal of the pillar at the entries that it is about: it knows of periods and entities alone."""
    trouble, form = shown.trouble, shown.form or Fields()
    if trouble is None:
        return shown
    errors = {name: said for name, said in trouble.errors.items() if name not in ("periods", "entities")}
    if said := trouble.errors.get("periods"):
        errors["end"] = said
    if trouble.reason in _OF_STRETCH:
        errors["stretch_to"] = trouble.errors.get("entities", "")
    named = _ids(trouble.named)
    for name in _STOPS:
        meant = [one for one in _ids(form[name]) if one in named]
        if meant:
            errors[name] = texts(f"reason.{trouble.reason}", named=", ".join(meant))
    message = "" if any(name in errors for name in _STOPS) else trouble.message  # it is said once, where it is
    return replace(shown, trouble=replace(trouble, errors=errors, message=message))


def whole(one: pb.ServiceAlert, zone: tzinfo) -> bool:
    """Whether the form holds all that an alert says: over the API more can be said, which the form would lose."""
    asked = pb.CreateServiceAlertRequest()
    _fill(*of(views.service_alert(one), zone), zone, asked)
    return (list(asked.periods), list(asked.entities), list(asked.detours)) == (
        list(one.periods),
        list(one.entities),
        list(one.detours),
    )


def _fill(form: Fields, routes: list[str], zone: tzinfo, asked: Asked) -> dict[str, str]:
    asked.cause = views.SERVICE_ALERT_CAUSE_NUMBERS.get(form["cause"], pb.SERVICE_ALERT_CAUSE_UNSPECIFIED)
    asked.effect = views.SERVICE_ALERT_EFFECT_NUMBERS.get(form["effect"], pb.SERVICE_ALERT_EFFECT_UNSPECIFIED)
    asked.severity = views.SERVICE_ALERT_SEVERITY_NUMBERS.get(form["severity"], pb.SERVICE_ALERT_SEVERITY_UNSPECIFIED)
    for name in _WORDS:
        setattr(asked, name, form[name])
    wrong = _period(form, asked, zone)
    _entities(form, asked, routes)
    wrong |= _detour(form, asked)
    if not asked.entities:
        wrong["stops"] = "alert_desk.nothing_named"
    return wrong | _stretch(form["stretch_from"], form["stretch_to"])


def _stretch(begin: str, finish: str) -> dict[str, str]:
    """A stretch has two different ends."""
    if bool(begin) != bool(finish):
        return {"stretch_to" if begin else "stretch_from": "alert_desk.stretch_half"}
    return {"stretch_to": "alert_desk.stretch_same"} if begin and begin == finish else {}


def _period(form: Fields, asked: Asked, zone: tzinfo) -> dict[str, str]:
    times: dict[str, Timestamp | None] = {}
    wrong: dict[str, str] = {}
    for name in ("start", "end"):
        at = moment_of(form[name], zone)
        if form[name] and at is None:
            wrong[name] = "alert_desk.time_wrong"
        elif at is not None:
            times[name] = protos.timestamp(at)
    if times:
        asked.periods.add(start_time=times.get("start"), end_time=times.get("end"))
    return wrong


def _entities(form: Fields, asked: Asked, routes: list[str]) -> None:
    """Lines alone; or stops and a stretch, of the chosen lines where there are any."""
    closes, stops = form.flag("closes"), _ids(form["stops"])
    begin, finish = form["stretch_from"], form["stretch_to"]
    for route in routes or [""]:
        if begin or finish:
            asked.entities.add(route=route, from_stop=begin, to_stop=finish, closes=closes)
        for stop in stops:
            asked.entities.add(route=route, stop=stop, closes=closes)
        if route and not (stops or begin or finish):
            asked.entities.add(route=route, closes=closes)


def _detour(form: Fields, asked: Asked) -> dict[str, str]:
    """How a line goes meanwhile; what is written of it without the line is not dropped in silence."""
    route = form["detour_route"]
    if not route:
        told = any(form[name] for name in _DETOUR)
        return {"detour_route": "alert_desk.detour_unnamed"} if told else {}
    asked.detours.add(
        route=route,
        skipped_stops=_ids(form["detour_skipped"]),
        added_stops=_ids(form["detour_added"]),
        note=form["detour_note"],
        note_en=form["detour_note_en"],
    )
    if not asked.entities:
        asked.entities.add(route=route)
    return {}


def of(one: views.ServiceAlert, zone: tzinfo) -> tuple[Fields, list[str]]:
    """An alert as its form has it, and the lines that are ticked."""
    found = Fields({name: getattr(one, name) or "" for name in (*_WORDS, "cause", "effect", "severity")})
    found["closes"] = "yes" if any(each.closes for each in one.entities) else ""
    found["stops"] = ", ".join(dict.fromkeys(each.stop for each in one.entities if each.stop))
    for stretch in (each for each in one.entities if each.from_stop):
        found |= {"stretch_from": stretch.from_stop, "stretch_to": stretch.to_stop or ""}
    for period in one.periods[:1]:
        found |= {"start": _entry(period.start_time, zone), "end": _entry(period.end_time, zone)}
    for detour in one.detours[:1]:
        found |= {
            "detour_route": detour.route,
            "detour_skipped": ", ".join(detour.skipped_stops),
            "detour_added": ", ".join(detour.added_stops),
            "detour_note": detour.note or "",
            "detour_note_en": detour.note_en or "",
        }
    found["effect"] = found["effect"] or "other_effect"  # as the form has it
    routes = list(dict.fromkeys(each.route for each in one.entities if each.route))
    found["routes"], found.sent = ", ".join(routes), [("routes", each) for each in routes]
    return found, routes


def _entry(at: datetime | None, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime(_TIME) if at else ""


def _ids(text: str) -> list[str]:
    return [found for one in _BETWEEN.split(text) if (found := one.strip())]
