"""Compares a day with the acquirer's report. The report is asked for outside of every transaction."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.economy.payments.actions import Outcome
from services.economy.providers.model import Provider, ReportLine
from services.economy.settlement import comparison, difference_store, differences
from services.economy.settlement.comparison import Finding
from services.kit.runtime import Runtime

CHUNK = 500
"""Lines of a report that are compared in one transaction."""


@dataclass(frozen=True)
class Compared:
    """Lines of the report, those equal to ours, and differences of the day that are open now."""

    lines: int
    equal: int
    differences: int


async def reconcile(runtime: Runtime, provider: Provider, day: date) -> Compared | None:
    """Compares a day, mends what can be mended, and lists each difference once; None while there is no report.

    Raises ProviderAwayError and ProviderRefusedError.
    """
    report = await provider.report(day)
    if report is None:
        return None
    lines = comparison.merge(report)
    equal = 0
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        async with runtime.snapshot() as tx:
            findings = await differences.find(tx, day, chunk)
        equal += len(chunk) - len(findings)
        for finding in findings:
            await _mend(runtime, day, finding)
    for finding in await _missing(runtime, provider, day, lines):
        async with runtime.transaction() as tx:
            await differences.note(tx, day, finding, mended=False)
    async with runtime.transaction() as tx:
        await difference_store.done(tx, provider.name, day, len(report), equal)
        return Compared(len(report), equal, await difference_store.open_on(tx, day))


async def _mend(runtime: Runtime, day: date, finding: Finding) -> None:
    async with runtime.transaction() as tx:
        outcome = await differences.mend(tx, finding)
        if outcome is not Outcome.REPEATED:  # else its notification came a moment ago
            await differences.note(tx, day, finding, mended=outcome is Outcome.CAPTURED)


async def _missing(runtime: Runtime, provider: Provider, day: date, lines: list[ReportLine]) -> list[Finding]:
    """What we have and the acquirer does not, neither on that day nor on the day before."""
    async with runtime.snapshot() as tx:
        ours = await differences.ours(tx, day, provider.name)
    seen = frozenset(line.provider_reference for line in lines)
    if not ours.missing(seen):
        return []
    earlier = await provider.report(day - timedelta(days=1)) or []
    return ours.missing(seen | {line.provider_reference for line in earlier})
