"""The bank's door at the gateway, with the real pillar and the simulated bank, and with the pillar away."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest

from deploy.local.process import free_ports
from gateway.answers import snap
from gateway.openapi import document
from services.economy.pillar import PILLAR
from tests.economy.conftest import RECEIPT_KEY
from tests.fixtures.bank import BANK, BankAtWork, bank_at_work
from tests.fixtures.pillars import own_database, serving
from tests.gateway import running
from tests.gateway.running import Stand, gateway_settings, public_set

TOKEN, NOTIFY = f"{snap.PREFIX}{snap.TOKEN_PATH}", f"{snap.PREFIX}{snap.NOTIFY_PATH}"
GRANT = b'{"grantType":"client_credentials"}'


@dataclass
class Edge:
    """A gateway, economy behind it, the bank before it."""

    stand: Stand
    bank: BankAtWork

    def token_headers(self, at: str = "") -> dict[str, str]:
        at = at or _now()
        return {
            "x-client-key": BANK,
            "x-timestamp": at,
            "x-signature": self.bank.keys.sign_token_request(BANK, at),
            "content-type": "application/json",
        }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@pytest.fixture(scope="module")
async def edge(
    postgres: str, edge_database: str, assertion_key: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edge]:
    home: Path = tmp_path_factory.mktemp("snap")
    database = await own_database(postgres, PILLAR)
    (port,) = free_ports(1)
    settings = gateway_settings(
        edge_database, assertion_key, home / "files", {"economy": f"ipv4:127.0.0.1:{port}"}, bank_rate=2
    )

    async def deliver(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        async with httpx.AsyncClient() as client:
            url = f"http://127.0.0.1:{settings.port}{snap.PREFIX}{path}"
            answer = await client.request(method, url, headers=headers, content=body)
        return answer.status_code, answer.content

    async with bank_at_work(home, lambda: datetime.now(UTC), deliver) as bank:
        more = {
            "receipt_key": RECEIPT_KEY,
            **bank.settings,
            "grpc_port": port,
            "assertion_keys": public_set(assertion_key),
        }
        async with (
            serving(PILLAR, database, datetime.now(UTC), more) as served,
            running.serving(settings) as stand,
        ):
            served.runtime.clock = lambda: datetime.now(UTC)
            yield Edge(stand, bank)


async def test_the_bank_gets_a_token_and_tells_of_a_payment(edge: Edge) -> None:
    async with edge.stand.client() as client:
        answer = await client.post(TOKEN, content=GRANT, headers=edge.token_headers())
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        token = answer.json()["accessToken"]
        news = {"originalReferenceNo": "1", "latestTransactionStatus": "00", "additionalInfo": {}}
        body = json.dumps({**news, "amount": {"value": "5000.00", "currency": "IDR"}}).encode()
        at = _now()
        headers = {
            "authorization": f"Bearer {token}",
            "x-timestamp": at,
            "x-partner-id": BANK,
            "x-external-id": "1",
            "x-signature": edge.bank.keys.sign_call("POST", snap.NOTIFY_PATH, token, body, at),
        }
        for _ in range(2):
            answer = await client.post(NOTIFY, content=body, headers=headers)
            assert (answer.status_code, answer.json()["responseCode"]) == (200, "2005200"), answer.text
        forged = await client.post(NOTIFY, content=body.replace(b"5000", b"9000"), headers=headers)
        assert (forged.status_code, forged.json()["responseCode"]) == (401, "4015200")


async def test_a_forged_token_is_answered_in_snaps_form(edge: Edge) -> None:
    async with edge.stand.client() as client:
        headers = {"authorization": "Bearer e30.e30.e30", "x-timestamp": _now(), "x-partner-id": BANK}
        answer = await client.post(
            NOTIFY, content=b"{}", headers={**headers, "x-external-id": "1", "x-signature": "c2ln"}
        )
    assert (answer.status_code, answer.json()["responseCode"]) == (401, "4015201")
    assert answer.headers["content-type"] == "application/json"


async def test_whatever_comes_to_the_banks_door_is_answered_in_snaps_form(
    edge: Edge, subtests: pytest.Subtests
) -> None:
    calls: list[tuple[str, str, bytes, int, str]] = [
        ("POST", f"{snap.PREFIX}/v1.0/transfer", b"{}", 404, "4040000"),
        ("GET", NOTIFY, b"", 405, "4055200"),
        ("POST", NOTIFY, b"x" * 70_000, 413, "4135200"),
        ("POST", NOTIFY, b"x" * 300_000, 413, "4135200"),
        ("POST", NOTIFY, b"", 400, "4005202"),
        ("POST", TOKEN, b"", 400, "4007302"),
    ]
    async with edge.stand.client(headers={"cookie": "session=nonsense"}) as client:
        for method, path, body, status, code in calls:
            with subtests.test(f"{method} {path} {len(body)}"):
                answer = await client.request(method, path, content=body)
                assert (answer.status_code, answer.json()["responseCode"]) == (status, code)
                assert answer.headers["content-type"] == "application/json"


async def test_a_pillar_that_is_away_is_told_in_snaps_form(
    edge_database: str, assertion_key: dict[str, Any], tmp_path: Path
) -> None:
    settings = gateway_settings(edge_database, assertion_key, tmp_path, {}, write_seconds=0.3)
    async with running.serving(settings) as alone, alone.client() as client:
        answer = await client.post(NOTIFY, content=b"{}")
    assert answer.status_code in (503, 504)
    assert answer.json()["responseCode"] in ("5035200", "5045200")
    assert answer.headers["content-type"] == "application/json"


async def test_too_many_requests_are_refused_in_snaps_form(edge: Edge) -> None:
    async with edge.stand.client() as client:
        for _ in range(200):
            answer = await client.post(TOKEN, content=b"{}")
            if answer.status_code == 429:
                break
    assert answer.json()["responseCode"] == "4297300"
    assert int(answer.headers["retry-after"]) > 0


def test_the_document_describes_the_banks_door(stand: Stand) -> None:
    found = document(stand.settings)
    for path in (TOKEN, NOTIFY):
        operation = found["paths"][path]["post"]
        assert (operation["tags"], operation["security"]) == (["Bank"], [])
        assert "application/problem+json" not in json.dumps(operation)
    for name, schema in snap.SCHEMAS.items():
        assert found["components"]["schemas"][name] == schema
        for example in schema.get("examples", ()):
            jsonschema.Draft202012Validator(schema).validate(example)
