"""How each operation on performance is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


def _plain(operation: str, agency: str = "", **query: str) -> Seed:
    async def seed(_: Seeds) -> Call:
        return Call(operation, "anonymous", path={"agency": agency} if agency else {}, query=query)

    return seed


SEEDS: dict[str, Seed] = {
    "listPerformance": _plain("listPerformance"),
    "getPerformanceCsv": _plain("getPerformanceCsv"),
    "listPerformanceFormulas": _plain("listPerformanceFormulas"),
    "getAgencyPerformance": _plain("getAgencyPerformance", "dlh"),
    "listPerformanceCases": _plain("listPerformanceCases", "dlh", kind="on_time"),
}
