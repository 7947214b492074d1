"""The identity provider of a local platform: Canaille with demo users, forgotten when it stops.

Run by the supervisor as `python -m deploy.local.oidc`; a cluster brings Keycloak or the city's own.
"""

from __future__ import annotations

import secrets
import signal
import sys
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from canaille import create_app  # type: ignore[import-untyped]
from canaille.app import models  # type: ignore[import-untyped]
from canaille.backends import Backend  # type: ignore[import-untyped]
from canaille.backends.memory.backend import MemoryBackend  # type: ignore[import-untyped]
from canaille.oidc import provider as oidc  # type: ignore[import-untyped]
from flask import Flask
from joserfc import jwt
from pydantic_settings import BaseSettings, SettingsConfigDict
from werkzeug.serving import WSGIRequestHandler, make_server

from deploy.local.demo import DemoUser, demo_users

_LOGGING = {
    "version": 1,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"level": "WARNING", "handlers": ["console"]},
    "disable_existing_loggers": False,
}
SCOPE = ["openid", "profile", "email", "groups"]
TOKEN_SECONDS = 3600
"""How long access tokens hold; Canaille lets their refresh tokens end with them."""
APP_CLIENT, APP_REDIRECT = "app", "http://127.0.0.1/"
"""A public client for programs of this machine, which listen at a port of their own: `docs/app_login.py`."""
GRANTS = ["authorization_code", "refresh_token", "password", "client_credentials"]


class OidcSettings(BaseSettings):
    """What the provider is told by the supervisor; nothing secret has a default."""

    model_config = SettingsConfigDict(env_prefix="SMARTCITY_")

    city: str
    public_url: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_session_secret: str
    oidc_signing_key: dict[str, str]
    demo_password: str


class ExactMemoryBackend(MemoryBackend):  # type: ignore[misc]
    """Canaille 0.3.6 finds what matches *any* filter in memory, so one's code could be taken for another's."""

    __module__ = MemoryBackend.__module__  # Canaille looks for the models beside it

    def do_query(self, model: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Instances that match all filters, as `Backend.query` promises."""
        found = [set(super(ExactMemoryBackend, self).do_query(model, **{name: kwargs[name]})) for name in kwargs]
        return list(set.intersection(*found)) if found else list(super().do_query(model))


def build(settings: OidcSettings) -> Flask:
    """The provider as a WSGI application, seeded."""
    issuer = urlsplit(settings.oidc_issuer)
    app: Flask = create_app(
        {
            "SECRET_KEY": settings.oidc_session_secret,
            "SERVER_NAME": issuer.netloc,
            "PREFERRED_URL_SCHEME": issuer.scheme,
            # Cookies ignore ports: two platforms on one host would log each other out.
            "SESSION_COOKIE_NAME": f"canaille-{issuer.port}",
            "CANAILLE": {
                "DATABASE": "memory",
                "NAME": "Kota Cerdas (demo)",
                "JAVASCRIPT": False,
                "HTMX": False,
                "SMTP": None,
                "EMAIL_CONFIRMATION": False,
                "ENABLE_PASSWORD_RECOVERY": False,
                "LOGGING": _LOGGING,
                "ACL": {"DEFAULT": {"PERMISSIONS": ["use_oidc"], "READ": ["user_name", "groups"], "WRITE": []}},
            },
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [settings.oidc_signing_key], "REQUIRE_NONCE": True},
        },
        backend=ExactMemoryBackend({}),
    )
    tokens = {
        **app.config,
        "OAUTH2_ACCESS_TOKEN_GENERATOR": _access_token,
        "OAUTH2_TOKEN_EXPIRES_IN": dict.fromkeys(GRANTS, TOKEN_SECONDS),
    }
    oidc.OIDCGrantMixin.get_client_claims = _client_claims
    models.Client.check_redirect_uri = _redirects_to
    oidc.authorization.register_token_generator("default", oidc.authorization.create_bearer_token_generator(tokens))
    with app.app_context():
        _seed_users(demo_users(settings.city), settings.demo_password)
        _seed_clients(settings)
    return app


def _client_claims(_: Any, client: Any) -> dict[str, Any]:
    """Of an ID token, which is for the client that asked alone; Canaille writes the audience of access tokens there."""
    return {"iss": oidc.get_issuer(), "aud": [client.client_id]}


def _access_token(client: Any, grant_type: str, user: Any, scope: str) -> str:
    """An access token as RFC 9068 wants it; Canaille 0.3.6 writes them like ID tokens (``typ`` JWT)."""
    if grant_type == "client_credentials":
        return secrets.token_urlsafe(36)
    key, algorithm = oidc._get_signing_key(client)
    now = int(time.time())
    claims = {
        **oidc.UserInfo(oidc.generate_user_claims(user)).filter(scope),
        "iss": oidc.get_issuer(),
        "aud": [each.client_id for each in client.audience],
        "client_id": client.client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode({"alg": algorithm, "kid": key.kid, "typ": "at+jwt"}, claims, key, algorithms=[algorithm])


def _seed_users(users: list[DemoUser], password: str) -> None:
    members: dict[str, list[Any]] = {}
    for each in users:
        user = models.User(
            user_name=each.login,
            formatted_name=each.name,
            family_name=each.name.split()[-1],
            display_name=each.name,
            emails=[f"{each.login}@demo.example"],
            password=password,
        )
        Backend.instance.save(user)
        for group in each.groups:
            members.setdefault(group, []).append(user)
    for name, users_of_group in members.items():
        Backend.instance.save(models.Group(display_name=name, members=users_of_group))


def _seed_clients(settings: OidcSettings) -> None:
    """The portal, and an app to try the API with; nobody registers others."""
    portal = models.Client(
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        client_name="Portal",
        client_uri=settings.public_url,
        redirect_uris=[f"{settings.public_url}/auth/callback"],
        post_logout_redirect_uris=[f"{settings.public_url}/"],
        grant_types=GRANTS,
        response_types=["code"],
        scope=SCOPE,
        id_token_signed_response_alg="RS256",  # noqa: S106 - an algorithm's name
        token_endpoint_auth_method="client_secret_basic",  # noqa: S106 - a method's name
    )
    app = models.Client(
        client_id=APP_CLIENT,
        client_name="Demo app",
        client_uri=APP_REDIRECT,
        redirect_uris=[APP_REDIRECT],
        grant_types=["authorization_code", "refresh_token"],
        response_types=["code"],
        scope=SCOPE,
        id_token_signed_response_alg="RS256",  # noqa: S106 - an algorithm's name
        token_endpoint_auth_method="none",  # noqa: S106 - a public client has no secret: PKCE stands for it
    )
    for client in (portal, app):
        Backend.instance.save(client)
        client.audience = [portal]
        Backend.instance.save(client)


def _redirects_to(client: Any, address: str) -> bool:
    """Whether a client may be answered there: a public one at any port of this machine (RFC 8252, section 7.3)."""
    if address in client.redirect_uris:
        return True
    if client.token_endpoint_auth_method != "none":  # noqa: S105 - a method's name
        return False
    own = urlsplit(address)
    return own.port is not None and urlunsplit(own._replace(netloc=own.hostname or "")) in client.redirect_uris


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: query strings hold codes and states."""


def main() -> None:
    """Serve until SIGTERM."""
    settings = OidcSettings()
    issuer = urlsplit(settings.oidc_issuer)
    server = make_server(
        issuer.hostname or "127.0.0.1", issuer.port or 80, build(settings), threaded=True, request_handler=_QuietHandler
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
