"""What staff put right, and what they cannot."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.governance.escalations import timers
from tests.governance.cases import DLH, DPU, Filed, emitted, file, state, types
from tests.governance.conftest import Governance, officer, refused


@pytest.mark.parametrize(
    ("verb", "fields", "reason"),
    [
        ("Release", {"public_text": "x" * 5001}, "TEXT_LENGTH"),
        ("Release", {"photos": ["foto"] * 41}, "PHOTO_UNKNOWN"),
    ],
)
async def test_a_release_that_is_too_long_is_refused(
    governance: Governance, verb: str, fields: dict[str, Any], reason: str
) -> None:
    filed = await file(governance)
    with refused(reason) as caught:
        await filed.edit(verb, **fields)
    assert caught.value.metadata == {"field": next(iter(fields))}
    assert not (await filed.read()).released


async def test_a_corrected_category_changes_agency_and_reason(governance: Governance) -> None:
    filed = await file(governance)
    corrected = await filed.edit("Correct", category="jalan-rusak")
    assert (corrected.category.id, corrected.agency.id, state(corrected)) == ("jalan-rusak", "dpu", "filed")
    assert types(corrected)[-1] == "ComplaintCorrected"


async def test_a_correction_after_assignment_assigns_the_other_agency(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    corrected = await filed.edit("Correct", DLH, category="jalan-rusak")
    assert (state(corrected), corrected.agency.id) == ("assigned", "dpu")
    assert types(corrected)[-2:] == ["ComplaintCorrected", "ComplaintAssigned"]


async def test_a_corrected_area_drops_the_point_that_lies_elsewhere(governance: Governance) -> None:
    filed = await file(governance)
    corrected = await filed.edit("Correct", area_code="33.74.01.1001")
    assert (corrected.area.name, corrected.HasField("location")) == ("Miroto", False)


async def test_corrections_end_when_the_agency_starts(governance: Governance) -> None:
    filed = await file(governance)
    with refused("CORRECTION_EMPTY"):
        await filed.edit("Correct")
    with refused("CATEGORY_UNKNOWN"):
        await filed.edit("Correct", category="kucing")
    with refused("CORRECTION_EMPTY"):
        await filed.edit("Correct", category=filed.last.category.id, area_code=filed.last.area.code)
    await filed.transition("verify")
    await filed.transition("start", DLH)
    with refused("CORRECTION_TOO_LATE"):
        await filed.edit("Correct", category="jalan-rusak")


async def _resolution(filed: Filed) -> datetime:
    due: datetime = (await filed.read()).due.resolution.ToDatetime(UTC)
    return due


async def test_a_correction_after_reopening_counts_from_the_reopening(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    governance.pass_time(days=17)
    await filed.transition("resolve", DLH, note="Bukan urusan kota", refusal=True)
    governance.pass_time(days=13)
    await filed.act("Reopen", note="Sampahnya masih ada")
    filed.last = await filed.read()
    anew = await _resolution(filed)
    await filed.edit("Correct", category="jalan-rusak")
    assert await _resolution(filed) == anew, "the new category has as many days"
    governance.pass_time(seconds=2)
    await timers.due(governance.runtime)
    assert (await filed.read()).escalation == 0
    await filed.edit("Correct", category="permintaan-informasi")
    assert governance.now < await _resolution(filed) < anew


async def test_a_correction_keeps_the_time_for_which_the_case_waited(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("ask", DLH, note="Di sebelah mana?")
    governance.pass_time(days=40)
    await filed.transition("transfer", DLH, note="Bukan kami", agency="dpu")
    waited = await _resolution(filed)
    assert waited > governance.now
    await filed.edit("Correct", DPU, category="jalan-rusak")
    assert await _resolution(filed) == waited
    governance.pass_time(seconds=2)
    await timers.due(governance.runtime)
    assert (await filed.read()).escalation == 0


async def test_what_is_handed_over_stays_with_whom_it_was_handed_to_when_it_is_corrected(
    governance: Governance,
) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    handed = await filed.transition("transfer", DLH, note="Bukan kami", agency="dpu")
    told = await emitted(governance, handed)
    corrected = await filed.edit("Correct", DPU, category="pohon", area_code="33.74.01.1001")
    assert (state(corrected), corrected.agency.id, corrected.category.id) == ("transferred", "dpu", "pohon")
    assert (corrected.area.name, corrected.routing.rule) == ("Miroto", handed.routing.rule)
    assert await emitted(governance, corrected) == [*told, "ComplaintCorrected"]
    back = await filed.transition("decline", DPU, note="Bukan kami juga")
    assert (state(back), back.agency.id) == ("assigned", "dlh")


async def test_what_was_handed_over_and_taken_stays_with_who_took_it_when_it_is_corrected(
    governance: Governance,
) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("transfer", DLH, note="Bukan kami", agency="disdag")
    await filed.transition("assign", officer("disdag"))
    corrected = await filed.edit("Correct", officer("disdag"), area_code="33.74.01.1001")
    assert (state(corrected), corrected.agency.id, corrected.area.name) == ("assigned", "disdag", "Miroto")


async def test_what_was_given_back_goes_by_the_rules_when_it_is_corrected(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("transfer", DLH, note="Bukan kami", agency="disdag")
    await filed.transition("decline", officer("disdag"), note="Bukan kami juga")
    assert (await filed.edit("Correct", DLH, category="jalan-rusak")).agency.id == "dpu"
