"""That the mail server cannot be reached, as far as this process knows."""

from datetime import datetime, timedelta

import structlog

AGAIN = timedelta(minutes=1)
"""So long it is left alone then."""

_log = structlog.get_logger()


class Outage:
    """While it lasts no mail is taken up, so nothing is written for those that wait, however many and for how long."""

    def __init__(self) -> None:
        self._since: datetime | None = None

    def lasts(self, now: datetime) -> bool:
        """Whether the server is left alone."""
        return self._since is not None and self._since <= now < self._since + AGAIN

    def found(self, now: datetime, error: str, code: int) -> None:
        """The server cannot be reached: it is tried again in a while."""
        self._since = now
        _log.warning("mail server away", error=error, code=code)
