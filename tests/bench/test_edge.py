"""What the edge costs: a complaint decoded, routed, admitted and answered, without the hop. CPU of this process."""

import json
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import pytest
from fastapi import FastAPI
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from gateway.app import create_app
from gateway.callers.limits import Limits
from gateway.calls.pillars import Pillars
from gateway.gateway import Gateway
from observability import telemetry
from services.kit.caller import Caller
from services.kit.city import load_city
from smartcity.governance.v1 import complaints_pb2 as pb2
from smartcity.types.v1 import place_pb2
from tests.bench.report import Report, Stopwatch, medians
from tests.gateway.running import gateway_settings

REQUESTS, ROUNDS = 1_000, 7
HALF = 2.9
"""Half of what filing cost, 5.8 bare routes, while each route had a pydantic model and copied its fields by hand."""
COMPLAINT = {
    "text": "Sampah menumpuk di depan pasar sejak tiga hari, baunya menyengat.",
    "category": "sampah-menumpuk",
    "location": {"lon": 110.4105, "lat": -6.9837},
    "contact": {"name": "Siti", "email": "siti@example.org"},
}
BODY = json.dumps(COMPLAINT).encode()
HEADERS = [
    (b"host", b"localhost"),
    (b"user-agent", b"bench"),
    (b"accept", b"application/json"),
    (b"content-type", b"application/json"),
    (b"content-length", b"%d" % len(BODY)),
    (b"idempotency-key", b"0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10"),
]
SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "POST",
    "scheme": "http",
    "path": "/v1/complaints",
    "raw_path": b"/v1/complaints",
    "query_string": b"",
    "root_path": "",
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 80),
}
FILED = pb2.CreateComplaintResponse(
    link_key="MZXW6YTBOI4DAMBQGEZDGNBVGY",
    complaint=pb2.Complaint(
        code="SMG-7K4P-92",
        state=pb2.COMPLAINT_STATE_FILED,
        area=place_pb2.Area(code="33.74.01.1001", name="Sekayu", district="Semarang Tengah"),
        agency=place_pb2.Agency(id="dlh", name="Dinas Lingkungan Hidup"),
        location=place_pb2.Point(lon=110.4105, lat=-6.9837),
        text=str(COMPLAINT["text"]),
        create_time=Timestamp(seconds=1_795_489_965),
        due=pb2.Due(resolution=Timestamp(seconds=1_795_749_165)),
        etag="1",
    ),
)

App = Callable[..., Awaitable[None]]


class Point(BaseModel):
    """Where it is."""

    model_config = ConfigDict(extra="forbid")
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class Contact(BaseModel):
    """How to reach whoever files."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=100)] = ""
    email: Annotated[str, Field(max_length=254)] = ""
    phone: Annotated[str, Field(max_length=32)] = ""


class Complaint(BaseModel):
    """What is filed."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=10, max_length=5000)]
    category: str = ""
    location: Point
    contact: Contact | None = None
    anonymous: bool = False
    secret: bool = False
    exercise: bool = False


class Ready:
    """Pillars that have the answer at hand."""

    async def send(self, request: Message, caller: Caller, /, *, within: float | None = None) -> Message:
        """Answers at once."""
        assert isinstance(request, pb2.CreateComplaintRequest)
        return FILED


def edge(folder: Path) -> App:
    """The whole gateway, but for what lies behind it."""
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(4)}, auto_kid=False)
    settings = gateway_settings("postgresql://nobody@nowhere/none", dict(key.as_dict(private=True)), folder, {})
    app, nothing = create_app(settings), cast(Any, None)
    app.state.gateway = Gateway(
        settings=settings,
        city=load_city("semarang"),
        reference=nothing,
        pool=nothing,
        pillars=cast(Pillars, Ready()),
        home=nothing,
        bulletins=nothing,
        live=nothing,
        measuring=nothing,
        desks=nothing,
        dispatchers=nothing,
        sessions=nothing,
        renewals=nothing,
        provider=nothing,
        bearers=nothing,
        limits=Limits(settings.model_copy(update={"anonymous_write_rate": 1e9})),
        files=nothing,
        images=nothing,
        orphans=nothing,
        drafts=nothing,
        held=nothing,
        draft_photos=nothing,
    )
    return app


def bare() -> App:
    """One FastAPI route that takes the same body and answers with ready bytes: no identity, no limits, no headers."""
    app = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False})
    ready = msgspec.json.encode({"code": "SMG-7K4P-92", "text": COMPLAINT["text"]})

    @app.post("/v1/complaints")
    async def create(body: Complaint) -> Response:
        return Response(ready, 201, media_type="application/json")

    return app


async def cpu_of(app: App) -> float:
    """CPU seconds a request, through the ASGI interface: no sockets, no parsing of HTTP."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(message: Any) -> None:
        assert message.get("status", 201) == 201

    watch = Stopwatch()
    for _ in range(REQUESTS):
        await app({**SCOPE, "headers": list(HEADERS)}, receive, send)
    return watch.cpu / REQUESTS


@pytest.mark.bench
async def test_the_edge_costs_little_more_than_a_bare_route_that_takes_the_same_body(
    tmp_path: Path, report: Report
) -> None:
    telemetry.shutdown()
    apps = {"edge": edge(tmp_path), "bare": bare()}
    for app in apps.values():
        await cpu_of(app)
    cost = await medians({name: partial(cpu_of, app) for name, app in apps.items()}, rounds=ROUNDS)
    report.dearer("filing at the edge, without the hop", cost["edge"], cost["bare"], "bare FastAPI route", most=HALF)
