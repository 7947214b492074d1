"""HTTP requests: one server span, named by its route, in a trace of our own."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI, HTTPException
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from observability.asgi import TraceRequests
from observability.telemetry import current_trace_id, span
from tests.observability.running import Viewer

FOREIGN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def _files(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("body {}")(scope, receive, send)


def application() -> TraceRequests:
    app = FastAPI()

    @app.get("/v1/complaints/{code}")
    async def read(code: str) -> dict[str, str | None]:
        with span("load"):
            return {"code": code, "trace_id": current_trace_id()}

    @app.get("/refused")
    async def refused() -> None:
        raise HTTPException(409)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("broken")

    @app.get("/livez")
    async def alive() -> dict[str, str | None]:
        return {"trace_id": current_trace_id()}

    complaints = APIRouter(prefix="/complaints")
    officers = APIRouter()

    @complaints.get("/{code}/cases")
    async def cases(code: str) -> str:
        return code

    officers.include_router(complaints)
    app.include_router(officers, prefix="/petugas")
    app.mount("/static", _files)
    app.mount("/inner", Starlette(routes=[Mount("/deep", _files)]))
    return TraceRequests(app)


async def ask(path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(application(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get(path, headers=headers)


async def test_a_request_is_one_server_span_named_by_its_route(traced: Viewer) -> None:
    answer = await ask("/v1/complaints/SMG-7K4P-92")
    trace_id = answer.headers["x-trace-id"]
    assert answer.json()["trace_id"] == trace_id
    spans = traced.spans(trace_id)
    assert set(spans) == {"GET /v1/complaints/{code}", "load"}
    found = spans["GET /v1/complaints/{code}"]
    assert found["kind"] == "server"
    assert found["attributes"] == {
        "http.request.method": "GET",
        "url.scheme": "http",
        "http.route": "/v1/complaints/{code}",
        "url.path": "/v1/complaints/{code}",
        "http.response.status_code": 200,
    }
    assert answer.headers["traceresponse"] == f"00-{trace_id}-{found['span_id']}-{answer.headers['traceresponse'][-2:]}"
    assert spans["load"]["parent_span_id"] == found["span_id"]


async def test_a_route_of_included_routers_keeps_its_prefixes(traced: Viewer) -> None:
    answer = await ask("/petugas/complaints/SMG-7K4P-92/cases")
    assert set(traced.spans(answer.headers["x-trace-id"])) == {"GET /petugas/complaints/{code}/cases"}


async def test_the_traceparent_of_a_caller_is_linked_and_never_adopted(traced: Viewer) -> None:
    answer = await ask("/v1/complaints/SMG-7K4P-92", traceparent=FOREIGN)
    found = traced.spans(answer.headers["x-trace-id"])["GET /v1/complaints/{code}"]
    assert found["trace_id"] != FOREIGN[3:35]
    assert found["parent_span_id"] == ""
    assert found["links"] == [{"trace_id": FOREIGN[3:35], "span_id": FOREIGN[36:52]}]


async def test_a_caller_cannot_switch_recording_off(traced: Viewer) -> None:
    answer = await ask("/v1/complaints/SMG-7K4P-92", traceparent=FOREIGN[:-2] + "00")
    assert traced.spans(answer.headers["x-trace-id"])


async def test_a_span_around_the_server_is_not_its_parent(traced: Viewer) -> None:
    with span("around") as around:
        answer = await ask("/v1/complaints/SMG-7K4P-92")
    assert answer.headers["x-trace-id"] != around.trace_id


async def test_a_refusal_is_no_error_of_ours(traced: Viewer) -> None:
    answer = await ask("/refused")
    found = traced.spans(answer.headers["x-trace-id"])["GET /refused"]
    assert (found["status"], found["attributes"]["http.response.status_code"]) == ("unset", 409)


async def test_an_unexpected_exception_is_an_error_with_its_kind(traced: Viewer) -> None:
    answer = await ask("/broken")
    found = traced.spans(answer.headers["x-trace-id"])["GET /broken"]
    assert (found["status"], found["attributes"]["http.response.status_code"]) == ("error", 500)


async def test_an_unknown_path_stays_out_of_the_name(traced: Viewer) -> None:
    answer = await ask("/no/such/secret")
    spans = traced.spans(answer.headers["x-trace-id"])
    assert set(spans) == {"GET"}
    assert "url.path" not in spans["GET"]["attributes"]


@pytest.mark.parametrize(
    ("path", "name"), [("/static/app.css", "GET /static/{path}"), ("/inner/deep/a", "GET /inner/deep/{path}")]
)
async def test_a_mounted_application_is_named_by_its_prefix(traced: Viewer, path: str, name: str) -> None:
    answer = await ask(path)
    assert name in traced.spans(answer.headers["x-trace-id"])


async def test_probes_are_not_traced(traced: Viewer) -> None:
    answer = await ask("/livez")
    assert answer.json() == {"trace_id": None}
    assert "x-trace-id" not in answer.headers
