"""What can be done with differences: find them in a part of the report, note them once, list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import structlog

from services.economy import access
from services.economy.payments import actions as payments
from services.economy.payments.actions import Outcome
from services.economy.payments.model import Notice
from services.economy.providers.model import ReportLine
from services.economy.settlement import comparison, events
from services.economy.settlement import difference_store as store
from services.economy.settlement.comparison import Difference, Finding, Kind, Known
from services.economy.settlement.difference_store import Listed
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError
from services.kit.ids import uuid7

_log = structlog.get_logger()


@dataclass(frozen=True)
class Ours:
    """What we captured and gave back in a day, as the acquirer should have it."""

    payments: list[Known]
    refunds: list[Known]

    def missing(self, seen: frozenset[str]) -> list[Finding]:
        """What none of the references seen in the reports belongs to."""
        only_here = comparison.missing(self.payments, Kind.ONLY_HERE, seen)
        return only_here + comparison.missing(self.refunds, Kind.REFUND, seen)


async def find(tx: Transaction, day: date, lines: Sequence[ReportLine]) -> list[Finding]:
    """What differs on these lines of a day's report."""
    references = [line.provider_reference for line in lines]
    known = {("payment", one.reference): one for one in await store.payments(tx, references)}
    known |= {("refund", one.reference): one for one in await store.refunds(tx, references)}
    known |= await _sent_back(tx, day, [line for line in lines if (line.kind, line.provider_reference) not in known])
    return comparison.compare(lines, known, tx.runtime.city.currency)


async def ours(tx: Transaction, day: date, provider: str) -> Ours:
    """What the acquirer should have of a day."""
    since, until = comparison.window(day, tx.runtime.city.timezone)
    return Ours(await store.captured(tx, since, until, provider), await store.given_back(tx, since, until, provider))


async def mend(tx: Transaction, finding: Finding) -> Outcome | None:
    """Captures money that only the acquirer knows of, or puts it into suspense; None when there is nothing to take."""
    line = finding.line
    if finding.kind is not Kind.ONLY_BANK or line is None:
        return None
    try:
        return await payments.capture_notice(tx, Notice(line.provider_reference, line.code, line.amount, line.currency))
    except DomainError as error:
        _log.warning("money in the report cannot be taken", reference=line.provider_reference, reason=error.reason)
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


async def page(tx: Transaction, day: date | None, size: int, token: str) -> Page[Listed]:
    """One page, newest first. Errors: TREASURY_ONLY, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    access.require_treasury(tx)
    return await store.page(tx, day, size, token)


async def _sent_back(tx: Transaction, day: date, lines: Sequence[ReportLine]) -> dict[tuple[str, str], Known]:
    """Lines that are money sent back out of suspense: by code and amount, since the report knows no more of it."""
    refunds = [line for line in lines if line.kind == "refund"]
    if not refunds:
        return {}
    since, until = comparison.window(day, tx.runtime.city.timezone)
    left = await store.sent_back(tx, since, until + timedelta(days=1))
    known: dict[tuple[str, str], Known] = {}
    for line in refunds:
        match = next((one for one in left if (one.code, one.amount) == (line.code, line.amount)), None)
        if match is not None:
            left.remove(match)
            key = (line.kind, line.provider_reference)
            known[key] = Known(line.provider_reference, match.amount, match.payment)
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
