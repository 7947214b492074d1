"""Cases to ask for: each seed makes what one operation needs and answers with a request that must succeed."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from PIL import Image

from tests.fixtures.house import new_key, until
from tests.fixtures.nouns import found
from tests.security.rest.api import Api, Call
from tests.security.rest.money import MONEY_SEEDS, Money

PURPOSE = {"purpose": "Ask where exactly it is"}
TRIES = 3
"""Of what takes too long on a busy machine."""
APPEARS_S = 20.0
"""How long an event may take from one pillar to the other on a busy machine."""

Seed = Callable[["Seeds"], Awaitable[Call]]
T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """A complaint as its reporter knows it."""

    code: str
    key: str
    version: str

    def call(self, operation: str, role: str = "anonymous", **more: Any) -> Call:
        """A request about this case."""
        return Call(operation, role, path={"code": self.code, **more.pop("path", {})}, **more)


class Seeds:
    """Makes cases over the API, as people do."""

    def __init__(self, api: Api, bank: str) -> None:
        """Files and moves over ``api``, and pays at the simulated bank."""
        self.api = api
        self.money = Money(self, bank)
        self.kept: dict[str, list[Any]] = {}
        """What takes long to make and is used again, by what it is."""
        self._first: dict[str, Call] = {}

    async def new(self, operation: str) -> Call:
        """A request of the operation that must succeed, with all that it needs made for it alone."""
        call = await SEEDS[operation](self)
        self._first.setdefault(operation, call)
        return call

    async def first(self, operation: str) -> Call:
        """The one that was made first, for who only reads, or is refused whatever was done with it since."""
        return self._first.get(operation) or await self.new(operation)

    async def done(self, call: Call, **headers: str) -> dict[str, Any]:
        """Sends what must succeed and answers with the body; what took too long is sent again, as the answer says."""
        sent = {"Idempotency-Key": new_key(), **headers}
        for _ in range(TRIES):
            answer = await self.api.send(call, **sent)
            if answer.status_code != httpx.codes.GATEWAY_TIMEOUT:
                break
        assert answer.is_success, f"{call.operation}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    async def filed(self, role: str = "citizen", **changes: Any) -> Case:
        """A new complaint about waste, which goes to dlh; made of the documented example."""
        body = {**self.api.example("createComplaint"), **changes}
        made = await self.done(Call("createComplaint", role, body=body))
        return Case(made["code"], made["link_key"], made["etag"])

    async def assigned(self, **changes: Any) -> Case:
        """A complaint that a verifier let through, so that its agency has it."""
        case = await self.filed(**changes)
        return await self.moved(case, "verifier", transition="verify")

    async def resolved(self) -> Case:
        """A complaint that its agency answered with a reasoned refusal."""
        note = "Lahan ini milik pribadi, jadi kota tidak dapat membersihkannya."
        case = await self.assigned()
        return await self.moved(case, "officer", transition="resolve", note=note, refusal=True)

    async def moved(self, case: Case, role: str, **body: Any) -> Case:
        """The case after a move; read anew when another pillar added to it in the meantime."""
        version = case.version
        while True:
            call = case.call("transitionComplaint", role, body=body, version=version)
            answer = await self.api.send(call, **{"Idempotency-Key": new_key()})
            if answer.status_code != 412:
                break
            version = (await self.done(case.call("getComplaint", role)))["etag"]
        assert answer.is_success, f"{body}: {answer.status_code} {answer.text}"
        return Case(case.code, case.key, answer.json()["etag"])

    async def settled(self) -> Case:
        """An assigned case whose clean-up is entered, so that its version stands still."""
        return await self.heard(await self.assigned(), "CleanupOpened")

    async def heard(self, case: Case, event: str) -> Case:
        """The case once it has heard of another pillar's event."""

        async def entered() -> Any:
            found = await self.done(case.call("getComplaint", "officer"))
            return found if any(entry["type"].endswith(f".{event}") for entry in found["timeline"]) else None

        found = await until(entered, APPEARS_S, f"{event} in the timeline of {case.code}")
        return Case(case.code, case.key, found["etag"])

    async def photo(self, case: Case, role: str, key: str = "", colour: int = 90) -> str:
        """Id of a photo added to the case."""
        made = await self.done(case.call("createPhoto", role, key=key, photo=picture(colour)))
        return str(made["id"])

    async def cleanup(self, case: Case) -> dict[str, Any]:
        """The clean-up that environment opens for an assigned case."""

        async def opened() -> Any:
            found = await self.done(Call("listCleanups", "officer", query={"complaint": case.code}))
            return found["cleanups"]

        found: dict[str, Any] = (await until(opened, APPEARS_S, f"a clean-up for {case.code}"))[0]
        return found

    async def on_cleanup(self, operation: str, **body: Any) -> Call:
        """A crew's request about a new clean-up, with the documented body."""
        case = await self.assigned()
        found = await self.cleanup(case)
        evidence = {"photos": [await self.photo(case, "officer")]} if operation == "completeCleanup" else {}
        full = {**self.api.example(operation), **evidence, **body}
        return Call(operation, "officer", path={"id": found["id"]}, body=full, version=found["etag"])


def picture(colour: int = 90) -> bytes:
    """A small JPEG."""
    written = io.BytesIO()
    Image.new("RGB", (32, 24), (40, 120, colour)).save(written, "JPEG")
    return written.getvalue()


def _plain(operation: str, role: str = "anonymous", *, body: bool = False, **more: Any) -> Seed:
    """A seed that needs no case."""

    async def seed(seeds: Seeds) -> Call:
        return Call(operation, role, body=seeds.api.example(operation) if body else None, **more)

    return seed


async def _join(seeds: Seeds) -> Call:
    return (await seeds.assigned()).call("joinComplaint", body=seeds.api.example("joinComplaint"))


async def _rate(seeds: Seeds) -> Call:
    case = await seeds.resolved()
    return case.call("rateComplaint", key=case.key, body=seeds.api.example("rateComplaint"))


async def _reopen(seeds: Seeds) -> Call:
    return (await seeds.resolved()).call("reopenComplaint", "citizen", body=seeds.api.example("reopenComplaint"))


async def _reply(seeds: Seeds) -> Call:
    asked = await seeds.moved(await seeds.assigned(), "officer", transition="ask", note="Di sisi mana pasar itu?")
    return asked.call("replyComplaint", key=asked.key, body=seeds.api.example("replyComplaint"))


async def _withdraw(seeds: Seeds) -> Call:
    case = await seeds.filed()
    return case.call("withdrawComplaint", key=case.key)


async def _transition(seeds: Seeds) -> Call:
    case = await seeds.settled()
    body = {**seeds.api.example("transitionComplaint"), "photos": [await seeds.photo(case, "officer")]}
    return case.call("transitionComplaint", "officer", body=body, version=case.version)


async def _correct(seeds: Seeds) -> Call:
    case = await seeds.settled()
    return case.call("correctComplaint", "verifier", body=seeds.api.example("correctComplaint"), version=case.version)


async def _release(seeds: Seeds) -> Call:
    case = await seeds.filed()
    return case.call("releaseComplaint", "verifier", body=seeds.api.example("releaseComplaint"), version=case.version)


async def _review(seeds: Seeds) -> Call:
    case = await seeds.settled()
    body = {"photos": [await seeds.photo(case, "officer")], "withheld": []}
    return case.call("reviewEvidence", "verifier", body=body, version=case.version)


async def _create_photo(seeds: Seeds) -> Call:
    case = await seeds.filed()
    return case.call("createPhoto", key=case.key, photo=picture())


async def _photo(seeds: Seeds) -> Call:
    case = await seeds.filed()
    return case.call("getPhoto", key=case.key, path={"id": await seeds.photo(case, "anonymous", case.key)})


async def _contact(seeds: Seeds) -> Call:
    return (await seeds.assigned()).call("readContact", "officer", body=PURPOSE)


async def _erase(seeds: Seeds) -> Call:
    return (await seeds.filed()).call("eraseContact", "admin")


async def _contact_reads(seeds: Seeds) -> Call:
    case = await seeds.assigned()
    await seeds.done(case.call("readContact", "officer", body=PURPOSE))
    return case.call("listContactReads", key=case.key)


async def _redact(seeds: Seeds) -> Call:
    case = await seeds.filed()
    return case.call("redactComplaint", key=case.key, body={"words": True})


async def _redaction(seeds: Seeds) -> tuple[Case, str]:
    """A redaction that waits for another than the verifier."""
    case = await seeds.filed()
    asked = await seeds.done(case.call("redactComplaint", "verifier", body={"words": True, "reason": "third_person"}))
    return case, str(asked["id"])


async def _approve(seeds: Seeds) -> Call:
    case, redaction = await _redaction(seeds)
    return case.call("approveRedaction", "admin", path={"id": redaction})


async def _redactions(seeds: Seeds) -> Call:
    case, _ = await _redaction(seeds)
    return case.call("listRedactions", "verifier")


async def _receipt(seeds: Seeds) -> Call:
    case = await seeds.filed()
    return case.call("getReceipt", key=case.key)


async def _seal(seeds: Seeds) -> Call:
    newest = (await seeds.done(Call("listSeals")))["seals"][0]  # the demo history is sealed
    return Call("getSeal", path={"day": newest["day"]})


async def _read(seeds: Seeds) -> Call:
    return (await seeds.filed()).call("getComplaint")


SEEDS: dict[str, Seed] = {
    "getCity": _plain("getCity"),
    "listCategories": _plain("listCategories"),
    "listAreas": _plain("listAreas"),
    "getAreaMap": _plain("getAreaMap"),
    "listAgencies": _plain("listAgencies"),
    "listServices": _plain("listServices"),
    "createComplaint": _plain("createComplaint", body=True),
    "listComplaints": _plain("listComplaints", "officer", query={"state": "assigned", "page_size": "5"}),
    "listSimilarComplaints": _plain("listSimilarComplaints", body=True),
    "getComplaint": _read,
    "rateComplaint": _rate,
    "reopenComplaint": _reopen,
    "replyComplaint": _reply,
    "withdrawComplaint": _withdraw,
    "joinComplaint": _join,
    "transitionComplaint": _transition,
    "correctComplaint": _correct,
    "releaseComplaint": _release,
    "reviewEvidence": _review,
    "createPhoto": _create_photo,
    "getPhoto": _photo,
    "readContact": _contact,
    "eraseContact": _erase,
    "listContactReads": _contact_reads,
    "redactComplaint": _redact,
    "approveRedaction": _approve,
    "listRedactions": _redactions,
    "getReceipt": _receipt,
    "listSeals": _plain("listSeals", query={"page_size": "2"}),
    "getSeal": _seal,
    "suggestCategories": _plain("suggestCategories", body=True),
    "simulateRouting": _plain("simulateRouting", "verifier", body=True),
    "getMe": _plain("getMe", "citizen"),
    **MONEY_SEEDS,
    **found("seeds", "SEEDS"),
}
"""One for each operation of the document; a noun says its own with its tests, in ``tests/<pillar>/<room>/seeds.py``."""


async def by_pillar(operations: Iterable[str], do: Callable[[str], Awaitable[T]]) -> dict[str, T | Exception]:
    """What comes of each operation: pillars at once, since seeds mostly wait; what is of one goes one after another."""
    found: dict[str, T | Exception] = {}

    async def each(names: list[str]) -> None:
        for name in names:
            try:
                found[name] = await do(name)
            except Exception as error:
                error.add_note(name)
                found[name] = error

    pillars: dict[str, list[str]] = {}
    for name in operations:
        pillars.setdefault(".".join(SEEDS[name].__module__.split(".")[:2]), []).append(name)
    await asyncio.gather(*map(each, pillars.values()))
    return found
