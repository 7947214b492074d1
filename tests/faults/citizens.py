"""Citizens who file and a verifier who verifies, each insisting with the same key until the answer comes."""

import asyncio
import itertools
import random
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.fixtures.house import House, new_key

TEXTS = (
    "Sampah menumpuk di depan pasar dan tidak diangkut tiga hari",
    "Tumpukan sampah menutup saluran di dekat jembatan kecil",
    "Kontainer TPS penuh, sampah berserakan sampai ke jalan",
)
PATIENCE_S = 180.0


@dataclass
class Citizens:
    """``filed`` holds the acknowledged codes, ``verified`` those whose verification was acknowledged."""

    house: House
    verifier: str
    seed: int
    filed: dict[str, str] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    attempts: int = 0

    async def work(self, count: int, at_once: int = 12) -> None:
        """Files and verifies ``count`` complaints."""
        urls = itertools.cycle(self.house.gateway_urls())
        queue = iter(range(count))
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        async with httpx.AsyncClient(timeout=15, limits=limits) as client:

            async def one_after_another() -> None:
                for number in queue:
                    await self._file(client, urls, number)

            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(one_after_another())

    async def _file(self, client: httpx.AsyncClient, urls: Any, number: int) -> None:
        chance = random.Random(f"{self.seed}-{number}")
        body = {
            "text": f"{chance.choice(TEXTS)} (laporan {number})",
            "category": "sampah-menumpuk",
            "location": {"lon": 110.40 + chance.random() * 0.02, "lat": -6.99 + chance.random() * 0.01},
        }
        answer = await self._insist(client, urls, "/v1/complaints", body, {"Idempotency-Key": new_key()})
        complaint = answer.json()
        self.filed[complaint["code"]] = complaint["correlation_id"]
        head = {
            "Idempotency-Key": new_key(),
            "If-Match": f'"{complaint["etag"]}"',
            "Authorization": f"Bearer {self.verifier}",
        }
        path = f"/v1/complaints/{complaint['code']}/transitions"
        await self._insist(client, urls, path, {"transition": "verify"}, head)
        self.verified.add(complaint["code"])

    async def _insist(
        self, client: httpx.AsyncClient, urls: Any, path: str, body: dict[str, Any], head: dict[str, str]
    ) -> httpx.Response:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self.attempts += 1
                try:
                    answer = await client.post(next(urls) + path, json=body, headers=head)
                    if answer.status_code in (200, 201):
                        return answer
                    again = answer.status_code >= 500 or answer.status_code == 429 or _in_flight(answer)
                    assert again, f"{path}: {answer.status_code} {answer.text}"
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.1)


def _in_flight(answer: httpx.Response) -> bool:
    return answer.status_code == 409 and answer.json().get("reason") == "REQUEST_IN_FLIGHT"
