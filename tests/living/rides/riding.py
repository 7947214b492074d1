"""Rides at work in this process, for the tests of several rooms: passengers, an office, a validator, economy."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import grpc.aio
from google.protobuf.timestamp_pb2 import Timestamp
from msgspec import msgpack

from services.kit.caller import Caller
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.ids import uuid7
from services.living.progress.model import Run
from services.living.rides import reactions
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1.payments_pb2 import PaymentSummary
from smartcity.living.v1 import cards_pb2, concessions_pb2, rides_pb2
from smartcity.living.v1.cards_pb2_grpc import CardServiceStub
from smartcity.living.v1.concessions_pb2_grpc import ConcessionServiceStub
from smartcity.living.v1.rides_pb2_grpc import RideServiceStub
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A working Tuesday, 09:00 in Semarang."""
SITI, BUDI = (Caller(f"citizen-{name}", frozenset({"citizen"})) for name in ("siti", "budi"))
DISHUB, DLH = officer("dishub"), officer("dlh")
INSIDER = Caller("officer-rider", frozenset({"officer", "citizen"}), "dishub")
"""An officer of the transport agency who rides, too."""
AGENT = Caller("dishub-system", frozenset({"citizen", "operator"}), "dishub")
"""A system of the transport agency, such as a validator."""
HELPER = Caller("dishub-helper", frozenset({"citizen"}), "dishub")
"""Somebody of the transport agency who is none of its officers."""
NOTE = "Kartu asli diperlihatkan di loket."
STUDENT = "pelajar-mahasiswa"
_STUBS = {
    cards_pb2.DESCRIPTOR.name: CardServiceStub,
    concessions_pb2.DESCRIPTOR.name: ConcessionServiceStub,
    rides_pb2.DESCRIPTOR.name: RideServiceStub,
}


def driving(vehicle: str, route: str, at: datetime) -> Run:
    """What is made of where a vehicle is, which drives a line."""
    return Run(vehicle, 1, at, -7, 110.4, route, route, "", "", 0, 600, None, 0, 0, 0, None, msgpack.encode(()))


@dataclass
class Riding:
    """The running pillar. ``sequence`` is that of the validator's last tap."""

    served: Served
    sequence: int = 0
    answered: set[str] = field(default_factory=set)
    """Requests that economy has answered."""

    async def call(self, request: Any, caller: Caller = SITI) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        if "request_id" in request.DESCRIPTOR.fields_by_name and not request.request_id:
            request.request_id = request_id()
        try:
            return await self.served.call(_STUBS[request.DESCRIPTOR.file.name], name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def card(self, caller: Caller = SITI) -> str:
        """The number of a new card."""
        number: str = (await self.call(cards_pb2.CreateCardRequest(), caller)).card.number
        return number

    async def read(self, number: str, caller: Caller = DISHUB) -> cards_pb2.Card:
        """A card."""
        card: cards_pb2.Card = (await self.call(cards_pb2.GetCardRequest(number=number), caller)).card
        return card

    def tap(self, card: str, at: datetime | None = None, **fields: Any) -> rides_pb2.Tap:
        """A tap with the validator's next sequence; now, unless another time is given."""
        self.sequence += 1
        time = Timestamp()
        time.FromDatetime(at or self.served.now)
        good = {"validator": "BUS-17", "sequence": self.sequence, "route": "K1", "stop": "S001"}
        return rides_pb2.Tap(card=card, time=time, **{**good, **fields})

    async def upload(self, *taps: rides_pb2.Tap, offline: bool = False, caller: Caller = DISHUB) -> Any:
        """Uploads taps."""
        return await self.call(rides_pb2.UploadTapsRequest(taps=taps, offline=offline), caller)

    async def ride(self, card: str, at: datetime | None = None, *, offline: bool = False, **fields: Any) -> str:
        """The id of a ride that a tap becomes."""
        (result,) = (await self.upload(self.tap(card, at, **fields), offline=offline)).results
        assert result.ride, rides_pb2.TapVerdict.Name(result.verdict)
        found: str = result.ride
        return found

    async def asked(self) -> list[PaymentRequested]:
        """What economy was asked for, the oldest first."""
        rows = await self.served.admin.fetch(
            "SELECT payload FROM living.outbox WHERE type LIKE '%PaymentRequested' ORDER BY position"
        )
        return [PaymentRequested.FromString(row["payload"]) for row in rows]

    async def answer(self, reason: str = "", *, twice: bool = False) -> None:
        """Economy answers what it was not asked before: all is paid, or refused for a reason."""
        for asked in await self.asked():
            if asked.request not in self.answered:
                self.answered.add(asked.request)
                for _ in range(1 + twice):
                    await self.react(asked, reason)

    async def react(self, asked: PaymentRequested, reason: str = "") -> None:
        """One answer of economy arrives."""
        async with self.served.runtime.transaction() as tx:
            await self.react_in(tx, asked, reason)

    async def react_in(self, tx: Transaction, asked: PaymentRequested, reason: str = "") -> None:
        """One answer of a batch."""
        summary = PaymentSummary(requester="living", request=asked.request, amount=asked.amount, code="SMGP-7K4P2-92")
        if reason:
            cancelled = events_pb2.PaymentCancelled(payment=summary, reason=reason)
            await reactions.on_payment_cancelled(tx, self.event(cancelled))
        else:
            captured = events_pb2.PaymentCaptured(payment=summary)
            await reactions.on_payment_captured(tx, self.event(captured))

    def event(self, message: Any, pillar: str = "economy") -> Event[Any]:
        """An event as it arrives from a pillar."""
        return Event(
            id=uuid7(),
            type=message.DESCRIPTOR.full_name,
            source=f"/smartcity/semarang/{pillar}",
            time=self.served.now,
            aggregate="payment",
            version=1,
            correlation="ride",
            causation=None,
            exercise=False,
            traceparent=None,
            message=message,
        )

    async def state(self, ride: str, caller: Caller = DISHUB) -> str:
        """Where a ride stands."""
        found = (await self.call(rides_pb2.GetRideRequest(id=ride), caller)).ride
        return rides_pb2.RideState.Name(found.state).removeprefix("RIDE_STATE_").lower()

    async def denied(self, since: int = 0) -> dict[str, bool]:
        """The list of denied cards, or its changes."""
        found = await self.call(cards_pb2.ListDeniedCardsRequest(since=since), AGENT)
        return {one.number: one.denied for one in found.cards}

    async def concession(self, caller: Caller = SITI, rider: str = STUDENT) -> str:
        """The id of a concession that somebody has asked for."""
        request = concessions_pb2.CreateConcessionRequest(rider=rider, proof="Kartu pelajar")
        id_: str = (await self.call(request, caller)).concession.id
        return id_

    async def granted(self, caller: Caller = SITI, last_day: str = "2027-06-30", rider: str = STUDENT) -> str:
        """The id of a concession that was granted."""
        id_ = await self.concession(caller, rider)
        request = concessions_pb2.GrantConcessionRequest(id=id_, etag="1", last_day=last_day, note=NOTE)
        await self.call(request, DISHUB)
        return id_

    async def refused(self, caller: Caller = SITI) -> tuple[str, str]:
        """A card, and a ride with it that could not be paid."""
        number = await self.card(caller)
        ride = await self.ride(number)
        await self.answer("INSUFFICIENT_FUNDS")
        return number, ride


def verdicts(answer: Any) -> list[str]:
    """The verdicts in words."""
    names = (rides_pb2.TapVerdict.Name(one.verdict) for one in answer.results)
    return [name.removeprefix("TAP_VERDICT_").lower() for name in names]


async def settle(riding: Riding, number: str, caller: Any = SITI) -> Any:
    """Asks once more for what is owed."""
    return (await riding.call(rides_pb2.SettleCardRequest(number=number), caller)).card


async def write_off(riding: Riding, ride: str, caller: Any = DISHUB, etag: str = "2") -> Any:
    """Gives up on a ride."""
    return (await riding.call(rides_pb2.WriteOffRideRequest(id=ride, etag=etag, note=NOTE), caller)).ride
