"""A case that goes from agency to agency: transferred, taken over, declined, and how much time each has."""

import pytest

from services.governance.escalations import timers
from tests.governance.cases import DLH, DPU, emitted, file, state
from tests.governance.conftest import VERIFIER, Governance, officer, refused


async def test_a_transfer_waits_until_the_other_agency_takes_it(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    handed = await filed.transition("transfer", DLH, agency="dpu", note="Saluran, bukan sampah")
    assert (state(handed), handed.agency.id) == ("transferred", "dpu")
    assert not handed.transitions  # no longer theirs
    with refused("NOT_YOUR_AGENCY"):
        await filed.transition("assign", DLH)
    taken = await filed.transition("assign", DPU)
    assert state(taken) == "assigned"
    assert (await emitted(governance, taken)).count("ComplaintAssigned") == 2


async def test_taking_over_what_was_handed_over_gives_no_more_time_to_answer(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    handed = await filed.transition("transfer", DLH, agency="dpu", note="Saluran, bukan sampah")
    governance.pass_time(days=10)
    await timers.due(governance.runtime)
    filed.last = await filed.read()
    taken = await filed.transition("assign", DPU)
    assert (taken.due.response, taken.escalation) == (handed.due.response, 1)
    await timers.due(governance.runtime)
    assert (await filed.read()).escalation == 1, "that it is late was told"


async def test_a_verifier_who_gives_what_was_handed_over_to_a_third_gives_that_all_the_time(
    governance: Governance,
) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    handed = await filed.transition("transfer", DLH, agency="dpu", note="Saluran, bukan sampah")
    governance.pass_time(days=1)
    given = await filed.transition("assign", VERIFIER, agency="bpbd")
    assert given.due.response.ToDatetime() > handed.due.response.ToDatetime()


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("AGENCY_REQUIRED", {"note": "Bukan kami"}),
        ("NOTE_REQUIRED", {"agency": "dpu"}),
        ("AGENCY_SAME", {"agency": "dlh", "note": "Bukan kami"}),
        ("AGENCY_UNKNOWN", {"agency": "nasa", "note": "Bukan kami"}),
        ("NOTE_TOO_LONG", {"agency": "dpu", "note": "x" * 2001}),
    ],
)
async def test_a_transfer_needs_agency_and_reason(governance: Governance, reason: str, fields: dict[str, str]) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    with refused(reason):
        await filed.transition("transfer", DLH, **fields)


async def test_an_agency_that_is_handed_a_case_cannot_assign_a_third(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("transfer", DLH, agency="dpu", note="Saluran")
    with refused("MOVE_NOT_YOURS"):
        await filed.transition("assign", DPU, agency="bpbd")
    assert (await filed.transition("assign", VERIFIER, agency="bpbd")).agency.id == "bpbd"


async def test_who_declines_a_transfer_gives_the_case_back_to_whoever_had_it(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("transfer", DLH, note="Bukan kami", agency="dpu")
    with refused("NOTE_REQUIRED"):
        await filed.transition("decline", DPU)
    with refused("AGENCY_NOT_EXPECTED"):
        await filed.transition("decline", DPU, note="Bukan kami juga", agency="satpolpp")
    declined = await filed.transition("decline", DPU, note="Bukan kami juga")
    assert (state(declined), declined.agency.id, declined.timeline[-1].note) == ("assigned", "dlh", "Bukan kami juga")
    with refused("INVALID_TRANSITION"):
        await filed.transition("decline", DLH, note="Bukan kami")


async def test_a_case_handed_on_goes_back_to_who_had_it_last_and_never_to_who_declines(governance: Governance) -> None:
    filed = await file(governance)
    await filed.transition("verify")
    await filed.transition("transfer", DLH, note="Bukan kami", agency="dpu")
    await filed.transition("transfer", DPU, note="Bukan kami", agency="disdag")
    declined = await filed.transition("decline", officer("disdag"), note="Bukan kami")
    assert declined.agency.id == "dlh"
    await filed.transition("transfer", DLH, note="Bukan kami", agency="dpu")
    await filed.transition("transfer", DPU, note="Memang Anda", agency="dlh")
    with refused("NOBODY_HANDED_OVER"):
        await filed.transition("decline", DLH, note="Tetap bukan kami")
