"""Cards on the wire."""

from collections.abc import Collection

from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from services.living.cards import store
from services.living.cards.model import UNANSWERED, Block, Card, masked
from services.living.concessions import actions as concessions
from services.living.concessions import store as concession_store
from services.living.fares import model as fares
from services.living.fares import terms
from smartcity.living.v1 import cards_pb2 as pb
from smartcity.types.v1.money_pb2 import Money

_BLOCKS = {
    Block.NONE: pb.CARD_BLOCK_UNSPECIFIED,
    Block.LOST: pb.CARD_BLOCK_LOST,
    Block.MISUSED: pb.CARD_BLOCK_MISUSED,
}


def money(tx: Transaction, units: int) -> Money:
    """An amount in the city's currency."""
    return Money(currency=tx.runtime.city.currency, units=units)


async def views(tx: Transaction, cards: Collection[Card]) -> list[pb.Card]:
    """Cards with the class that their owners ride in today; of another's card the end of its number alone."""
    known, today = terms.required(tx.runtime.city), concessions.day_of(tx)
    held = await concession_store.of_owners(tx, {one.owner for one in cards}, today)
    payable = await store.payable(tx, {one.id for one in cards if one.due or one.refused}, tx.now - UNANSWERED)
    usual = fares.price(known.fares, known.settings.medium, known.usual, today)
    shown = []
    for card in cards:
        valid = {one.rider: one for one in held.get(card.owner, ()) if one.holds(today)}
        found = fares.cheapest(known.fares, known.settings.medium, (known.usual, *valid), today)
        amount, rider = found or (0, known.usual)
        own, rests_on = card.owner == tx.caller.subject, valid.get(rider)
        shown.append(
            pb.Card(
                id=str(card.id),
                number=card.number if own else masked(card.number),
                state=protos.number(pb.CardState, card.state),
                rider=rider,
                rider_until=str(rests_on.last_day) if rests_on else "",
                concession=str(rests_on.id) if rests_on else "",
                fare=money(tx, amount) if found else None,
                usual_fare=money(tx, usual) if usual is not None else None,
                due=money(tx, card.due),
                owed=money(tx, card.refused),
                own=own,
                payable=card.id in payable,
                create_time=protos.timestamp(card.created_at),
                etag=etag.of(card.version),
                block=_BLOCKS[card.block],
            )
        )
    return shown


async def view(tx: Transaction, card: Card) -> pb.Card:
    """One card."""
    (shown,) = await views(tx, [card])
    return shown
