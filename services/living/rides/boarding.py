"""Boards vehicles by the code that hangs in them: the passenger's own tap, on a validator of the vehicle's name."""

import secrets
from datetime import timedelta
from typing import NamedTuple

from services.kit.database import Transaction
from services.kit.errors import invalid, not_found, precondition
from services.living.cards import store as card_store
from services.living.cards.model import Card
from services.living.concessions import actions as concessions
from services.living.fares import terms
from services.living.fares.terms import Terms
from services.living.feeds import store as feeds
from services.living.progress import store as progress
from services.living.rides import actions, model, store
from services.living.rides.model import Ride, Tap, Verdict
from services.living.vehicles import store as vehicles
from services.living.vehicles.model import Vehicle

AT_ONCE = timedelta(minutes=1)
"""Within this somebody who boards once more may have pressed twice: they are asked."""
_SEQUENCES = (1 << 53) - 1
"""As many as the contract has; one is drawn for each boarding, so that none comes twice."""
_REFUSED = {
    Verdict.CARD_DENIED: ("CARD_DENIED", "A ride with a card of yours is unpaid. Settle it, then board."),
    Verdict.OVER_LIMIT: ("OVER_LIMIT", "Too much is being asked for with this card. Wait a minute, then board."),
    Verdict.NO_FARE: ("NO_FARE", "The city has no fare for today."),
}


class Boarded(NamedTuple):
    """A ride, and whether it was there a moment ago already."""

    ride: Ride
    repeated: bool


async def board(tx: Transaction, id_: str, route: str, after: str = "") -> Boarded:
    """The caller boards a vehicle with the card of their own, on the line that it drives; on the one that they name
    where it does not tell. ``after`` is the ride of theirs on this vehicle beside which they pay for somebody else.

    Errors: RIDES_OFF, VEHICLE_NOT_FOUND, VEHICLE_RETIRED, ROUTE_REQUIRED, ROUTE_NOT_FOUND, CARD_MISSING, CARD_DENIED,
    OVER_LIMIT, NO_FARE, BOARDED_JUST_NOW.
    """
    known = terms.required(tx.runtime.city)
    vehicle = await _in_service(tx, id_)
    driven = await _driven(tx, vehicle) or await _named(tx, route)
    card = next((one for one in await card_store.of_owner(tx, tx.caller.subject) if not one.blocked), None)
    if card is None:
        raise precondition("CARD_MISSING", "Open a card first; it costs nothing and is there at once.")
    along = await _along(tx, known, card, vehicle.id, after)
    tap = Tap(card.number, vehicle.id, 1 + secrets.randbelow(_SEQUENCES), driven, "", tx.now, along)
    (judged,), _ = await actions.take(tx, known, [tap], model.BOARDED, offline=False)
    if judged.ride is None:
        reason, message = _REFUSED.get(judged.verdict, ("BOARDING_REFUSED", "The card is not taken now. Try again."))
        raise precondition(reason, message)
    return Boarded(await actions.get(tx, str(judged.ride)), judged.verdict is Verdict.REPEATED)


async def _along(tx: Transaction, known: Terms, card: Card, vehicle: str, after: str) -> bool:
    """Whether it is for somebody else. Lets nobody pay twice who pressed twice, as on two pages: one press after the
    other.
    """
    await tx.one_at_a_time(f"boarding with {card.id}")
    today = concessions.day_of(tx)
    rides = await store.ridden(tx, [card.id], today - timedelta(days=1), today)
    mine = [one for one in rides.get(card.id, ()) if one.validator == vehicle]
    last = max(mine, key=lambda one: (one.at, str(one.id)), default=None)
    along = any(str(one.id) == after for one in mine)
    if last is None or tx.now - last.at > AT_ONCE or str(last.id) == after:
        return along
    again = timedelta(seconds=known.settings.again_seconds)
    if again and not along and tx.now - last.at <= again:
        return False  # it is the same ride, and costs nothing more
    message = f"You boarded this vehicle less than a minute ago. To pay for somebody else name it: after={last.id}."
    raise precondition("BOARDED_JUST_NOW", message, ride=str(last.id))


async def _in_service(tx: Transaction, id_: str) -> Vehicle:
    vehicle = await vehicles.find(tx, id_)
    if vehicle is None:
        raise not_found("VEHICLE_NOT_FOUND", "There is no such vehicle. Scan the code again.", field="vehicle")
    if vehicle.retired_at is not None:
        raise precondition("VEHICLE_RETIRED", "This vehicle is out of service. Tell the crew.", state="retired")
    return vehicle


async def _driven(tx: Transaction, vehicle: Vehicle) -> str:
    """The line that it tells it drives now; empty where it tells none."""
    run = (await progress.of_vehicles(tx, [vehicle.id])).get(vehicle.id)
    return run.route if run is not None and run.lives(tx.now) else ""


async def _named(tx: Transaction, route: str) -> str:
    if not route:
        raise invalid("ROUTE_REQUIRED", "The vehicle does not tell its line now. Say which it is.", field="route")
    held = await feeds.current(tx)
    if held is None or await feeds.route(tx, held.feed.number, route) is None:
        raise not_found("ROUTE_NOT_FOUND", "There is no such line; the list is at /v1/routes.", field="route")
    return route
