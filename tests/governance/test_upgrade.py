"""What 0.1.0 wrote is brought to what this version knows, in slices."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.governance.history.model import RESOLVED
from services.governance.pillar import PILLAR
from services.kit.database import filling, migrate
from tests.fixtures.upgrades import first_release

FOLDERS = [migrate.KIT_MIGRATIONS, PILLAR.migrations]
COMPLAINT = """
INSERT INTO complaint (id, code, version, state, class, category, area, landmark, text, agency, rule, why_id, why_en,
                       channel, created_at, updated_at, link_hash, refusal, secret, resolved_at, wake_at)
VALUES (gen_random_uuid(), $1, 1, $2, 'ordinary', 'road', 'a', '', '', 'dpu', 1, '', '', 'web', now(), now(), '', $3,
        $4, CASE WHEN $2 = 'closed' THEN '2026-11-20'::timestamptz END, $5)
"""
ENTRY = """
INSERT INTO entry (complaint_id, number, at, type, by, state, note, salt, note_digest, previous_hash, hash, trace_id,
                   public)
SELECT id, $2::int, '2026-11-20'::timestamptz - make_interval(days => $3), $4, '', '', '', '', '', '', '', '', true
  FROM complaint WHERE code = $1
"""
PHOTO = """
INSERT INTO photo (id, complaint_id, content_type, width, height, size, path, sha256, evidence, agency, released,
                   create_time)
SELECT gen_random_uuid(), id, 'image/jpeg', 1, 1, 1, '', '', $2, '', $3, '2026-11-19' FROM complaint WHERE code = $1
"""


class Old:
    """Governance as 0.1.0 left it."""

    def __init__(self, url: str, admin: asyncpg.Connection) -> None:
        self._url, self.admin = url, admin

    async def complaint(
        self, code: str, state: str = "closed", *, refusal: bool = False, secret: bool = False, wake: Any = None
    ) -> None:
        await self.admin.execute(COMPLAINT, code, state, refusal, secret, wake)

    async def entry(self, code: str, number: int, kind: str = RESOLVED, days: int = 0) -> None:
        await self.admin.execute(ENTRY, code, number, days, kind)

    async def photo(self, code: str, *, evidence: bool, released: bool) -> None:
        await self.admin.execute(PHOTO, code, evidence, released)

    async def upgrade(self) -> None:
        await migrate.upgrade(self._url, "governance", FOLDERS)


@pytest.fixture
async def old(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Old]:
    monkeypatch.setattr(filling, "SLICE", 2)
    async with first_release(postgres, "governance", FOLDERS, tmp_path) as url:
        admin = await asyncpg.connect(url, server_settings={"search_path": "governance,public"})
        yield Old(url, admin)
        await admin.close()


async def writing(old: Old, over: asyncio.Event) -> int:
    """What instances of 0.1.0 write until then: cases come and are closed. Answers how many."""
    number = 0
    while not over.is_set():
        await old.complaint(f"N-{number}", "in_progress")
        closed = "UPDATE complaint SET state = 'closed', resolved_at = now() WHERE code = $1"
        await old.admin.execute(closed, f"N-{number // 2}")
        number += 1
    return number


async def test_what_is_counted_agrees_whoever_wrote_during_the_upgrade(old: Old) -> None:
    for number in range(40):
        await old.complaint(f"S-{number}", ("in_progress", "closed")[number % 2])
    over = asyncio.Event()
    others = asyncio.create_task(writing(old, over))
    await old.upgrade()
    over.set()
    assert await others > 5
    found = await old.admin.fetchrow(
        """
        SELECT (SELECT array[sum(filed), sum(resolved)] FROM activity), (SELECT sum(resolved) FROM punctuality),
               (SELECT sum(open) FROM workload), array[count(*), count(resolved_at)], count(resolved_at),
               count(*) FILTER (WHERE open) FROM complaint
        """
    )
    assert found is not None
    assert tuple(found)[:3] == tuple(found)[3:]


async def test_lines_that_refused_are_known_by_themselves_after_the_upgrade(old: Old) -> None:
    for number in range(5):
        await old.complaint(f"S-{number}", refusal=number != 3)
        await old.entry(f"S-{number}", 1, days=3)
        await old.entry(f"S-{number}", 2)
        await old.entry(f"S-{number}", 3, "smartcity.governance.v1.ComplaintNoted")
    await old.upgrade()
    found = await old.admin.fetch(
        "SELECT code, number FROM entry JOIN complaint ON complaint.id = complaint_id WHERE refuses ORDER BY code"
    )
    assert [tuple(row) for row in found] == [(f"S-{number}", 2) for number in (0, 1, 2, 4)]
    with pytest.raises(asyncpg.RestrictViolationError):
        await old.admin.execute("UPDATE entry SET refuses = NOT refuses")


async def test_what_waits_for_its_reporter_does_so_for_two_weeks_more_after_the_upgrade(old: Old) -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    for number in range(5):
        await old.complaint(f"S-{number}", "waiting_for_reporter", wake=soon if number == 2 else None)
    await old.complaint("S-9", "in_progress", wake=soon)
    await old.upgrade()
    found = await old.admin.fetch(
        "SELECT code, round(extract(epoch FROM waiting_until - now()) / 86400) AS days, wake_at FROM complaint"
    )
    told = {row["code"]: (row["days"], row["wake_at"]) for row in found}
    assert [days for _, (days, _) in sorted(told.items())] == [14, 14, 14, 14, 14, None]
    assert told["S-2"][1] == told["S-9"][1] == soon
    assert told["S-0"][1] > soon


async def test_evidence_that_nobody_has_seen_waits_for_a_verifier_after_the_upgrade(old: Old) -> None:
    for code in ("unseen", "twice", "seen", "reported", "secret"):
        await old.complaint(code, secret=code == "secret")
        await old.photo(code, evidence=code != "reported", released=code == "seen")
    await old.photo("twice", evidence=True, released=False)
    await old.photo("twice", evidence=True, released=True)
    await old.upgrade()
    due = await old.admin.fetch("SELECT code FROM complaint WHERE evidence_due > now() ORDER BY code")
    assert [row["code"] for row in due] == ["twice", "unseen"]
    checked = await old.admin.fetch("SELECT released, check_time = create_time FROM photo WHERE check_time IS NOT NULL")
    assert [tuple(row) for row in checked] == [(True, True)] * 2
