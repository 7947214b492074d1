"""How far behind the process is that reads a broker; the others have nothing to say of it."""

import contextlib
import time
from collections.abc import Iterable, Iterator

from observability import metrics
from observability.semconv import Metric
from services.kit.mqtt.session import Session


class Behind:
    """The session that is read now, or since when there is none. Asked from the exporter's thread."""

    def __init__(self) -> None:
        """There is none yet."""
        self._session: Session | None = None
        self._away_since = time.monotonic()

    def reads(self, session: Session) -> None:
        """A connection stands."""
        self._session = session

    def is_away(self) -> None:
        """It is gone, or none came about."""
        if self._session is not None:
            self._session, self._away_since = None, time.monotonic()

    def seconds(self) -> float:
        """Age of the oldest message that is not stored; while there is no connection, for how long."""
        session = self._session
        return session.oldest() if session is not None else time.monotonic() - self._away_since

    def told(self) -> Iterable[tuple[float, metrics.Attributes]]:
        """As a gauge."""
        return [(self.seconds(), {})]


@contextlib.contextmanager
def watched(age: Metric) -> Iterator[Behind]:
    """Tells it, as the gauge ``age``, as long as this process owns the job."""
    behind = Behind()
    metrics.observe(*age, behind.told)
    try:
        yield behind
    finally:
        metrics.observe(*age, list)
