"""Attacks with the header of a signed token: it is read before its signature, and may say whatever its sender likes."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc.jwk import OKPKey

from services.economy.notifications import tokens
from services.economy.providers.credentials import Credentials
from services.kit import signing
from services.kit.caller import Verifier
from services.kit.errors import DomainError, Kind
from tests.security.attacks.issuer import CITY, Desk, Issuer, desk_at_work

# Before: 500 for every `crit` that is no list, or a list of what is no text.
CRITICAL: list[Any] = [1, 1.5, True, None, [1], [None], [["exp"]], [{}], {}, "exp", ["exp"], ["b64"]]


def token(algorithm: str, **header: Any) -> str:
    """A token with that header, and a signature of anybody's."""
    parts = json.dumps({"alg": algorithm, **header}).encode(), b"{}", b"x" * 64
    return ".".join(map(signing.encode, parts))


@pytest.fixture(scope="module")
async def desk(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A gateway and its provider."""
    async with desk_at_work(postgres, tmp_path_factory.mktemp("desk"), Issuer({})) as made:
        yield made


@pytest.mark.parametrize("critical", CRITICAL, ids=str)
async def test_a_token_with_odd_demands_in_its_header_is_refused(desk: Desk, critical: Any) -> None:
    odd = token("ES256", crit=critical, typ="at+jwt")
    async with desk.browser() as program:
        answer = await program.get("/v1/me", headers={"authorization": f"Bearer {odd}"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_REFUSED")
    answer = await desk.logout(token("ES256", crit=critical, typ="logout+jwt"))
    assert (answer.status_code, answer.json()["reason"]) == (400, "LOGOUT_TOKEN_REFUSED")


@pytest.mark.parametrize("critical", CRITICAL, ids=str)
async def test_a_login_with_odd_demands_in_its_cookie_is_not_known(desk: Desk, critical: Any) -> None:
    cookie = f"__Host-login={token('HS256', crit=critical)}"
    async with desk.browser() as browser:
        answer = await browser.get(f"{CITY}/auth/callback?code=x&state=y", headers={"cookie": cookie})
    assert (answer.status_code, answer.json()["reason"]) == (400, "LOGIN_STATE_UNKNOWN")


@pytest.mark.parametrize("critical", CRITICAL, ids=str)
def test_neither_bank_nor_gateway_is_believed_with_odd_demands(critical: Any) -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "k1"}, auto_kid=False)
    rsa = generate_private_key(65537, 2048)
    acquirer = Credentials("c", "p", "1", b"shared", rsa, rsa.public_key(), "base64", timedelta(seconds=1))
    assert not tokens.holds(token("HS256", crit=critical), acquirer, datetime.now(UTC))
    verifier = Verifier(json.dumps({"keys": [key.as_dict(private=False)]}), "economy")
    with pytest.raises(DomainError) as refused:
        verifier.verify(token("Ed25519", kid="k1", crit=critical))
    assert refused.value.kind is Kind.UNAUTHENTICATED
