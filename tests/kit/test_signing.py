"""Ed25519 keys as JSON Web Keys; what they sign is tested with the receipts."""

import json
from base64 import b64encode

import pytest

from services.kit import signing
from services.kit.signing import Signer

SECRET = signing.encode(bytes(range(32)))
JWK = {"kty": "OKP", "crv": "Ed25519", "kid": "2026", "d": SECRET}


def test_what_a_key_signs_its_public_half_verifies() -> None:
    signer = Signer.load(json.dumps(JWK))
    keys = signing.read_key_set(signing.parse_key_set(signing.key_set([signer.public_jwk()])))
    assert signing.signed(keys["2026"], signer.sign(b"text"), b"text")
    assert not signing.signed(keys["2026"], signer.sign(b"text"), b"other text")


def test_a_key_without_a_name_is_named_by_its_thumbprint() -> None:
    named = Signer.load(json.dumps({**JWK, "kid": ""}))
    assert len(signing.decode(named.key_id)) == 32


@pytest.mark.parametrize("more", [{}, {"x": "AA"}, {"use": "sig", "alg": "EdDSA", "key_ops": ["sign"]}])
def test_what_stands_in_receipts_is_the_same_to_the_byte_whatever_else_a_key_has(more: dict[str, object]) -> None:
    """Receipts of years are signed over these bytes."""
    public = "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
    signer = Signer.load(json.dumps({**JWK, **more}))
    assert signing.key_set([signer.public_jwk()]) == (
        f'{{"keys":[{{"crv":"Ed25519","kid":"2026","kty":"OKP","x":"{public}"}}]}}'
    )
    assert Signer.load(json.dumps({**JWK, **more, "kid": ""})).key_id == "1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y"


@pytest.mark.parametrize(
    "jwk",
    ["", "[]", json.dumps({**JWK, "kty": "EC"}), json.dumps({**JWK, "d": SECRET[:-1]}), json.dumps({"d": SECRET})],
)
def test_a_key_that_is_none_is_refused_by_the_name_of_its_setting_and_not_shown(jwk: str) -> None:
    with pytest.raises(ValueError, match=r"^SMARTCITY_OTHER_KEY is not a private Ed25519 JWK") as caught:
        Signer.load(jwk, setting="SMARTCITY_OTHER_KEY")
    assert SECRET[:-1] not in str(caught.value)


@pytest.mark.parametrize("behind", ["", "\n", "\r\n"])
def test_a_secret_is_the_same_with_the_line_end_that_a_file_or_a_command_puts_behind_it(behind: str) -> None:
    assert signing.secret(b64encode(bytes(range(32))).decode() + behind, "SMARTCITY_LINK_SECRET") == bytes(range(32))


@pytest.mark.parametrize("text", ["", "\n", "AA==", b64encode(bytes(31)).decode(), "A" * 43 + "!"])
def test_what_is_no_secret_is_refused_by_the_name_of_its_setting(text: str) -> None:
    with pytest.raises(ValueError, match=r"^SMARTCITY_LINK_SECRET "):
        signing.secret(text, "SMARTCITY_LINK_SECRET")
