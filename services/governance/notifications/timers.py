"""Sends queued notifications by mail. Delivery is at least once: a repeat after a crash carries the same Message-ID."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from aiosmtplib import SMTP

from observability import metrics, semconv
from services.governance.contacts import actions as contacts
from services.governance.contacts.model import MailState
from services.governance.grants import actions as grants
from services.governance.grants.model import LIFE, MINE_LIFE
from services.governance.keys import digests
from services.governance.keys.acting import EVERYTHING, Act
from services.governance.keys.mail import Purpose, token
from services.governance.mailing import actions as mailing
from services.governance.mailing.model import CONFIRMATIONS_A_DAY
from services.governance.mine import store as mine
from services.governance.notifications import actions, model, store
from services.governance.notifications.model import Kind, Links
from services.governance.resources import resources
from services.kit import due as falling
from services.kit.database import Transaction
from services.kit.mail import sending
from services.kit.runtime import Runtime

BATCH = 20
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 7200.0
MOST_ATTEMPTS = 14
"""Half a day of trying to hand over a mail; while the server is away none is begun, and the expiry alone ends it."""
EXPIRY = timedelta(days=7)
"""What is older than this is dropped, such as mails that waited while no mail server was set."""
LISTED = 10
"""Cases of an address whose links stand in the mail itself, the newest first; the others are behind its first link."""

_log = structlog.get_logger()


async def send_due(runtime: Runtime) -> None:
    """Sends all mails that are due. Without a mail server they stay queued until they expire."""
    _count("sent", 0)  # an alert is about mails of which none is sent
    async with runtime.transaction() as tx:
        await store.expire(tx, tx.now - EXPIRY)
        due = await store.anything_due(tx)
    if not due or not runtime.settings.smtp_url or runtime.outage.lasts(runtime.clock()):
        return
    server = sending.connection(runtime.settings)
    try:
        await sending.opened(server)  # before a mail is claimed
        while await _send_batch(runtime, server):
            falling.moved()
    except sending.AwayError as error:
        runtime.outage.found(runtime.clock(), error.name, error.code)
    finally:
        server.close()


async def _send_batch(runtime: Runtime, server: SMTP) -> bool:
    """Sends some. Whether there may be more. Raises AwayError; what is left then comes again after its pause."""
    async with runtime.transaction() as tx:
        rows = await store.claim(tx, BATCH, FIRST_PAUSE_S, LONGEST_PAUSE_S)
    for begun, row in enumerate(rows):
        try:
            await sending.opened(server)
        except sending.AwayError:
            async with runtime.transaction() as tx:
                await store.spare(tx, [left["id"] for left in rows[begun:]])
            raise
        await _deliver(runtime, server, row)
    return len(rows) == BATCH


async def _deliver(runtime: Runtime, server: SMTP, row: Any) -> None:
    """One mail, whatever becomes of it: the others of the batch must not wait for it."""
    try:
        refusal = await _attempt(runtime, server, row)
    except Exception as error:
        await _failed(runtime, row, error)
    else:
        if refusal == mailing.FULL and row["kind"] != Kind.LINKS:  # for which anybody asks, and can ask again
            await _put_off(runtime, row, refusal)
        else:
            await _finish(runtime, row, "dropped" if refusal else "sent", refusal)


async def _attempt(runtime: Runtime, server: SMTP, row: Any) -> str:
    """Sends one mail: its address is read now, used and forgotten. Answers why it must not be sent; empty when it was.

    That is asked at the last moment: since it was queued, the owner of the address may have said stop.
    """
    kind, subject = model.Kind(row["kind"]), row["subject"]
    facts = msgspec.json.decode(row["facts"], type=dict[str, str])
    first = row["attempts"] == 1
    async with runtime.transaction() as tx:
        round_ = await contacts.round_of(tx, subject)  # first: no former address may get a token of a later round
        contact = await contacts.address(tx, subject)
        if contact is None or not contact.email:
            return "CONTACT_ERASED"
        if kind is not Kind.LINKS and await store.is_hidden(tx, row["complaint_id"], subject):
            return "CASE_HIDDEN"
        confirming, linking = kind is Kind.CONFIRM, kind is Kind.LINKS
        refusal = await mailing.refusal(
            tx, subject, contact.email, confirming=confirming, counted=not first, linking=linking
        )
        if refusal and not confirming:
            await actions.ask_first(tx, facts["code"], subject)
        if not refusal:
            if kind is Kind.LINK and first:
                await grants.end(tx, [subject])  # not before: else a mail that must not go would leave no link at all
            links = await _links(tx, row, kind, facts, round_)
    if refusal:
        return refusal
    settings, secret = runtime.settings, resources(runtime).link_secret
    sender = settings.mail_sender
    message = model.mail(
        row["id"],
        kind,
        facts,
        city=runtime.city,
        recipient=contact.email,
        sender=sender,
        host=settings.mail_host,
        links=links,
        created=row["create_time"],
        supporter=subject != row["complaint_id"],
        drill=row["exercise"] and not linking,  # whose links are of all cases
    )
    back = settings.mail_bounces
    name, _, host = back.partition("@")
    bounces = f"{name}+{token(secret, Purpose.BOUNCE, subject, round_)}@{host}" if back else sender
    await server.send_message(message, sender=bounces)
    return ""


async def _links(tx: Transaction, row: Any, kind: Kind, facts: Mapping[str, str], round_: int) -> Links:
    """What the reader of a mail may do by its links. A supporter's do not act: they are not the reporter."""
    subject, since, acting = row["subject"], row["create_time"], ""
    if kind is not Kind.CONFIRM and subject == row["complaint_id"]:
        acting = await grants.token(tx, subject, model.ACTS.get(kind, model.TO_READ), since)
    secret = resources(tx.runtime).link_secret
    links = Links.of(tx.runtime.settings.public_url, secret, subject, facts["code"], acting, round_=round_)
    links = replace(links, until=since + LIFE) if acting else links
    return await _with_all(tx, links, subject, since) if kind is Kind.LINKS else links


async def _with_all(tx: Transaction, links: Links, subject: UUID, since: datetime) -> Links:
    """With those of all cases of the contact's address."""
    url, mailbox = tx.runtime.settings.public_url.rstrip("/"), await mine.mailbox(tx, subject)
    found = await mine.of_mailbox(tx, mailbox, None, LISTED) if mailbox else []
    acting = ["" if one.supporter else await grants.token(tx, one.id, EVERYTHING, since) for one in found]
    pairs = tuple((one.code, model.case_link(url, one.code, own)) for one, own in zip(found, acting, strict=True))
    to_all = await grants.token(tx, subject, Act.MINE, since, MINE_LIFE)
    return replace(
        links,
        mine=f"{url}/surat/laporan-saya/{to_all}",
        cases=pairs,
        until=since + LIFE if any(acting) else None,
    )


async def _failed(runtime: Runtime, row: Any, error: Exception) -> None:
    # The error's text may quote the address: only its class and code are told.
    name, code = type(error).__name__, sending.code(error)
    log = _log.bind(notification=str(row["id"]), kind=row["kind"], attempts=row["attempts"], error=name, code=code)
    final = sending.is_final(error)
    if final or row["attempts"] >= MOST_ATTEMPTS:
        if final and not sending.is_ours(error):
            await _bounced(runtime, row)
        await _finish(runtime, row, "given_up", f"{name} {code or ''}".strip())
        log.error("notification given up")
    else:
        log.warning("notification not sent, will be repeated")


async def _bounced(runtime: Runtime, row: Any) -> None:
    """The server says for good that nobody has this address: it gets nothing more."""
    async with runtime.transaction() as tx:
        contact = await contacts.address(tx, row["subject"])
        if contact is not None:
            address = digests.address(resources(runtime).link_secret, contact.email)
            await mailing.stop(tx, row["subject"], address, MailState.UNDELIVERABLE)


async def _put_off(runtime: Runtime, row: Any, reason: str) -> None:
    """Until the next day, as if it had not been tried. Of confirmations no more wait than go on that day: whoever types
    the address of somebody else must not take the days after from its owner, who asks for one later.
    """
    async with runtime.transaction() as tx:
        await store.put_off(tx, row["id"], mailing.tomorrow(tx), reason)
        if row["kind"] == Kind.CONFIRM:
            await store.overtake_confirmations(tx, row["subject"], CONFIRMATIONS_A_DAY)


async def _finish(runtime: Runtime, row: Any, state: str, reason: str) -> None:
    async with runtime.transaction() as tx:
        await store.finish(tx, row["id"], state, reason)
    _count(state, 1)


def _count(state: str, amount: int) -> None:
    """Counts mails that have ended."""
    metrics.count(*semconv.COMPLAINT_MAILS, amount, {semconv.STATE: state})
