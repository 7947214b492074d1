"""How each operation on followers is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call
from tests.society.proposals.seeds import published

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    body = seeds.api.example("createFollower")
    body.pop("link_key", None)
    code = (await published(seeds))["code"]
    return Call("createFollower", "visitor", path={"code": code}, body=body, other={"language": "en"})


SEEDS: dict[str, Seed] = {"createFollower": _create}
