"""How each operation on comments is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.security.rest.api import Call
from tests.society.proposals.seeds import published

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    body = seeds.api.example("createComment")
    return Call(
        "createComment",
        "citizen",
        path={"code": (await published(seeds))["code"]},
        body=body,
        other={"words": "Kami setuju."},
    )


async def _list(seeds: Seeds) -> Call:
    return Call("listComments", path={"code": (await published(seeds))["code"]})


async def _waiting(_: Seeds) -> Call:
    return Call("listWaitingComments", "officer")


async def _moderate(seeds: Seeds) -> Call:
    one, body = await seeds.done(await _create(seeds)), seeds.api.example("moderateComment")
    return Call(
        "moderateComment", "officer", path={"id": one["id"]}, body=body, version=one["etag"], other={"note": "Lain."}
    )


SEEDS: dict[str, Seed] = {
    "createComment": _create,
    "listComments": _list,
    "listWaitingComments": _waiting,
    "moderateComment": _moderate,
}
