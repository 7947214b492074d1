"""Mutual TLS of a pillar's server, with certificates of a real authority."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from joserfc.jwk import OKPKey

from observability import metrics, semconv
from services.kit import certificates
from services.kit.caller import Minter, Verifier
from services.kit.certificates import server_credentials
from services.kit.rpc.server import Guard, build_server
from services.kit.settings import Settings
from smartcity.economy.v1 import overview_pb2, overview_pb2_grpc
from tests.environment.warnings.warning import key_and_certificate
from tests.fixtures.authority import Authority, Files
from tests.kit.serving import ACCESS, CITIZEN, SERVICE

KEY = OKPKey.generate_key("Ed25519", {"kid": "test"}, auto_kid=False)


def left() -> dict[str, float]:
    """Days, by the certificate's name: what would be exported now."""
    told = [one for name, _, _, read in metrics._watched if name == semconv.CERTIFICATE_LEFT.name for one in read()]
    return {str(attributes[semconv.CERTIFICATE]): seconds / 86400 for seconds, attributes in told}


class Overview(overview_pb2_grpc.OverviewServiceServicer):
    async def GetOverview(self, request: Any, context: Any) -> overview_pb2.GetOverviewResponse:
        return overview_pb2.GetOverviewResponse()


def settings(files: Files) -> Settings:
    return Settings.model_validate(
        {
            "postgres_url": "unused",
            "nats_url": "unused",
            "nats_seed": "unused",
            "grpc_port": 0,
            "health_port": 0,
            "assertion_keys": "{}",
            "grpc_ca_file": str(files.authority),
            "grpc_certificate_file": str(files.certificate),
            "grpc_key_file": str(files.key),
        }
    )


@asynccontextmanager
async def serving(files: Files) -> AsyncIterator[int]:
    """The port of a server that shows these files."""
    verifier = Verifier(json.dumps({"keys": [KEY.as_dict(private=False)]}), "economy")
    guard = Guard("economy", verifier, {SERVICE: ACCESS})
    server, port = build_server(guard, [SERVICE], "127.0.0.1:0", server_credentials(settings(files)))
    overview_pb2_grpc.add_OverviewServiceServicer_to_server(Overview(), server)
    await server.start()
    try:
        yield port
    finally:
        await server.stop(0)


async def call(port: int, authority: Path, own: Files | None) -> None:
    """One call on a connection of its own. Raises grpc.aio.AioRpcError."""
    pair = (own.key.read_bytes(), own.certificate.read_bytes()) if own else (None, None)
    credentials = grpc.ssl_channel_credentials(authority.read_bytes(), *pair)
    minter = Minter(json.dumps(KEY.as_dict(private=True)))
    metadata = [("authorization", f"Bearer {minter.mint(CITIZEN, 'economy')}")]
    options = [("grpc.use_local_subchannel_pool", 1)]
    async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, options) as channel:
        stub = overview_pb2_grpc.OverviewServiceStub(channel)
        await stub.GetOverview(
            overview_pb2.GetOverviewRequest(), timeout=5, metadata=grpc.aio.Metadata(*metadata), wait_for_ready=False
        )


async def test_both_sides_of_one_authority_talk(tmp_path: Path) -> None:
    house = Authority(tmp_path)
    async with serving(house.issue("economy")) as port:
        await call(port, house.file, house.issue("gateway"))


@pytest.mark.parametrize("shown", ["nothing", "of another authority"])
async def test_a_client_without_a_certificate_of_the_authority_is_not_let_in(tmp_path: Path, shown: str) -> None:
    house, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    own = stranger.issue("gateway") if shown == "of another authority" else None
    async with serving(house.issue("economy")) as port:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await call(port, house.file, own)
    assert refused.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_client_does_not_talk_to_a_server_of_another_authority(tmp_path: Path) -> None:
    house, stranger = Authority(tmp_path), Authority(tmp_path, "stranger")
    async with serving(stranger.issue("economy")) as port:
        with pytest.raises(grpc.aio.AioRpcError):
            await call(port, house.file, house.issue("gateway"))


async def test_a_renewed_certificate_is_shown_without_a_restart(tmp_path: Path) -> None:
    house, successor = Authority(tmp_path), Authority(tmp_path, "successor")
    files = house.issue("economy")
    async with serving(files) as port:
        await call(port, house.file, house.issue("gateway"))
        renewed = successor.issue("renewed")
        for old, new in ((files.authority, successor.file), (files.key, renewed.key)):
            old.write_bytes(new.read_bytes())
        files.certificate.write_bytes(renewed.certificate.read_bytes())
        for path in (files.authority, files.key, files.certificate):
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime + 1))
        await call(port, successor.file, successor.issue("gateway"))


def test_for_how_long_a_certificate_holds_is_reported_as_it_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_watched", [])
    monkeypatch.setattr(certificates, "_ends", {})
    certificates.watch_file("society", "")
    assert left() == {}, "without TLS there is none"
    file = tmp_path / "tls.crt"
    certificates.watch_file("economy", str(file))
    assert left() == {}, "half of a renewal"
    for days in (5, 90):
        file.write_text(key_and_certificate(days)[1])
        assert left() == {
            "smartcity-economy-tls": pytest.approx(days, abs=0.05)
        }  # days, of which a busy machine takes some


def test_a_chain_ends_with_the_first_of_its_certificates(tmp_path: Path) -> None:
    later, sooner = key_and_certificate(90)[1], key_and_certificate(5)[1]
    assert certificates.end_of((later + sooner).encode()) == certificates.end_of(sooner.encode())
