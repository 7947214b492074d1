"""The machine side of the viewer: OTLP in, JSON and Prometheus' text out."""

import hmac
import zlib
from typing import TypeVar

import msgspec
from google.protobuf.message import DecodeError, Message
from google.rpc.code_pb2 import INVALID_ARGUMENT, UNAUTHENTICATED
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from observability.viewer import exposition
from observability.viewer.series import SeriesBoard
from observability.viewer.spans import Span, read_spans
from observability.viewer.store import LATEST_NS, STORY_MOST, Store, TraceSummary

MOST_BODY = 16 * 1024 * 1024
"""Bytes of one export, unpacked."""
PROTOBUF = "application/x-protobuf"

Export = TypeVar("Export", bound=Message)


class RefusedExportError(Exception):
    """An export that cannot be read; carries the HTTP status to answer with and what is wrong."""

    def __init__(self, status: int, message: str) -> None:
        """Says why."""
        super().__init__(message)
        self.status = status


class TraceAnswer(msgspec.Struct):
    """A trace with its spans by start."""

    trace_id: str
    spans: list[Span]


class StoryAnswer(msgspec.Struct):
    """The traces of one case in order of time."""

    id: str
    correlation_ids: list[str]
    codes: list[str]
    traces: list[TraceAnswer]
    earlier: bool
    """Whether it began before the first of these."""


class TracesAnswer(msgspec.Struct):
    """The newest traces first."""

    traces: list[TraceSummary]
    services: list[str]


class Api:
    """Handlers over the store."""

    def __init__(self, store: Store, board: SeriesBoard, token: str = "") -> None:
        """Serves what is in the store and on the board; takes more of whoever has the ``token``, if there is one."""
        self._store = store
        self._board = board
        self._sender = f"Bearer {token}".encode() if token else b""

    def routes(self) -> list[BaseRoute]:
        """Where the handlers are."""
        return [
            Route("/v1/traces", self.take_traces, methods=["POST"]),
            Route("/v1/metrics", self.take_metrics, methods=["POST"]),
            Route("/v1/logs", self.take_logs, methods=["POST"]),
            Route("/api/traces", self.list_traces),
            Route("/api/traces/{trace_id}", self.get_trace),
            Route("/api/stories/{key:path}", self.get_story),
            Route("/api/metrics", self.list_metrics),
            Route("/metrics", self.expose_metrics),
            Route("/livez", ready),
            Route("/readyz", ready),
        ]

    async def take_traces(self, request: Request) -> Response:
        """OTLP/HTTP receiver for spans."""
        self._know(request)
        export = await _read(request, ExportTraceServiceRequest)
        self._store.add(read_spans(export))
        return _protobuf(ExportTraceServiceResponse())

    async def take_metrics(self, request: Request) -> Response:
        """OTLP/HTTP receiver for metrics."""
        self._know(request)
        self._board.add(await _read(request, ExportMetricsServiceRequest))
        return _protobuf(ExportMetricsServiceResponse())

    async def take_logs(self, request: Request) -> Response:
        """OTLP/HTTP receiver for logs: taken so that no sender fails, and not kept (logs are on standard output)."""
        self._know(request)
        await _body(request)
        return _protobuf(ExportLogsServiceResponse())

    def _know(self, request: Request) -> None:
        """Raises RefusedExportError unless the sender has the token."""
        given = request.headers.get("authorization", "").encode()
        if self._sender and not hmac.compare_digest(given, self._sender):
            raise RefusedExportError(401, "This receiver takes telemetry of those only who have its bearer token.")

    async def list_traces(self, request: Request) -> Response:
        """The newest traces; ``service``, ``errors=1``, ``before`` (nanoseconds) and ``limit`` narrow them."""
        query = request.query_params
        found = self._store.recent(
            service=query.get("service", ""),
            failed=query.get("errors") == "1",
            before_ns=_number(query.get("before"), 0, LATEST_NS),
            limit=_number(query.get("limit"), 50, 500),
        )
        return _json(TracesAnswer(found, self._store.services()))

    async def get_trace(self, request: Request) -> Response:
        """One trace; 404 when it is unknown."""
        trace_id = request.path_params["trace_id"]
        spans = self._store.trace(trace_id)
        return _json(TraceAnswer(trace_id, spans)) if spans else _unknown(f"No trace {trace_id} is kept here.")

    async def get_story(self, request: Request) -> Response:
        """One story by case code or correlation id; 404 when it is unknown."""
        key = request.path_params["key"]
        found = self._store.story(key)
        traces = [TraceAnswer(one.trace_id, self._store.trace(one.trace_id)) for one in found[-STORY_MOST:]]
        if not traces:
            return _unknown(f"No trace carries the case code or correlation id {key}.")
        correlations = self._store.correlations(key)
        return _json(StoryAnswer(key, correlations, self._store.codes(correlations), traces, len(found) > STORY_MOST))

    async def list_metrics(self, request: Request) -> Response:
        """The last value of every series."""
        return _json({"series": self._board.all()})

    async def expose_metrics(self, request: Request) -> Response:
        """What Prometheus scrapes."""
        return Response(exposition.text(self._board.current()), media_type=exposition.MEDIA_TYPE)


async def ready(request: Request) -> Response:
    """Alive and ready are one here: there is nothing to wait for."""
    return PlainTextResponse("ok")


async def refuse(request: Request, error: Exception) -> Response:
    """Answers an export that cannot be read as OTLP asks for: a google.rpc.Status."""
    assert isinstance(error, RefusedExportError)
    code = UNAUTHENTICATED if error.status == 401 else INVALID_ARGUMENT
    return _protobuf(Status(code=code, message=str(error)), error.status)


async def _read(request: Request, kind: type[Export]) -> Export:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != PROTOBUF:
        raise RefusedExportError(415, f"This receiver takes OTLP as {PROTOBUF}, not {content_type or 'untyped data'}.")
    body = await _body(request)
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise RefusedExportError(400, f"The body is no {kind.DESCRIPTOR.full_name}: {error}.") from error


async def _body(request: Request) -> bytes:
    packed = bytearray()
    async for chunk in request.stream():
        packed += chunk
        if len(packed) > MOST_BODY:
            raise RefusedExportError(413, f"An export may have {MOST_BODY} bytes.")
    encoding = request.headers.get("content-encoding", "identity")
    if encoding == "identity":
        return bytes(packed)
    if encoding not in ("gzip", "deflate"):
        raise RefusedExportError(415, f"Content-Encoding {encoding} is unknown: send gzip, deflate or none.")
    return _unpack(bytes(packed))


def _unpack(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        body = unpacking.decompress(packed, MOST_BODY)
    except zlib.error as error:
        raise RefusedExportError(400, f"The body cannot be unpacked: {error}.") from error
    if unpacking.unconsumed_tail:
        raise RefusedExportError(413, f"An export may have {MOST_BODY} bytes unpacked.")
    return body


def _number(text: str | None, default: int, most: int) -> int:
    return min(int(text), most) if text and text.isascii() and text.isdigit() and len(text) < 20 else default


def _protobuf(message: Message, status: int = 200) -> Response:
    return Response(message.SerializeToString(), status, media_type=PROTOBUF)


def _json(answer: object) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _unknown(detail: str) -> Response:
    problem = {"type": "about:blank", "title": "Not found", "status": 404, "detail": detail}
    return Response(msgspec.json.encode(problem), 404, media_type="application/problem+json")
