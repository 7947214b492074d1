"""Who dispatches at the portal, and what they have to do."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fixtures.house import new_key
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand


@pytest.fixture
async def desk(stand: Stand) -> AsyncIterator[Browser]:
    """A dispatcher."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("operator112"))


@pytest.fixture
async def crew(stand: Stand) -> AsyncIterator[Browser]:
    """A crew of the fire brigade."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("kru-damkar"))


async def new_unit(stand: Stand) -> str:
    """A new fire engine."""
    letters = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(5))
    body = {"code": f"{letters}-{secrets.randbelow(90) + 10}", "name": "Mobil pompa", "service": "fire"}
    headers = await stand.bearer("admin") | {"idempotency-key": new_key()}
    async with stand.client() as client:
        made = await client.post("/v1/units", json=body, headers=headers)
    assert made.is_success, made.text
    return body["code"]


async def new_incident(stand: Stand, **more: Any) -> Any:
    """An incident, opened over the API."""
    body = {"kind": "fire", "place": "Pasar Johar", **more}
    headers = await stand.bearer("operator112") | {"idempotency-key": new_key()}
    async with stand.client() as client:
        made = await client.post("/v1/incidents", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return made.json()
