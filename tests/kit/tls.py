"""What the tests of TLS to the servers share: addresses as the chart renders them, and who is not believed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from structlog.testing import capture_logs

from tests.deploy.helm.charts import EVERYTHING, Values, containers, pods, render, together
from tests.fixtures.authority import Authority
from tests.kit.conftest import within

COMPONENT = "economy"
"""Whose addresses are taken; every component's are made alike."""


class Elsewhere(Authority):
    """Issues certificates for a server of another name."""

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, authority: bool) -> x509.Certificate:
        made = super()._sign(subject, key, authority=authority)
        names = x509.SubjectAlternativeName([x509.DNSName("elsewhere.example.org")])
        builder = x509.CertificateBuilder(
            made.issuer, made.subject, key, made.serial_number, made.not_valid_before_utc, made.not_valid_after_utc,
            [each for each in made.extensions if not isinstance(each.value, x509.SubjectAlternativeName)],
        )  # fmt: skip
        return builder.add_extension(names, critical=False).sign(self._key, hashes.SHA256())


def authority(folder: Path, kind: type[Authority] = Authority) -> Authority:
    """An authority whose file is named as the chart mounts it."""
    folder.mkdir()
    return kind(folder, "ca")


def rendered(values: Values, password: str = "") -> dict[str, str]:
    """The environment of a component in production, with its password filled in as the kubelet does."""
    for name, spec, _ in pods(render(together(EVERYTHING, values))):
        if name.endswith(f"-{COMPONENT}"):
            own = next(each for each in containers(spec) if each["name"] == COMPONENT)
            given = {each["name"]: each["value"] for each in own["env"] if "value" in each}
            return {name: text.replace("$(POSTGRES_PASSWORD)", password) for name, text in given.items()}
    raise AssertionError(f"no pod of {COMPONENT}")


def mounted(text: str, server: str, believed: Authority) -> str:
    """An address or a path in which the authority's file lies where it does here, and not where a pod has it."""
    assert f"/etc/smartcity/{server}/ca.crt" in text
    return text.replace(f"/etc/smartcity/{server}", str(believed.folder))


async def asks_in_vain(connect: Callable[[], Awaitable[Any]], why: str) -> None:
    """Sees that ``connect``, which asks until it is let in, says ``why`` it is not, and asks on; then ends it."""
    with capture_logs() as said:
        asking = asyncio.ensure_future(connect())

        async def heard() -> bool:
            return asking.done() or any(why in line.get("error", "") for line in said)

        try:
            await within(heard)
            assert not asking.done(), asking
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
