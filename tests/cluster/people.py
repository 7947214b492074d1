"""`python people.py URL RATE`: people in front of a gateway who try nothing twice; what they see, a line each second.

Runs by itself in a pod (crowd.py), with nothing but what the image has. Half of them come over a connection of
their own, the others over some that are kept. Each call goes past the gateway's memory but the home, which tells by its
sections whether each pillar answers.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx

WITHIN_S = 15.0
KEPT = 20
"""Failures of which more is told than how many there were."""
OPEN_TIMES = 20
WORDS = ["Sampah menumpuk di depan pasar", "Lampu jalan mati", "Jalan berlubang besar", "Saluran air tersumbat"]


def closed(home: httpx.Response) -> str:
    """Which sections of the city are missing; those of a pillar that was silent for three seconds are old but there."""
    states = {name: section["status"] for name, section in home.json()["sections"].items()}
    return " ".join(f"{name} {state}" for name, state in states.items() if state not in {"ok", "stale"})


class People:
    """What they asked, and how it went."""

    def __init__(self, url: str) -> None:
        """Asks nothing yet."""
        self._url, self._began = url, time.monotonic()
        self._codes: list[str] = []
        self._clients: list[httpx.AsyncClient] = []
        self._times: list[float] = []
        self._answered: Counter[str] = Counter()
        self._failures: list[str] = []
        self._failed = self._stale = 0

    @asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        """Their two kinds of connections."""
        each_its_own = httpx.Limits(max_keepalive_connections=0)
        async with (
            httpx.AsyncClient(base_url=self._url, timeout=WITHIN_S, trust_env=False) as kept,
            httpx.AsyncClient(base_url=self._url, timeout=WITHIN_S, trust_env=False, limits=each_its_own) as own,
        ):
            self._clients = [kept, own]
            yield

    async def let_in(self) -> None:
        """Waits until the city is open: whichever gateway they ask, every section is there."""
        open_times = 0
        while open_times < OPEN_TIMES:
            await asyncio.sleep(0.2)
            try:
                answer = await self._clients[1].get("/v1/city")
            except httpx.HTTPError:
                open_times = 0
            else:
                open_times = 0 if closed(answer) else open_times + 1

    async def ask(self) -> None:
        """One call."""
        what, method, path, body, wanted = self._wish()
        began = time.monotonic()
        try:
            head = {"idempotency-key": uuid4().hex} if body else {}
            answer = await random.choice(self._clients).request(method, path, json=body, headers=head)
            wrong = "" if answer.status_code == wanted else f"{answer.status_code} {answer.text[:200]}"
            if not wrong and what == "city":
                wrong = closed(answer)
                self._stale += b'"stale"' in answer.content
            if not wrong and what == "file":
                self._codes.append(answer.json()["code"])
        except httpx.HTTPError as error:
            wrong = repr(error)
        self._note(what, wrong, time.monotonic() - began)

    def _wish(self) -> tuple[str, str, str, dict[str, Any] | None, int]:
        what = random.choices(["city", "home", "file", "read", "bill", "similar"], [3, 1, 2, 3, 2, 1])[0]
        text = f"{random.choice(WORDS)}, nomor {random.randrange(10**6)} di gang {uuid4().hex[:6]}"
        place = {"lon": 110.40 + random.random() * 0.02, "lat": -6.99 + random.random() * 0.01}
        if what == "file":
            return what, "POST", "/v1/complaints", {"text": text, "location": place}, 201
        if what == "similar":
            return what, "POST", "/v1/complaints/similar", {"text": text, "location": place}, 200
        if what == "bill":  # nobody has one; economy says so
            return what, "GET", f"/v1/bills/{random.randrange(10**11, 10**12)}", None, 404
        if what == "read" and self._codes:
            return what, "GET", f"/v1/complaints/{random.choice(self._codes)}", None, 200
        return ("home", "GET", "/", None, 200) if what == "home" else ("city", "GET", "/v1/city", None, 200)

    def _note(self, what: str, wrong: str, seconds: float) -> None:
        self._times.append(seconds)
        self._answered[what] += 1
        if wrong:
            self._failed += 1
            if len(self._failures) < KEPT:
                at = time.monotonic() - self._began
                self._failures.append(f"{at:.0f} s {what} after {seconds:.1f} s: {wrong}")

    def totals(self) -> str:
        """All of it until now, one line of JSON."""
        times = sorted(self._times) or [0.0]
        seen = {
            "calls": len(self._times),
            "failed": self._failed,
            "stale": self._stale,
            "median_s": round(times[len(times) // 2], 3),
            "p99_s": round(times[int(len(times) * 0.99)], 3),
            "slowest_s": round(times[-1], 3),
            "answered": self._answered,
            "failures": self._failures,
        }
        return json.dumps(seen)


async def main(url: str, rate: float) -> None:
    """Asks so many times a second, whatever becomes of the calls before."""
    people, under_way = People(url), set[asyncio.Task[None]]()
    async with people.there():
        await people.let_in()
        while True:
            told = time.monotonic() + 1
            while time.monotonic() < told:
                task = asyncio.create_task(people.ask())
                under_way.add(task)
                task.add_done_callback(under_way.discard)
                await asyncio.sleep(1 / rate)
            sys.stdout.write(people.totals() + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
