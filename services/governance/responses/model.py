"""Which arrivals are told and counted. Pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.governance.incidents.model import Clock, Home, in_order


def withdrawn(one: Clock) -> bool:
    """Whether an arrival was told for it that was not its own: who was there had been sent to what is apart again."""
    return one.told_at is not None and (one.arrived_at is None or one.arrived_at > one.told_at)


def waits_again(one: Clock) -> bool:
    """Whether it had stopped when an earlier call was told of, and nobody is there after all."""
    return one.arrived_at is None and one.called_at is not None


def uncounted(one: Clock, home: Home) -> Clock:
    """Nobody arrived by it after all, or later: it counts from the first call."""
    return replace(one, told_at=None, called_at=None, due_at=one.due_at - (one.since(home) - home.called_at))


def untold(clocks: Iterable[Clock]) -> list[Clock]:
    """Those that have stopped, though nobody arrived by them: the first of a service where none was told of it."""
    clocks = in_order(clocks)
    told = {one.service for one in clocks if one.told_at}
    found: dict[str, Clock] = {}
    for one in clocks:
        if one.arrived_at and one.service not in told:
            found.setdefault(one.service, one)
    return list(found.values())


def told_before(clocks: Sequence[Clock]) -> list[Clock]:
    """Those of an incident that a process of the version before stopped: it told and counted each, and could not say so
    here. Where something was merged it is not known for which it did.
    """
    alone = all(one.origin is None for one in clocks)
    found = [one for one in clocks if alone and one.arrived_at and not one.told_at]
    return [replace(one, told_at=one.arrived_at, told=one.told or 1) for one in found]
