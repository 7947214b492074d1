"""SQL of response times: a row for each day, service and priority, which is added to at each arrival."""

from datetime import date
from typing import NamedTuple

from services.kit.database import Transaction

_ADD = """
INSERT INTO response_day AS known (day, service, priority, target_seconds, arrived, on_time, seconds)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (day, service, priority) DO UPDATE
   SET arrived = known.arrived + excluded.arrived, on_time = known.on_time + excluded.on_time,
       seconds = known.seconds + excluded.seconds, target_seconds = excluded.target_seconds
"""
_OF = """
SELECT service, priority, max(target_seconds)::integer AS target, sum(arrived)::integer AS arrived,
       sum(on_time)::integer AS on_time, sum(seconds)::bigint AS seconds
  FROM response_day WHERE day BETWEEN $1 AND $2 GROUP BY service, priority HAVING sum(arrived) > 0
 ORDER BY service, priority
"""


class Response(NamedTuple):
    """How it went with a service and priority."""

    service: str
    priority: int
    target_seconds: int
    arrived: int
    on_time: int
    seconds: int
    """All together."""

    @property
    def mean_seconds(self) -> int:
        """From the call until somebody was there."""
        return round(self.seconds / self.arrived) if self.arrived else 0


async def add(tx: Transaction, day: date, service: str, priority: int, target: int, seconds: int, arrived: int) -> None:
    """Counts so many arrivals: ``seconds`` after the call, where ``target`` was the aim. Less one takes one back."""
    on_time = arrived * int(seconds <= target)
    await tx.execute(_ADD, day, service, priority, target, arrived, on_time, arrived * seconds)


async def between(tx: Transaction, first: date, last: date) -> list[Response]:
    """How it went on these days."""
    return [Response(*row) for row in await tx.fetch(_OF, first, last)]
