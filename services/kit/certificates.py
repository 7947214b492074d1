"""TLS inside the house: both sides show a certificate of one authority; renewed files are taken up by themselves.

Whoever has a certificate of its own reports for how long it holds, whoever made it.
"""

import ssl
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import grpc
from cryptography import x509

from observability import metrics, semconv
from services.kit.settings import Settings

_ends: dict[str, Callable[[], datetime]] = {}
"""When each certificate that is watched ends, by the name of its secret."""


def server_credentials(settings: Settings) -> grpc.ServerCredentials | None:
    """Credentials of a pillar's server, which takes only clients of its authority; None without a certificate.

    The files are looked at on every new connection, so that a renewed certificate needs no restart. Errors: OSError
    when one of them cannot be read at start.
    """
    if not settings.grpc_certificate_file:
        return None
    files = Files(settings.grpc_ca_file, settings.grpc_certificate_file, settings.grpc_key_file)

    def configuration() -> grpc.ServerCertificateConfiguration:
        authority, certificate, key = files.read()
        return grpc.ssl_server_certificate_configuration([(key, certificate)], authority)

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        """What to show from now on; None: as before."""
        try:
            return configuration() if files.changed() else None
        except OSError:  # half of a renewal; the next connection looks again
            return None

    # The stubs do not know that None means "as before".
    return grpc.dynamic_ssl_server_credentials(configuration(), renewed, require_client_authentication=True)  # type: ignore[arg-type]


class Files:
    """Authority, certificate and key (PEM), and when they were last written."""

    def __init__(self, authority: str, certificate: str, key: str) -> None:
        """Paths; they are read when asked for."""
        self._paths = [Path(each) for each in (authority, certificate, key)]
        self._written: list[float] = []

    def changed(self) -> bool:
        """Whether one was written since they were read. Errors: OSError."""
        return self._times() != self._written

    def read(self) -> tuple[bytes, bytes, bytes]:
        """What is in them now. Errors: OSError."""
        written = self._times()
        authority, certificate, key = (path.read_bytes() for path in self._paths)
        self._written = written
        return authority, certificate, key

    def _times(self) -> list[float]:
        return [path.stat().st_mtime for path in self._paths]


def end_of(pem: bytes) -> datetime:
    """When the first of some certificates ends: nobody believes the chain without it. Errors: ValueError."""
    return min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(pem))


def watch(name: str, end: Callable[[], datetime]) -> None:
    """Reports from now on for how long the certificate of a secret holds; one whose file cannot be read is left out."""
    _ends[name] = end
    metrics.observe(*semconv.CERTIFICATE_LEFT, _left)


def watch_file(service: str, file: str) -> None:
    """The same of the certificate that a service shows to the others, as it lies there now; none without a file."""
    if file:
        watch(f"smartcity-{service}-tls", lambda: end_of(Path(file).read_bytes()))


def _left() -> Iterable[tuple[float, metrics.Attributes]]:
    now = datetime.now(UTC)
    for name, end in _ends.copy().items():
        try:
            yield (end() - now).total_seconds(), {semconv.CERTIFICATE: name}
        except (OSError, ValueError):  # half of a renewal
            continue


def nats_context(ca_file: str) -> ssl.SSLContext | None:
    """How to be sure of the NATS server; None without an authority, for servers without TLS."""
    return ssl.create_default_context(cafile=ca_file) if ca_file else None
