"""What a city event that asks for extra service means for public transport: passengers are told where it is crowded,
and the transport office sees what is asked for. Nothing closes."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from services.kit.city import City
from services.kit.database import Transaction
from services.living.alerts import actions, model, store
from services.living.alerts.model import Cause, Content, Effect, Origin, Period, Severity, State, Step

MOST = 100
"""Dates that an alert holds on, the next of them: all that branding tells, which tells of more before they are over."""
_NAMED = 3


class Crowd(NamedTuple):
    """An event of the city, as far as it matters here. Times are UTC."""

    code: str
    """Its short name in addresses."""
    areas: tuple[str, ...]
    dates: tuple[tuple[datetime, datetime], ...]
    """Those that hold."""
    exercise: bool
    story: str


async def follow(tx: Transaction, crowd: Crowd) -> None:
    """Lets an alert say what the event is now; over where it has no date any more."""
    before = await store.of_source(tx, Origin.EVENT, crowd.code)
    alive = before is not None and before.state is not State.ENDED
    dates = [one for one in crowd.dates if one[1] > tx.now][:MOST]
    if not dates or not crowd.areas:
        await over(tx, crowd.code)
        return
    content = _content(tx.runtime.city, crowd, dates)
    if before is not None and alive:
        if model.written(content) != before.content:
            await actions.keep(tx, model.changed(before, content, tx.now), Step.CHANGED)
        return
    if before is not None and await actions.by_hand(tx, before):
        return  # officers ended it
    made = actions.new(tx, Origin.EVENT, crowd.code, content, exercise=crowd.exercise, story=crowd.story)
    await actions.keep(tx, replace(made, state=State.PUBLISHED, published_at=tx.now), Step.PUBLISHED)


async def over(tx: Transaction, code: str) -> None:
    """The event was called off, or asks for nothing any more."""
    before = await store.of_source(tx, Origin.EVENT, code)
    if before is not None and before.state is not State.ENDED:
        await actions.keep(tx, model.ended(before, tx.now), Step.ENDED, "the event asks for nothing any more")


def _content(city: City, crowd: Crowd, dates: list[tuple[datetime, datetime]]) -> Content:
    names = [found.name for code in crowd.areas if (found := city.area(code)) is not None]
    here = ", ".join(names[:_NAMED])
    return Content(
        cause=Cause.SPECIAL_EVENT,
        effect=Effect.OTHER_EFFECT,
        severity=Severity.INFO,
        header=f"Acara kota: ramai di {here}"[:200],
        header_en=f"City event: crowded around {here}"[:200],
        description="Kendaraan dan halte di sekitarnya dapat lebih penuh daripada biasanya.",
        description_en="Vehicles and stops around it may be fuller than usual.",
        periods=tuple(Period(int(since.timestamp()), int(until.timestamp())) for since, until in dates),
        areas=crowd.areas,
    )
