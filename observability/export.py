"""Sends spans over OTLP/HTTP without ever getting in the way of the service.

A trace backend that is away must not slow a request, delay a shutdown or fill the log. The SDK's exporter logs every
failed attempt; ours says once that the backend is away and once that it is back, with the number of spans lost.
"""

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

EXPORT_TIMEOUT = 2.0
"""Seconds for one export with its retries."""

_log = logging.getLogger(__name__)


def silence_sdk_loggers() -> None:
    """Keeps the SDK's own complaints about exporting out of our log; ``QuietSpanExporter`` reports for them."""
    for name in ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal", "opentelemetry.sdk.metrics"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    # It logs each request of the exporter at DEBUG, and each lost connection as a warning.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


class QuietSpanExporter(SpanExporter):
    """OTLP/HTTP exporter that reports an outage once, and gives up at once when the process is going away."""

    def __init__(self, otlp_endpoint: str) -> None:
        """Takes the base URL of an OTLP/HTTP receiver, such as ``http://127.0.0.1:4318``."""
        self._endpoint = f"{otlp_endpoint.rstrip('/')}/v1/traces"
        self._exporter = OTLPSpanExporter(endpoint=self._endpoint, timeout=EXPORT_TIMEOUT)
        self._lost = 0
        self._away = False
        self._closing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Sends the spans; spans that cannot be sent are counted and dropped."""
        if self._closing and self._away:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._report_back()
        else:
            self._report_away(len(spans))
        return result

    def _report_away(self, lost: int) -> None:
        self._lost += lost
        if not self._away:
            self._away = True
            _log.warning("Trace backend %s does not take spans; the service goes on without.", self._endpoint)

    def _report_back(self) -> None:
        if self._away:
            _log.warning("Trace backend %s takes spans again; %d spans were lost.", self._endpoint, self._lost)
            self._away = False
            self._lost = 0

    def closing(self) -> None:
        """The process is going away: spend at most one more attempt on a backend that does not answer."""
        self._closing = True

    def shutdown(self) -> None:
        """Closes the connection."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call] # the SDK leaves it untyped

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Nothing is buffered here."""
        return True
