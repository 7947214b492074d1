"""A process shows that it lives, how long its event loop keeps work waiting, and how full its pool is."""

import time

from observability import metrics, process, semconv


class Pool:
    """Six of at most eight connections, two of them idle."""

    def get_size(self) -> int:
        return 6

    def get_idle_size(self) -> int:
        return 2

    def get_max_size(self) -> int:
        return 8


def read(metric: semconv.Metric) -> list[tuple[float, metrics.Attributes]]:
    (found,) = [reader for name, _, _, reader in metrics._watched if name == metric.name]
    return list(found())


async def test_the_heart_beats_and_the_pool_is_counted() -> None:
    async with process.watching(Pool(), "governance"):
        ((beat, _),) = read(semconv.HEARTBEAT)
        assert abs(time.time() - beat) < 5
        state, pool = semconv.DB_CLIENT_CONNECTION_STATE, semconv.DB_CLIENT_CONNECTION_POOL_NAME
        counted = {one[state]: (value, one[pool]) for value, one in read(semconv.DB_CLIENT_CONNECTION_COUNT)}
        assert counted == {"used": (4, "governance"), "idle": (2, "governance")}
        assert read(semconv.DB_CLIENT_CONNECTION_MAX) == [(8, {pool: "governance"})]


async def test_a_blocked_event_loop_is_seen_even_while_it_is_blocked() -> None:
    async with process.watching(Pool(), "governance"):
        time.sleep(process.TICK_S + 0.3)  # noqa: ASYNC251 - this is what is measured
        ((lag, _),) = read(semconv.EVENT_LOOP_LAG)
        assert lag >= 0.25
