"""What a call costs: one hop from a FastAPI route over gRPC and back, and what tracing adds. CPU of this process."""

import asyncio
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import grpc.aio
import pytest
from fastapi import FastAPI
from google.protobuf.json_format import MessageToDict
from starlette.requests import Request
from starlette.responses import Response

from observability import telemetry
from observability.asgi import TraceRequests
from observability.grpc import call
from smartcity.economy.v1 import overview_pb2, overview_pb2_grpc
from tests.bench.report import Report, Stopwatch
from tests.kit.serving import CITIZEN, SERVICE, Client, serving
from tests.observability.running import RunningViewer

REQUESTS = 400
ROUNDS = 5
RATIOS = {"none": 0.0, "tenth": 0.1, "all": 1.0}
SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/hop",
    "raw_path": b"/hop",
    "query_string": b"",
    "headers": [(b"host", b"bench")],
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 80),
}

App = Callable[..., Awaitable[None]]


async def answer_at_once() -> None:
    """The pillar's method does nothing."""


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A pillar's server and a channel to it, in this process."""
    async with serving(answer_at_once) as made:
        yield made


@pytest.fixture(scope="module")
def viewer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where spans go: a process of its own, so that what it does is not counted."""
    with RunningViewer(tmp_path_factory.mktemp("viewer")) as started:
        yield started.url


def app_with_hop(client: Client) -> App:
    """A route that makes one gRPC call, as the gateway's do."""
    app = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False})
    stub = overview_pb2_grpc.OverviewServiceStub(client.channel)
    bearer = ("authorization", f"Bearer {client.minter.mint(CITIZEN, 'economy')}")

    async def hop(_: Request) -> Response:
        request = overview_pb2.GetOverviewRequest()
        await call(stub.GetOverview, f"{SERVICE}/GetOverview", request, timeout=10, metadata=(bearer,))
        return Response(b"{}")

    app.add_route("/hop", hop)
    return TraceRequests(app)


class _Plain(overview_pb2_grpc.OverviewServiceServicer):
    async def GetOverview(self, request: Any, context: Any) -> overview_pb2.GetOverviewResponse:
        return overview_pb2.GetOverviewResponse()


@asynccontextmanager
async def naive_app() -> AsyncIterator[App]:
    """FastAPI and grpc.aio as their tutorials have them: no callers, deadlines, errors with reasons, no telemetry."""
    server = grpc.aio.server()
    overview_pb2_grpc.add_OverviewServiceServicer_to_server(_Plain(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    app = FastAPI(openapi_url=None, telemetry={"tracing": False, "metrics": False, "logs": False})
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = overview_pb2_grpc.OverviewServiceStub(channel)

        @app.get("/hop")
        async def hop() -> dict[str, Any]:
            found: dict[str, Any] = MessageToDict(await stub.GetOverview(overview_pb2.GetOverviewRequest()))
            return found

        yield app
    await server.stop(0)


async def cpu_of(app: App) -> float:
    """CPU seconds a request, eight at a time."""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        assert message.get("status", 200) == 200

    async def some() -> None:
        for _ in range(REQUESTS // 8):
            await app(dict(SCOPE), receive, send)

    watch = Stopwatch()
    await asyncio.gather(*(some() for _ in range(8)))
    return watch.cpu / REQUESTS


@pytest.mark.bench
async def test_tracing_everything_costs_little_and_a_tenth_of_it_less(
    client: Client, viewer: str, report: Report
) -> None:
    app, found = app_with_hop(client), dict[str, list[float]]()
    ways: dict[str, Callable[[], None]] = {
        "off": telemetry.shutdown,  # no metrics either
        **{
            name: partial(telemetry.configure, "bench", "1", "bench-1", viewer, ratio) for name, ratio in RATIOS.items()
        },
    }
    for _ in range(ROUNDS):
        for name, set_up in ways.items():
            set_up()
            await cpu_of(app)  # the exporter's first connection is not what a request costs
            telemetry.flush()
            found.setdefault(name, []).append(await cpu_of(app))
            telemetry.flush()
    telemetry.shutdown()
    cost = {name: statistics.median(values) for name, values in found.items()}
    report.dearer("request and hop, metrics and no trace", cost["none"], cost["off"], "no telemetry", most=None)
    report.dearer("request and hop, every trace recorded", cost["all"], cost["none"], "no trace", most=1.7)
    report.dearer("request and hop, one trace in ten", cost["tenth"], cost["none"], "no trace", most=1.3)


@pytest.mark.bench
async def test_a_hop_with_metrics_and_a_tenth_traced_is_no_dearer_than_a_naive_one(
    client: Client, viewer: str, report: Report
) -> None:
    ours, found = app_with_hop(client), dict[str, list[float]](ours=[], naive=[])
    async with naive_app() as naive:
        for _ in range(ROUNDS):
            telemetry.shutdown()
            found["naive"].append(await cpu_of(naive))
            telemetry.configure("bench", "1", "bench-1", viewer, RATIOS["tenth"])
            await cpu_of(ours)
            telemetry.flush()
            found["ours"].append(await cpu_of(ours))
            telemetry.flush()
    telemetry.shutdown()
    cost = {name: statistics.median(values) for name, values in found.items()}
    report.dearer("request and hop, checked and told of", cost["ours"], cost["naive"], "naive hop", most=1.0)


@pytest.mark.bench
async def test_one_hop_is_told(client: Client, report: Report) -> None:
    telemetry.shutdown()

    async def calls() -> float:
        watch = Stopwatch()
        for _ in range(REQUESTS):
            await client.start()
        return watch.cpu / REQUESTS

    await calls()
    cost = statistics.median([await calls() for _ in range(ROUNDS)])
    report.tell("one gRPC hop, both ends", f"{cost * 1e6:,.0f} us CPU")
