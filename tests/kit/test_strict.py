"""Certificates as Python 3.13 checks them, on whatever Python the tests run: what the suite's authority issues passes,
and an authority without `keyUsage`, as many make one by hand, is what docs/operate.md says it is."""

import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.image import ROOT
from services.kit.certificates import nats_context
from tests.fixtures.authority import Authority
from tests.kit.tls import Elsewhere, authority


class ByHand(Authority):
    """Made as with `openssl req -x509`, and nothing else said."""

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *, authority: bool) -> x509.Certificate:
        made = super()._sign(subject, key, authority=authority)
        builder = x509.CertificateBuilder(
            made.issuer, made.subject, key, made.serial_number, made.not_valid_before_utc, made.not_valid_after_utc,
            [each for each in made.extensions if not isinstance(each.value, x509.KeyUsage)],
        )  # fmt: skip
        return builder.sign(self._key, hashes.SHA256())


def shake_hands(made: Authority) -> None:
    """As a client of NATS does with a server, strictly; raises what it has against the server's certificate."""
    files = made.issue("server")
    client_side = nats_context(str(files.authority))
    assert client_side is not None
    client_side.verify_flags |= ssl.VERIFY_X509_STRICT
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(files.certificate, files.key)
    there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(there, here, server_hostname="localhost")
    server = server_side.wrap_bio(here, there, server_side=True)
    for side in (client, server, client):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue


@pytest.mark.parametrize("kind", [Authority, ByHand])
def test_an_authority_without_key_usage_is_refused(kind: type[Authority], tmp_path: Path) -> None:
    made = authority(tmp_path / "own", kind)
    if kind is Authority:
        shake_hands(made)
        return
    with pytest.raises(ssl.SSLCertVerificationError, match="CA cert does not include key usage extension"):
        shake_hands(made)


def test_the_name_is_all_that_is_wrong_with_the_certificate_of_another_host(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shake_hands(authority(tmp_path / "own", Elsewhere))


def test_who_brings_certificates_is_told_where_they_say_so() -> None:
    values = (ROOT / "deploy/helm/smartcity/values.yaml").read_text(encoding="utf-8")
    above = values[values.index("\ntls:\n") : values.index("  issuer: { name:")]
    page = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    for text in (above, page):
        assert {"keyUsage", "keyCertSign", "authorityKeyIdentifier", "subjectKeyIdentifier"} <= set(
            text.replace("`", " ").replace("=", " ").replace(",", " ").replace(";", " ").replace(".", " ").split()
        )
    assert "CA cert does not include key usage extension" in page
