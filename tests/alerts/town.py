"""People of a town who use the platform while something is wrong with it."""

from __future__ import annotations

import asyncio
import base64
import hmac
import io
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
from PIL import Image

from deploy.operate.gauge import connected
from deploy.operate.visitor import StoryError
from tests.fixtures.house import House, new_key

PATIENCE_S = 12.0
OFFICER, VERIFIER = "petugas-disdag", "verifikator"
WORKS, WASTE = "petugas-dpu", "petugas-dlh"
TREASURY = ("petugas-bpkad", "bendahara")
GAUGE, DEPOT = "duga-simongan", "kaligawe"
DEVICES = 3
"""So many that are refused are an alert."""
_NOBODY = httpx.Response(599, json={"detail": "no answer"})


@dataclass
class Town:
    """Every call answers, with 599 when nothing came. Logins are made before anything is broken."""

    house: House
    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)
    known: dict[str, Any] = field(default_factory=dict)
    """A complaint of before, for those who only read."""
    devices: list[tuple[str, str]] = field(default_factory=list)
    """Devices of a gauge, with their passwords."""

    async def ask(self, method: str, path: str, user: str = "", **more: Any) -> httpx.Response:
        """One request."""
        head = {**({"Authorization": f"Bearer {self.tokens[user]}"} if user else {}), **more.pop("headers", {})}
        if method == "POST":
            head.setdefault("Idempotency-Key", new_key())
        try:
            return await self.client.request(method, path, headers=head, **more)
        except httpx.HTTPError:
            return _NOBODY

    async def file(self) -> httpx.Response:
        """Somebody reports waste."""
        body = {
            "text": f"Sampah menumpuk di depan pasar ({new_key()})",
            "category": "sampah-menumpuk",
            "location": {"lon": 110.4085, "lat": -6.9822},
        }
        return await self.ask("POST", "/v1/complaints", json=body)

    async def verify(self, complaint: dict[str, Any]) -> httpx.Response:
        """A verifier passes it on; environment opens a clean-up then."""
        head = {"If-Match": f'"{complaint["etag"]}"'}
        path = f"/v1/complaints/{complaint['code']}/transitions"
        return await self.ask("POST", path, VERIFIER, headers=head, json={"transition": "verify"})

    async def report(self) -> httpx.Response:
        """Waste is reported and passed on."""
        filed = await self.file()
        return await self.verify(filed.json()) if filed.status_code == 201 else filed

    async def read(self) -> httpx.Response:
        """Somebody looks at a complaint: governance."""
        return await self.ask("GET", f"/v1/complaints/{self.known['code']}")

    async def cleanups(self) -> httpx.Response:
        """A verifier looks at clean-ups: environment."""
        return await self.ask("GET", "/v1/cleanups", VERIFIER)

    async def tariffs(self) -> httpx.Response:
        """Somebody looks at the tariffs: economy, without the bank."""
        return await self.ask("GET", "/v1/levies/tariffs")

    async def qr(self) -> httpx.Response:
        """A bill is to be paid by QRIS: economy asks the bank."""
        wanted = {
            "tariff": "pasar-kios", "object": f"kios {secrets.randbelow(10**6)}", "quantity": 180,
            "period": f"{datetime.now():%Y-%m}", "area": "33.74.01.1010",
        }  # fmt: skip
        bill = await self.ask("POST", "/v1/bills", OFFICER, json=wanted)
        assert bill.is_success, bill.text  # no fault concerns it
        payment = await self.ask("POST", f"/v1/bills/{bill.json()['number']}/payment", json={})
        if payment.is_error:
            return payment
        return await self.ask("POST", f"/v1/payments/{payment.json()['id']}/qr", json={})

    async def pay(self) -> httpx.Response:
        """The same, and somebody pays it at the bank."""
        made = await self.qr()
        if made.is_error:
            return made
        return await self.client.post(f"{self.house.about['urls']['bank']}/api/pay", json={"qr": made.json()["qr"]})

    async def give_back(self) -> None:
        """The treasury gives all money in suspense back to its payers."""
        listed = await self.ask("GET", "/v1/suspense", *TREASURY[:1])
        for item in listed.raise_for_status().json()["items"]:
            path, etag = f"/v1/suspense/{item['id']}", item["etag"]
            asked = {"note": "Dikembalikan ke pembayar"}
            for user, step, body in zip(TREASURY, ("proposal", "approval"), (asked, {}), strict=True):
                done = await self.ask("POST", f"{path}/{step}", user, headers={"If-Match": f'"{etag}"'}, json=body)
                assert done.is_success, done.text
                etag = done.json()["etag"]

    async def photo(self) -> httpx.Response:
        """The reporter adds a photo: the gateway stores it."""
        picture = io.BytesIO()
        Image.new("RGB", (64, 64), "brown").save(picture, "JPEG")
        head = {"X-Link-Key": self.known["link_key"], "Content-Type": "image/jpeg"}
        path = f"/v1/complaints/{self.known['code']}/photos"
        return await self.ask("POST", path, headers=head, content=picture.getvalue())

    async def logged_in(self) -> httpx.Response:
        """Somebody with the cookie of a session that has ended: the gateway looks it up."""
        secret = new_key()
        mac = hmac.digest(self.house.secrets.key("session").encode(), f"session\n{secret}".encode(), "sha256")
        cookie = f"session-{self.house.port}={secret}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        return await self.ask("GET", "/v1/me", headers={"Cookie": cookie})

    async def opaque(self) -> httpx.Response:
        """Somebody with a token that only the identity provider can read."""
        return await self.ask("GET", "/v1/me", headers={"Authorization": f"Bearer {new_key()}"})

    async def plan(self) -> httpx.Response:
        """The waste agency asks for today's rounds, unless they are being planned."""
        return await self.ask("POST", "/v1/waste/rounds", WASTE, json={"depot": DEPOT})

    async def knock(self) -> bool:
        """The devices come over MQTT; whether all of them are let in."""
        port = self.house.components()["nats"]["ports"]["mqtt"]
        found = await asyncio.gather(*(_comes(*one, port) for one in self.devices))
        return all(found)


async def _comes(name: str, password: str, port: int) -> bool:
    try:
        async with connected(name, password, port, "level", "m", 1.0):
            return True
    except StoryError:
        return False


@asynccontextmanager
async def town(house: House) -> AsyncIterator[Town]:
    """A town whose people can log in and that has a complaint."""
    async with httpx.AsyncClient(base_url=house.url, timeout=PATIENCE_S) as client:
        people = Town(house, client)
        people.tokens = {user: await house.token(user) for user in (OFFICER, VERIFIER, WORKS, WASTE, *TREASURY)}
        for user in people.tokens:  # the gateway fetches the keys of the identity provider once
            assert (await people.ask("GET", "/v1/me", user)).status_code == 200
        filed = await people.file()
        assert filed.status_code == 201, filed.text
        people.known = filed.json()
        for _ in range(DEVICES):
            named = {"name": f"kota-{secrets.token_hex(4)}"}
            issued = await people.ask("POST", f"/v1/things/{GAUGE}/devices", WORKS, json=named)
            assert issued.status_code == 201, issued.text
            people.devices.append((issued.json()["id"], issued.json()["password"]))
        yield people


async def at_once(count: int, what: Any) -> list[httpx.Response]:
    """So many people do it at the same time."""
    return list(await asyncio.gather(*(what() for _ in range(count))))
