"""What a flood warning of the city does to public transport: an alert that follows it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from services.kit.city import City
from services.kit.database import Transaction
from services.living.alerts import actions, model, store
from services.living.alerts.model import Cause, Content, Effect, Origin, Severity, State, Step
from services.living.alerts.profile import Level, OfWarnings, rules_of

_HAZARDS = {"flood": ("Banjir", "Flood"), "rob": ("Rob (banjir pasang)", "Tidal flood")}
_OTHER = ("Peringatan", "Warning")
_LEVELS_EN = {Level.WASPADA: "WASPADA (advisory)", Level.SIAGA: "SIAGA (watch)", Level.AWAS: "AWAS (warning)"}
"""As the city's page of warnings names them to readers of English."""
_ASKS = {Level.AWAS: ("Mengungsi sekarang ke tempat tinggi. ", "Go to high ground now. ")}
"""What comes before any journey."""
_NAMED = 3
"""Kelurahan that a header names."""
_SEVERITIES = {Level.WASPADA: Severity.INFO, Level.SIAGA: Severity.WARNING, Level.AWAS: Severity.SEVERE}


class Warned(NamedTuple):
    """A warning in force, as its events tell it."""

    id: str
    hazard: str
    level: Level
    areas: Sequence[str]
    expires: datetime | None
    exercise: bool
    story: str


async def follow(tx: Transaction, warned: Warned) -> None:
    """The alert is as the warning is now: there is none below the level from which passengers are told."""
    rules = rules_of(tx.runtime.city).warnings
    before = await store.of_source(tx, Origin.WARNING, warned.id)
    alive = before is not None and before.state is not State.ENDED
    if rules is None or warned.level.rank < rules.informs.rank:
        if alive:
            await over(tx, warned.id, "the warning is of a lesser level now")
        return
    content = _content(tx.runtime.city, warned, rules)
    if before is not None and alive:
        if model.written(content) == before.content and before.over_at == warned.expires:
            return
        await actions.keep(tx, model.changed(before, content, tx.now, warned.expires), Step.CHANGED)
        return
    # Officers ended it: only a graver warning tells of it again.
    if before is not None and Level(before.said.level).rank >= warned.level.rank and await actions.by_hand(tx, before):
        return
    made = actions.new(tx, Origin.WARNING, warned.id, content, exercise=warned.exercise, story=warned.story)
    told = replace(made, state=State.PUBLISHED, published_at=tx.now, over_at=warned.expires)
    await actions.keep(tx, told, Step.PUBLISHED)


async def over(tx: Transaction, warning: str, reason: str) -> None:
    """The warning is over, and so is its alert."""
    before = await store.of_source(tx, Origin.WARNING, warning)
    if before is not None and before.state is not State.ENDED:
        await actions.keep(tx, model.ended(before, tx.now), Step.ENDED, reason)


def _content(city: City, warned: Warned, rules: OfWarnings) -> Content:
    closes = warned.level.rank >= rules.closes.rank
    hazard, hazard_en = _HAZARDS.get(warned.hazard, _OTHER)
    names = [found.name for code in warned.areas if (found := city.area(code)) is not None]
    where, more = ", ".join(names[:_NAMED]), len(names) - _NAMED
    level = warned.level.value.upper()
    here = f"{where} dan {more} kelurahan lain" if more > 0 else where
    here_en = f"{where} and {more} more" if more > 0 else where
    every = ", ".join(names)
    if closes:
        effect = "Halte di sana ditutup, dan kendaraan tidak melintas"
        effect_en = "Stops there are closed, and no vehicle passes"
    else:
        effect, effect_en = "Perjalanan di sana dapat terganggu", "Services there may be disrupted"
    asks, asks_en = _ASKS.get(warned.level, ("", ""))
    return Content(
        cause=Cause.WEATHER,
        effect=Effect.MODIFIED_SERVICE if closes else Effect.OTHER_EFFECT,
        severity=_SEVERITIES[warned.level],
        header=f"{hazard} {level}: {here}"[:200],
        header_en=f"{hazard_en} {_LEVELS_EN[warned.level]}: {here_en}"[:200],
        description=f"{asks}{effect}: {every}."[:2_000],
        description_en=f"{asks_en}{effect_en}: {every}."[:2_000],
        areas=tuple(warned.areas),
        level=warned.level.value,
        closes_areas=closes,
    )
