"""The OpenAPI 3.1 document: routes from FastAPI, answers from the generated views, problems from one list."""

import importlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response

from gateway import snap
from gateway.home import CityHome, Section
from gateway.hot import OPERATIONS
from gateway.hot import SCHEMAS as HOT_SCHEMAS
from gateway.pillars import PILLARS
from gateway.problems import MEDIA_TYPE, TITLES, Body, FieldError
from gateway.reference import Ready
from gateway.rest.examples import PROBLEM
from gateway.rest.me import Me
from gateway.session import SESSION_COOKIE
from gateway.settings import GatewaySettings

VERSION = "1.0.0"
_VIEWS = (
    "smartcity.types.v1.place_views",
    "smartcity.types.v1.money_views",
    "smartcity.governance.v1.complaints_views",
    "smartcity.governance.v1.contacts_views",
    "smartcity.governance.v1.photos_views",
    "smartcity.governance.v1.receipts_views",
    "smartcity.governance.v1.routing_views",
    "smartcity.environment.v1.cleanups_views",
    "smartcity.economy.v1.payments_views",
    "smartcity.economy.v1.levies_views",
    "smartcity.economy.v1.merchants_views",
    "smartcity.economy.v1.wallets_views",
    "smartcity.economy.v1.ledger_views",
    "smartcity.economy.v1.settlement_views",
    "smartcity.economy.v1.indicators_views",
    *(f"smartcity.{pillar}.v1.overview_views" for pillar in PILLARS),
)
_DESCRIPTION = """\
Report something to the city, follow what happens, and check that it was recorded honestly. Pay it, be paid, and follow
the money.

- No account is needed to file and follow a complaint. Its **link key**, shown once, lets its reporter act on it.
- Repeat a write with the same **Idempotency-Key** and nothing happens twice.
- Everything refused answers as a **problem** (RFC 9457) with a `reason` for programs and a `trace_id` for questions.
- Money is a whole number of `units` of a `currency`; what moves it needs an Idempotency-Key, which is never forgotten.
- Times are UTC (RFC 3339), places WGS 84, areas carry Kemendagri codes.
- `RateLimit` headers say how much you may still do.
"""
_TAGS = {
    "City": "What the city shows to everybody.",
    "Complaints": "For citizens: file, follow, answer, rate.",
    "Photos": "Pictures of what is wrong, and evidence of what was done.",
    "Receipts": "Proof of what was recorded, checkable without trusting the city.",
    "Personal data": "Contacts of reporters: read with a purpose, erased for good.",
    "Routing": "Which agency gets what, and why.",
    "Officers": "For officers and verifiers: queue and moves.",
    "Clean-ups": "Jobs of the waste crews.",
    "Payments": "What is to be paid, how it was paid, and what was given back.",
    "Bills": "Levies: tariffs, bills and receipts that anybody can check.",
    "Merchants": "Micro businesses and the city's counters: tills, takings, printed QR codes.",
    "Wallets": "A citizen's own, where the city has switched them on.",
    "Ledger": "Accounts and statements, for their holders and the treasury.",
    "Settlement": "What merchants get, and whether the bank's books agree with ours.",
    "Indicators": "How cashless the city is.",
    "Bank": "For the bank alone: SNAP BI, in its own form.",
}


def install(app: FastAPI, settings: GatewaySettings) -> None:
    """Serves the document at /openapi.json; it is made when it is first asked for."""
    made: list[Ready] = []

    async def serve(request: Request) -> Response:
        if not made:
            made.append(Ready.of(msgspec.json.encode(document(app, settings))))
        return made[0].response(request)

    app.add_route("/openapi.json", serve, include_in_schema=False)


def document(app: FastAPI, settings: GatewaySettings) -> dict[str, Any]:
    """The whole document."""
    found = get_openapi(
        title=app.title,
        version=VERSION,
        openapi_version="3.1.0",
        summary="Complaints, clean-ups, payments and the city's own figures.",
        description=_DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in _TAGS.items()],
        servers=[{"url": settings.origin}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    found["paths"] = {**OPERATIONS, **found["paths"]}
    schemas = {**_all_schemas(), **found.get("components", {}).get("schemas", {})}
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    found["components"] = {"responses": _problems(), "securitySchemes": _security(settings)}
    _secure(found)
    found["components"]["schemas"] = _used(found, schemas)
    return found


def _all_schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for name in _VIEWS:
        schemas |= importlib.import_module(name).SCHEMAS
    _, own = msgspec.json.schema_components([Body, FieldError, Section, CityHome, Me], ref_template=_REF + "{name}")
    schemas |= {"Problem" if name == "Body" else name: schema for name, schema in own.items()}
    schemas |= HOT_SCHEMAS
    schemas |= snap.SCHEMAS
    schemas["FiledComplaint"] = {
        "title": "FiledComplaint",
        "description": "A complaint as its reporter sees it, with the link key that is shown once.",
        "allOf": [
            {"$ref": f"{_REF}Complaint"},
            {
                "type": "object",
                "required": ["link_key"],
                "properties": {
                    "link_key": {"type": "string", "description": "128-bit key in base32; send it as `X-Link-Key`."}
                },
            },
        ],
    }
    return schemas


_REF = "#/components/schemas/"


def _problems() -> dict[str, Any]:
    return {f"Problem{status}": _problem(status) for status in TITLES if status != 502}


def _problem(status: int) -> dict[str, Any]:
    example = {**PROBLEM, "status": status, "title": TITLES[status], **_EXAMPLES.get(status, {})}
    answer: dict[str, Any] = {
        "description": f"{TITLES[status]} ({HTTPStatus(status).phrase}).",
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}, "example": example}},
    }
    if status in (429, 503):
        answer["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}
        }
    if status == 429:
        answer["headers"]["RateLimit"] = {"description": "What is left, and until when.", "schema": {"type": "string"}}
    return answer


_EXAMPLES: dict[int, dict[str, Any]] = {
    400: {"reason": "IDEMPOTENCY_KEY_MISSING", "detail": "Send an Idempotency-Key header, for instance a UUID."},
    401: {"reason": "LOGIN_REQUIRED", "detail": "This needs a login. Log in and repeat."},
    403: {"reason": "ROLE_NOT_ALLOWED", "detail": "Your role may not do this."},
    404: {"reason": "COMPLAINT_NOT_FOUND", "detail": "There is no such complaint, or you may not see it."},
    409: {"reason": "REQUEST_IN_FLIGHT", "detail": "The same request is still being handled. Repeat it in a moment."},
    412: {"reason": "STALE_ETAG", "detail": "It has changed since you read it. Read it again and repeat."},
    428: {"reason": "IF_MATCH_MISSING", "detail": "Send the ETag you saw in an If-Match header."},
    429: {"reason": "RATE_LIMITED", "detail": "That was more than 30 requests in 60 seconds. Wait 2 s."},
}


def _security(settings: GatewaySettings) -> dict[str, Any]:
    discovery = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
    provider = {"type": "openIdConnect", "openIdConnectUrl": discovery}
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    return {
        "oidc": {
            **(provider if settings.oidc_issuer else bearer),
            "description": "A bearer token of the identity provider.",
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
            "description": "The key that was shown when the complaint was filed.",
        },
    }


def _secure(found: dict[str, Any]) -> None:
    """Says for each operation who may call it; the pillars decide, and most let everybody in.

    Whoever comes with a login can be refused at the door: a token that does not hold, a form token that is missing.
    """
    for path in found["paths"].values():
        for method, operation in path.items():
            if operation.get("tags") == ["Bank"]:  # proves itself by its signature, and is answered in SNAP's form
                continue
            ways: list[dict[str, list[str]]] = [{"oidc": []}, {"session": []}]
            parameters = operation.get("parameters", [])
            if any(each["name"] == "X-Link-Key" for each in parameters):
                ways.append({"linkKey": []})
                operation["parameters"] = [each for each in parameters if each["name"] != "X-Link-Key"]
            if "401" not in operation["responses"] or operation["operationId"] == "getMe":
                ways.insert(0, {})
            operation["security"] = ways
            refusals = {"401", "429", "500", "503"} | ({"403"} if method != "get" else set())
            responses = operation["responses"]
            responses |= {each: {"$ref": f"#/components/responses/Problem{each}"} for each in refusals - set(responses)}
            operation["responses"] = dict(sorted(responses.items()))


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


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REF):
            yield reference.removeprefix(_REF)
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
