"""The identity provider of one machine, as a process of its own."""

import asyncio
import base64
import hashlib
import json
import re
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.local.process import Command, Process, free_ports
from deploy.local.secrets import Secrets

CALLBACK = "http://localhost:8080/auth/callback"


@dataclass
class Provider:
    base: str
    client_secret: str
    password: str
    http: httpx.AsyncClient

    async def token(self, **form: str) -> httpx.Response:
        return await self.http.post(f"{self.base}/oauth/token", auth=("gateway", self.client_secret), data=form)

    async def claims(self, token: str) -> dict[str, Any]:
        keys = KeySet.import_key_set((await self.http.get(f"{self.base}/oauth/jwks.json")).json())
        return jwt.decode(token, keys, algorithms=["RS256"]).claims

    async def log_in(self, browser: httpx.AsyncClient, login: str, challenge: str, nonce: str) -> str:
        """The code that the browser brings back, after both forms."""
        query = {"client_id": "gateway", "response_type": "code", "redirect_uri": CALLBACK, "state": "s"}
        query |= {"scope": "openid profile groups", "nonce": nonce}
        query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        answer = await browser.get(f"{self.base}/oauth/authorize", params=query)
        for _ in range(8):
            location = answer.headers.get("location")
            if location and location.startswith(CALLBACK):
                return str(parse_qs(urlsplit(location).query)["code"][0])
            if location:
                answer = await browser.get(str(answer.url.join(location)))
                continue
            names = re.findall(r'<input[^>]*name="([^"]+)"', answer.text)
            values = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', answer.text))
            known = {"login": login, "password": self.password}
            answer = await browser.post(
                answer.url, data={name: known.get(name, values.get(name, "")) for name in names}
            )
        raise AssertionError(answer.text)


def pkce() -> tuple[str, str]:
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture(scope="module")
async def provider(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Provider]:
    home: Path = tmp_path_factory.mktemp("oidc")
    kept = Secrets(home)
    base = f"http://127.0.0.1:{free_ports(1)[0]}"
    env = {
        "SMARTCITY_CITY": "semarang",
        "SMARTCITY_PUBLIC_URL": "http://localhost:8080",
        "SMARTCITY_OIDC_ISSUER": base,
        "SMARTCITY_OIDC_CLIENT_ID": "gateway",
        "SMARTCITY_OIDC_CLIENT_SECRET": kept.text("client"),
        "SMARTCITY_OIDC_SESSION_SECRET": kept.text("session"),
        "SMARTCITY_OIDC_SIGNING_KEY": json.dumps(kept.signing_key("signing", "RSA")),
        "SMARTCITY_DEMO_PASSWORD": kept.text("password"),
    }
    process = Process(Command((sys.executable, "-m", "deploy.local.oidc"), env), home / "oidc.log")

    def ready() -> bool:
        try:
            return httpx.get(f"{base}/.well-known/openid-configuration").status_code == 200
        except httpx.TransportError:
            return False

    await asyncio.to_thread(process.wait_ready, ready, 30)
    async with httpx.AsyncClient() as client:
        yield Provider(base, kept.text("client"), kept.text("password"), client)
    await asyncio.to_thread(process.stop)


async def test_groups_carry_the_role_and_the_agency(provider: Provider) -> None:
    answer = await provider.token(
        grant_type="password", username="petugas-dlh", password=provider.password, scope="openid profile groups"
    )
    claims = await provider.claims(answer.json()["access_token"])
    assert (claims["sub"], claims["groups"], claims["aud"]) == ("petugas-dlh", ["officer", "agency:dlh"], ["gateway"])


async def test_a_wrong_password_is_refused(provider: Provider) -> None:
    answer = await provider.token(grant_type="password", username="admin", password="guess", scope="openid")
    assert answer.status_code == 400


async def test_a_program_gets_a_token_for_itself(provider: Provider) -> None:
    answer = await provider.token(grant_type="client_credentials", scope="openid")
    assert answer.status_code == 200


async def test_two_people_who_log_in_at_once_get_their_own_identity(provider: Provider) -> None:
    verifier, challenge = pkce()
    async with httpx.AsyncClient() as one, httpx.AsyncClient() as two:
        codes = {
            "warga": await provider.log_in(one, "warga", challenge, "n1"),
            "verifikator": await provider.log_in(two, "verifikator", challenge, "n2"),
        }
    for login, code in codes.items():
        answer = await provider.token(
            grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=verifier
        )
        assert (await provider.claims(answer.json()["id_token"]))["sub"] == login


async def test_a_code_is_worth_nothing_without_its_verifier(provider: Provider) -> None:
    _, challenge = pkce()
    async with httpx.AsyncClient() as browser:
        code = await provider.log_in(browser, "warga", challenge, "n3")
    answer = await provider.token(
        grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=pkce()[0]
    )
    assert answer.status_code == 400


async def test_access_tokens_are_told_from_id_tokens_by_their_type(provider: Provider) -> None:
    verifier, challenge = pkce()
    async with httpx.AsyncClient() as browser:
        code = await provider.log_in(browser, "warga", challenge, "n4")
    granted = (
        await provider.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=verifier)
    ).json()
    assert (_type(granted["access_token"]), _type(granted["id_token"])) == ("at+jwt", "JWT")
    refreshed = (await provider.token(grant_type="refresh_token", refresh_token=granted["refresh_token"])).json()
    assert _type(refreshed["access_token"]) == "at+jwt"
    again = await provider.token(grant_type="refresh_token", refresh_token=granted["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant"), "a refresh token is used once"


def _type(token: str) -> str:
    head = token.split(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["typ"])
