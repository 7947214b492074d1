"""Whom a card concerns: its owner, the transport agency and the administrators."""

from typing import Any

from smartcity.living.v1 import cards_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.living.rides.riding import AGENT, DISHUB, DLH, HELPER, SITI, Riding


async def usable(served: Served) -> str:
    """The number of Siti's card, opened if there is none."""
    riding = Riding(served)
    found = (await riding.call(pb.ListCardsRequest(), SITI)).cards
    held = [one.number for one in found if one.state != pb.CARD_STATE_BLOCKED]
    return held[0] if held else await riding.card(SITI)


async def _blocked(served: Served) -> pb.Card:
    number = await usable(served)
    riding = Riding(served)
    etag = (await riding.read(number)).etag
    card: pb.Card = (await riding.call(pb.BlockCardRequest(number=number, etag=etag), SITI)).card
    return card


async def _create(served: Served) -> Any:
    await _blocked(served)
    return pb.CreateCardRequest(request_id=request_id())


async def _get(served: Served) -> Any:
    return pb.GetCardRequest(number=await usable(served))


async def _list(served: Served) -> Any:
    return pb.ListCardsRequest()


async def _block(served: Served) -> Any:
    number = await usable(served)
    etag = (await Riding(served).read(number)).etag
    return pb.BlockCardRequest(request_id=request_id(), number=number, etag=etag)


async def _unblock(served: Served) -> Any:
    card = await _blocked(served)
    return pb.UnblockCardRequest(request_id=request_id(), number=card.number, etag=card.etag)


async def _denied(served: Served) -> Any:
    return pb.ListDeniedCardsRequest()


ROWS = {
    "CardService.CreateCard": Row(_create, (SITI,), (DLH,), own=True),
    "CardService.GetCard": Row(_get, (SITI, DISHUB, ADMIN), (AGENT, HELPER, DLH)),
    "CardService.ListCards": Row(_list, (SITI,), (DLH,), own=True),
    "CardService.BlockCard": Row(_block, (SITI, DISHUB, ADMIN), (AGENT, HELPER, DLH)),
    "CardService.UnblockCard": Row(_unblock, (DISHUB, ADMIN), (SITI, DLH)),
    "CardService.ListDeniedCards": Row(_denied, (AGENT, DISHUB, ADMIN), (SITI, HELPER, DLH)),
}
NOBODY_OWNS = {
    "CardService.BlockCard": "blocking one's own card is a right, and takes nothing",
    "CardService.UnblockCard": "the owner is refused, test_a_blocked_card_comes_back_by_the_office",
}
"""Why a change is no decision on a matter of somebody's own."""
