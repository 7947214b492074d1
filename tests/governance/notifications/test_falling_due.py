"""What falls due by itself is told to who waits for the agency: not what a verifier has yet to look at."""

from services.governance.escalations import timers
from smartcity.governance.v1 import complaints_pb2
from tests.governance.cases import DLH, Filed, file
from tests.governance.conftest import Governance

GIVEN = complaints_pb2.Contact(email="siti@contoh.id")


async def resolved(governance: Governance) -> Filed:
    """A case with evidence that waits for a verifier, whose reporter confirmed an address."""
    filed = await file(governance, contact=GIVEN)
    await governance.runtime.pool.execute("UPDATE contact SET mail = 'confirmed'")
    return await filed.resolved()


async def fall_due(governance: Governance, *, days: int) -> list[str]:
    """Lets time pass; the kinds of mails that this queued."""
    await governance.runtime.pool.execute("DELETE FROM news")
    governance.pass_time(days=days)
    await timers.due(governance.runtime)
    return [row["kind"] for row in await governance.runtime.pool.fetch("SELECT kind FROM news ORDER BY id")]


async def test_nobody_is_told_that_a_closed_case_closed_when_its_evidence_is_looked_at_late(
    governance: Governance,
) -> None:
    filed = await resolved(governance)
    await filed.act("Rate", rating=4)
    assert await fall_due(governance, days=5) == []


async def test_nobody_is_told_that_the_agency_is_late_when_the_verifier_is(governance: Governance) -> None:
    await resolved(governance)
    assert await fall_due(governance, days=5) == []


async def test_a_case_whose_evidence_is_looked_at_late_is_escalated_to_nobody(governance: Governance) -> None:
    filed = await resolved(governance)
    await fall_due(governance, days=5)
    late = await filed.read()
    assert (late.escalation, late.timeline[-1].note) == (0, "Tenggat pemeriksaan bukti terlewati.")


async def test_what_an_agency_is_late_with_is_told_also_where_evidence_waits(governance: Governance) -> None:
    filed = await file(governance, contact=GIVEN)
    await governance.runtime.pool.execute("UPDATE contact SET mail = 'confirmed'")
    await filed.transition("verify")
    await filed.evidence()
    assert await fall_due(governance, days=9) == ["escalated"]
    (row,) = await governance.runtime.pool.fetch("SELECT facts->>'note' AS note FROM news")
    assert row["note"].startswith("Tenggat tanggapan pertama terlewati.")


async def test_nobody_is_told_that_the_agency_is_late_when_the_reporter_has_not_answered(
    governance: Governance,
) -> None:
    filed = await file(governance, contact=GIVEN)
    await governance.runtime.pool.execute("UPDATE contact SET mail = 'confirmed'")
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di mana?")
    assert await fall_due(governance, days=16) == []


async def test_a_case_that_closes_by_itself_is_told_once(governance: Governance) -> None:
    await resolved(governance)
    await fall_due(governance, days=5)
    assert await fall_due(governance, days=15) == ["closed"]
    assert await fall_due(governance, days=15) == []
