"""Sends the mails of a queue that are due, at least once: a repeat after a crash carries the same Message-ID.

A pillar says how its mails are written, and what becomes of an address that nobody has:

    DELIVERY = Delivery(queue.MAILS, _writing, _reader, FOLLOWING.undeliverable, semconv.WARNING_MAILS, model.EXPIRY)
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Generic, NamedTuple
from uuid import UUID

import structlog

from observability import metrics, semconv
from observability.semconv import Metric
from services.kit import due as falling
from services.kit import tasks
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.mail import sending
from services.kit.mail.queue import PRUNED, M, MailState, Queue
from services.kit.runtime import Runtime

BATCH = 200
TURN = 10
"""Mails that are written before others have their turn: one takes a millisecond or two."""
CONNECTIONS = 4
"""To the mail server at once."""
UNKNOWN = 8
"""Mails of a connection that the server has taken, of which the database does not know it yet."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 1800.0
MOST_ATTEMPTS = 12
"""To hand over a mail; while the server is away none is begun, and the expiry alone ends it."""

_log = structlog.get_logger()


class NotSent(NamedTuple):
    """A mail that is not to be sent: how it ends, and why."""

    state: MailState
    reason: str = ""


Made = EmailMessage | NotSent


class Ended(NamedTuple):
    """A mail that has come to its end, and how."""

    mail: UUID
    state: MailState
    reason: str


@dataclass(frozen=True)
class Delivery(Generic[M]):
    """How the mails of a queue are delivered."""

    queue: Queue[M]
    write: Callable[[Transaction, Sequence[M]], Awaitable[Callable[[M], Made | None]]]
    """Reads what mails are about, and answers with what writes one of them; None where it is forgotten meanwhile."""
    reader: Callable[[M], UUID]
    """Who reads a mail: what they get comes in the order in which it was queued."""
    undeliverable: Callable[[Transaction, UUID], Awaitable[None]]
    """The server says for good that nobody has the address of a reader."""
    mails: Metric
    """The counter of mails that ended, by state."""
    expiry: timedelta
    """A mail that has waited for so long helps nobody."""
    ended: Callable[[Transaction, M, NotSent], Awaitable[None]] | None = None
    """What else becomes of a mail that is not sent."""

    def count(self, state: MailState, amount: int) -> None:
        """Counts mails that have ended."""
        metrics.count(*self.mails, amount, {semconv.STATE: state.value})


Ready = tuple[M, EmailMessage]


async def deliver(runtime: Runtime, delivery: Delivery[M], *, open_: bool) -> None:
    """Sends all that is due. Without a mail server, and while it is not open, mails wait until they help nobody."""
    delivery.count(MailState.SENT, 0)  # an alert is about mails of which none is sent
    if not await delivery.queue.anything_due(runtime, runtime.clock() - delivery.expiry):
        return
    await _expire(runtime, delivery)
    if not runtime.settings.smtp_url or not open_ or runtime.outage.lasts(runtime.clock()):
        return

    async def end(tx: Transaction, mails: Sequence[Ended]) -> list[None]:
        return await _end(tx, delivery, mails)

    ended = GroupCommit(runtime, end, flushers=1)
    ended.start()
    lanes = [_Lane(runtime, delivery, ended) for _ in range(CONNECTIONS)]
    try:
        await lanes[0].open()  # before a mail is claimed
        await _send(runtime, delivery, lanes)
    except sending.AwayError as error:
        runtime.outage.found(runtime.clock(), error.name, error.code)
    finally:
        try:
            await asyncio.gather(*(lane.close() for lane in lanes))
        finally:
            await ended.stop()


async def _send(runtime: Runtime, delivery: Delivery[M], lanes: "Sequence[_Lane[M]]") -> None:
    """Sends all that is due. Raises AwayError once no lane reaches the server."""
    due = asyncio.create_task(_due(runtime, delivery))
    under_way: list[asyncio.Task[sending.AwayError | None]] = []
    try:
        while True:
            ready, more = await due
            in_hand = [mail.id for mail, _ in ready]
            if more:  # they are claimed and written while the others are sent
                due = asyncio.create_task(_due(runtime, delivery, in_hand))
            parts = zip(lanes, _parts(ready, delivery), strict=True)
            under_way = [asyncio.create_task(lane.send(part)) for lane, part in parts if part]
            failures = await asyncio.gather(*under_way)
            away = [failure for failure in failures if failure is not None]
            if away and len(away) == len(failures):
                await _spare(runtime, delivery, (await due)[0] if more else [])
                raise away[0]
            if not more:
                return
            falling.moved()
    finally:
        await tasks.end(due, *under_way)  # each ends the mail that it has in hand


def _parts(ready: Sequence[Ready[M]], delivery: Delivery[M]) -> list[list[Ready[M]]]:
    """Mails by the connection that they go over: all to one reader over the same, so that they come in their order."""
    parts: list[list[Ready[M]]] = [[] for _ in range(CONNECTIONS)]
    for one in ready:
        parts[delivery.reader(one[0]).int % CONNECTIONS].append(one)
    return parts


async def _due(runtime: Runtime, delivery: Delivery[M], in_hand: Sequence[UUID] = ()) -> tuple[list[Ready[M]], bool]:
    """Mails that are to be sent now, and whether there may be more. Those in hand are not due."""
    async with runtime.transaction() as tx:
        claimed = await delivery.queue.claim(tx, BATCH, FIRST_PAUSE_S, LONGEST_PAUSE_S, in_hand)
    if not claimed:
        return [], False
    async with runtime.transaction() as tx:
        return await _ready(tx, delivery, claimed), len(claimed) == BATCH


async def _spare(runtime: Runtime, delivery: Delivery[M], mails: Sequence[Ready[M]]) -> None:
    """Mails that were claimed and not begun: that is no attempt of theirs."""
    if mails:
        async with runtime.transaction() as tx:
            await delivery.queue.spare(tx, [mail.id for mail, _ in mails])


async def _end(tx: Transaction, delivery: Delivery[M], mails: Sequence[Ended]) -> list[None]:
    """Ends mails, those that end alike in one statement."""
    alike: dict[tuple[MailState, str], list[UUID]] = {}
    for one in mails:
        alike.setdefault((one.state, one.reason), []).append(one.mail)
    for (state, reason), ids in alike.items():
        await delivery.queue.finish(tx, ids, state, reason)
    return [None] * len(mails)


async def _expire(runtime: Runtime, delivery: Delivery[M]) -> None:
    while True:
        async with runtime.transaction() as tx:
            dropped = await delivery.queue.expire(tx, tx.now - delivery.expiry)
        delivery.count(MailState.DROPPED, dropped)
        if dropped < PRUNED:
            return


async def _ready(tx: Transaction, delivery: Delivery[M], claimed: Sequence[M]) -> list[Ready[M]]:
    """The mails that are still to be sent, as they are now; the others are ended."""
    write = await delivery.write(tx, claimed)
    ready = []
    for place, mail in enumerate(claimed):
        if place % TURN == 0:
            await asyncio.sleep(0)
        try:
            made = write(mail)
        except Exception as error:  # the others must not wait for it
            _log.exception("mail cannot be written", mail_id=str(mail.id))
            made = NotSent(MailState.DROPPED, type(error).__name__)
        if made is None:
            continue  # forgotten meanwhile, and its mails with it
        if isinstance(made, EmailMessage):
            ready.append((mail, made))
            continue
        if delivery.ended is not None:
            await delivery.ended(tx, mail, made)
        await delivery.queue.finish(tx, [mail.id], made.state, made.reason)
        delivery.count(made.state, 1)
    return ready


class _Lane(Generic[M]):
    """A connection to the mail server, kept for as long as there is something to send.

    While mails are handed over, it is committed that those before were taken, and no more than ``UNKNOWN`` run ahead of
    that: as many are repeated at most when the process is killed.
    """

    def __init__(self, runtime: Runtime, delivery: Delivery[M], ended: GroupCommit[Ended, None]) -> None:
        self._runtime, self._delivery, self._ended = runtime, delivery, ended
        self._server = sending.connection(runtime.settings)
        self._ending: deque[asyncio.Task[None]] = deque()

    async def open(self) -> None:
        """Connects to the server. Raises AwayError."""
        await sending.opened(self._server)

    async def send(self, ready: Sequence[Ready[M]]) -> sending.AwayError | None:
        """Sends some mails. Where a mail ends the connection, the next one goes over another: nobody waits behind it.

        Answers why the server is not reached, where it is not; what is left then comes again after its pause.
        """
        for begun, mail in enumerate(ready):
            try:
                await self.open()
            except sending.AwayError as error:
                _log.warning("mails not sent, will be repeated", mails=len(ready) - begun, error=error.name)
                await _spare(self._runtime, self._delivery, ready[begun:])
                return error
            await _through(self._hand_over(*mail))
        return None

    async def close(self) -> None:
        """Hangs up, once all ends are committed."""
        self._server.close()
        ends, self._ending = tuple(self._ending), deque()
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _hand_over(self, mail: M, message: EmailMessage) -> None:
        try:
            await self._server.send_message(message, sender=self._runtime.settings.mail_sender)
        except Exception as error:
            await self._failed(mail, error)
        else:
            await self._finish(mail, MailState.SENT)

    async def _failed(self, mail: M, error: Exception) -> None:
        # The error's text may quote the address: only its class and code are told.
        name, code = type(error).__name__, sending.code(error)
        reason = f"{name} {code or ''}".strip()
        log = _log.bind(mail_id=str(mail.id), attempts=mail.attempts, error=name, code=code)
        if sending.is_final(error):
            if sending.nobody_has(error):
                async with self._runtime.transaction() as tx:
                    await self._delivery.undeliverable(tx, self._delivery.reader(mail))
            await self._finish(mail, MailState.REFUSED, reason)
            log.warning("mail refused")
        elif mail.attempts >= MOST_ATTEMPTS:
            await self._finish(mail, MailState.GIVEN_UP, reason)
            log.error("mail given up")
        else:
            log.warning("mail not sent, will be repeated")

    async def _finish(self, mail: M, state: MailState, reason: str = "") -> None:
        """Begins to end a mail."""
        await self._known(UNKNOWN - 1)
        self._ending.append(asyncio.create_task(self._ended.submit(Ended(mail.id, state, reason))))
        self._delivery.count(state, 1)

    async def _known(self, but: int) -> None:
        """Waits until all ends are committed ``but`` so many."""
        while len(self._ending) > but:
            await _waited(self._ending.popleft())


async def _through(work: Coroutine[Any, Any, None]) -> None:
    """Does what was begun to its end, also when this process is told to stop meanwhile: what the server has taken is
    known to be sent, and not sent again.
    """
    await _waited(asyncio.create_task(work))


async def _waited(task: "asyncio.Task[None]") -> None:
    """Until it has ended, however often this process is told to stop meanwhile."""
    stopped = False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            stopped = True
    if stopped:
        raise asyncio.CancelledError
    task.result()
