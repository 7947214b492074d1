"""The identity provider: discovery, keys, tokens (OpenID Connect Core 1.0, PKCE RFC 7636, RFC 9207).

Everything learnt is kept, so an outage of the provider stops new logins and nothing else.
"""

import asyncio
import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import structlog
from joserfc.jwk import KeySet

from gateway.answers.problems import Problem
from gateway.callers import tokens
from gateway.callers.keys import Keys
from gateway.callers.questions import Questions
from gateway.callers.tokens import TokenRefused
from gateway.settings import GatewaySettings
from services.kit.http import bodies, trust
from services.kit.signing import opened

_log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"]
"""Signatures we believe; never ``none`` and never a symmetric one."""
PEACE_SECONDS = 1.0
"""After a failure the provider is not asked for its documents for so long."""
TIMEOUT = httpx.Timeout(5.0)
MOST_BYTES = 1 << 20
"""The largest answer that is read."""


@dataclass(frozen=True, slots=True)
class Login:
    """What the provider said about somebody who logged in."""

    claims: dict[str, Any]
    id_token: str
    refresh_token: str = ""
    """Empty when the provider gives none."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What the token endpoint gave; nothing of it is verified yet."""

    access_token: str
    id_token: str
    refresh_token: str

    @classmethod
    def of(cls, answer: dict[str, Any]) -> "Granted":
        """Reads its answer; what is left out is empty."""
        return cls(*(str(answer.get(name) or "") for name in ("access_token", "id_token", "refresh_token")))


class Provider:
    """One OpenID provider."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Nothing is fetched before it is needed."""
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client_id = settings.oidc_client_id
        secret = settings.oidc_client_secret.get_secret_value()
        # Encoded, as the other side decodes them (RFC 6749, section 2.3.1); a space so that it is one to whoever does.
        self._ours = httpx.BasicAuth(quote(self._client_id, safe=""), quote(secret, safe=""))
        self._audience = settings.oidc_audience or settings.oidc_client_id
        self._api_scope = settings.oidc_api_scope
        self._scope = settings.oidc_scope
        self._callback = f"{settings.origin}/auth/callback"
        self._client = httpx.AsyncClient(
            verify=trust.authorities(), timeout=TIMEOUT, follow_redirects=False, headers=bodies.AS_IT_IS
        )
        self._metadata: dict[str, Any] = {}
        self._keys = Keys(self._fetch_keys)
        self._discovering = asyncio.Lock()
        self._peace_until = float("-inf")
        self._logins = Questions()

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
            async with self._discovering:  # one asks, all others wait for the answer
                self._metadata = self._metadata or await self._discovered()
        return self._metadata

    async def _discovered(self) -> dict[str, Any]:
        found = await self._get(f"{self._issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self._issuer:
            raise Problem(502, "IDENTITY_PROVIDER_MISCONFIGURED", "The identity provider calls itself otherwise.")
        return found

    async def warm(self) -> None:
        """Learns the keys ahead of need; what fails is tried again later."""
        try:
            await self._keys.learn()
        except Problem as problem:
            _log.warning("identity provider not reached", reason=problem.reason)

    async def authorization_url(self, state: str, nonce: str, verifier: str) -> str:
        """Where to send a browser that wants to log in."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._callback,
            "scope": self._scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{(await self.metadata())['authorization_endpoint']}?{urlencode(query)}"

    async def check_answers_issuer(self, issuer: str | None) -> None:
        """Raises LOGIN_REFUSED when another provider answered the login (RFC 9207)."""
        promised = (await self.metadata()).get("authorization_response_iss_parameter_supported") is True
        if (issuer is None and promised) or (issuer is not None and issuer.rstrip("/") != self._issuer):
            raise Problem(401, "LOGIN_REFUSED", "The answer is not the identity provider's. Please log in again.")

    async def redeem(self, code: str, nonce: str, verifier: str) -> Login:
        """Trades the code of a finished login for verified claims."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._callback,
            "code_verifier": verifier,
        }
        metadata = await self.metadata()
        async with self._logins.place():
            answer = await self._post(metadata["token_endpoint"], form)
        if answer.status_code != 200:
            _log.warning("login code refused", status=answer.status_code)
            raise Problem(401, "LOGIN_REFUSED", "The identity provider refused this login. Please log in again.")
        granted = Granted.of(_object(answer))
        try:
            claims = await self._verify(tokens.ID, granted.id_token)
            if claims.get("nonce") != nonce:
                raise Problem(401, "LOGIN_REFUSED", "The login belongs to another browser. Please log in again.")
            claims = await self._with_groups(claims, granted.access_token)
        except TokenRefused as error:
            raise Problem(401, "LOGIN_REFUSED", f"The login does not hold: {error}. Please log in again.") from error
        return Login(claims, granted.id_token, granted.refresh_token)

    async def refresh(self, refresh_token: str) -> Granted:
        """Asks for the word of the provider again (RFC 6749, section 6).

        Raises TokenRefused when it refuses: the login is over there. Raises Problem when it is away or refuses *us*.
        The refresh token may be another one now: keep it before anything else.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        answer = await self._post((await self.metadata())["token_endpoint"], form)
        found = _object(answer)
        if answer.status_code == 200:
            return Granted.of({"refresh_token": refresh_token, **found})
        if answer.status_code == 400 and found.get("error") == "invalid_grant":
            raise TokenRefused("the login is over at the identity provider")
        _log.warning("refresh failed", status=answer.status_code)
        raise Problem(503, "IDENTITY_PROVIDER_UNAVAILABLE", "The identity provider does not renew logins now.")

    async def who(self, granted: Granted) -> dict[str, Any]:
        """Verified claims, groups included, behind refreshed tokens; an ID token may be missing among them.

        Raises TokenRefused when they do not hold.
        """
        if granted.id_token:
            return await self._with_groups(await self._verify(tokens.ID, granted.id_token), granted.access_token)
        found = await self.userinfo(granted.access_token)
        if not isinstance(found.get("sub"), str) or not found["sub"]:
            raise TokenRefused("it names nobody")
        return found

    async def _with_groups(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        if "groups" in claims or "userinfo_endpoint" not in await self.metadata():
            return claims
        info = await self.userinfo(access_token)
        return {**info, **claims} if info.get("sub") == claims["sub"] else claims

    async def access(self, token: str) -> dict[str, Any]:
        """The claims of a signed access token for this API. Raises TokenRefused unless it is one and holds."""
        return await self._verify(tokens.ACCESS, token)

    async def logout(self, token: str) -> dict[str, Any]:
        """The claims of a logout token. Raises TokenRefused unless it is one and holds."""
        return await self._verify(tokens.LOGOUT, token)

    async def _verify(self, kind: tokens.Kind, token: str) -> dict[str, Any]:
        try:
            decoded = opened(token, await self._keys.of(token), ALGORITHMS)
        except ValueError as error:
            raise TokenRefused("its signature is not the identity provider's") from error
        audience = self._audience if kind is tokens.ACCESS else self._client_id
        tokens.check(kind, decoded.header, decoded.claims, self._expected(audience), time.time())
        return dict(decoded.claims)

    def _expected(self, audience: str) -> tokens.Expected:
        return tokens.Expected(self._issuer, self._client_id, audience, self._api_scope)

    async def introspect(self, token: str) -> dict[str, Any]:
        """What the provider knows of an opaque access token (RFC 7662), with the user's groups."""
        metadata = await self.metadata()
        endpoint = metadata.get("introspection_endpoint")
        if not endpoint:
            raise TokenRefused("it is not a JWT, and the identity provider cannot introspect")
        answer = await self._post(endpoint, {"token": token, "token_type_hint": "access_token"})
        found = _object(answer) if answer.status_code == 200 else {}
        if found.get("active") is not True:
            raise TokenRefused("the identity provider does not know it, or it has expired")
        if str(found.get("token_type", "")).lower() != "bearer":  # a refresh token may be known there too
            raise TokenRefused("it is not an access token")
        expected = self._expected(self._audience)
        tokens.check_claims({"iss": self._issuer, **found}, expected, time.time())
        tokens.check_scope(found, expected)
        if not isinstance(found.get("sub"), str) or not found["sub"]:
            raise TokenRefused("it names nobody")
        return await self._with_groups(found, token)

    async def userinfo(self, access_token: str) -> dict[str, Any]:
        """The user behind an access token; empty when the token may not ask. Any other refusal says nothing of them."""
        endpoint = (await self.metadata()).get("userinfo_endpoint", "")
        try:
            answer = await self._ask("GET", endpoint, headers={"authorization": f"Bearer {access_token}"})
            if answer.status_code not in (401, 403):
                answer.raise_for_status()
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        return _object(answer) if answer.status_code == 200 else {}

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

    async def _fetch_keys(self) -> KeySet:
        return KeySet.import_key_set(await self._get((await self.metadata())["jwks_uri"]))  # type: ignore[arg-type]

    async def _get(self, url: str) -> dict[str, Any]:
        if time.monotonic() < self._peace_until:
            raise unavailable()
        try:
            answer = await self._ask("GET", url)
            answer.raise_for_status()
            return dict(answer.json())
        except (httpx.HTTPError, ValueError) as error:
            self._peace_until = time.monotonic() + PEACE_SECONDS
            raise _unreachable(error) from error

    async def _ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One answer, bounded. Raises httpx.HTTPError."""
        async with self._client.stream(method, url, **more) as answer:
            try:
                content = await bodies.read(answer, MOST_BYTES)
            except bodies.BodyError as error:
                raise httpx.DecodingError(str(error)) from error
        return httpx.Response(answer.status_code, content=content, request=answer.request)

    async def _post(self, url: str, form: dict[str, str]) -> httpx.Response:
        try:
            return await self._ask("POST", url, data=form, auth=self._ours)
        except httpx.HTTPError as error:
            raise _unreachable(error) from error


def _object(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; empty when there is none in it."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unreachable(error: Exception) -> Problem:
    _log.warning("identity provider failed", error=type(error).__name__)
    return unavailable()


def unavailable() -> Problem:
    detail = "The identity provider does not answer, so nobody can log in now. Who is logged in stays so."
    return Problem(503, "IDENTITY_PROVIDER_UNAVAILABLE", detail, headers={"retry-after": "5"})
