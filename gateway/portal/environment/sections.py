"""The sections of the start page: each room's page module brings its own, so that none stands in a list of another.

A module of this folder marks what reads its section; ``environment/parts/<name>.html`` shows it as ``data``:

    @section("air")
    async def on_start(request: Request) -> dict[str, Any]:
        ...

What no module brings costs nothing. A section whose pillar does not answer says so, and the others stand.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc.aio
from starlette.requests import Request

ORDER = ("warnings", "nowcasts", "tide", "water", "pumps", "air", "waste")
"""As the page shows them; others come after these, by their names."""

Read = Callable[[Request], Awaitable[Mapping[str, Any]]]
_SECTIONS: dict[str, Read] = {}


@dataclass(frozen=True)
class Section:
    """A section as it is shown."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)
    away: bool = False

    @property
    def part(self) -> str:
        """The partial that shows it."""
        return f"environment/parts/{self.name}.html"


def section(name: str) -> Callable[[Read], Read]:
    """Marks what reads a section."""

    def mark(read: Read) -> Read:
        _SECTIONS[name] = read
        return read

    return mark


async def gathered(request: Request) -> list[Section]:
    """All sections, read side by side."""
    names = sorted(_SECTIONS, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
    return await chosen(request, *names)


async def chosen(request: Request, *names: str) -> list[Section]:
    """Some sections, likewise: what one reads may be away, and the page stands."""
    return list(await asyncio.gather(*(_read(request, name) for name in names)))


async def _read(request: Request, name: str) -> Section:
    try:
        return Section(name, await _SECTIONS[name](request))
    except grpc.aio.AioRpcError:
        return Section(name, away=True)
