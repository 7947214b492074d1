"""The nowcasts, going all the ways that they can, so that each statement is looked at."""

from services.environment.nowcasts import timers
from tests.environment.nowcasts.feed import message, name, weather
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    async with weather(Sensing(served)) as found:
        first, second = name(1), name(2)
        found.service.messages[first] = message(first, served.now)
        await found.listed()
        refers = f"cuaca.ekstrem@bmkg.go.id,{first},2026-11-23T09:00:00+07:00"
        found.service.messages[second] = message(second, served.now, kind="Update", refers=refers)
        await found.listed()
        await timers.prune(served.runtime)


LIVES = {"nowcasts": _live}
