"""That the judge sees what grows: statements that grew before, on the tables of today."""

import pytest

from services.governance.calls import store as calls
from services.governance.incidents import store as incidents
from tests.governance.conftest import Governance
from tests.growth.growing import Grown, grown
from tests.growth.judging import KIT_SMALL, loose

GROWS = {
    "SELECT EXISTS (SELECT FROM complaint WHERE wake_at < $1)": "reads all of complaint",
    "SELECT count(*) FROM complaint WHERE NOT exercise AND due_at < $1": "reads all of complaint",
    "SELECT agency, count(*) FROM complaint WHERE open AND NOT exercise GROUP BY agency": "reads all of complaint",
    "DELETE FROM inbox WHERE received_at < clock_timestamp() - $1::interval": "reads all of inbox",
    "SELECT id FROM complaint WHERE text = $1 ORDER BY id LIMIT 1": "complaint_pkey from one end to the other",
    "SELECT min(wake_at) < $1 FROM complaint": "",
    "SELECT code FROM complaint WHERE agency = $1 AND text = $2": "",
}
"""Statements, and what of them grows; nothing where an index leads to little."""

TWO_STATES = """
SELECT pg_restore_attribute_stats('schemaname', 'governance', 'relname', $1::text, 'attname', 'state',
                                  'inherited', false, 'null_frac', 0::real, 'n_distinct', 2::real)
"""


@pytest.fixture
async def full(governance: Governance) -> Grown:
    """Governance's schema, with a million of each row."""
    return await grown(governance.admin, "governance", KIT_SMALL)


async def test_what_grows_is_refused_and_what_does_not_is_not(full: Grown) -> None:
    for sql, why in GROWS.items():
        faults = [fault.why for fault in await full.faults(sql)]
        assert any(why in fault for fault in faults) if why else not faults, (sql, faults)


def test_a_write_that_picks_rows_without_locking_them_is_refused() -> None:
    picks = "DELETE FROM news WHERE id IN (\n    SELECT id FROM news WHERE at < $1 ORDER BY at LIMIT $2{})"
    assert [bool(loose([picks.format(lock)])) for lock in ("", "\n", " FOR UPDATE SKIP LOCKED")] == [True, True, False]
    assert loose(["UPDATE one SET a = 1 WHERE id = $1", "SELECT id FROM one WHERE id IN (SELECT 1 LIMIT 1)"]) == []


async def test_what_waits_at_112_is_counted_by_an_index_though_any_state_may_be_that_of_half_of_all(
    full: Grown, governance: Governance
) -> None:
    for table, sql in (("emergency_call", calls._COUNT), ("incident", incidents._COUNT_OF)):
        await governance.admin.fetchval(TWO_STATES, table)
        unordered = sql.replace("ORDER BY state, number", "")
        assert [fault.why for fault in await full.faults(unordered)] == [f"reads all of {table}"]
        assert await full.faults(sql) == []
