"""A case is marked as a duplicate while something happens to the other one: no report is left to nobody."""

import asyncio

import pytest

from tests.fixtures.meanwhile import meanwhile
from tests.governance.cases import Filed, file, state
from tests.governance.conftest import Governance, RefusedError


async def test_what_was_rejected_meanwhile_stands_for_no_other(governance: Governance) -> None:
    duplicate, original = await file(governance), await file(governance)
    async with governance.runtime.transaction() as tx:
        await tx.execute("UPDATE complaint SET state = 'rejected' WHERE code = $1", original.code)
        marking = await meanwhile(tx, duplicate.transition("mark_duplicate", duplicate_of=original.code))
    with pytest.raises(RefusedError) as caught:
        await marking
    assert (caught.value.reason, state(await duplicate.read())) == ("DUPLICATE_OF_DEAD_CASE", "filed")


async def test_cases_are_never_all_duplicates_of_each_other(governance: Governance) -> None:
    for _ in range(5):
        cases = [await file(governance) for _ in range(3)]
        await _marked(cases, [*cases[1:], cases[0]])
        assert "filed" in {state(await one.read()) for one in cases}


async def test_whoever_is_behind_a_duplicate_is_behind_what_that_duplicates(governance: Governance) -> None:
    for _ in range(5):
        first, second, third = [await file(governance) for _ in range(3)]
        await _marked([first, second], [second, third])
        marked = [state(await one.read()) for one in (first, second)].count("duplicate")
        left = [one for one in (second, third) if state(await one.read()) == "filed"]
        assert sum([(await one.read()).supporters for one in left]) == marked


async def _marked(duplicates: list[Filed], originals: list[Filed]) -> None:
    """Marks them at once; some are refused."""
    marking = [
        one.transition("mark_duplicate", duplicate_of=original.code)
        for one, original in zip(duplicates, originals, strict=True)
    ]
    for answer in await asyncio.gather(*marking, return_exceptions=True):
        if isinstance(answer, BaseException):
            assert isinstance(answer, RefusedError), answer
            assert answer.reason in {"DUPLICATE_OF_DEAD_CASE", "STALE_ETAG"}
