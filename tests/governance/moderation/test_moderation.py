"""What staff put right, and what they cannot."""

from typing import Any

import pytest

from tests.governance.cases import DLH, file, state, types
from tests.governance.conftest import Governance, refused


@pytest.mark.parametrize(
    ("verb", "fields", "reason"),
    [
        ("Release", {"public_text": "x" * 5001}, "TEXT_LENGTH"),
        ("Release", {"photos": ["foto"] * 21}, "PHOTO_UNKNOWN"),
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
    await filed.transition("verify")
    await filed.transition("start", DLH)
    with refused("CORRECTION_TOO_LATE"):
        await filed.edit("Correct", category="jalan-rusak")
