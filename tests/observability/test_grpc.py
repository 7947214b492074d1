"""gRPC calls: the client span is the parent of the server span, statuses are told."""

from collections.abc import AsyncIterator
from contextlib import suppress

import grpc
import grpc.aio
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc_health.v1 import health_pb2, health_pb2_grpc

from observability import grpc as traced_grpc
from observability import metrics
from observability.telemetry import span
from tests.fixtures.house import until
from tests.observability.running import Viewer

CHECK = "grpc.health.v1.Health/Check"


class Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc]
    """Answers by the name asked for: ``missing`` is not found, ``broken`` breaks; any other code's reason refuses."""

    async def Check(
        self, request: health_pb2.HealthCheckRequest, context: "grpc.aio.ServicerContext[object, object]"
    ) -> health_pb2.HealthCheckResponse:
        with traced_grpc.server_span(f"/{CHECK}", context.invocation_metadata()) as served:
            if request.service == "missing":
                served.finish(grpc.StatusCode.NOT_FOUND, "NO_SUCH_SERVICE")
                await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
            if request.service.isupper():
                status = Status()
                status.details.add().Pack(ErrorInfo(reason=request.service))
                trailing = (("grpc-status-details-bin", status.SerializeToString()),)
                await context.abort(grpc.StatusCode.UNAUTHENTICATED, "refused", trailing)
            if request.service == "broken":
                raise RuntimeError("broken")
            with span("look up"):
                return health_pb2.HealthCheckResponse(status=health_pb2.HealthCheckResponse.SERVING)


@pytest.fixture
async def stub() -> AsyncIterator[health_pb2_grpc.HealthStub]:
    server = grpc.aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(Health(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield health_pb2_grpc.HealthStub(channel)
    await server.stop(None)


async def check(stub: health_pb2_grpc.HealthStub, service: str) -> str | None:
    """Makes the call in a span of its own and returns the trace id."""
    with span("request", root=True) as request:
        try:
            await traced_grpc.call(stub.Check, CHECK, health_pb2.HealthCheckRequest(service=service), timeout=5)
        except grpc.aio.AioRpcError:
            assert service in ("missing", "broken")
        return request.trace_id


async def spans_of(viewer: Viewer, trace_id: str | None) -> dict[str, dict[str, object]]:
    """The spans of a trace by name and kind, the server's too: that ends after its answer has left."""

    async def ended() -> dict[str, dict[str, object]]:
        viewer.spans(trace_id)
        spans = viewer.get(f"/api/traces/{trace_id}").json()["spans"]
        found = {f"{one['kind']} {one['name']}": one for one in spans}
        return found if f"server {CHECK}" in found else {}

    found: dict[str, dict[str, object]] = await until(ended, 20, "the server's span has ended")
    return found


async def test_the_server_span_is_the_child_of_the_client_span(
    traced: Viewer, stub: health_pb2_grpc.HealthStub
) -> None:
    spans = await spans_of(traced, await check(stub, "ok"))
    client, server = spans[f"client {CHECK}"], spans[f"server {CHECK}"]
    assert client["parent_span_id"] == spans["internal request"]["span_id"]
    assert server["parent_span_id"] == client["span_id"]
    assert spans["internal look up"]["parent_span_id"] == server["span_id"]
    for one in (client, server):
        assert one["attributes"] == {
            "rpc.system.name": "grpc",
            "rpc.method": CHECK,
            "rpc.response.status_code": "OK",
        }


async def test_a_refusal_is_an_error_to_the_client_only(traced: Viewer, stub: health_pb2_grpc.HealthStub) -> None:
    spans = await spans_of(traced, await check(stub, "missing"))
    client, server = spans[f"client {CHECK}"], spans[f"server {CHECK}"]
    assert (client["status"], client["status_message"]) == ("error", "NOT_FOUND")
    assert server["status"] == "unset"
    assert server["attributes"] == {
        "rpc.system.name": "grpc",
        "rpc.method": CHECK,
        "rpc.response.status_code": "NOT_FOUND",
        "error.type": "NO_SUCH_SERVICE",
    }


async def test_an_unexpected_exception_is_an_error_of_the_server(
    traced: Viewer, stub: health_pb2_grpc.HealthStub
) -> None:
    spans = await spans_of(traced, await check(stub, "broken"))
    assert spans[f"server {CHECK}"]["status"] == "error"


async def test_a_call_is_measured_as_it_ends_whatever_its_attempts(
    traced: Viewer, stub: health_pb2_grpc.HealthStub
) -> None:
    with traced_grpc.measured_call("health", CHECK), suppress(grpc.aio.AioRpcError):
        await traced_grpc.call(stub.Check, CHECK, health_pb2.HealthCheckRequest(service="broken"), timeout=5)
    with suppress(grpc.aio.AioRpcError), traced_grpc.measured_call("health", CHECK):
        await traced_grpc.call(stub.Check, CHECK, health_pb2.HealthCheckRequest(service="missing"), timeout=5)
    metrics.shutdown()
    series = traced.get("/api/metrics").json()["series"]
    found = [one for one in series if one["attributes"].get("smartcity.pillar") == "health"]
    assert {one["attributes"]["rpc.response.status_code"]: one["count"] for one in found} == {"OK": 1, "NOT_FOUND": 1}
    assert {one["name"] for one in found} == {"rpc.client.call.duration"}


async def test_a_pillar_that_refuses_the_gateway_itself_is_at_fault_and_not_who_asked(
    traced: Viewer, stub: health_pb2_grpc.HealthStub
) -> None:
    for reason in ("ASSERTION_REFUSED", "LOGIN_REQUIRED"):
        with suppress(grpc.aio.AioRpcError), traced_grpc.measured_call(reason, CHECK):
            await traced_grpc.call(stub.Check, CHECK, health_pb2.HealthCheckRequest(service=reason), timeout=5)
    metrics.shutdown()
    told = [one["attributes"] for one in traced.get("/api/metrics").json()["series"]]
    codes = {one.get("smartcity.pillar", ""): one.get("rpc.response.status_code", "") for one in told}
    codes = {reason: codes[reason] for reason in ("ASSERTION_REFUSED", "LOGIN_REQUIRED")}
    assert codes == {"ASSERTION_REFUSED": "INTERNAL", "LOGIN_REQUIRED": "UNAUTHENTICATED"}
    assert grpc.StatusCode[codes["ASSERTION_REFUSED"]] in traced_grpc.SERVER_FAULTS
