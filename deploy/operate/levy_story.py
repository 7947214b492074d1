"""A stallholder's market levy, from the bill to the figures of the kelurahan, step by step on a running platform."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local import stories
from deploy.local.demo import treasury_agency
from deploy.operate.story import Step, until
from deploy.operate.visitor import StoryError, Visitor

UNITS = 180
"""Six square metres for thirty days."""


async def tell(visitor: Visitor, city: str, timezone: str) -> AsyncGenerator[Step, None]:
    """The steps as they happen. Raises StoryError when one does not come out as it should."""
    levy = stories.levy(city)
    if levy is None:
        raise StoryError(stories.lacking("levy", city))
    today = datetime.now(ZoneInfo(timezone)).date().isoformat()
    treasurer = f"petugas-{treasury_agency(city)}"
    before = await _area(visitor, today, levy.area)

    stall = f"Pasar Johar, kios B-{secrets.randbelow(900) + 100}-{secrets.token_hex(2)}"
    wanted = {"tariff": stories.TARIFF, "object": stall, "period": today[:7], "quantity": UNITS, "area": levy.area}
    bill = await visitor.post("/v1/bills", wanted, f"petugas-{levy.agency}")
    yield Step("bill", "market office", f"{bill['number']} for {stall}: {_money(bill)}", bill)

    payment = await visitor.post(f"/v1/bills/{bill['number']}/payment")
    payment = await visitor.post(f"/v1/payments/{payment['id']}/qr")
    yield Step("qris", "stallholder", f"{payment['code']}, to be paid until {payment['expire_time']}", payment)

    await pay(visitor, payment["qr"])
    yield Step("bank", "stallholder", "scanned and paid at the simulated bank", {})

    paid = partial(visitor.get, f"/v1/payments/{payment['id']}")
    payment = await until("the payment is not captured", paid, lambda found: found["state"] == "captured")
    yield Step("captured", "the bank's signed notification", f"at {payment['capture_time']}", payment)

    billed = partial(visitor.get, f"/v1/bills/{bill['number']}")
    bill = await until("no receipt is issued", billed, lambda found: found["receipt"])
    receipt = await visitor.get(f"/v1/bills/{bill['number']}/receipt")
    printed = {"number": receipt["number"], "units": receipt["amount"]["units"], "seal": receipt["seal"]}
    checked = await visitor.post("/v1/levies/receipts/check", printed)
    if not checked["genuine"]:
        raise StoryError(f"the receipt does not check: {checked['reason']}")
    yield Step("receipt", "anybody", f"{receipt['number']} with seal {receipt['seal']} is genuine", receipt)

    closed = await visitor.post(f"/v1/settlement/days/{today}/closing", {"early": True}, treasurer)
    yield Step("settlement", "treasury", f"{closed['batches']} batches, {_money(closed, 'net')}", closed)

    counted = partial(_area, visitor, today, levy.area)
    more = before["payments"] + 1
    after = await until("the payment is not counted", counted, lambda found: found["payments"] >= more)
    share = f"{after['cashless_share']:.0%} of {after['payments']} payments today are cashless"
    yield Step("indicator", "everybody", f"{after['area']['name']}: {share}", after)
    yield Step("story", "everybody", f"{visitor.urls['traces'].rstrip('/')}/stories/{bill['number']}", bill)


async def pay(visitor: Visitor, qr: str) -> None:
    """What the stallholder's banking app does."""
    answer = await visitor.client.post(f"{visitor.urls['bank'].rstrip('/')}/api/pay", json={"qr": qr})
    if answer.status_code >= 400:
        raise StoryError(f"the bank answered {answer.status_code}: {answer.text[:300]}")


async def _area(visitor: Visitor, day: str, area: str) -> dict[str, Any]:
    query = {"group": "area", "first_day": day, "last_day": day, "area": area}
    found = (await visitor.get("/v1/indicators", **query))["indicators"]
    return found[0] if found else {"payments": 0}


def _money(thing: dict[str, Any], name: str = "amount") -> str:
    return f"{thing[name]['currency']} {thing[name]['units']:,}"
