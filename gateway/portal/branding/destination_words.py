"""How destinations are said on pages, and how what people type about them is read."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit import money
from gateway.portal.kit.dates import time_of_day
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import texts_of
from gateway.portal.kit.texts import Texts
from gateway.portal.living.facility_words import Rows, Unreadable, hours_of, metres, on_day, when
from services.kit.city.opening_hours import ALWAYS, DAYS, HOLIDAYS, Spans, parse, written
from services.kit.errors import DomainError
from services.kit.numbers import grouped
from smartcity.branding.v1 import destination_photos_views as photo_views
from smartcity.branding.v1 import destinations_pb2 as pb
from smartcity.branding.v1 import destinations_views as views
from smartcity.types.v1.money_views import Money

KINDS = tuple(views.DESTINATION_KIND_NUMBERS)
PAYERS = tuple(views.PRICE_CLASS_NUMBERS)
_EXCEPTION = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) *(.*)")
_CLOSED = frozenset({"", "tutup", "closed", "off", "libur"})
ROWS: Rows = (("mo", "Mo"), ("tu_th", "Tu-Th"), ("fr", "Fr"), ("sa", "Sa"), ("su", "Su"))
"""Monday is the day on which museums are closed."""
_TEXTS = ("description", "description_en", "note", "website")


def words(request: Request) -> dict[str, Any]:
    """What templates need beside the rest."""
    texts, city = texts_of(request), current_gateway(request).city
    zone = city.timezone

    def price(units: int) -> str:
        return money.words(Money(currency=city.currency, units=units), texts) if units else texts("place.free")

    def licence(one: photo_views.DestinationPhoto) -> str:
        own = (one.licence or "").partition("LicenseRef-")[2]
        return texts(f"photo_licence.{own}") if own else one.licence_name or ""

    return {
        "licence": licence,
        "place_kinds": KINDS,
        "payers": PAYERS,
        "rows": [name for name, _ in ROWS],
        "metres": partial(metres, texts),
        "opens_when": partial(when, texts, zone),
        "on_day": partial(on_day, texts),
        "price": price,
        "week": partial(week, texts),
        "pick": texts.pick,
    }


def week(texts: Texts, text: str) -> list[tuple[str, str]]:
    """Hours by the day: its short name, and its times; empty where it is closed."""
    try:
        hours = parse(text)
    except DomainError:
        return []
    days = list(zip(DAYS, hours.week, strict=True))
    if hours.holidays is not None:
        days.append((HOLIDAYS, hours.holidays))
    return [(day, _times(texts, spans)) for day, spans in days]


def _times(texts: Texts, spans: Spans) -> str:
    if spans == ALWAYS.holidays:
        return texts("facility.all_day")
    return ", ".join("–".join(time_of_day(written(at), texts) for at in (one.opens, one.closes)) for one in spans)


def content(form: Fields) -> tuple[pb.DestinationContent, dict[str, str]]:
    """What was entered, and what is wrong by entry, as keys of texts."""
    made = pb.DestinationContent()
    if form["use"] in views.DESTINATION_USE_NUMBERS:
        made.use = views.DESTINATION_USE_NUMBERS[form["use"]]
    for name in _TEXTS:
        setattr(made, name, form[name])
    wrong: dict[str, str] = {}
    try:
        made.hours = hours_of(form, ROWS)
    except Unreadable as unreadable:
        wrong |= unreadable.errors
    if form["wheelchair"] in ("yes", "no"):
        made.wheelchair = views.DESTINATION_ACCESS_NUMBERS[form["wheelchair"]]
    for payer in PAYERS:
        price = form[f"price_{payer}"]
        units = grouped(price, 9)
        if units is not None:
            made.prices.add(payer=views.PRICE_CLASS_NUMBERS[payer], units=units)
        elif price:
            wrong[f"price_{payer}"] = "reason.PRICE_INVALID"
    for line in filter(None, map(str.strip, form["exceptions"].splitlines())):
        found = _EXCEPTION.fullmatch(line)
        if found is None:
            wrong["exceptions"] = "place.exceptions_wrong"
        else:
            made.exceptions.add(day=found[1], times=_said(found[2]))
    return made, wrong


def _said(times: str) -> str:
    """Times of a special day as the API has them; none where it is closed."""
    return "" if times.lower() in _CLOSED else times.replace(".", ":")
