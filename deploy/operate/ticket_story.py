"""A ticket of an event, step by step on a running platform: sold, paid, let in once, counted, and given back.

The event is the story's own, begins half an hour from now and is called off at the end: its money goes back, and the
books balance.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local import stories
from deploy.local.demo import event_agencies, rows
from deploy.operate.levy_story import pay
from deploy.operate.story import Step, until
from deploy.operate.visitor import StoryError, Visitor

BUYER, PUBLISHER, TREASURER = "warga", "wisata", "bendahara"
PRICE, QUANTITY = 35_000, 2
BEGINS, LASTS = timedelta(minutes=30), timedelta(hours=3)
_TOLD = {"OrderPlaced", "PaymentCreated", "PaymentCaptured", "TicketsIssued", "TicketAdmitted", "PaymentRefunded"}
"""Events that everybody may read of, some of them by name alone."""
WHY = "Cerita contoh sudah selesai, acara ini tidak pernah ada."


@dataclass(frozen=True)
class Venue:
    """Where the event is."""

    name: str
    lon: float
    lat: float
    served: bool
    """Whether buses stop there, whose passengers are told."""


async def tell(visitor: Visitor, city: str, timezone: str) -> AsyncGenerator[Step, None]:
    """The steps as they happen. Raises StoryError when one does not come out as it should."""
    if lacking := stories.lacking("ticket", city):
        raise StoryError(lacking)
    officer, place = f"petugas-{event_agencies(city)[0]}", venue(city)
    event = await published(visitor, officer, datetime.now(ZoneInfo(timezone)), place)
    yield Step("event", officer, f"{event['code']} is published by a second officer", event)

    if place.served:
        alerts = partial(visitor.get, "/v1/alerts")
        told = await until("passengers are not told of the event", alerts, lambda page: _of(page, event))
        yield Step("buses", "living", f"passengers are told: {_of(told, event)[0]['header_en']}", _of(told, event)[0])
    before = await _cashless(visitor)

    sale = await visitor.post("/v1/ticket-sales", {"occasion": event["occasions"][0]["id"]}, officer)
    kind = {"name_id": "Dewasa", "name_en": "Adults", "price": PRICE, "quota": 50, "refund_percent": 100}
    sale = await visitor.post(f"/v1/ticket-sales/{sale['id']}/types", kind, officer)
    yield Step("sale", officer, f"{kind['quota']} seats at {PRICE:,}", sale)

    wish = {"type": sale["types"][0]["id"], "quantity": QUANTITY}
    order = await visitor.post("/v1/orders", {"sale": sale["id"], "wishes": [wish], "holder": "Warga Contoh"}, BUYER)
    yield Step("order", BUYER, f"{order['code']}: {QUANTITY} seats held until {order['hold_time']}", order)

    read = partial(visitor.get, f"/v1/orders/{order['code']}", BUYER)
    order = await until("the order has no payment", read, lambda found: found["payment"])
    payment = await visitor.post(f"/v1/payments/{order['payment']}/qr", user=BUYER)
    yield Step("qris", BUYER, f"{payment['code']} for {_money(payment['amount'])}", payment)

    await pay(visitor, payment["qr"])
    yield Step("bank", BUYER, "scanned and paid at the simulated bank", {})

    paid = partial(visitor.get, f"/v1/payments/{payment['code']}", BUYER)
    payment = await until("the payment is not captured", paid, lambda found: found["state"] == "captured")
    yield Step("captured", "the bank's signed notification", f"at {payment['capture_time']}", payment)

    counted = await until("the payment is not counted", partial(_cashless, visitor), lambda found: found[1] > before[1])
    words = f"{counted[1]} of {counted[0]} payments cashless, {before[1]} of {before[0]} before"
    yield Step("cashless", "economy", words, {"before": before, "after": counted})

    order = await until("there are no tickets", read, lambda found: len(found["tickets"]) == QUANTITY)
    ticket = order["tickets"][0]
    yield Step("ticket", BUYER, f"{ticket['code']} with its signed QR code", ticket)

    async for step in _admitted(visitor, officer, sale["id"], ticket, event):
        yield step
    async for step in _called_off(visitor, officer, event, order):
        yield step


async def _admitted(
    visitor: Visitor, officer: str, sale: str, ticket: Mapping[str, Any], event: Mapping[str, Any]
) -> AsyncGenerator[Step, None]:
    """The ticket lets in once, and that counts."""
    gate = await visitor.post("/v1/gates", {"sale": sale, "name": "Utara"}, officer)
    first = await _scan(visitor, officer, gate["id"], ticket["token"])
    if first["verdict"] != "admitted":
        raise StoryError(f"the gate says {first['verdict']}")
    scanned = visitor.traces[-1]
    yield Step("admitted", f"gate {gate['name']}", f"{ticket['code']} is let in", {**first, "trace_id": scanned})

    second = await _scan(visitor, officer, gate["id"], ticket["token"])
    if second["verdict"] != "used":
        raise StoryError(f"the gate says {second['verdict']} to a ticket that was used")
    yield Step("refused", f"gate {gate['name']}", "the same ticket lets in nobody else", second)

    # It counts for the day of the ticket, which can be tomorrow: gates open before midnight for what begins after it.
    counted = partial(visitor.get, "/v1/visits", event=event["code"], until=ticket["last_day"])
    visits = await until("the visit is not counted", counted, lambda found: found["total"])
    yield Step("visit", "everybody", f"{visits['total']} visit of {event['code']} is counted", visits)


async def _called_off(
    visitor: Visitor, officer: str, event: Mapping[str, Any], order: dict[str, Any]
) -> AsyncGenerator[Step, None]:
    """The event does not take place: all money goes back by itself."""
    off = await visitor.post(f"/v1/events/{event['id']}/cancellation", {"reason": WHY}, officer, event["etag"])
    yield Step("cancelled", officer, f"{event['code']} is called off", {**off, "trace_id": visitor.traces[-1]})

    alerts = partial(visitor.get, "/v1/alerts")
    await until("passengers are told of what was called off", alerts, lambda page: not _of(page, event))
    read = partial(visitor.get, f"/v1/orders/{order['code']}", BUYER)
    order = await until("the money does not go back", read, lambda found: _back(found) == found["amount"]["units"])
    if order["tickets"][0]["state"] != "cancelled":
        raise StoryError("a ticket of what does not take place still holds")
    yield Step("refunded", "the timer, and economy", f"{_money(order['amount'])} are back", order)

    payment = await visitor.get(f"/v1/payments/{order['payment']}", BUYER)
    if payment["state"] != "refunded":
        raise StoryError(f"economy says the payment is {payment['state']}")
    found = (await visitor.get("/v1/ticket-settlements", officer, sale=order["sale"]))["settlements"][0]
    sums = [found[name]["units"] for name in ("captured", "refunded", "open", "net")]
    if sums != [payment["amount"]["units"], payment["refunded"]["units"], 0, 0]:
        raise StoryError(f"the settlement says {sums}, the payment {payment['amount']} and {payment['refunded']}")
    yield Step("settlement", officer, f"{_money(found['captured'])} paid and given back, none open", found)

    checked = await visitor.post("/v1/ledger/check", user=TREASURER)
    if checked["problems"]:
        raise StoryError(f"the books do not balance: {checked['problems']}")
    yield Step("books", TREASURER, "the ledger adds up to zero, each balance to its journal", checked)
    told = {**order, "correlation": order["id"]}
    story = partial(visitor.get, f"/v1/stories/{order['id']}")
    known = await until("the story is not told to everybody", story, lambda one: _types(one) >= _TOLD)
    pillars = sorted({one["pillar"] for one in known["events"]})
    words = f"/cerita/{order['id']} tells {len(known['events'])} events of {', '.join(pillars)}, no sum and no name"
    yield Step("told", "everybody", words, known)
    yield Step("story", "everybody", f"{visitor.urls['traces'].rstrip('/')}/stories/{order['id']}", told)


def venue(city: str) -> Venue:
    """A stop of the city's lines; without any, the point of its first kelurahan."""
    from services.kit.city import load_city

    known = load_city(city)
    stops = {row["stop"]: row for name in ("transit_stops.csv", "transit_stops_osm.csv") for row in rows(city, name)}
    for call in rows(city, "transit_route_stops.csv"):
        stop = stops[call["stop"]]
        lon, lat = float(stop["lon"]), float(stop["lat"])
        if known.locate(lon, lat) is not None:  # lines go on beyond the city
            return Venue(stop["name"], lon, lat, served=True)
    area = next(one for one in known.areas.values() if one.is_lowest)
    return Venue(area.name, area.lon, area.lat, served=False)


async def published(visitor: Visitor, officer: str, now: datetime, place: Venue) -> dict[str, Any]:
    """An event of tonight, written by one officer and published by another."""
    begin = now + BEGINS
    date = {"start": begin.strftime("%Y-%m-%dT%H:%M"), "end": (begin + LASTS).strftime("%Y-%m-%dT%H:%M")}
    content = {
        "name": f"Konser Cerita {secrets.token_hex(3)}",
        "name_en": "A concert that is a story",
        "kind": "performance",
        "venue": place.name,
        "location": {"lon": place.lon, "lat": place.lat},
        "schedule": {"dates": [date]},
        "extra_service": True,
    }
    event = await visitor.post("/v1/events", {"content": content}, officer)
    done: dict[str, Any] = await visitor.post(f"/v1/events/{event['id']}/publication", {}, PUBLISHER, event["etag"])
    return done


def _of(page: Mapping[str, Any], event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Alerts of public transport that an event is the reason for."""
    return [one for one in page["alerts"] if one["source"] == event["code"]]


def _types(story: Mapping[str, Any]) -> set[str]:
    return {one["type"].rpartition(".")[2] for one in story["events"]}


async def _cashless(visitor: Visitor) -> tuple[int, int]:
    """Payments of these days in the city's figures, and the cashless ones of them."""
    found = (await visitor.get("/v1/indicators", group="sector"))["indicators"]
    return sum(one["payments"] for one in found), sum(one["cashless_payments"] for one in found)


async def _scan(visitor: Visitor, officer: str, gate: str, shown: str) -> dict[str, Any]:
    body = {"scans": [{"scan": secrets.token_hex(16), "shown": shown}]}
    found: dict[str, Any] = (await visitor.post(f"/v1/gates/{gate}/scans", body, officer))["results"][0]
    return found


def _back(order: Mapping[str, Any]) -> int:
    return sum(one["amount"]["units"] for one in order["refunds"] if one["state"] == "done")


def _money(amount: Mapping[str, Any]) -> str:
    return f"{amount['currency']} {amount['units']:,}"
