"""The identity provider: discovery, keys, tokens (OpenID Connect Core 1.0, PKCE RFC 7636, RFC 9207).

Everything learnt is kept, so an outage of the provider stops new logins and nothing else.
"""

import asyncio
import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.answers.problems import Problem
from gateway.settings import GatewaySettings

_log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
"""Signatures we believe; never ``none`` and never a symmetric one."""
SCOPES = "openid profile groups"
KEYS_FRESH_SECONDS = 600.0
REFETCH_REST_SECONDS = 10.0
"""An unknown key id makes us ask for new keys, but not more often than this."""
LEEWAY_SECONDS = 30
TIMEOUT = httpx.Timeout(5.0)


@dataclass(frozen=True, slots=True)
class Login:
    """What the provider said about somebody who logged in."""

    claims: dict[str, Any]
    id_token: str


class TokenRefused(Exception):  # noqa: N818 - it is what happened
    """A token does not hold; the message says why, without the token."""


class Provider:
    """One OpenID provider."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Nothing is fetched before it is needed."""
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self.audience = settings.oidc_audience or settings.oidc_client_id
        self._callback = f"{settings.origin}/auth/callback"
        self._client = httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False)
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._keys_at = self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    @property
    def enabled(self) -> bool:
        """Whether there is a provider at all."""
        return bool(self._issuer)

    async def close(self) -> None:
        """Closes its connections."""
        await self._client.aclose()

    async def metadata(self) -> dict[str, Any]:
        """The discovery document, fetched once."""
        if not self._issuer:
            raise Problem(503, "LOGIN_DISABLED", "This gateway has no identity provider: set SMARTCITY_OIDC_ISSUER.")
        if not self._metadata:
            found = await self._get(f"{self._issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._issuer:
                raise Problem(502, "IDENTITY_PROVIDER_MISCONFIGURED", "The identity provider calls itself otherwise.")
            self._metadata = found
        return self._metadata

    async def warm(self) -> None:
        """Learns the keys ahead of need; what fails is tried again later."""
        try:
            await self._fetch_keys()
        except Problem as problem:
            _log.warning("identity provider not reached", reason=problem.reason)

    async def authorization_url(self, state: str, nonce: str, verifier: str) -> str:
        """Where to send a browser that wants to log in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._callback,
            "scope": SCOPES,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{(await self.metadata())['authorization_endpoint']}?{urlencode(query)}"

    async def redeem(self, code: str, nonce: str, verifier: str) -> Login:
        """Trades the code of a finished login for verified claims."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
        }
        metadata = await self.metadata()
        answer = await self._post(metadata["token_endpoint"], form)
        if answer.status_code != 200:
            _log.warning("login code refused", status=answer.status_code)
            raise Problem(401, "LOGIN_REFUSED", "The identity provider refused this login. Please log in again.")
        tokens = answer.json()
        id_token = str(tokens.get("id_token", ""))
        try:
            claims = await self.verify(id_token, self._client_id)
        except TokenRefused as error:
            raise Problem(401, "LOGIN_REFUSED", f"The login does not hold: {error}. Please log in again.") from error
        if claims.get("nonce") != nonce:
            raise Problem(401, "LOGIN_REFUSED", "The login belongs to another browser. Please log in again.")
        if "groups" not in claims and "userinfo_endpoint" in metadata:
            info = await self.userinfo(str(tokens.get("access_token", "")))
            if info.get("sub") == claims["sub"]:
                claims = {**info, **claims}
        return Login(claims, id_token)

    async def verify(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of a signed token. Raises TokenRefused unless signature, issuer, audience and times hold."""
        keys = await self._fresh_keys()
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            keys = await self._newer_keys(keys)
            try:
                decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
            except (JoseError, ValueError):
                raise TokenRefused("its signature is not the identity provider's") from error
        claims = dict(decoded.claims)
        self._check(claims, audience)
        return claims

    def _check(self, claims: dict[str, Any], audience: str) -> None:
        now = time.time()
        named = claims.get("aud", [])
        named = [named] if isinstance(named, str) else named
        expires, begins = claims.get("exp"), claims.get("nbf", claims.get("iat", 0))
        if str(claims.get("iss", "")).rstrip("/") != self._issuer:
            raise TokenRefused("it is from another issuer")
        if not isinstance(named, list) or audience not in named:
            raise TokenRefused("it is for another audience")
        if len(named) > 1 and claims.get("azp", self._client_id) != self._client_id:
            raise TokenRefused("it was given to another client")
        if not isinstance(expires, int | float) or expires + LEEWAY_SECONDS < now:
            raise TokenRefused("it has expired")
        if not isinstance(begins, int | float) or begins - LEEWAY_SECONDS > now:
            raise TokenRefused("it is not valid yet")
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise TokenRefused("it names nobody")

    async def introspect(self, token: str) -> dict[str, Any]:
        """What the provider knows of an opaque access token (RFC 7662), with the user's groups."""
        metadata = await self.metadata()
        endpoint = metadata.get("introspection_endpoint")
        if not endpoint:
            raise TokenRefused("it is not a JWT, and the identity provider cannot introspect")
        answer = await self._post(endpoint, {"token": token, "token_type_hint": "access_token"})
        found = answer.json() if answer.status_code == 200 else {}
        if not found.get("active"):
            raise TokenRefused("the identity provider does not know it, or it has expired")
        self._check({"iss": self._issuer, **found}, self.audience)
        if "groups" not in found:
            info = await self.userinfo(token)
            found = {**found, **(info if info.get("sub") == found["sub"] else {})}
        return dict(found)

    async def userinfo(self, access_token: str) -> dict[str, Any]:
        """The user behind an access token; empty when the token may not ask."""
        endpoint = (await self.metadata()).get("userinfo_endpoint", "")
        try:
            answer = await self._client.get(endpoint, headers={"authorization": f"Bearer {access_token}"})
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        return dict(answer.json()) if answer.status_code == 200 else {}

    async def logout_url(self, id_token: str, back: str) -> str:
        """Where to end the login at the provider too; ``back`` when it has no such place or is away."""
        try:
            endpoint = (await self.metadata()).get("end_session_endpoint")
        except Problem:
            return back
        if not endpoint:
            return back
        query = {"id_token_hint": id_token, "client_id": self._client_id, "post_logout_redirect_uri": back}
        return f"{endpoint}?{urlencode({key: value for key, value in query.items() if value})}"

    async def _fresh_keys(self) -> KeySet:
        if self._keys is None:
            return await self._fetch_keys()
        if time.monotonic() - self._keys_at > KEYS_FRESH_SECONDS:
            await self._newer_keys(self._keys)
        return self._keys

    async def _newer_keys(self, known: KeySet) -> KeySet:
        """New keys if there are any to be had now; else the ones we know."""
        if time.monotonic() - self._tried_at < REFETCH_REST_SECONDS:
            return self._keys or known
        try:
            return await self._fetch_keys()
        except Problem:
            return known

    async def _fetch_keys(self) -> KeySet:
        async with self._fetching:
            self._tried_at = time.monotonic()
            found = await self._get((await self.metadata())["jwks_uri"])
            self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            self._keys_at = time.monotonic()
            return self._keys

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            answer = await self._client.get(url)
            answer.raise_for_status()
            return dict(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            raise _unreachable(error) from error

    async def _post(self, url: str, form: dict[str, str]) -> httpx.Response:
        try:
            return await self._client.post(url, data=form, auth=(self._client_id, self._secret))
        except httpx.HTTPError as error:
            raise _unreachable(error) from error


def _unreachable(error: Exception) -> Problem:
    _log.warning("identity provider failed", error=type(error).__name__)
    detail = "The identity provider does not answer, so nobody can log in now. Who is logged in stays so."
    return Problem(503, "IDENTITY_PROVIDER_UNAVAILABLE", detail, headers={"retry-after": "5"})
