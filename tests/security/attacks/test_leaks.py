"""Nothing that was not released, is secret or was erased comes out of any answer that strangers can get.

Derived: every route of the API that reads, every page of the portal and every read from memory is asked, with all that
a stranger may know of a case (its code, and ids that stand in links), page by page, as nobody and as another citizen.
The cases say unmistakable things, and none of these may stand in an answer but what the request itself names.
"""

from __future__ import annotations

import html
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from gateway.portal import pages_in_order
from gateway.rest.routes import routes
from tests.fixtures.house import House, new_key
from tests.gateway.running import at_once
from tests.security.rest.api import Api, Call
from tests.security.rest.seeds import Case, Seeds

pytestmark = pytest.mark.timeout(400)

STRANGERS = ("anonymous", "citizen")
FROM_MEMORY = (
    "/v1/city",
    "/v1/categories",
    "/v1/areas",
    "/v1/areas.geojson",
    "/v1/agencies",
    "/v1/services",
    "/openapi.json",
    "/docs",
)
MOST_PAGES = 40


@dataclass
class Hidden:
    """A case, and what nobody may learn of it."""

    case: Case
    kind: str
    markers: set[str] = field(default_factory=set)
    ids: dict[str, str] = field(default_factory=dict)
    """Ids in addresses, by what they name."""


def _place(number: int) -> tuple[float, float]:
    """A place in Sekayu that no other has."""
    return round(110.411731 + number * 0.000413, 6), round(-6.981927 + number * 0.000217, 6)


def _body(kind: str, number: int, **more: Any) -> dict[str, Any]:
    lon, lat = _place(number)
    mark = f"Zq{kind}"
    return {
        "text": f"{mark}Kata sampah menumpuk di depan rumah pelapor sejak tiga hari",
        "category": "sampah-menumpuk",
        "location": {"lon": lon, "lat": lat, "landmark": f"{mark}Patokan pagar biru"},
        "contact": {
            "name": f"{mark}Nama",
            "email": f"{mark}surel@example.org".lower(),
            "phone": f"+628129{number:02d}7031",
        },
        **more,
    }


def _markers(body: dict[str, Any], case: Case) -> set[str]:
    """What the reporter gave away, in the shapes in which it might come out."""
    numbers = [abs(body["location"][axis]) for axis in ("lon", "lat")]
    places = {f"{number:.{digits}f}" for number in numbers for digits in (6, 5)}
    words = {body["text"].split()[0], body["location"]["landmark"].split()[0]}
    return {*places, *words, *body["contact"].values(), case.key}


async def _hidden(seeds: Seeds, kind: str, number: int, **more: Any) -> Hidden:
    """A case that went all ways: asked, answered, joined, with photos of both sides, and being cleaned up."""
    body = _body(kind, number, **more)
    case = await seeds.filed("anonymous", **body)
    found = Hidden(case, kind, _markers(body, case))
    snapshot = await seeds.photo(case, "anonymous", case.key, colour=number)
    case = await seeds.moved(case, "verifier", transition="verify", note=f"Zq{kind}Verifikasi catatan petugas")
    evidence = await seeds.photo(case, "officer", colour=number + 100)
    cleanup = await seeds.cleanup(case)
    crew = {"crew": f"Zq{kind}Regu"}
    await seeds.done(Call("dispatchCleanup", "officer", {"id": cleanup["id"]}, body=crew, version=cleanup["etag"]))
    case = await seeds.heard(case, "CleanupDispatched")  # else it goes on while the reporter is being asked
    case = await seeds.moved(case, "officer", transition="ask", note=f"Zq{kind}Tanya rumah yang mana")
    answer = {"note": f"Zq{kind}Jawab yang pagar biru"}
    await seeds.done(case.call("replyComplaint", key=case.key, body=answer))
    found.markers |= {f"Zq{kind}{each}" for each in ("Verifikasi", "Tanya", "Jawab", "Regu")} | {snapshot, evidence}
    found.ids = {"photo": snapshot, "evidence": evidence, "cleanup": cleanup["id"]}
    return found


@pytest.fixture(scope="module")
async def hidden(seeds: Seeds) -> list[Hidden]:
    """One that is not released, one that is secret, and one of which contact, words and photos were erased."""
    unreleased = await _hidden(seeds, "belum", 1)
    secret = await _hidden(seeds, "rahasia", 2, secret=True)
    secret.markers.add(secret.case.code)
    erased = await _hidden(seeds, "hapus", 3)
    await seeds.done(erased.case.call("eraseContact", key=erased.case.key))
    taken_out = {"words": True, "photos": [erased.ids["photo"]]}
    await seeds.done(erased.case.call("redactComplaint", key=erased.case.key, body=taken_out))
    return [unreleased, secret, erased]


def _fillings(found: list[Hidden], days: list[str]) -> dict[str, list[str]]:
    """What a stranger may put into an address, by the name of its field."""
    codes = [one.case.code for one in found]
    ids = [value for one in found for value in one.ids.values()]
    return {"code": codes, "id": ids + codes, "day": days, "": codes + ids[:2]}


def _addresses(template: str, fillings: dict[str, list[str]]) -> Iterator[str]:
    """All addresses that a template has with these."""
    parts = [part.partition("}") for part in template.split("{")[1:]]
    names = [name.partition(":")[0] for name, _, _ in parts]
    for values in itertools.product(*(fillings.get(name, fillings[""]) for name in names)):
        address = template.partition("{")[0]
        for (_, _, rest), value in zip(parts, values, strict=True):
            address += value + rest
        yield address


OF_CASES = ("{code}", "cleanup", "pembersihan")
"""What stands in addresses of cases and of what belongs to them: these are asked with all of all cases."""


def _reads(found: list[Hidden], days: list[str], turn: int) -> Iterator[str]:
    """Everything that can be read: the API, its documents, the memory's answers, and the pages.

    Addresses of what is no case are asked with what belongs to one, in turns: none of it is there.
    """
    every, one_each = _fillings(found, days), [_fillings([one], days) for one in found]
    routed = [route.path for route in routes() if route.verb == "GET"]
    paged = [page.path for page in pages_in_order() if "GET" in (page.methods or ())]
    for place, template in enumerate((*routed, *FROM_MEMORY, *paged)):
        if not template.endswith("/events"):
            of_cases = any(word in template for word in OF_CASES)
            yield from _addresses(template, every if of_cases else one_each[(place + turn) % len(found)])


AS_OTHER = 5
"""One address of so many is also read as nobody would: pages as a program, the API as a browser."""


class Stranger:
    """Asks as somebody, and looks for what must not be in the answer."""

    def __init__(self, client: httpx.AsyncClient, api: Api, role: str, found: list[Hidden]) -> None:
        self._client = client
        self._headers = api.credentials(role)
        self._found = found
        self.leaks: list[str] = []
        self.answered: set[int] = set()

    async def read(self, address: str, *, both: bool) -> None:
        """An address with all its pages, as those ask who it is for, or as program and as browser."""
        kinds = ("application/json", "text/html")
        for accept in kinds if both else kinds[not address.startswith("/v1") :][:1]:
            token, shown = "", address
            for _ in range(MOST_PAGES):
                answer = await self._client.get(shown, headers={**self._headers, "accept": accept})
                self._look(shown, answer)
                token = _next(answer)
                if not token:
                    break
                shown = f"{address}?page_size=100&page_token={token}"

    async def ask(self, address: str, body: dict[str, Any]) -> None:
        """A question that changes nothing."""
        headers = {**self._headers, "idempotency-key": new_key()}
        self._look(f"POST {address} {json.dumps(body)}", await self._client.post(address, json=body, headers=headers))

    def _look(self, asked: str, answer: httpx.Response) -> None:
        self.answered.add(answer.status_code)
        assert answer.status_code < 500, f"{asked}: {answer.status_code}"
        text = html.unescape(answer.text) + "".join(f"\n{name}: {value}" for name, value in answer.headers.items())
        text = text.lower()
        for one in self._found:
            for marker in one.markers:
                if marker.lower() in text and marker.lower() not in unquote(asked).lower():
                    self.leaks.append(f"{one.kind}: {marker} in {asked}")


def _next(answer: httpx.Response) -> str:
    if answer.is_success and "json" in answer.headers.get("content-type", ""):
        body = answer.json()
        return str(body.get("next_page_token") or "") if isinstance(body, dict) else ""
    return ""


@pytest.mark.parametrize("role", STRANGERS)
async def test_no_answer_that_strangers_get_holds_anything_hidden(
    house: House, api: Api, seeds: Seeds, hidden: list[Hidden], role: str
) -> None:
    days = [one["day"] for one in (await seeds.done(Call("listSeals")))["seals"][:2]]
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        stranger = Stranger(client, api, role, hidden)
        addresses = list(dict.fromkeys(_reads(hidden, days, STRANGERS.index(role))))
        assert len(addresses) > 100
        await at_once(stranger.read(address, both=place % AS_OTHER == 0) for place, address in enumerate(addresses))
        for one, number in zip(hidden, (1, 2, 3), strict=True):
            lon, lat = _place(number)
            for text in ("Sampah menumpuk di depan rumah", f"Zq{one.kind}"):
                await stranger.ask("/v1/complaints/similar", {"text": text, "location": {"lon": lon, "lat": lat}})
                await stranger.ask("/v1/routing/suggestions", {"text": text})
    assert {200, 404} <= stranger.answered
    assert stranger.leaks == []


async def test_the_reporter_reads_what_strangers_do_not(api: Api, seeds: Seeds, hidden: list[Hidden]) -> None:
    """The markers are what the platform keeps, so that looking for them means something."""
    for one in hidden[:2]:
        seen = json.dumps(await seeds.done(one.case.call("getComplaint", key=one.case.key)), ensure_ascii=False)
        assert {word for word in ("Kata", "Patokan", "Tanya", "Jawab") if f"Zq{one.kind}{word}" not in seen} == set()
        assert one.ids["photo"] in seen


async def test_what_was_erased_is_gone_for_the_reporter_too(api: Api, seeds: Seeds, hidden: list[Hidden]) -> None:
    erased = hidden[2]
    for role, key in (("anonymous", erased.case.key), ("officer", ""), ("admin", "")):
        answer = await api.send(erased.case.call("getComplaint", role, key=key))
        for word in ("Kata", "Patokan", "Nama", "surel"):
            assert f"zqhapus{word}".lower() not in answer.text.lower()
        photo = await api.send(erased.case.call("getPhoto", role, key=key, path={"id": erased.ids["photo"]}))
        assert photo.status_code == 404
