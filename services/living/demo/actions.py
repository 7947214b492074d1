"""Seeds what a local start shows of rides: in the ordinary way of the rooms, once, and without a single event.

Nobody shall act on what never was. What rides cost is asked of economy's made-up history all the same, in the words of
the events that are not sent, so that no ride is paid that its books do not know.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from random import Random

from services.kit.caller import SYSTEM, Caller
from services.kit.database import Transaction
from services.kit.runtime import Runtime
from services.living.cards import actions as cards
from services.living.cards import store as card_store
from services.living.concessions import actions as concessions
from services.living.demo import model
from services.living.demo.model import Rider
from services.living.fares import terms
from services.living.fares.terms import Terms
from services.living.making.profile import network_of
from services.living.rides import actions as rides
from services.living.rides import answers
from services.living.rides.answers import Told
from services.living.rides.model import Tap
from smartcity.types.v1.payments_pb2 import PaymentRequested

Pay = Callable[[datetime, Sequence[PaymentRequested]], Awaitable[Sequence[Told]]]
"""Takes what is asked for at a time, as economy does, and answers as it does."""

SEED = 3374
GRANTED, DECLINED = 0.6, 0.75
"""Bounds of the share of concessions that are granted, and of those that are decided on."""
PROOF = "Contoh: {0}"
NOTE = "Contoh: bukti asli diperlihatkan di loket."
REFUSAL = "Contoh: bukti yang diperlihatkan sudah tidak berlaku."


async def seed(runtime: Runtime, pay: Pay) -> int:
    """Fills a living without cards; answers how many rides were made up.

    Nothing happens when it was done before, when the city's profile has no made-up history, or takes no taps.
    """
    city, known = runtime.city, terms.terms_of(runtime.city)
    network = network_of(city)
    if city.demo() is None or known is None or network is None:
        return 0
    chance, now = Random(SEED), runtime.clock()  # noqa: S311 - stories
    classes = [one.rider for one in known.settings.concessions]
    riders = model.riders(network, classes, chance)
    async with _at(runtime, now - timedelta(days=model.DAYS + 2)).transaction() as tx:
        await tx.one_at_a_time("living demo")
        if await card_store.any_card(tx):
            return 0
        numbers = {one.subject: (await cards.create(_as(tx, one.subject))).number for one in riders}
        tx.emitted.clear()
    for one in riders:
        if one.rider:
            await _concession(runtime, known, one, now, chance)
    made, sequence = 0, count(1)
    for at, journeys in model.uploads(riders, city.timezone, now, chance):
        taps = [one.tap(numbers[one.rider.subject], next(sequence)) for one in journeys]
        made += await _ride(_at(runtime, at), taps, pay)
    return made


async def _concession(runtime: Runtime, known: Terms, rider: Rider, now: datetime, chance: Random) -> None:
    """Somebody asks for a class; most were decided on the next day, the latest wait."""
    wanted = known.concession(rider.rider)
    assert wanted is not None, "it is one of the city's"
    place = chance.random()
    days = chance.randrange(model.DAYS // 2, model.DAYS) if place < DECLINED else chance.randrange(3)
    asked = now - timedelta(days=days, minutes=chance.randrange(1, 600))
    async with _at(runtime, asked).transaction() as tx:
        made = await concessions.create(_as(tx, rider.subject), rider.rider, PROOF.format(wanted.proof_id))
        tx.emitted.clear()
    if place >= DECLINED:
        return
    async with _at(runtime, asked + timedelta(days=1)).transaction(SYSTEM) as tx:
        if place < GRANTED:
            last = concessions.day_of(tx) + timedelta(days=min(wanted.days, 365) - 1)
            await concessions.grant(tx, str(made.id), str(made.version), str(last), NOTE)
        else:
            await concessions.decline(tx, str(made.id), str(made.version), REFUSAL)
        tx.emitted.clear()


async def _ride(runtime: Runtime, taps: Sequence[Tap], pay: Pay) -> int:
    """An upload of taps, and what economy's made-up history answers."""
    async with runtime.transaction(SYSTEM) as tx:
        _, made = await rides.upload(tx, taps, offline=False)
        asked = [PaymentRequested.FromString(one.payload) for one in tx.emitted]
        tx.emitted.clear()
    told = await pay(runtime.clock(), asked)
    async with runtime.transaction(SYSTEM) as tx:
        read = [answers.read(tx, each) for each in told]
        await rides.answered(tx, [each for each in read if each is not None])
        tx.emitted.clear()
    return made


def _as(tx: Transaction, subject: str) -> Transaction:
    return replace(tx, caller=Caller(subject, frozenset({"citizen"})))


def _at(runtime: Runtime, time: datetime) -> Runtime:
    """The same pillar at another time."""
    return replace(runtime, clock=lambda: time)
