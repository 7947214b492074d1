"""Takes in what vehicles publish, batch by batch, with whoever reports at the same time.

A batch is acknowledged after all of it was committed. One position has one place in its vehicle's track, so what comes
again changes nothing, in whatever order.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from services.kit.database import Transaction
from services.kit.errors import DomainError, Kind
from services.kit.mqtt.session import Received
from services.kit.runtime import Runtime
from services.living.onboard import model
from services.living.onboard.model import Pace, Refusal
from services.living.positions.model import Reported
from services.living.reporting import hot
from services.living.resources import resources
from services.living.vehicles import store as vehicles_store
from services.living.vehicles.topics import TOPICS

Refused = dict[str, tuple[int, str]]
"""By vehicle: how many messages, and why the last of them."""


@dataclass
class Inbox:
    """Takes in what vehicles publish."""

    pace: Pace = field(default_factory=Pace)

    async def take(self, runtime: Runtime, received: Sequence[Received], at: datetime) -> None:
        """Commits the positions of messages, and counts those messages that were refused.

        What is taken off of what a vehicle may tell is kept once all is stored: a batch that comes again after an
        outage takes nothing off twice.
        """
        group, pace = resources(runtime).positions, self.pace.tried()
        vehicles = [TOPICS.parts(one.topic)[0] for one in received]
        async with runtime.statement() as tx:
            may = await vehicles_store.senders(tx, set(vehicles))
        judged = [_judge(pace, one, vehicle, may, at) for one, vehicle in zip(received, vehicles, strict=True)]
        waiting = [one for one in judged if not isinstance(one, Refusal)]
        try:
            answers = await asyncio.gather(*map(group.submit, _joined(waiting)))
        except DomainError as error:
            if error.kind is Kind.UNAVAILABLE:
                raise ConnectionError(error.reason) from error  # an outage, which passes
            raise
        refused: Refused = {}
        outcomes = iter([one for each in answers for one in each])
        for vehicle, one in zip(vehicles, judged, strict=True):
            why = one if isinstance(one, Refusal) else model.refusal(list(islice(outcomes, len(one))))
            if why is not None:
                refused[vehicle] = (refused.get(vehicle, (0, ""))[0] + 1, str(why))
        if refused:
            async with runtime.transaction() as tx:
                await vehicles_store.refuse(tx, refused)
        self.pace = pace

    async def again(self, tx: Transaction, one: Received) -> None:
        """Stores a message that was set aside, if it is one."""
        positions = model.decoded(one.payload, TOPICS.parts(one.topic)[0])
        if positions:
            await hot.flush(tx, [positions])

    def forget(self) -> None:
        """Nothing is remembered that a transaction could have changed."""

    async def tell(self, runtime: Runtime, answers: None) -> None:
        """Vehicles are told nothing; their agencies see what was refused."""


def _judge(pace: Pace, one: Received, vehicle: str, may: set[str], at: datetime) -> tuple[Reported, ...] | Refusal:
    """The positions of a message, or why it is refused before they are looked at."""
    if vehicle not in may:
        return Refusal.CREDENTIAL_REVOKED
    positions = model.decoded(one.payload, vehicle)
    if not pace.takes(vehicle, len(positions or ()) or 1, at):
        return Refusal.TOO_MANY
    return positions or Refusal.MESSAGE_INVALID


def _joined(messages: Sequence[tuple[Reported, ...]]) -> list[tuple[Reported, ...]]:
    """Positions of many messages as few items, in their order: most messages hold one, and a commit takes so many items
    of whatever size.
    """
    found: list[list[Reported]] = []
    for one in messages:
        if not found or len(found[-1]) + len(one) > hot.TOGETHER:
            found.append([])
        found[-1] += one
    return [tuple(each) for each in found]
