"""What a question may cost, whatever is asked: it is answered or refused."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from gateway.sta import serving
from gateway.sta.answering import LINK, Answers, Page
from gateway.sta.faults import QueryFault
from gateway.sta.model import KINDS
from gateway.sta.options import Query
from tests.gateway.sta.conftest import ROOT, Things

_PIECES = {
    "filter": ["name", "id", "result", "phenomenonTime", "Thing/name", "Datastreams/name", "properties/x/y", "eq", "gt",
               "and", "or", "not", "(", ")", "'a'", "1", "-2.5", "null", "now()", "duration'P1D'", "length(name)",
               "substring(name, 1)", "div", "0", "time", "2026-03-01T00:00:00Z", "concat(", ","],
    "expand": ["Things", "Datastreams", "Observations", "Thing", "Locations", "Sensor", "($top=1)", "($expand=", ")",
               ",", "/", "($filter=id eq 1)", "($count=true;$top=0)", "Datastream", "FeatureOfInterest"],
    "orderby": ["name", "id desc", "phenomenonTime asc", "properties", "location", "Thing/properties/kind desc", ",",
                "result"],
    "select": ["name", "id", "@iot.selfLink", "Observations", ",", "result", "Datastreams"],
    "top": ["0", "1", "3", "x"],
    "skip": ["0", "2", "99999", "-1"],
    "count": ["true", "false"],
    "skiptoken": ["x", "x.1", "."],
}  # fmt: skip


async def test_whatever_is_asked_is_answered_or_refused(things: Things) -> None:
    chance = random.Random(2026)
    addresses = [f"/{kind}" for kind in KINDS] + [
        f"/Things('{things.gauge.id}')", f"/Datastreams('{things.level.id}')/Observations",
        f"/Things('{things.gauge.id}')/Datastreams/$ref", "/Things('x')/name/$value", "/Things()", "/Things(1)", "//",
        "/'",
    ]  # fmt: skip
    seen: Counter[int] = Counter()
    for _ in range(300):
        names = chance.sample(list(_PIECES), chance.randint(0, 3))
        asked = {f"${name}": " ".join(chance.choices(_PIECES[name], k=chance.randint(1, 4))) for name in names}
        answer = await things.client.get(f"{ROOT}{chance.choice(addresses)}", params=asked or None)
        assert answer.status_code in (200, 400, 404), f"{answer.url} {answer.text}"
        if answer.status_code > 200:
            assert answer.json()["reason"] in ("STA_QUERY_INVALID", "STA_NOT_FOUND")
        seen[answer.status_code] += 1
    assert set(seen) == {200, 400, 404}


async def test_few_questions_are_worked_on_at_once_and_an_address_has_its_share_of_those_that_wait(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, read, at_work = asyncio.Event(), serving._read, 0

    async def slowly(*of: Any) -> Any:
        nonlocal at_work
        at_work += 1
        await answers.wait()
        return await read(*of)

    monkeypatch.setattr(serving, "_read", slowly)
    each = serving.AT_ONCE_EACH
    asked = [asyncio.create_task(things.client.get(f"{ROOT}/Things")) for _ in range(2 * each)]
    async with asyncio.timeout(20):
        while sum(one.done() for one in asked) < each:
            await asyncio.sleep(0.01)
    refused = [one.result() for one in asked if one.done()]
    assert {(one.status_code, one.json()["reason"]) for one in refused} == {(429, "STA_TOO_MANY_AT_ONCE")}
    assert at_work == serving.AT_WORK
    answers.set()
    assert Counter(one.status_code for one in await asyncio.gather(*asked)) == {429: each, 200: each}
    assert (await things.get("/Things"))["value"], "places are given back"


async def test_ways_to_further_pages_weigh_as_they_are_long() -> None:
    way = "a" * 3_000
    answers = Answers("", None, None, entities=2 * len(way) // LINK - 1)  # type: ignore[arg-type]
    await answers.collection(Page([], None, way), Query(), "")
    with pytest.raises(QueryFault, match="set a smaller"):
        await answers.collection(Page([], None, way), Query(), "")
