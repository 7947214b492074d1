"""The feed and its messages through a gateway: from memory, with tags, valid, byte by byte as published."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from lxml import etree

from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.warnings.warning import DADAPSARI, Warnings, schema
from tests.fixtures.edge import edge_before
from tests.fixtures.pillars import Standing
from tests.governance.conftest import MONDAY

ATOM = {"a": "http://www.w3.org/2005/Atom"}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
async def warnings(environment_stand: Standing) -> AsyncIterator[Warnings]:
    """The pillar, by day."""
    async with environment_stand.fresh(MONDAY) as served:
        yield Warnings(served)


@pytest.fixture
async def edge(warnings: Warnings) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login."""
    async with edge_before(warnings.served) as client:
        yield client


async def _feed(edge: httpx.AsyncClient, entries: int, gone: str = "") -> tuple[httpx.Response, etree._Element]:
    """The feed when it has so many entries, none of them of a warning that has gone; its memory looks each second."""
    async with asyncio.timeout(10):
        while True:
            answer = await edge.get("/v1/warnings.cap")
            if answer.status_code == 200:
                root = etree.fromstring(answer.content)
                if len(root.findall("a:entry", ATOM)) == entries and not (gone and gone in answer.text):
                    return answer, root
            await asyncio.sleep(0.05)


async def _published(warnings: Warnings) -> pb.Warning:
    raised = await warnings.in_force(zone="pesisir")
    warnings.served.pass_time(minutes=5)
    return await warnings.ended("Clear", raised)


async def test_a_feed_of_nothing_is_a_feed(edge: httpx.AsyncClient) -> None:
    answer, root = await _feed(edge, 0)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert root.findtext("a:updated", namespaces=ATOM)
    assert root.findtext("a:id", namespaces=ATOM)
    assert root.findtext("a:author/a:name", namespaces=ATOM)


async def test_each_entry_leads_to_its_message_as_it_was_published(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    cleared = await _published(warnings)
    _, root = await _feed(edge, 2)
    entries = root.findall("a:entry", ATOM)
    titles = [one.findtext("a:title", namespaces=ATOM) or "" for one in entries]
    assert titles[0].startswith("AMAN")
    assert titles[1].startswith("SIAGA: banjir rob di Pesisir utara")
    assert len({one.findtext("a:id", namespaces=ATOM) for one in entries}) == 2
    summaries = [one.find("a:summary", ATOM) for one in entries]
    assert (root.get(LANGUAGE), [one.get(LANGUAGE) for one in summaries]) == ("id", ["en", "en"])
    for entry, number in zip(entries, (2, 1), strict=True):
        link = entry.find("a:link[@type='application/cap+xml']", ATOM)
        assert link is not None
        answer = await edge.get(link.get("href", ""))
        assert answer.headers["content-type"].startswith("application/cap+xml")
        assert answer.content == await warnings.body(cleared, number)
        schema().assertValid(etree.fromstring(answer.content))


async def test_who_has_it_gets_no_bytes_again(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    made = await _published(warnings)
    answer, _ = await _feed(edge, 2)
    assert answer.headers["cache-control"] == "public, max-age=5"
    for path in ("/v1/warnings.cap", f"/v1/warnings/{made.id}/messages/1.cap"):
        first = await edge.get(path)
        again = await edge.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert "max-age=31536000" in first.headers["cache-control"]


async def test_what_holds_stays_in_the_feed_however_much_comes_after_it(
    warnings: Warnings, edge: httpx.AsyncClient
) -> None:
    held, short = await warnings.in_force(hours=72), await warnings.in_force(hours=1, areas=[DADAPSARI])
    areas = warnings.served.runtime.city.areas.values()
    elsewhere = [area.code for area in areas if area.is_lowest][:20]
    for code in elsewhere:
        warnings.served.pass_time(minutes=1)
        await warnings.in_force(exercise=True, areas=[code])
    warnings.served.pass_time(hours=1)
    _, root = await _feed(edge, 21, gone=short.id)
    told = etree.tostring(root).decode()
    assert held.id in told
    assert short.id not in told
    answer = await edge.get(f"/v1/warnings/{short.id}/messages/1.cap")
    assert answer.content == await warnings.body(short, 1), "what has left it is there all the same"


@pytest.mark.parametrize(("number", "status"), [("2", 404), ("0", 422), ("eins", 422), ("99999999999999999999", 422)])
async def test_what_was_never_published(warnings: Warnings, edge: httpx.AsyncClient, number: str, status: int) -> None:
    made = await warnings.in_force()
    answer = await edge.get(f"/v1/warnings/{made.id}/messages/{number}.cap")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_the_lists_say_what_is_in_force(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    over = await _published(warnings)
    held = await warnings.in_force()
    await warnings.propose(areas=[DADAPSARI])
    listed = (await edge.get("/v1/warnings")).json()["warnings"]
    assert [(one["id"], one["state"]) for one in listed] == [(held.id, "in_force"), (over.id, "cleared")]
    one = (await edge.get(f"/v1/warnings/{over.id}")).json()
    assert [message["path"] for message in one["messages"]] == [
        f"/v1/warnings/{over.id}/messages/{number}.cap" for number in (1, 2)
    ]
    assert one["messages"][0]["signed"] is False
    assert (await edge.get("/v1/warning-criteria")).json()["night_since"] == "21:00"
