"""Cards, concessions and rides going all the ways that they can, so that each statement is looked at."""

from datetime import timedelta

from services.kit.caller import Caller
from services.living.concessions import reactions as residents
from services.living.concessions.model import new_code
from services.living.progress import store as progress
from services.living.rides import timers
from smartcity.living.v1 import cards_pb2, concessions_pb2, rides_pb2
from smartcity.society.v1 import events_pb2 as society
from tests.fixtures.pillars import Served
from tests.living.rides.riding import BUDI, DISHUB, NOTE, SITI, Riding, driving
from tests.living.vehicles.fleet import Fleet

ANI = Caller("citizen-ani", frozenset({"citizen"}))


async def _live(served: Served) -> None:
    riding = Riding(served)
    number, other = await riding.card(), await riding.card(BUDI)
    await riding.granted()
    declined = await riding.concession(BUDI)
    await riding.call(concessions_pb2.DeclineConcessionRequest(id=declined, etag="1", note=NOTE), DISHUB)
    await riding.call(concessions_pb2.GetConcessionRequest(id=declined), BUDI)
    for rider in ("lansia", "veteran"):
        await riding.concession(rider=rider)
    mistaken = await riding.concession(BUDI, "lansia")
    await riding.call(concessions_pb2.DeleteConcessionRequest(id=mistaken), BUDI)
    for caller in (SITI, DISHUB):
        for state in (concessions_pb2.CONCESSION_STATE_UNSPECIFIED, concessions_pb2.CONCESSION_STATE_WAITING):
            request = concessions_pb2.ListConcessionsRequest(page_size=1, state=state)
            request.page_token = (await riding.call(request, caller)).next_page_token
            await riding.call(request, caller)
    await riding.call(concessions_pb2.ListConcessionsRequest(state=concessions_pb2.CONCESSION_STATE_GRANTED), DISHUB)
    await riding.call(concessions_pb2.ListConcessionsRequest(code=new_code("SMG")), DISHUB)
    for _ in range(2):
        await riding.ride(number)
    await riding.answer()
    rides = [await riding.ride(card) for card in (number, other, number)]
    await riding.state(rides[0])
    await riding.answer("INSUFFICIENT_FUNDS")
    await riding.call(rides_pb2.SettleCardRequest(number=number), SITI)
    await riding.call(rides_pb2.WriteOffRideRequest(id=rides[1], etag="2", note=NOTE), DISHUB)
    await riding.ride(other)
    for caller in (SITI, DISHUB):
        for unpaid in (rides_pb2.RIDE_STATE_DUE, rides_pb2.RIDE_STATE_REFUSED):
            page = rides_pb2.ListRidesRequest(page_size=1, state=unpaid)
            page.page_token = (await riding.call(page, caller)).next_page_token
            await riding.call(page, caller)
    await riding.call(rides_pb2.ListRideTakingsRequest(), DISHUB)
    await Fleet(served).register("ts-boarded")
    async with served.runtime.transaction() as tx:
        await progress.save(tx, [driving("ts-boarded", "K1", served.now)])
    await riding.card(ANI)
    await riding.call(rides_pb2.BoardVehicleRequest(vehicle="ts-boarded"), ANI)
    await riding.call(cards_pb2.BlockCardRequest(number=other, etag=(await riding.read(other)).etag), BUDI)
    await riding.call(cards_pb2.UnblockCardRequest(number=other, etag=(await riding.read(other)).etag), DISHUB)
    await riding.call(cards_pb2.BlockCardRequest(number=other, etag=(await riding.read(other)).etag), BUDI)
    await riding.answer()
    await riding.card(BUDI)
    await riding.ride(number, offline=True)
    cards = cards_pb2.ListCardsRequest(page_size=1)
    cards.page_token = (await riding.call(cards, BUDI)).next_page_token
    await riding.call(cards, BUDI)
    for since in (0, 1):
        await riding.denied(since)
    async with served.runtime.transaction() as tx:
        known = {"subject": SITI.subject, "purpose": "transit"}
        await residents.on_residency_confirmed(tx, riding.event(society.ResidencyConfirmed(**known), "society"))
        await residents.on_residency_withdrawn(tx, riding.event(society.ResidencyWithdrawn(**known), "society"))
    served.pass_time(days=91)
    await timers.free(served.runtime)
    await timers.forget(served.runtime)
    served.now -= timedelta(days=91)


LIVES = {"rides": _live}
