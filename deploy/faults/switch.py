"""Switches faults on and off in a home, and knows which are on, over restarts of everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.faults import kept
from deploy.faults.means import Flag, Whim
from deploy.faults.place import Place
from deploy.faults.table import ALL, BY_NAME, Fault


def table(home: Path) -> list[dict[str, Any]]:
    """All faults, and since when those are on that are."""
    on = kept.read(home)
    return [
        {
            "name": each.name,
            "on": each.name in on,
            "since": on.get(each.name, {}).get("since"),
            "what": each.what,
            "how": each.how,
            "alert": each.alert or None,
            "service": each.service,
            "trace": each.trace.value,
        }
        for each in ALL
    ]


async def on(home: Path, name: str) -> Fault:
    """Switches a fault on; one that is on already is done again. AccessError: the platform is not there."""
    fault, place = _named(name), Place(home)
    before = kept.read(home).get(name)
    known = await fault.means.plan(place)
    place.access  # noqa: B018 - a fault without a platform would be met by the next one
    since = before["since"] if before else datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    kept.put(home, name, {"since": since, "known": known})
    await fault.means.on(place, known)
    return fault


async def off(home: Path, names: Sequence[str]) -> list[str]:
    """Switches faults off, the latest first; answers with those that were on. AccessError: there is no platform."""
    wanted = {_named(name).name for name in names}
    found = [name for name in reversed(kept.read(home)) if name in wanted]
    for name in found:
        await BY_NAME[name].means.off(Place(home), kept.read(home)[name]["known"])
        kept.drop(home, name)
    if found:
        await _again(home)
    else:
        Place(home).access  # noqa: B018 - in another home than was meant nothing is on either
    return found


async def _again(home: Path) -> None:
    """What is off may have taken something away that another one shares: a flag, or the bank's whims."""
    for name, each in kept.read(home).items():
        if name in BY_NAME and isinstance(BY_NAME[name].means, Flag | Whim):
            await BY_NAME[name].means.on(Place(home), each["known"])


async def off_all(home: Path) -> list[str]:
    """Switches everything off that is on."""
    return await off(home, [name for name in kept.read(home) if name in BY_NAME])


def _named(name: str) -> Fault:
    if name not in BY_NAME:
        raise kept.UnknownFaultError(f"no fault is called {name}. There are: {', '.join(BY_NAME)}")
    return BY_NAME[name]
