"""How each operation on consents is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _list(_: Seeds) -> Call:
    return Call("listConsents", "citizen")


async def _give(_: Seeds) -> Call:
    return Call("giveConsent", "citizen", path={"purpose": "transit"})


async def _withdraw(_: Seeds) -> Call:
    return Call("withdrawConsent", "citizen", path={"purpose": "transit"})


SEEDS: dict[str, Seed] = {"listConsents": _list, "giveConsent": _give, "withdrawConsent": _withdraw}
