"""CardService over gRPC: proto -> action -> proto."""

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.living.cards import actions, model
from services.living.cards.model import Block
from services.living.cards.views import money, view, views
from services.living.fares import terms
from smartcity.living.v1 import cards_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateCardRequest) -> pb.CreateCardResponse:
    """Opens the caller's card."""
    return pb.CreateCardResponse(card=await view(tx, await actions.create(tx)))


@rpc
async def read(tx: Transaction, request: pb.GetCardRequest) -> pb.GetCardResponse:
    """Reads a card."""
    return pb.GetCardResponse(card=await view(tx, await actions.get(tx, request.number)))


@rpc
async def page(tx: Transaction, request: pb.ListCardsRequest) -> pb.ListCardsResponse:
    """Lists the caller's cards."""
    found = await actions.page(tx, request.page_size, request.page_token)
    return pb.ListCardsResponse(cards=await views(tx, found.rows), next_page_token=found.token)


@rpc
async def block(tx: Transaction, request: pb.BlockCardRequest) -> pb.BlockCardResponse:
    """Blocks a card."""
    why = protos.member(pb.CardBlock, request.reason, Block) if request.reason else Block.LOST
    return pb.BlockCardResponse(card=await view(tx, await actions.block(tx, request.number, request.etag, why)))


@rpc
async def unblock(tx: Transaction, request: pb.UnblockCardRequest) -> pb.UnblockCardResponse:
    """Lets a blocked card be used again."""
    return pb.UnblockCardResponse(card=await view(tx, await actions.unblock(tx, request.number, request.etag)))


@rpc
async def denied(tx: Transaction, request: pb.ListDeniedCardsRequest) -> pb.ListDeniedCardsResponse:
    """Lists cards that no validator may take; whole numbers for those who hold validators alone."""
    found = await actions.denied(tx, request.since)
    shown = (lambda number: number) if tx.caller.has("operator") else model.masked
    return pb.ListDeniedCardsResponse(
        cards=[pb.DeniedCard(number=shown(one.number), denied=one.denied) for one in found.changes],
        version=found.version,
        more=found.more,
        most_owed=money(tx, terms.required(tx.runtime.city).settings.most_owed),
        etag=etag.of(found.version),
        whole=found.whole,
    )
