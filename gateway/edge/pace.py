"""Whether bytes get on: so many a second, measured over spans, so that a pause is forgiven and a trickle is not."""


class Pace:
    """What comes in. Count it in ``moved``."""

    def __init__(self, rate: float, seconds: float) -> None:
        """``rate`` bytes a second, over spans of ``seconds``."""
        self._rate = rate
        self._seconds = seconds
        self._since = 0.0
        self.moved = 0

    def begin(self, now: float) -> None:
        """A new span."""
        self._since, self.moved = now, 0

    def gets_on(self, now: float) -> bool:
        """Whether the span that has gone by, if one has, was fast enough."""
        span = now - self._since
        if span < self._seconds:
            return True
        enough = self.moved >= self._rate * span
        self.begin(now)
        return enough


class Draining:
    """What goes out, seen by what still waits. Set ``resumed`` when most of it was taken at once."""

    def __init__(self, rate: float, seconds: float) -> None:
        """``rate`` bytes a second, over spans of ``seconds``."""
        self._rate = rate
        self._seconds = seconds
        self._since: float | None = None
        self._waited = 0
        self.resumed = False

    def gets_on(self, now: float, waiting: int) -> bool:
        """Whether what waits was taken fast enough; nothing waiting is always well."""
        if not waiting:
            self._since = None
            return True
        if self._since is None:
            self._begin(now, waiting)
            return True
        span = now - self._since
        if span < self._seconds:
            return True
        enough = self.resumed or self._waited - waiting >= self._rate * span
        self._begin(now, waiting)
        return enough

    def _begin(self, now: float, waiting: int) -> None:
        self._since, self._waited, self.resumed = now, waiting, False
