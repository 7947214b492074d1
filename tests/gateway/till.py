"""Money over the API, for tests: a counter, a business and those who pay."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
from stdnum import luhn

from tests.gateway.conftest import new_key
from tests.gateway.running import Stand

CASHIER, TREASURER, OFFICE, CITIZEN, OWNER = "petugas-dlh", "petugas-bpkad", "petugas-dinkop-um", "warga", "pedagang"


def rupiah(units: int) -> dict[str, Any]:
    """An amount in a body."""
    return {"currency": "IDR", "units": units}


@dataclass
class Till:
    """Sends what people send; what is not refused answers with its body."""

    stand: Stand
    client: httpx.AsyncClient
    businesses: list[str] = field(default_factory=list)
    """Ids of those that were taken on."""

    async def send(self, method: str, path: str, body: Any = None, user: str = "", etag: str = "") -> httpx.Response:
        """One request; a write has a new key."""
        headers = await self.stand.bearer(user) if user else {}
        headers = {**headers, **(new_key() if method == "POST" else {}), **({"if-match": f'"{etag}"'} if etag else {})}
        return await self.client.request(method, path, json=body, headers=headers)

    async def done(self, method: str, path: str, body: Any = None, user: str = "", etag: str = "") -> dict[str, Any]:
        """The body of what must succeed."""
        answer = await self.send(method, path, body, user, etag)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def counter(self, user: str = CASHIER) -> str:
        """Id of the counter of an officer's agency."""
        found = await self.done("GET", "/v1/merchants", user=user)
        return str(found["merchants"][0]["id"])

    async def business(self) -> dict[str, Any]:
        """A new business of the owner's that was taken on."""
        body = {
            "name": "Lumpia Bu Sri",
            "mcc": "5814",
            "sector": "food",
            "size": "umi",
            "area": "33.74.01.1007",
            "settlement_account": {"bank": "008", "number": "1360012345678"},
        }
        made = await self.done("POST", "/v1/merchants", body, OWNER)
        self.businesses.append(made["id"])
        number = secrets.randbelow(10**12)
        pan = f"936000{number:012}"
        given = {"nmid": f"ID1{number:012}", "pan": pan + luhn.calc_check_digit(pan)}
        return await self.done("POST", f"/v1/merchants/{made['id']}/activation", given, OFFICE, made["etag"])

    async def payment(self, units: int = 12_000, **more: Any) -> dict[str, Any]:
        """A new payment to the cashier's counter."""
        body = {"merchant": await self.counter(), "amount": rupiah(units), **more}
        return await self.done("POST", "/v1/payments", body, CASHIER)

    async def paid(self, units: int = 12_000) -> dict[str, Any]:
        """A payment that was paid in cash."""
        payment = await self.payment(units)
        return await self.done("POST", f"/v1/payments/{payment['id']}/cash", user=CASHIER)
