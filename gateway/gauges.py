"""What the gateway reports of itself: its process, its open streams, how old each section of the home is."""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from gateway.gateway import Gateway
from observability import metrics, process, semconv
from services.kit import holding
from services.kit.certificates import watch_file


@asynccontextmanager
async def watching(gateway: Gateway) -> AsyncIterator[None]:
    """Reports until the block ends."""
    started = time.time()

    def ages() -> Iterable[tuple[float, metrics.Attributes]]:
        now = datetime.now(UTC).timestamp()
        for pillar, section in dict(gateway.home.sections).items():
            since = section.as_of.timestamp() if section.as_of else started
            yield max(0.0, now - since), {semconv.PILLAR: pillar}

    metrics.observe(*semconv.SECTION_AGE, ages)
    metrics.observe(*semconv.LISTENERS, lambda: [(gateway.listeners, {})])
    if gateway.settings.grpc_tls:
        watch_file("gateway", gateway.settings.grpc_certificate_file)
    async with process.watching(gateway.pool, "gateway"):
        with holding.watched():
            yield
