"""What the client makes of an acquirer that answers nonsense, lies or refuses: never a guess."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from opentelemetry.trace import SpanKind
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from observability.telemetry import span
from services.economy.providers.credentials import load
from services.economy.providers.model import (
    Provider,
    ProviderAwayError,
    ProviderRefusedError,
    QrRequest,
    RefundRequest,
    ReportUnclearError,
)
from services.economy.providers.snap import open_provider
from services.economy.settings import EconomySettings
from tests.fixtures.bank import served_app
from tests.kit.tracing import recording

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
ORDER = QrRequest("SMGP-7K4P-92", 4000, "IDR", "ID0000000000101", "9360000000000001017", "PASAR", "", NOW)
REFUND = RefundRequest("r-1", ORDER.code, "123", 4000, "IDR", "Salah bayar", NOW)
PAID = {
    "responseCode": "2005100",
    "originalReferenceNo": "123",
    "originalPartnerReferenceNo": ORDER.code,
    "latestTransactionStatus": "00",
    "amount": {"value": "4000.00", "currency": "IDR"},
}
BACK = {
    "responseCode": "2007800",
    "refundNo": "9",
    "partnerRefundNo": "r-1",
    "refundAmount": {"value": "4000.00", "currency": "IDR"},
}
STATIC = (
    "00020101021126610014COM.CONTOH.WWW01189360000000000000010210UJI00000010303UMI51440014ID.CO.QRIS.WWW0215ID0000000000"
    "0010303UMI5204939953033605802ID5919UJI RETRIBUSI PASAR6008SEMARANG6105501326304F8D6"
)
_KEY = generate_private_key(65537, 2048)


@dataclass
class Acquirer:
    """Answers what it is told to, in turn, and counts the tokens it gave."""

    answers: list[tuple[int, bytes]] = field(default_factory=list)
    tokens: int = 0
    token_answer: tuple[int, Any] | None = None

    async def token(self, request: Request) -> Response:
        self.tokens += 1
        good = {"responseCode": "2007300", "accessToken": f"t{self.tokens}", "expiresIn": "900"}
        status, body = self.token_answer or (200, good)
        return Response(json.dumps(body), status)

    async def serve(self, request: Request) -> Response:
        status, body = self.answers.pop(0)
        return Response(body, status)

    def will(self, *answers: Any, status: int = 200) -> None:
        self.answers = [(status, each if isinstance(each, bytes) else json.dumps(each).encode()) for each in answers]


@dataclass
class World:
    acquirer: Acquirer
    provider: Provider
    now: datetime


@asynccontextmanager
async def provider_of(acquirer: Acquirer, city: str = "Asia/Jakarta", **more: str) -> AsyncIterator[World]:
    token = Route("/v1.0/access-token/b2b", acquirer.token, methods=["POST"])
    rest = Route("/{path:path}", acquirer.serve, methods=["POST", "GET"])
    async with served_app(Starlette(routes=[token, rest])) as url:
        settings = EconomySettings.model_validate(
            {
                "mode": "local",
                "postgres_url": "unused",
                "nats_url": "unused",
                "nats_seed": "unused",
                "grpc_port": 0,
                "health_port": 0,
                "assertion_keys": "{}",
                "receipt_key": "unused",
                "snap_url": url,
                "snap_report_url": f"{url}/reports/{{day}}",
                "snap_client_id": "kota",
                "snap_client_secret": "secret-that-nobody-sees",
                "snap_partner_id": "bank",
                "snap_private_key": _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
                "snap_public_key": _KEY.public_key()
                .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
                .decode(),
                **more,
            }
        )
        credentials = load(settings)
        assert credentials is not None
        made: list[World] = []
        opened = open_provider(settings, credentials, "IDR", ZoneInfo(city), lambda: made[0].now)
        async with opened as provider:
            made.append(World(acquirer, provider, NOW))
            yield made[0]


@pytest.mark.parametrize(("more", "zone"), [({}, "Asia/Jayapura"), ({"snap_zone": "Asia/Jakarta"}, "Asia/Jakarta")])
async def test_reports_are_of_days_of_the_citys_zone_unless_the_acquirer_has_another(
    more: dict[str, str], zone: str
) -> None:
    async with provider_of(Acquirer(), "Asia/Jayapura", **more) as world:
        assert world.provider.zone == ZoneInfo(zone)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with provider_of(Acquirer()) as made:
        yield made


async def test_an_answer_that_cannot_be_believed_counts_as_none(world: World, subtests: pytest.Subtests) -> None:
    lies: dict[str, Any] = {
        "empty": b"",
        "a page": b"<html>Bad gateway</html>",
        "a list": [],
        "text that is no text": b"\xff",
        "no code": {"originalReferenceNo": "123"},
        "code that is a number": {**PAID, "responseCode": 2005100},
        "code of another service": {**PAID, "responseCode": "2004700"},
        "short code": {**PAID, "responseCode": "200"},
        "other reference": {**PAID, "originalReferenceNo": "124"},
        "other code of ours": {**PAID, "originalPartnerReferenceNo": "SMGP-AAAA-AA"},
        "unknown status": {**PAID, "latestTransactionStatus": "99"},
        "no amount": {**PAID, "amount": None},
        "fraction": {**PAID, "amount": {"value": "4000.01", "currency": "IDR"}},
        "negative": {**PAID, "amount": {"value": "-4000.00", "currency": "IDR"}},
        "other currency": {**PAID, "amount": {"value": "4000.00", "currency": "USD"}},
    }
    for case, lie in lies.items():
        with subtests.test(case):
            world.acquirer.will(lie)
            with pytest.raises(ProviderAwayError):
                await world.provider.query(ORDER.code, "123", NOW)
    world.acquirer.will(PAID)
    assert (await world.provider.query(ORDER.code, "123", NOW)).state == "paid"


async def test_a_qris_of_something_else_is_not_shown_to_anybody(world: World, subtests: pytest.Subtests) -> None:
    good = {"responseCode": "2004700", "referenceNo": "123", "partnerReferenceNo": ORDER.code}
    lies: dict[str, Any] = {
        "none": good,
        "no QRIS": {**good, "qrContent": "hello"},
        "broken check sum": {**good, "qrContent": STATIC[:-1] + "7"},
        "a printed one": {**good, "qrContent": STATIC},
        "other code of ours": {**good, "partnerReferenceNo": "X", "qrContent": STATIC},
    }
    for case, lie in lies.items():
        with subtests.test(case):
            world.acquirer.will(lie)
            with pytest.raises(ProviderAwayError):
                await world.provider.generate(ORDER)


async def test_a_refund_is_done_only_when_it_is_ours_and_whole(world: World, subtests: pytest.Subtests) -> None:
    lies: dict[str, Any] = {
        "other refund": {**BACK, "partnerRefundNo": "r-2"},
        "other amount": {**BACK, "refundAmount": {"value": "400.00", "currency": "IDR"}},
        "no number": {**BACK, "refundNo": None},
    }
    for case, lie in lies.items():
        with subtests.test(case):
            world.acquirer.will(lie)
            with pytest.raises(ProviderAwayError):
                await world.provider.refund(REFUND)
    world.acquirer.will(BACK)
    assert await world.provider.refund(REFUND) == "9"


async def test_a_duplicate_that_the_acquirer_does_not_show_stays_in_doubt(world: World) -> None:
    duplicate = (409, json.dumps({"responseCode": "4097801", "responseMessage": "Duplicate partnerRefundNo"}).encode())
    world.acquirer.answers = [duplicate, (200, json.dumps(PAID).encode())]
    with pytest.raises(ProviderAwayError):
        await world.provider.refund(REFUND)


async def test_refusals_are_told_from_outages(world: World, subtests: pytest.Subtests) -> None:
    for status, code, error in (
        (400, "4005101", ProviderRefusedError),
        (403, "4035115", ProviderRefusedError),
        (404, "4045100", ProviderRefusedError),
        (200, "4035115", ProviderRefusedError),
        (429, "4295100", ProviderAwayError),
        (500, "5005100", ProviderAwayError),
        (503, "5005101", ProviderAwayError),
        (504, "5045100", ProviderAwayError),
        (404, "2005100", ProviderAwayError),
        (302, "2005100", ProviderAwayError),
    ):
        with subtests.test(f"{status} {code}"):
            world.acquirer.will({**PAID, "responseCode": code, "responseMessage": "no"}, status=status)
            with pytest.raises(error):
                await world.provider.query(ORDER.code, "123", NOW)


async def test_a_token_is_asked_for_once_until_it_is_nearly_over_or_refused(world: World) -> None:
    world.acquirer.will(PAID, PAID)
    for _ in range(2):
        await world.provider.query(ORDER.code, "123", NOW)
    assert world.acquirer.tokens == 1
    world.now = NOW.replace(minute=14, second=31)
    world.acquirer.will(PAID)
    await world.provider.query(ORDER.code, "123", NOW)
    assert world.acquirer.tokens == 2
    no = (401, json.dumps({"responseCode": "4015101", "responseMessage": "Invalid Token (B2B)"}).encode())
    world.acquirer.answers = [no, (200, json.dumps(PAID).encode())]
    assert (await world.provider.query(ORDER.code, "123", NOW)).state == "paid"
    assert world.acquirer.tokens == 3
    world.acquirer.answers = [no, no]
    with pytest.raises(ProviderAwayError):
        await world.provider.query(ORDER.code, "123", NOW)
    assert world.acquirer.answers == []


@pytest.mark.parametrize(
    "answer",
    [
        (401, {"responseCode": "4017300", "responseMessage": "Unauthorized"}),
        (200, {"responseCode": "2007300"}),
        (200, {"responseCode": "2007300", "accessToken": "", "expiresIn": "900"}),
        (200, {"responseCode": "2007300", "accessToken": "t", "expiresIn": "soon"}),
        (200, []),
    ],
)
async def test_without_a_token_nothing_is_called(answer: tuple[int, Any]) -> None:
    async with provider_of(Acquirer(token_answer=answer)) as world:
        with pytest.raises(ProviderAwayError):
            await world.provider.query(ORDER.code, "123", NOW)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b'{"type":"GIFT","referenceNo":"1","amount":{"value":"1.00","currency":"IDR"},"time":"2026-11-24T09:00:00+07:00"}',
        b'{"type":"PAYMENT","amount":{"value":"1.00","currency":"IDR"},"time":"2026-11-24T09:00:00+07:00"}',
        b'{"type":"PAYMENT","referenceNo":"1","amount":{"value":"1.00","currency":"IDR"},"time":"yesterday"}',
        b'{"type":"PAYMENT","referenceNo":"1","amount":{"value":"1.00","currency":"USD"},"time":"2026-11-24T09:00:00Z"}',
    ],
)
async def test_a_report_with_a_line_that_is_not_understood_is_none(world: World, line: bytes) -> None:
    world.acquirer.will(line)
    with pytest.raises(ReportUnclearError):
        await world.provider.report(date(2026, 11, 24))


async def test_calls_are_traced_and_tell_no_secret(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recording(monkeypatch) as spans, span("action", root=True):
        world.acquirer.will(PAID)
        await world.provider.query(ORDER.code, "123", NOW)
        token, query = spans.one("snap token", SpanKind.CLIENT), spans.one("snap qr-mpm-query", SpanKind.CLIENT)
    told = token.to_json() + query.to_json() + caplog.text
    for secret in ("secret-that-nobody-sees", "t1", ORDER.code):
        assert secret not in told


def test_settings_that_lack_something_are_named() -> None:
    base = {
        "postgres_url": "x",
        "nats_url": "x",
        "nats_seed": "x",
        "grpc_port": 0,
        "health_port": 0,
        "assertion_keys": "{}",
        "receipt_key": "x",
    }
    assert load(EconomySettings.model_validate(base)) is None
    full = {"snap_client_id": "a", "snap_partner_id": "b", "snap_client_secret": "c", "snap_private_key": "d"}
    for given, named in (
        ({}, "SMARTCITY_SNAP_CLIENT_ID"),
        ({"snap_client_id": "a"}, "SMARTCITY_SNAP_PARTNER_ID"),
        ({"snap_client_id": "a", "snap_partner_id": "b"}, "SMARTCITY_SNAP_CLIENT_SECRET"),
        (full, "SMARTCITY_SNAP_PRIVATE_KEY"),
    ):
        with pytest.raises(ValueError, match=named):
            load(EconomySettings.model_validate({**base, "snap_url": "https://bank", **given}))
    with pytest.raises(ValueError, match="SMARTCITY_SNAP_ZONE must be an IANA time zone"):
        EconomySettings.model_validate({**base, "snap_zone": "WIB"})
