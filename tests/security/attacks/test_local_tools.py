"""The tools beside a local platform: what a page in the developer's browser, or another user of the machine, gets."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

from deploy.local.mailbox import Mailbox, application
from deploy.local.plan import Plan, Ports
from deploy.local.settings import LocalSettings
from observability.viewer.app import create_app
from observability.viewer.settings import ViewerSettings
from tests.fixtures.bank import CITY, BankAtWork, bank_at_work

NAMES = ["localhost", "localhost:4318", "127.0.0.1", "127.0.0.1:4318"]
STRANGERS = [
    "evil.example",
    "evil.example:4318",
    "localhost.evil.example",
    "169.254.169.254",
    "",
    "localhost@evil.example",
]
TOKEN = "made-at-start"
PROTOBUF = {"content-type": "application/x-protobuf"}


@pytest.fixture
async def viewer() -> AsyncIterator[httpx.AsyncClient]:
    """A viewer whose senders have a token."""
    app = create_app(ViewerSettings.model_validate({"viewer_token": TOKEN}))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:4318") as client:
        yield client


@pytest.fixture
async def mailbox() -> AsyncIterator[httpx.AsyncClient]:
    """A mailbox with one mail."""
    box = Mailbox()
    box.add("kota@example.org", ("warga@example.org",), "Laporan", "http://localhost:8080/lapor/SMG-7K4P-92?k=secret")
    transport = httpx.ASGITransport(application(box))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8025") as client:
        yield client


@pytest.fixture
async def bank(tmp_path: Path) -> AsyncIterator[BankAtWork]:
    """The simulated bank."""

    async def deliver(*_: Any) -> tuple[int, bytes]:
        return 200, b"{}"

    async with bank_at_work(tmp_path, lambda: datetime.now(UTC), deliver) as made:
        yield made


def a_span() -> bytes:
    """An export that anybody could make up."""
    made = Span(trace_id=bytes(15) + b"\x07", span_id=bytes(7) + b"\x07", name="file a complaint", end_time_unix_nano=5)
    return ExportTraceServiceRequest(
        resource_spans=[ResourceSpans(scope_spans=[ScopeSpans(spans=[made])])]
    ).SerializeToString()


@pytest.mark.parametrize("host", STRANGERS)
async def test_a_page_whose_name_was_pointed_here_reads_neither_traces_nor_mails_nor_the_banks_book(
    viewer: httpx.AsyncClient, mailbox: httpx.AsyncClient, bank: BankAtWork, host: str
) -> None:
    named = {"host": host}
    for client, paths in (
        (viewer, ("/", "/api/traces", "/api/metrics", "/metrics")),
        (mailbox, ("/", "/api/messages")),
        (bank.http, ("/", "/api/deals", "/api/notices", "/whims")),
    ):
        for path in paths:
            answer = await client.get(path, headers=named)
            assert (answer.status_code, answer.text) == (400, "Invalid host header"), path
    assert (await mailbox.delete("/api/messages", headers=named)).status_code == 400
    assert (await bank.http.post("/api/pay", json={}, headers=named)).status_code == 400


@pytest.mark.parametrize("host", NAMES)
async def test_who_opens_them_by_their_own_name_sees_them(
    viewer: httpx.AsyncClient, mailbox: httpx.AsyncClient, bank: BankAtWork, host: str
) -> None:
    for client in (viewer, mailbox, bank.http):
        assert (await client.get("/", headers={"host": host}, follow_redirects=True)).status_code == 200


async def test_the_viewer_answers_by_a_name_that_it_was_told() -> None:
    app = create_app(ViewerSettings.model_validate({"viewer_names": ["traces.example.org"]}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://traces.example.org") as client:
        assert (await client.get("/api/traces")).status_code == 200
        assert (await client.get("/api/traces", headers={"host": "localhost"})).status_code == 400


@pytest.mark.parametrize("path", ["/v1/traces", "/v1/metrics", "/v1/logs"])
@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer guessed", TOKEN, "Bearer é"])
async def test_nobody_without_the_token_makes_telemetry_up(viewer: httpx.AsyncClient, path: str, given: str) -> None:
    headers = httpx.Headers({**PROTOBUF, "authorization": given}, encoding="utf-8")
    refused = await viewer.post(path, content=a_span(), headers=headers)
    assert refused.status_code == 401
    assert (await viewer.get("/api/traces")).json()["traces"] == []


async def test_what_is_sent_with_the_token_is_kept(viewer: httpx.AsyncClient) -> None:
    headers = {**PROTOBUF, "authorization": f"Bearer {TOKEN}"}
    assert (await viewer.post("/v1/traces", content=a_span(), headers=headers)).status_code == 200
    assert len((await viewer.get("/api/traces")).json()["traces"]) == 1


def test_the_supervisor_makes_the_token_and_hands_it_to_every_sender(tmp_path: Path) -> None:
    settings = LocalSettings(tmp_path, 8080, "semarang")
    plan = Plan(settings, Ports.choose(settings))
    given = {each.name: dict(each.command().env) for each in plan.components() if each.name not in ("postgres", "nats")}
    token = given["viewer"]["SMARTCITY_VIEWER_TOKEN"]
    assert len(token) > 40
    senders = [name for name, environment in given.items() if "SMARTCITY_OTLP_ENDPOINT" in environment]
    assert {"gateway", "governance", "economy"} <= set(senders)
    for name in senders:
        assert given[name]["OTEL_EXPORTER_OTLP_HEADERS"] == f"authorization=Bearer%20{token}"
    other = LocalSettings(tmp_path / "other", 8080, "semarang")
    assert Plan(other, Ports.choose(other)).secrets.text("telemetry") != token


ODD = [
    b"", b"null", b"[]", b"5", b'"text"', b"{", b"\xff\xfe{\x00}\x00", '{"qr":"x"}'.encode("utf-16"),
    b'\xef\xbb\xbf{"qr":"x"}', b'{"qr":5}', b'{"qr":{}}', b'{"qr":"\\ud800"}', b'{"qr":"x","amount":"many"}',
    b'{"qr":"x","amount":1e400}', b'{"qr":"x","amount":NaN}', b'{"qr":"x","amount":%d}' % 10**400,
    b'{"kind":"late","times":"x"}', b'{"kind":["late"]}', b'{"kind":"late","value":NaN}',
    b'{"kind":"late","times":1.5}',
    b"[" * 100_000, b'{"a":' * 50_000, b"\x00", b'{"qr":"\x00"}',
]  # fmt: skip


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
async def test_the_bank_refuses_odd_json_and_never_breaks(bank: BankAtWork, body: bytes) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    signed = {"x-client-key": "kota", "x-timestamp": now, "x-signature": "c2ln", "x-external-id": "1"}
    signed |= {"x-partner-id": "kota", "authorization": "Bearer e30"}
    for path in (
        "/api/pay", "/api/whims", "/v1.0/access-token/b2b", "/v1.0/qr/qr-mpm-generate", "/v1.0/qr/qr-mpm-query",
        "/v1.0/qr/qr-mpm-cancel", "/v1.0/qr/qr-mpm-refund", "/pay", "/whims",
    ):  # fmt: skip
        answer = await bank.http.post(path, content=body, headers={"content-type": "application/json", **signed})
        assert 400 <= answer.status_code < 500, (path, answer.text)


async def _token(bank: BankAtWork) -> str:
    """A token of the bank, as its customer asks for one."""
    key = load_pem_private_key(bank.settings["snap_private_key"].encode(), None)
    assert isinstance(key, RSAPrivateKey)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    signature = base64.b64encode(key.sign(f"{CITY}|{now}".encode(), padding.PKCS1v15(), SHA256())).decode()
    headers = {"x-client-key": CITY, "x-timestamp": now, "x-signature": signature}
    asked = await bank.http.post("/v1.0/access-token/b2b", json={"grantType": "client_credentials"}, headers=headers)
    return str(asked.json()["accessToken"])


ODD_FIELDS: list[Any] = [None, 5, 1.5, True, [], {}, "", "x" * 65, "\x00", "é", "-1", "1e9", {"value": None}]
ORDER = {
    "partnerReferenceNo": "SMGP-7K4P-92", "merchantId": "m", "validityPeriod": "2099-01-01T00:00:00+07:00",
    "amount": {"value": "4000.00", "currency": "IDR"}, "terminalId": "A01",
    "additionalInfo": {"merchantName": "Lumpia", "merchantPan": "9360000812345678905"},
    "originalReferenceNo": "1", "originalPartnerReferenceNo": "SMGP-7K4P-92", "partnerRefundNo": "1",
    "refundAmount": {"value": "4000.00", "currency": "IDR"},
}  # fmt: skip


async def test_a_customer_who_signs_odd_json_is_answered_in_snaps_form(bank: BankAtWork) -> None:
    token, bodies = await _token(bank), list(ODD)
    for name in ORDER:
        bodies += [json.dumps({**ORDER, name: odd}).encode() for odd in ODD_FIELDS]
    bodies.append(json.dumps({**ORDER, "validityPeriod": "2099-01-01T00:00:00"}).encode())
    number = 0
    for body in bodies:
        for name in ("generate", "query", "cancel", "refund"):
            path, now, number = f"/v1.0/qr/qr-mpm-{name}", datetime.now(UTC).isoformat(timespec="seconds"), number + 1
            headers = {
                "authorization": f"Bearer {token}", "x-timestamp": now, "x-partner-id": CITY,
                "x-external-id": str(number), "x-signature": bank.keys.sign_call("POST", path, token, body, now),
            }  # fmt: skip
            answer = await bank.http.post(path, content=body, headers=headers)
            assert answer.status_code < 500, (path, body)
            assert answer.json()["responseCode"].startswith(str(answer.status_code))
    assert (await bank.http.get("/")).status_code == 200
    assert (await bank.http.get("/api/deals")).status_code == 200
