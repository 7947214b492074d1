"""Compares days with the acquirer's report, which is asked for outside of every transaction: finds, mends, lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import structlog

from services.economy import access
from services.economy.captures import actions as captures
from services.economy.captures.model import Notice, Outcome
from services.economy.payments import actions as payments
from services.economy.providers.model import Provider, ProviderRefusedError, ReportLine, ReportUnclearError
from services.economy.reconciliation import events, model, store
from services.economy.reconciliation.model import Difference, Finding, Key, Kind, Known
from services.economy.reconciliation.store import Listed
from services.economy.refunds import heard as refunded
from services.economy.suspense import heard as gone_back
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from services.kit.runtime import Runtime

_DAY = timedelta(days=1)
CHUNK = 500
"""Lines of a report that are compared in one transaction."""
_log = structlog.get_logger()


@dataclass(frozen=True)
class Compared:
    """Lines of the report, those equal to ours, and differences of the day that are open now."""

    lines: int
    equal: int
    differences: int


async def reconcile(runtime: Runtime, provider: Provider, day: date) -> Compared | None:
    """Compares a day, mends what can be mended, and lists each difference once; None while there is no report of it, or
    none of the day before that may have what is missing in it, unless that one was compared or noted as done.

    Raises ProviderAwayError and ProviderRefusedError.
    """
    report = await provider.report(day)
    if report is None:
        return None
    lines = model.merge(report)
    equal, differing = 0, list[Finding]()
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        async with runtime.snapshot() as tx:
            findings = await find(tx, provider, day, chunk)
        equal += len(chunk) - len(findings)
        differing += [finding for finding in findings if not await _mend(runtime, provider, day, finding)]
    looked = await _missing(runtime, provider, day, lines)
    if looked is None:
        return None
    missing, seen = looked
    for finding in missing:
        async with runtime.transaction() as tx:
            await note(tx, day, finding, mended=False)
    differing += missing
    async with runtime.transaction() as tx:
        differ = {one.key for one in differing}
        await store.settle(tx, day, seen - differ)
        await store.came_later(tx, {model.key_of(line) for line in lines} - differ)
        await store.done(tx, provider.name, day, len(report), equal)
        return Compared(len(report), equal, await store.open_on(tx, day))


async def find(tx: Transaction, provider: Provider, day: date, lines: Sequence[ReportLine]) -> list[Finding]:
    """What differs on these lines of a day's report."""
    references = [line.provider_reference for line in lines]
    known = model.keyed(await store.payments(tx, references), await store.refunds(tx, references))
    unknown = [line for line in lines if model.key_of(line) not in known]
    known |= await _sent_back(tx, provider, day, unknown)
    return model.compare(lines, known, tx.runtime.city.currency)


async def ours(tx: Transaction, day: date, provider: Provider) -> dict[Key, Known]:
    """What the acquirer should have of a day."""
    since, until = model.window(day, provider.zone)
    came = await store.came(tx, since, until, provider.name)
    return model.keyed(came, await store.given_back(tx, since, until, provider.name))


async def mend(tx: Transaction, finding: Finding) -> Outcome | None:
    """Captures money that only the acquirer knows of, or puts it into suspense, puts right what is there of another
    amount, and writes down what only the acquirer has given back; None when there is nothing to do, or when it cannot
    be done now: then nothing of it is written, and comparing the day again finds it.
    """
    line = finding.line
    if line is None or (finding.kind is not Kind.ONLY_BANK and line.times > 1):  # claimed twice, it says nothing sure
        return None
    try:
        async with tx.savepoint():
            if finding.kind is not Kind.REFUND:
                notice = Notice(line.provider_reference, line.code, line.amount, line.currency, checked=True)
                return await captures.capture(tx, notice)
            if finding.here is None and line.code:
                said = line.code, line.provider_reference, line.amount, line.currency
                booked = await refunded.book(tx, *said) or await gone_back.book(tx, *said)
                return Outcome.CORRECTED if booked else None
    except DomainError as error:
        _log.warning("what the report has cannot be taken", reference=line.provider_reference, reason=error.reason)
    return None


async def note(tx: Transaction, day: date, finding: Finding, *, mended: bool) -> None:
    """Writes a difference down and tells of it, once."""
    made = Difference(
        id=uuid7(),
        day=day,
        kind=finding.kind,
        reference=finding.reference,
        payment=finding.payment or await _payment(tx, finding),
        currency=finding.line.currency if finding.line else tx.runtime.city.currency,
        bank=finding.bank,
        here=finding.here,
        mended=mended,
        created_at=tx.now,
    )
    if await store.insert(tx, made):
        tx.emit(
            events.difference_found(made),
            aggregate=str(made.id),
            version=1,
            correlation=f"reconciliation-{day.isoformat()}",
        )
    if made.bank is not None:  # what it lacked, it has now, though as another amount: that is the difference
        await store.came_later(tx, {finding.key})


async def begin(tx: Transaction, provider: Provider) -> None:
    """From now on every day is compared with the acquirer's reports, the last that is over being the first."""
    await store.begin(tx, provider.name, model.last_day(tx.now, provider.zone))


async def missed(tx: Transaction, provider: Provider | None) -> list[date]:
    """Days that are over and that nobody has compared, the oldest first; none where no acquirer gives reports."""
    if provider is None or not provider.reports:
        return []
    return await store.missed(tx, provider.name, model.last_day(tx.now, provider.zone))


async def page(tx: Transaction, day: date | None, size: int, token: str) -> Page[Listed]:
    """One page, newest first. Errors: TREASURY_ONLY, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    access.require_treasury(tx)
    return await store.page(tx, day, size, token)


async def _sent_back(tx: Transaction, provider: Provider, day: date, lines: Sequence[ReportLine]) -> dict[Key, Known]:
    """Lines that are money sent back out of suspense before its reference was written down: by code and amount."""
    refunds = [line for line in lines if line.kind == "refund"]
    if not refunds:
        return {}
    since, until = model.window(day, provider.zone)
    left = await store.sent_back(tx, since, until + _DAY)
    known: dict[Key, Known] = {}
    for line in refunds:
        match = next((one for one in left if (one.code, one.amount) == (line.code, line.amount)), None)
        if match is not None:
            left.remove(match)
            known[model.key_of(line)] = Known(line.provider_reference, match.amount, match.payment)
    return known


async def _payment(tx: Transaction, finding: Finding) -> UUID | None:
    """The payment that the acquirer's line names, captured or not."""
    if finding.line is None:
        return None
    known = await store.payments(tx, [finding.reference])
    if known:
        return known[0].payment
    try:
        return (await payments.find(tx, finding.line.code)).id if finding.line.code else None
    except DomainError:
        return None


async def _mend(runtime: Runtime, provider: Provider, day: date, finding: Finding) -> bool:
    """Mends what can be mended and notes the difference, unless its notification came a moment ago; whether the line
    differs no more.
    """
    async with runtime.transaction() as tx:
        outcome = await mend(tx, finding)
        mended = outcome in (Outcome.CAPTURED, Outcome.CORRECTED)
        if outcome is Outcome.REPEATED and finding.line is not None:
            mended = not await find(tx, provider, day, [finding.line])
        if outcome is not Outcome.REPEATED or finding.kind is Kind.AMOUNT:
            await note(tx, day, finding, mended=mended)
        return mended


async def _missing(
    runtime: Runtime, provider: Provider, day: date, lines: list[ReportLine]
) -> tuple[list[Finding], frozenset[Key]] | None:
    """What we have and the acquirer does not, neither on that day nor on those before on which it can have booked what
    we heard of late, nor on the next where that was compared before; and the lines that were looked through. None
    where the day before has no report yet; one that was compared before may be gone.
    """
    async with runtime.snapshot() as tx:
        found = await ours(tx, day, provider)
        since = await store.since(tx, provider.name)
        compared = await store.compared(tx, provider.name, [day - _DAY, day + _DAY])
    seen = frozenset(map(model.key_of, lines))
    first = model.looked_from(day, model.unseen(found, seen).values(), provider.zone)
    earlier = day - _DAY
    awaited = earlier not in compared and (since is None or earlier >= since)
    while earlier >= first and (unseen := model.unseen(found, seen)):
        report = await _report(provider, earlier, optional=earlier < day - _DAY or not awaited)
        if report is None and earlier == day - _DAY and awaited:
            return None
        seen |= set(map(model.key_of, report or []))
        await _settle(runtime, earlier, unseen, report or [])
        earlier -= _DAY
    if day + _DAY in compared and model.unseen(found, seen):
        seen |= set(map(model.key_of, await _report(provider, day + _DAY, optional=True) or []))
    return model.missing(model.unseen(found, seen)), seen


async def _report(provider: Provider, day: date, *, optional: bool) -> list[ReportLine] | None:
    """The report of an earlier day; one that is ``optional`` may be gone."""
    try:
        return await provider.report(day)
    except (ProviderRefusedError, ReportUnclearError):
        if optional:
            return None
        raise


async def _settle(runtime: Runtime, day: date, late: Mapping[Key, Known], lines: Sequence[ReportLine]) -> None:
    """What we heard of late is no difference any more on the day of the report that has it."""
    known = {(key, one.amount) for key, one in late.items()}
    equal = {key for line in lines if ((key := model.key_of(line)), line.amount) in known}
    if equal:
        async with runtime.transaction() as tx:
            await store.settle(tx, day, equal)
