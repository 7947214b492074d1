"""Marking duplicates: what becomes of who reported them, and what is no original."""

import pytest

from services.kit.caller import ANONYMOUS
from tests.governance.cases import file, state
from tests.governance.conftest import ADMIN, VERIFIER, Governance, refused


async def test_a_duplicate_adds_its_reporter_to_the_original(governance: Governance) -> None:
    original, duplicate = await file(governance), await file(governance)
    marked = await duplicate.transition("mark_duplicate", duplicate_of=original.code.lower())
    assert (state(marked), marked.duplicate_of) == ("duplicate", original.code)
    assert (await original.read()).supporters == 1


async def test_what_cannot_be_an_original_is_refused(governance: Governance) -> None:
    filed, other, secret = await file(governance), await file(governance), await file(governance, secret=True)
    with refused("DUPLICATE_OF_REQUIRED"):
        await filed.transition("mark_duplicate")
    with refused("DUPLICATE_OF_ITSELF"):
        await filed.transition("mark_duplicate", duplicate_of=filed.code)
    with refused("COMPLAINT_NOT_FOUND"):
        await filed.transition("mark_duplicate", duplicate_of="SMG-7K4P-92")
    with refused("DUPLICATE_OF_SECRET_CASE"):
        await filed.transition("mark_duplicate", duplicate_of=secret.code)
    await other.transition("reject", note="Bukan wewenang kota")
    with refused("DUPLICATE_OF_DEAD_CASE"):
        await filed.transition("mark_duplicate", duplicate_of=other.code)


@pytest.mark.parametrize("rated", [False, True], ids=["resolved", "closed"])
async def test_what_is_done_with_is_no_original_of_what_is_not(governance: Governance, *, rated: bool) -> None:
    filed, done = await file(governance), await (await file(governance)).resolved()
    if rated:
        await done.act("Rate", rating=4)
    with refused("DUPLICATE_OF_DEAD_CASE"):
        await filed.transition("mark_duplicate", duplicate_of=done.code)
    await done.act("Reopen", note="Masih menumpuk.")
    assert state(await filed.transition("mark_duplicate", duplicate_of=done.code)) == "duplicate"


async def test_a_secret_case_is_no_original_of_another_secret_one_either(governance: Governance) -> None:
    one, other = await file(governance, secret=True), await file(governance, secret=True)
    with refused("DUPLICATE_OF_SECRET_CASE"):
        await one.transition("mark_duplicate", duplicate_of=other.code)
    assert (await one.read(ANONYMOUS, one.key)).duplicate_of == ""


async def test_a_drill_and_a_real_report_are_no_duplicates_of_each_other(governance: Governance) -> None:
    real, drill = await file(governance), await file(governance, VERIFIER, exercise=True)
    for one, other in ((real, drill), (drill, real)):
        with refused("DRILL_NOT_REAL"):
            await one.transition("mark_duplicate", ADMIN, duplicate_of=other.code)
