"""How a till is changed over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _change(seeds: Seeds) -> Call:
    merchant = await seeds.money.business()
    till = seeds.api.example("createTerminal")
    await seeds.done(Call("createTerminal", "citizen", path={"id": merchant["id"]}, body=till))
    path = {"id": merchant["id"], "till": till["label"]}
    return Call("updateTerminal", "citizen", path=path, body=seeds.api.example("updateTerminal"))


SEEDS: dict[str, Seed] = {"updateTerminal": _change}
