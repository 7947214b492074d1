"""Sends the mails that are due. Delivery is at least once: a repeat after a crash carries the same Message-ID."""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from email.message import EmailMessage
from typing import Any, NamedTuple
from uuid import UUID

import aiosmtplib
import structlog

from observability import metrics, semconv
from services.environment.resources import resources
from services.environment.subscriptions import actions, composing, model, queue, store
from services.environment.subscriptions.composing import NotSent
from services.environment.subscriptions.model import Mail, MailState, Why
from services.environment.warnings import store as warnings
from services.kit import tasks
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.mail import sending
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

_log = structlog.get_logger()
Ready = tuple[Mail, EmailMessage]


class Ended(NamedTuple):
    """A mail that has come to its end, and how."""

    mail: UUID
    state: MailState
    reason: str


async def deliver(runtime: Runtime) -> None:
    """Sends all that is due. Without a mail server mails wait until they help nobody any more."""
    _count(MailState.SENT, 0)  # an alert is about mails of which none is sent
    await _expire(runtime)
    if not runtime.settings.smtp_url or resources(runtime).subscription_secret is None:
        return
    ended = GroupCommit(runtime, _end, flushers=1)
    ended.start()
    lanes = [_Lane(runtime, ended) for _ in range(CONNECTIONS)]
    due = asyncio.create_task(_due(runtime))
    under_way: list[asyncio.Task[None]] = []
    try:
        while True:
            ready, more = await due
            in_hand = [mail.id for mail, _ in ready]
            if more:  # they are claimed and written while the others are sent
                due = asyncio.create_task(_due(runtime, in_hand))
            sends = (lane.send(ready[place::CONNECTIONS]) for place, lane in enumerate(lanes))
            under_way = [asyncio.create_task(each) for each in sends]
            await asyncio.gather(*under_way)
            if not more:
                return
    finally:
        await tasks.end(due, *under_way)  # each ends the mail that it has in hand
        try:
            await asyncio.gather(*(lane.close() for lane in lanes))
        finally:
            await ended.stop()


async def _due(runtime: Runtime, in_hand: Sequence[UUID] = ()) -> tuple[list[Ready], bool]:
    """Mails that are to be sent now, and whether there may be more. Those in hand are not due."""
    async with runtime.transaction() as tx:
        claimed = await queue.claim(tx, BATCH, FIRST_PAUSE_S, LONGEST_PAUSE_S, in_hand)
    if not claimed:
        return [], False
    async with runtime.transaction() as tx:
        return await _ready(tx, claimed), len(claimed) == BATCH


async def _end(tx: Transaction, mails: Sequence[Ended]) -> list[None]:
    """Ends mails, those that end alike in one statement."""
    alike: dict[tuple[MailState, str], list[UUID]] = {}
    for one in mails:
        alike.setdefault((one.state, one.reason), []).append(one.mail)
    for (state, reason), ids in alike.items():
        await queue.finish(tx, ids, state, reason)
    return [None] * len(mails)


async def _expire(runtime: Runtime) -> None:
    while True:
        async with runtime.transaction() as tx:
            dropped = await queue.expire(tx, tx.now - model.EXPIRY)
        _count(MailState.DROPPED, dropped)
        if dropped < queue.PRUNED:
            return


async def _ready(tx: Transaction, claimed: Sequence[Mail]) -> list[Ready]:
    """The mails that are still to be sent, as they are now; the others are ended."""
    subscribed = await store.by_ids(tx, {mail.subscription for mail in claimed})
    told = await warnings.by_ids(tx, {mail.warning for mail in claimed if mail.warning})
    ready = []
    for place, mail in enumerate(claimed):
        if place % TURN == 0:
            await asyncio.sleep(0)
        one, warning = subscribed.get(mail.subscription), told.get(mail.warning) if mail.warning else None
        if one is None:
            continue  # forgotten meanwhile, and its mails with it
        try:
            made = composing.composed(tx, mail, one, warning)
        except Exception as error:  # the others must not wait for it
            _log.exception("mail of a warning cannot be written", mail=str(mail.id))
            made = NotSent(MailState.DROPPED, type(error).__name__)
        if isinstance(made, EmailMessage):
            ready.append((mail, made))
            continue
        if made.state is MailState.OVERTAKEN and warning is not None:
            await queue.tell(tx, warning.id, warning.messages, [mail.subscription])  # and so ends this one
        await queue.finish(tx, [mail.id], made.state, made.reason)
        _count(made.state, 1)
    return ready


class _Lane:
    """A connection to the mail server, kept for as long as there is something to send.

    While mails are handed over, it is committed that those before were taken, and no more than ``UNKNOWN`` run ahead of
    that: as many are repeated at most when the process is killed.
    """

    def __init__(self, runtime: Runtime, ended: GroupCommit[Ended, None]) -> None:
        self._runtime, self._ended = runtime, ended
        self._server = sending.connection(runtime.settings)
        self._ending: deque[asyncio.Task[None]] = deque()

    async def send(self, ready: Sequence[Ready]) -> None:
        """Sends some mails. Where the connection ends before they do, the rest comes again after its pause."""
        waiting = list(ready)
        try:
            while waiting:
                if not self._server.is_connected:
                    await self._server.connect()
                await _through(self._hand_over(*waiting.pop(0)))
                if not self._server.is_connected:
                    break  # it said nothing of the others
        except (aiosmtplib.SMTPException, OSError) as error:
            for mail, _ in waiting:
                await self._failed(mail, error)

    async def close(self) -> None:
        """Hangs up, once all ends are committed."""
        self._server.close()
        ends, self._ending = tuple(self._ending), deque()
        for failure in await asyncio.gather(*ends, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _hand_over(self, mail: Mail, message: EmailMessage) -> None:
        try:
            await self._server.send_message(message, sender=self._runtime.settings.mail_sender)
        except Exception as error:
            await self._failed(mail, error)
        else:
            await self._finish(mail, MailState.SENT)

    async def _failed(self, mail: Mail, error: Exception) -> None:
        # The error's text may quote the address: only its class and code are told.
        name, code = type(error).__name__, sending.code(error)
        reason = f"{name} {code or ''}".strip()
        log = _log.bind(mail=str(mail.id), attempts=mail.attempts, error=name, code=code)
        if sending.is_final(error):
            if sending.nobody_has(error):
                await self._undeliverable(mail)
            await self._finish(mail, MailState.REFUSED, reason)
            log.warning("mail of a warning refused")
        elif mail.attempts >= MOST_ATTEMPTS:
            await self._finish(mail, MailState.GIVEN_UP, reason)
            log.error("mail of a warning given up")
        else:
            log.warning("mail of a warning not sent, will be repeated")

    async def _undeliverable(self, mail: Mail) -> None:
        """The server says for good that nobody has this address: it is erased."""
        async with self._runtime.transaction() as tx:
            one = await store.get(tx, mail.subscription)
            if one is not None:
                await actions.stop(tx, one, Why.UNDELIVERABLE)

    async def _finish(self, mail: Mail, state: MailState, reason: str = "") -> None:
        """Begins to end a mail."""
        await self._known(UNKNOWN - 1)
        self._ending.append(asyncio.create_task(self._ended.submit(Ended(mail.id, state, reason))))
        _count(state, 1)

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


def _count(state: MailState, amount: int) -> None:
    metrics.count(*semconv.WARNING_MAILS, amount, {semconv.STATE: state.value})
