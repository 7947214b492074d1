"""The OpenAPI 3.1 document: operations and schemas from the contracts, problems from one list."""

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import snap
from gateway.answers.problems import Body, FieldError
from gateway.callers.session import SESSION_COOKIE
from gateway.city.reference import Ready
from gateway.openapi import city_reads, operations, problems, schemas, sensor_things
from gateway.rest.me import Me
from gateway.settings import GatewaySettings

VERSION = "1.0.0"
_DESCRIPTION = """\
Report something to the city, follow what happens, and check that it was recorded honestly. Pay it, be paid, and follow
the money.

- No account is needed to file and follow a complaint. Its **link key**, shown once, lets its reporter act on it.
- Repeat a write with the same **Idempotency-Key** and nothing happens twice. Without a login it has to be one that
  nobody can guess, a random UUID: whoever knows key and body gets the answer.
- Name the version you saw in **If-Match**, its ETag or its body's `etag`, and nothing is changed that is another by now
  (412). A change that does not list the header compares no version and refuses it (422), such as adding a till or a
  refund: the version of the whole does not move by what is kept beside it.
- Everything refused answers as a **problem** (RFC 9457) with a `reason` for programs and a `trace_id` for questions.
  Its texts are English: translate by the reason.
- A parameter of the query that an operation does not know is **refused** (422), and so is one given twice that has one
  value: the answer would be to another question. Feeds and streams pass over what other programs add to them.
- Money is a whole number of `units` of a `currency`; what moves it needs an Idempotency-Key, which is never forgotten
  but with its owner's data.
- Times are UTC (RFC 3339), places WGS 84, areas carry Kemendagri codes.
- `RateLimit` headers say how much you may still do.
- Scripts of any site may read and write, with a bearer token or a link key; the portal's cookie does nothing there.
"""
_CITY = {"name": "City", "description": "What the city shows to everybody."}


def install(app: FastAPI, settings: GatewaySettings) -> None:
    """Serves the document at /openapi.json, and to the reference as ``app.state.openapi``.

    It is made when it is first asked for, once and beside the loop, which has others to serve.
    """
    made: list[dict[str, Any]] = []
    ready: list[Ready] = []
    one_at_a_time = asyncio.Lock()

    async def known() -> dict[str, Any]:
        async with one_at_a_time:
            if not made:
                made.append(await asyncio.to_thread(document, settings))
        return made[0]

    async def serve(request: Request) -> Response:
        if not ready:
            api = await known()
            ready.append(await asyncio.to_thread(lambda: Ready.of(msgspec.json.encode(api))))
        return ready[0].response(request)

    app.state.openapi = known
    app.add_route("/openapi.json", serve, include_in_schema=False)


def document(settings: GatewaySettings) -> dict[str, Any]:
    """The whole document."""
    known = {**schemas.answers(), **schemas.bodies(), **_own_schemas()}
    found: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Smart city API",
            "version": VERSION,
            "summary": "What the city tells and takes: reports, money, transport, environment, society, visits.",
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": settings.origin}],
        "tags": [_CITY, *operations.tags(), sensor_things.TAG],
        "paths": {**city_reads.paths(known), **operations.paths(), **sensor_things.OPERATIONS},
        "components": {"responses": problems.responses(), "securitySchemes": _security(settings)},
    }
    responses = found["components"]["responses"]
    used = {name.partition("/")[2] for name in _references(found["paths"], "#/components/")}
    found["components"]["responses"] = {name: each for name, each in responses.items() if name in used}
    found["components"]["schemas"] = _used(found, known)
    return found


def _own_schemas() -> dict[str, Any]:
    """Of what no contract describes."""
    _, own = msgspec.json.schema_components([Body, FieldError, Me], ref_template=_REF + "{name}")
    own["Problem"] = own.pop("Body") | {"title": "Problem"}
    return {**own, **city_reads.SCHEMAS, **snap.SCHEMAS, **sensor_things.SCHEMAS}


_REF = "#/components/schemas/"


def _security(settings: GatewaySettings) -> dict[str, Any]:
    discovery = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    provider = {"type": "openIdConnect", "openIdConnectUrl": discovery}
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    audience = settings.oidc_audience or settings.oidc_client_id
    named = f", whose `aud` is `{audience}` alone" if audience else ""
    scopes = " ".join(dict.fromkeys(f"{settings.oidc_scope} {settings.oidc_api_scope}".split()))
    return {
        "oidc": {
            **(provider if settings.oidc_issuer else bearer),
            "description": f"An access token of the identity provider for this API (RFC 9068){named}; ID tokens are "
            f"refused. Ask for the scopes `{scopes}`: without that of groups, whoever works for the city is let in "
            "as a citizen.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.cookie(SESSION_COOKIE),
            "description": "The portal's login. Writes also need the header `X-CSRF-Token` with the token of `/v1/me`.",
        },
        "linkKey": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Link-Key",
            "description": "The `link_key` of the answer when you filed or joined a complaint, made a proposal, "
            "ordered tickets or took a place in the waiting room, shown this once; of a ticket in your hands; or of an "
            "invitation to judge a service. It makes that one thing yours without a login.",
        },
    }


def _used(found: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schemas that something refers to, by name."""
    used: dict[str, Any] = {}
    waiting = list(_references(found))
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = schemas[name]
            waiting += _references(schemas[name])
    return dict(sorted(used.items()))


def _references(node: Any, below: str = _REF) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(below):
            yield reference.removeprefix(below)
        for value in node.values():
            yield from _references(value, below)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value, below)
