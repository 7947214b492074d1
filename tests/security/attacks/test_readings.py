"""Nothing is written in somebody's name because their browser followed a link."""

import re
from collections.abc import Mapping
from typing import Any

import asyncpg
import httpx
import pytest

from gateway.portal import pages_in_order
from gateway.rest.routes import routes
from services.kit.caller import Caller
from tests.gateway.conftest import file
from tests.gateway.running import Stand, at_once
from tests.gateway.till import Till

PURPOSE = {"purpose": "Menanyakan letak pasti"}
OFFICER = "petugas-dlh"
ROLES = {"": "anonymous", "warga": "citizen", OFFICER: "officer", "petugas-bpkad": "officer", "admin": "admin"}
USERS = tuple(ROLES)
AWAY = ("society", "branding")
"""Pillars that the stand has not: what is read there comes to nothing."""


async def _reads(client: httpx.AsyncClient, filed: dict[str, Any]) -> list[dict[str, Any]]:
    url = f"/v1/complaints/{filed['code']}/contact/reads"
    found: list[dict[str, Any]] = (await client.get(url, headers={"x-link-key": filed["link_key"]})).json()["reads"]
    return found


async def _cookie(stand: Stand) -> dict[str, str]:
    """An officer who logged in with a browser."""
    caller = Caller(OFFICER, frozenset({"officer"}), "dlh")
    token, _ = await stand.gateway.sessions.create(caller, "Petugas", "")
    return {"cookie": f"{stand.settings.cookie('session')}={token}"}


@pytest.mark.parametrize("path", ["contact", "contact/readings"])
async def test_a_link_that_an_officer_follows_reads_no_contact(
    stand: Stand, client: httpx.AsyncClient, path: str
) -> None:
    filed = await file(client)
    followed = await client.get(f"/v1/complaints/{filed['code']}/{path}", params=PURPOSE, headers=await _cookie(stand))
    assert followed.status_code == 405, followed.text
    assert await _reads(client, filed) == []


async def test_a_form_on_another_site_reads_no_contact(stand: Stand, client: httpx.AsyncClient) -> None:
    filed = await file(client)
    url, cookie = f"/v1/complaints/{filed['code']}/contact/readings", await _cookie(stand)
    sent = await client.post(url, json=PURPOSE, headers=cookie)
    assert (sent.status_code, sent.json()["reason"]) == (403, "CSRF_TOKEN_REFUSED")
    page = f"/petugas/{filed['code']}/kontak"
    assert (await client.post(page, data=PURPOSE, headers=cookie)).status_code == 403
    assert await _reads(client, filed) == []


SEEN = {"/v1/permits/{code}/documents/{id}"}
"""Pictures that officers are shown by the page that they are on: whose they are is told that somebody saw them."""


def test_no_address_that_can_be_followed_is_served_by_a_write() -> None:
    for route in routes():
        if route.verb == "GET":
            assert not route.rpc.is_write, route.path
            assert not route.rpc.leaves_record or route.path in SEEN, route.path


async def _everything(database: str) -> dict[str, Any]:
    """A digest of every table, but for what pillars keep of their own work."""
    admin = await asyncpg.connect(database)
    try:
        tables = await admin.fetch(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('governance', 'economy', 'gateway')"
            " AND tablename <> 'lease'"
        )
        digests = {}
        for schema, table in tables:
            text = f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{schema}"."{table}" t'
            (row,) = await admin.fetch(text)
            digests[f"{schema}.{table}"] = tuple(row)
        return digests
    finally:
        await admin.close()


async def _known(client: httpx.AsyncClient, till: Till) -> dict[str, str]:
    """What stands in addresses: a case, a bill, a payment, a business that are there."""
    filed = await file(client)
    payment = await till.payment()
    code = filed["code"]
    return {
        "code": code, "number": payment["code"], "id": payment["id"], "payment": payment["id"],
        "merchant": payment["merchant"], "day": "2026-11-24", "link_key": filed["link_key"],
    }  # fmt: skip


def _followed(known: Mapping[str, str]) -> list[tuple[str, str, Mapping[str, str]]]:
    """Who follows which address: each is followed by all, but of those who may the same by the contract one does, in
    turns, and one alone where nobody is behind it."""
    asked: dict[str, set[str]] = {}
    everything = {**PURPOSE, "k": known["link_key"]}
    query = {route.path: {each.name for each in route.in_query} for route in routes() if route.verb == "GET"}
    for place, page in enumerate(page for page in pages_in_order() if "GET" in (page.methods or ())):
        pillar = page.endpoint.__module__.split(".")[2]
        asked[page.path] = {USERS[place % len(USERS)]} if pillar in AWAY else set(USERS)
    for place, route in enumerate(route for route in routes() if route.verb == "GET"):
        scopes, turn = route.rpc.scopes(), place % len(USERS)
        alike = {scopes.get(ROLES[user]): user for user in (*USERS[turn:], *USERS[:turn])}
        asked[route.path] = {USERS[turn]} if route.rpc.pillar in AWAY else set(alike.values())
    return [
        (
            re.sub(r"\{(\w+)(:\w+)?\}", lambda found: known.get(found[1], known["code"]), path),
            user,
            {name: text for name, text in everything.items() if name in query.get(path, everything)},
        )
        for path, users in sorted(asked.items())
        if not path.endswith("/events")  # a stream has no end
        for user in sorted(users)
    ]


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("nobody_waits")
async def test_nothing_at_all_changes_when_every_address_is_followed_by_everybody(
    stand: Stand, client: httpx.AsyncClient, till: Till, edge_database: str
) -> None:
    known = await _known(client, till)
    heads = {user: await stand.bearer(user) if user else {"x-link-key": known["link_key"]} for user in USERS}
    for head in heads.values():
        await client.get("/v1/me", headers=head)
    before = await _everything(edge_database)
    answers = []
    asked = _followed(known)
    found = await at_once(client.get(address, params=query, headers=heads[user]) for address, user, query in asked)
    for (address, _, _), answer in zip(asked, found, strict=True):
        assert answer.status_code not in (429, 500), address
        answers.append(answer.status_code)
    assert answers.count(200) > len(answers) / 4, answers
    assert await _everything(edge_database) == before
