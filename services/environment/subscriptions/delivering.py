"""Sends the mails that are due. Delivery is at least once: a repeat after a crash carries the same Message-ID."""

import asyncio
from collections.abc import Sequence
from email.message import EmailMessage

import aiosmtplib
import structlog

from observability import metrics, semconv
from services.environment.resources import resources
from services.environment.subscriptions import actions, composing, model, queue, store
from services.environment.subscriptions.composing import NotSent
from services.environment.subscriptions.model import Mail, MailState, Why
from services.environment.warnings import store as warnings
from services.kit.database import Transaction
from services.kit.mail import sending
from services.kit.runtime import Runtime

BATCH = 100
TURN = 10
"""Mails that are written before others have their turn: one takes a millisecond or two."""
CONNECTIONS = 4
"""To the mail server at once."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 1800.0
MOST_ATTEMPTS = 12

_log = structlog.get_logger()
Ready = tuple[Mail, EmailMessage]


async def deliver(runtime: Runtime) -> None:
    """Sends all that is due. Without a mail server mails wait until they help nobody any more."""
    _count(MailState.SENT, 0)  # an alert is about mails of which none is sent
    await _expire(runtime)
    if not runtime.settings.smtp_url or resources(runtime).subscription_secret is None:
        return
    while True:
        async with runtime.transaction() as tx:
            claimed = await queue.claim(tx, BATCH, FIRST_PAUSE_S, LONGEST_PAUSE_S)
        async with runtime.transaction() as tx:
            ready = await _ready(tx, claimed)
        lanes = (ready[lane::CONNECTIONS] for lane in range(CONNECTIONS))
        await asyncio.gather(*(_send(runtime, lane) for lane in lanes if lane))
        if len(claimed) < BATCH:
            return


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


async def _send(runtime: Runtime, ready: Sequence[Ready]) -> None:
    """Sends some mails over one connection. Where that ends before they do, the rest comes again after its pause."""
    waiting = list(ready)
    server = sending.connection(runtime.settings)
    try:
        async with server:
            while waiting:
                mail, message = waiting.pop(0)
                try:
                    await server.send_message(message, sender=runtime.settings.mail_sender)
                except Exception as error:
                    await _failed(runtime, mail, error)
                    if not server.is_connected:
                        return  # it said nothing of the others
                else:
                    await _finish(runtime, mail, MailState.SENT)
    except (aiosmtplib.SMTPException, OSError) as error:
        for mail, _ in waiting:
            await _failed(runtime, mail, error)


async def _failed(runtime: Runtime, mail: Mail, error: Exception) -> None:
    # The error's text may quote the address: only its class and code are told.
    name, code = type(error).__name__, sending.code(error)
    reason = f"{name} {code or ''}".strip()
    log = _log.bind(mail=str(mail.id), attempts=mail.attempts, error=name, code=code)
    if sending.is_final(error):
        if sending.nobody_has(error):
            await _undeliverable(runtime, mail)
        await _finish(runtime, mail, MailState.REFUSED, reason)
        log.warning("mail of a warning refused")
    elif mail.attempts >= MOST_ATTEMPTS:
        await _finish(runtime, mail, MailState.GIVEN_UP, reason)
        log.error("mail of a warning given up")
    else:
        log.warning("mail of a warning not sent, will be repeated")


async def _undeliverable(runtime: Runtime, mail: Mail) -> None:
    """The server says for good that nobody has this address: it is erased."""
    async with runtime.transaction() as tx:
        one = await store.get(tx, mail.subscription)
        if one is not None:
            await actions.stop(tx, one, Why.UNDELIVERABLE)


async def _finish(runtime: Runtime, mail: Mail, state: MailState, reason: str = "") -> None:
    async with runtime.transaction() as tx:
        await queue.finish(tx, [mail.id], state, reason)
    _count(state, 1)


def _count(state: MailState, amount: int) -> None:
    metrics.count(*semconv.WARNING_MAILS, amount, {semconv.STATE: state.value})
