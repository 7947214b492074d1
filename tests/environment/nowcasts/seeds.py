"""How the nowcasts are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listNowcasts", "anonymous")


SEEDS: dict[str, Seed] = {"listNowcasts": _list}
