"""The warnings in force, for the head of every page: from memory, without a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gateway.gateway import Gateway
from services.kit.city import City

PILLAR = "environment"
LEVELS = ("waspada", "siaga", "awas")
"""The least grave first."""
SHOWN, NAMED = 3, 4
"""So many warnings stand on every page, each with so many kelurahan by name; the rest is counted."""


@dataclass(frozen=True)
class Banner:
    """A warning as every page shows it."""

    id: str
    hazard: str
    level: str
    exercise: bool
    areas: Sequence[str]
    more: int
    """Kelurahan that are not named."""
    until: datetime


@dataclass(frozen=True)
class Warned:
    """What is warned of now: real ones first, the gravest of them first. A drill stands below."""

    banners: Sequence[Banner] = ()
    more: int = 0
    """Warnings that are not shown."""
    as_of: datetime | None = None
    """Where the pillar does not answer: when it last said so."""


def warned(gateway: Gateway) -> Warned:
    """The warnings whose time is not over."""
    section = gateway.home.section(PILLAR)
    found = [one for one in getattr(section.overview, "warnings", None) or () if holds(one)]
    if not found:
        return Warned()
    found.sort(key=lambda one: (one.exercise, -LEVELS.index(one.level), one.expire_time))
    as_of = section.as_of if section.status != "ok" else None
    return Warned([_banner(gateway.city, one) for one in found[:SHOWN]], max(0, len(found) - SHOWN), as_of)


def holds(one: Any) -> bool:
    """Whether the time of a warning is not over: what a pillar that is away said last may be."""
    return one.expire_time is not None and one.level in LEVELS and one.expire_time > datetime.now(UTC)


def _banner(city: City, one: Any) -> Banner:
    names = [city.told_apart(area.code) or area.name for area in one.areas]
    more = max(0, len(names) - NAMED)
    return Banner(one.id, one.hazard, one.level, bool(one.exercise), names[:NAMED], more, one.expire_time)
