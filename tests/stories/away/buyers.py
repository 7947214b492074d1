"""Many buyers of one event's tickets at once: each orders, pays at the simulated bank, and gets their own."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local.demo import MERCHANT, event_agencies
from deploy.operate.levy_story import pay
from deploy.operate.story import until
from deploy.operate.ticket_story import BUYER, PRICE, published, venue
from deploy.operate.visitor import Visitor
from tests.fixtures.house import House

LOGINS = (BUYER, MERCHANT)
AT_ONCE = 50
"""Buyers in the middle of it at the same moment; the others come as these are through. A login may have 30 tickets
of a sale that are not paid."""


@dataclass
class Buyers:
    """Who bought what: payment and ticket by the order's id, which is the correlation of its story."""

    visitor: Visitor
    bought: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def buy(self, city: str, timezone: str, count: int) -> None:
        """So many tickets of one event, one each."""
        officer = f"petugas-{event_agencies(city)[0]}"
        event = await published(self.visitor, officer, datetime.now(ZoneInfo(timezone)), venue(city))
        sale = await self.visitor.post("/v1/ticket-sales", {"occasion": event["occasions"][0]["id"]}, officer)
        kind = {"name_id": "Dewasa", "name_en": "Adults", "price": PRICE, "quota": count, "refund_percent": 100}
        sale = await self.visitor.post(f"/v1/ticket-sales/{sale['id']}/types", kind, officer)
        turns = iter(range(count))

        async def one_after_another() -> None:
            for number in turns:
                await self._buy(sale, number)

        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, count)):
                group.create_task(one_after_another())

    async def _buy(self, sale: dict[str, Any], number: int) -> None:
        visitor, buyer = self.visitor, LOGINS[number % len(LOGINS)]
        wish = {"type": sale["types"][0]["id"], "quantity": 1}
        body = {"sale": sale["id"], "wishes": [wish], "holder": f"Warga {number}"}
        order = await visitor.post("/v1/orders", body, buyer)

        async def read() -> Any:
            return await visitor.get(f"/v1/orders/{order['code']}", buyer)

        order = await until("the order has no payment", read, lambda found: found["payment"])
        payment = await visitor.post(f"/v1/payments/{order['payment']}/qr", user=buyer)
        await pay(visitor, payment["qr"])
        order = await until("there is no ticket", read, lambda found: found["tickets"])
        self.bought[order["id"]] = (order["payment"], order["tickets"][0]["code"])


async def crosstalk(house: House, bought: dict[str, tuple[str, str]]) -> list[str]:
    """Events whose correlation id is of another order, that came twice, or that are missing."""
    admin = await house.database()
    found = []
    wanted = {"branding": ("OrderPlaced", "TicketsIssued"), "economy": ("PaymentCreated", "PaymentCaptured")}
    try:
        for pillar, names in wanted.items():
            for name in names:
                query = f"SELECT correlation, payload FROM {pillar}.outbox WHERE type = $1 AND correlation = ANY($2)"
                rows = await admin.fetch(query, f"smartcity.{pillar}.v1.{name}", list(bought))
                told: dict[str, int] = {}
                for row in rows:
                    told[row["correlation"]] = told.get(row["correlation"], 0) + 1
                    payment = bought[row["correlation"]][0].encode()
                    if pillar == "economy" and payment not in bytes(row["payload"]):
                        found.append(f"{name} of another payment in {row['correlation']}")
                found += [f"{name} {told.get(one, 0)} times in {one}" for one in bought if told.get(one) != 1]
        if len({ticket for _, ticket in bought.values()}) != len(bought):
            found.append("a ticket is two buyers'")
        return found
    finally:
        await admin.close()
