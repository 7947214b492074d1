"""Signatures against the openssl command line, both ways."""

import base64
import hashlib
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from services.economy.providers.signature import (
    Encoding,
    call_text,
    minified,
    sign_asymmetric,
    sign_symmetric,
    token_text,
    verify_asymmetric,
    verify_symmetric,
)

CLIENT, TIMESTAMP = "kota", "2026-11-24T09:00:00+07:00"
SECRET, TOKEN = "rahasia-bersama", "eyJhbGciOiJIUzI1NiJ9.e30.x"
CALL = b'{"partnerReferenceNo":"SMGP-7K4P-92","amount":{"value":"4000.00","currency":"IDR"}}'
NEWS = b'{\n  "originalReferenceNo": "00012345",\n  "note": "a  b \\" c",\n  "amount": {"value": "4000.00"}\n}'
COMPACT_NEWS = b'{"originalReferenceNo":"00012345","note":"a  b \\" c","amount":{"value":"4000.00"}}'
CALLS = {
    "/v1.0/qr/qr-mpm-generate": (CALL, CALL),
    "/v1.0/qr/qr-mpm-notify": (NEWS, COMPACT_NEWS),
    "/v1.0/qr/qr-mpm-cancel": (b"", b""),
}
"""Bodies as they are sent, and minified."""


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(folder / "private.pem"))
    openssl("pkey", "-in", str(folder / "private.pem"), "-pubout", "-out", str(folder / "public.pem"))
    return folder


def private(keys: Path) -> RSAPrivateKey:
    return cast("RSAPrivateKey", load_pem_private_key((keys / "private.pem").read_bytes(), None))


def public(keys: Path) -> RSAPublicKey:
    return cast("RSAPublicKey", load_pem_public_key((keys / "public.pem").read_bytes()))


@pytest.mark.parametrize("encoding", ["base64", "hex"])
def test_openssl_accepts_our_token_signature(keys: Path, encoding: Encoding) -> None:
    text = token_text(CLIENT, TIMESTAMP)
    assert text == b"kota|2026-11-24T09:00:00+07:00"
    written = sign_asymmetric(private(keys), text, encoding)
    (keys / "signature").write_bytes(bytes.fromhex(written) if encoding == "hex" else base64.b64decode(written))
    told = openssl(
        "dgst", "-sha256", "-verify", str(keys / "public.pem"), "-signature", str(keys / "signature"), given=text
    )
    assert told == b"Verified OK\n"


@pytest.mark.parametrize("encoding", ["base64", "hex"])
def test_we_accept_the_token_signature_of_openssl_and_no_other(keys: Path, encoding: Encoding) -> None:
    text = token_text(CLIENT, TIMESTAMP)
    raw = openssl("dgst", "-sha256", "-sign", str(keys / "private.pem"), given=text)
    signature = raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()
    assert verify_asymmetric(public(keys), text, signature, encoding)
    assert not verify_asymmetric(public(keys), token_text("lain", TIMESTAMP), signature, encoding)
    for wrong in ("", "!", signature[:-4], signature + "AAAA", "é"):
        assert not verify_asymmetric(public(keys), text, wrong, encoding)


@pytest.mark.parametrize("encoding", ["base64", "hex"])
@pytest.mark.parametrize("path", CALLS)
def test_calls_and_notifications_are_signed_as_openssl_signs_them(path: str, encoding: Encoding) -> None:
    sent, compact = CALLS[path]
    digest = openssl("dgst", "-sha256", "-r", given=compact).split()[0].decode()
    text = f"POST:{path}:{TOKEN}:{digest}:{TIMESTAMP}".encode()
    assert call_text("POST", path, TOKEN, sent, TIMESTAMP) == text
    raw = openssl("dgst", "-sha512", "-hmac", SECRET, "-binary", given=text)
    signature = raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()
    assert sign_symmetric(SECRET.encode(), text, encoding) == signature
    assert verify_symmetric(SECRET.encode(), text, signature, encoding)
    assert not verify_symmetric(b"another", text, signature, encoding)
    for wrong in ("", "!", signature[:-4], signature + "AAAA", "é"):
        assert not verify_symmetric(SECRET.encode(), text, wrong, encoding)


def test_a_signature_in_capital_hex_holds_too() -> None:
    signature = sign_symmetric(b"secret", b"text", "hex")
    assert verify_symmetric(b"secret", b"text", signature.upper(), "hex")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_minifying_takes_no_character_out_of_a_string(text: str) -> None:
    for ascii_only in (True, False):
        spaced = json.dumps({"a": text, "b": [1.50, {"c": text}]}, indent=3, ensure_ascii=ascii_only).encode()
        compact = json.dumps({"a": text, "b": [1.50, {"c": text}]}, separators=(",", ":"), ensure_ascii=ascii_only)
        assert minified(spaced) == compact.encode()
        assert minified(minified(spaced)) == compact.encode()


@pytest.mark.parametrize("end", [b"", b"\\"])
def test_a_string_that_never_ends_is_gone_through_once(end: bytes) -> None:
    """Before: once for each quote in it, a minute and a half for what a notification may have."""
    body = b'"' + b'\\"' * 30_000 + end
    began = time.thread_time()
    assert minified(body) == body
    assert time.thread_time() - began < 2


def test_a_body_that_is_minified_is_hashed_as_it_was_sent() -> None:
    assert hashlib.sha256(CALL).hexdigest().encode() in call_text("POST", "/", "", CALL, TIMESTAMP)
