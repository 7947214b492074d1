"""TLS to NATS: the kit's connection, with the chart's address, against a real server with a certificate."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from nats.errors import SecureConnWantedError

from deploy.local.nats import Nats, User, new_seed, public_key
from deploy.operate import access
from deploy.permissions import Permissions
from services.kit.events import bus
from tests.fixtures.authority import Authority, Files
from tests.kit.conftest import within
from tests.kit.tls import COMPONENT, Elsewhere, asks_in_vain, authority, mounted, rendered

SEED = new_seed()
NO_TLS = repr(SecureConnWantedError())


class Encrypted(Nats):
    """A server with one pillar's user; it speaks TLS when it has a certificate, and then nothing else."""

    files: Files | None = None

    @contextmanager
    def showing(self, files: Files | None) -> Iterator[None]:
        """Runs with this certificate, or without any."""
        self.files = files
        try:
            self.start()
            yield
        finally:
            self.stop()

    def address(self, believed: Authority) -> tuple[str, str, str, str]:
        """What the bus gets from the chart: URL, seed, user and the authority's file."""
        given = rendered({"nats": {"url": f"tls://localhost:{self.port}"}})
        ca_file = mounted(given["SMARTCITY_NATS_CA_FILE"], "nats", believed)
        return given["SMARTCITY_NATS_URL"], SEED, COMPONENT, ca_file

    def clients(self) -> list[dict[str, Any]]:
        """Whoever came in and said who it is, also those who have gone."""
        found: list[dict[str, Any]] = self._monitor("connz?auth=1&state=any")["connections"]
        return [each for each in found if each.get("name") or each.get("authorized_user")]

    def _settings(self) -> dict[str, Any]:
        if self.files is None:
            return super()._settings()
        shown = {"cert_file": str(self.files.certificate), "key_file": str(self.files.key)}
        return {**super()._settings(), "tls": shown}


@pytest.fixture(scope="module")
def server(servers_home: Path) -> Encrypted:
    """Not running: a test starts it with the certificate that it is about."""
    user = User(public_key(SEED), Permissions(publish=("told",), subscribe=("told",)))
    return Encrypted(servers_home / "encrypted-nats", {COMPONENT: user}, sync_interval="2m")


async def test_the_bus_speaks_tls_with_the_address_of_the_chart(server: Encrypted, tmp_path: Path) -> None:
    ours = authority(tmp_path / "ours")
    with server.showing(ours.issue("server")):
        client = await bus.connect(*server.address(ours))
        told = await client.subscribe("told")
        await client.publish("told", b"heard", headers={"ce-subject": "one"})
        message = await told.next_msg(timeout=20)
        assert (message.data, message.headers) == (b"heard", {"ce-subject": "one"})
        (session,) = server.clients()
        assert (session["name"], session["authorized_user"]) == (f"smartcity-{COMPONENT}", public_key(SEED))
        assert session["tls_version"] == "1.3"
        await client.close()


async def test_a_server_of_another_authority_is_refused(server: Encrypted, tmp_path: Path) -> None:
    ours, theirs = authority(tmp_path / "ours"), Authority(tmp_path, "theirs")
    with server.showing(theirs.issue("server")):
        await asks_in_vain(lambda: bus.connect(*server.address(ours)), "certificate verify failed")
        assert server.clients() == []


async def test_a_server_with_the_certificate_of_another_host_is_refused(server: Encrypted, tmp_path: Path) -> None:
    ours = authority(tmp_path / "ours", Elsewhere)
    with server.showing(ours.issue("server")):
        await asks_in_vain(lambda: bus.connect(*server.address(ours)), "Hostname mismatch")
        assert server.clients() == []


async def test_a_server_without_tls_is_refused_before_it_learns_who_asks(server: Encrypted, tmp_path: Path) -> None:
    """nats-py alone would go on in clear: whoever stands between could say that there is no TLS."""
    ours = authority(tmp_path / "ours")
    url, seed, user, ca_file = server.address(ours)
    with server.showing(None):
        await asks_in_vain(lambda: bus.connect(url, seed, user, ca_file), NO_TLS)
        await asks_in_vain(lambda: bus.connect(url, seed, user), NO_TLS)
        await asks_in_vain(lambda: bus.connect(server.url, seed, user, ca_file), NO_TLS)
        with pytest.raises(access.AccessError, match=str(SecureConnWantedError())):
            async with access.bus(access.Access("", url, seed, {}, nats_ca_file=ca_file)):
                pass
        assert server.clients() == []


async def test_a_server_that_comes_back_without_tls_is_refused_too(server: Encrypted, tmp_path: Path) -> None:
    ours = authority(tmp_path / "ours")
    with server.showing(ours.issue("server")):
        client = await bus.connect(*server.address(ours))
    with server.showing(None):

        async def refused() -> bool:
            return repr(client.last_error) == NO_TLS

        await within(refused)
        assert not client.is_connected
        assert server.clients() == []
    with server.showing(ours.issue("server")):

        async def back() -> bool:
            return client.is_connected

        await within(back)
        await client.close()


async def test_nothing_is_said_in_clear_to_a_server_with_tls(server: Encrypted, tmp_path: Path) -> None:
    with server.showing(authority(tmp_path / "ours").issue("server")):
        # Without an authority of ours, those of the machine are asked.
        await asks_in_vain(lambda: bus.connect(server.url, SEED, COMPONENT), "certificate verify failed")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        told = json.loads((await reader.readline()).removeprefix(b"INFO "))
        assert told["tls_required"]
        writer.write(b'CONNECT {"verbose": true}\r\nPING\r\n')
        answer = b""
        with suppress(ConnectionResetError):
            answer = await reader.read()
        assert b"PONG" not in answer
        assert b"+OK" not in answer
        writer.close()
        assert server.clients() == []
