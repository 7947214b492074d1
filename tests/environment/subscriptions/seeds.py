"""How each operation on subscriptions is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    return Call("createWarningSubscription", "anonymous", body=seeds.api.example("createWarningSubscription"))


SEEDS: dict[str, Seed] = {"createWarningSubscription": _create}
