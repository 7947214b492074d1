"""Erasures after a restore: both databases, whichever of them came back older."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.operate import access, erasures
from deploy.operate.access import Access, AccessError
from deploy.pillars import pillars
from services.economy import pillar as economy_pillar
from services.environment import pillar as environment_pillar
from services.governance.pillar import PILLAR
from services.kit.database import migrate
from services.kit.pillar import Pillar
from services.society import pillar as society_pillar
from tests.fixtures.pillars import own_database

AT = datetime(2026, 11, 24, 8, tzinfo=UTC)
_CALL = """
INSERT INTO governance.emergency_call
    (id, version, number, state, words, place, area, closing, complaint, has_caller, call_backs, reached, paper,
     exercise, received_at, created_at, updated_at)
VALUES ($1, 1, (SELECT count(*) FROM governance.emergency_call), 'waiting', '', '', '', '', '', false, 0, false, false,
        false, now(), now(), now())
"""


@dataclass
class Restored:
    """Two databases as they may come back."""

    access: Access
    records: "asyncpg.Connection[Any]"
    keys: "asyncpg.Connection[Any]"

    async def contact(self, *, erased: bool = False, key: bool = True, age: str = "2 hours") -> UUID:
        """A contact, erased or not, with its key or without."""
        subject = uuid4()
        await self.records.execute(
            "INSERT INTO governance.contact VALUES ($1, $1, false, $2, true, now() - $4::text::interval, $3)",
            subject, b"" if erased else b"sealed", AT if erased else None, age,
        )  # fmt: skip
        return await self.key(subject, age="1 hour") if key else subject

    async def call(self, *, caller: bool) -> UUID:
        """A call of before, whose caller is kept or not."""
        call = uuid4()
        await self.records.execute(_CALL, call)
        if caller:
            await self.records.execute(
                "INSERT INTO governance.emergency_caller VALUES ($1, 'sealed', now() - interval '2 hours')", call
            )
        return call

    async def key(self, subject: UUID | None = None, *, age: str = "2 hours") -> UUID:
        """A key of somebody."""
        subject = subject or uuid4()
        await self.keys.execute("INSERT INTO wrapped_key VALUES ($1, now() - $2::text::interval)", subject, age)
        return subject

    async def kept(self) -> set[UUID]:
        """Whose keys there are."""
        return {row["subject"] for row in await self.keys.fetch("SELECT subject FROM wrapped_key")}

    async def readable(self) -> set[UUID]:
        """Who has both a contact and a key."""
        rows = await self.records.fetch("SELECT subject FROM governance.contact WHERE ciphertext <> ''")
        return await self.kept() & {row["subject"] for row in rows}

    async def replay(self, listed: erasures.Erasures | None = None, *, unknown: int | None = None) -> dict[str, int]:
        """What the command does, and how many of what there were any of."""
        found = await erasures.outstanding(self.access, listed or {})
        if unknown is not None:
            found = found.with_unknown(unknown)
        await erasures.replay(self.access, found)
        return {what: many for what, many in found.json().items() if many}


@pytest.fixture
async def restored(postgres: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Restored]:
    """Governance's tables and a key store, both empty."""
    url = await own_database(postgres, PILLAR)
    name = f"keys_{secrets.token_hex(4)}"
    records = await asyncpg.connect(url)
    await records.execute("ALTER TABLE governance.contact DROP CONSTRAINT contact_complaint_id_fkey")
    await records.execute(f'CREATE DATABASE "{name}"')
    keys_url = f"{postgres.rsplit('/', 1)[0]}/{name}"
    keys = await asyncpg.connect(keys_url)
    await keys.execute(
        "CREATE TABLE wrapped_key (subject uuid PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(),"
        " key_id text NOT NULL DEFAULT 'former')"
    )
    monkeypatch.setenv("SMARTCITY_KEYSTORE_URL", keys_url)
    yield Restored(Access(url, "", "", {}), records, keys)
    await keys.close()
    await records.close()


async def test_a_contact_whose_key_was_destroyed_is_emptied(restored: Restored) -> None:
    kept, _ = await restored.contact(), await restored.contact(key=False)
    assert await restored.replay() == {"contacts": 1}
    assert await restored.readable() == {kept}
    assert await restored.replay() == {}


async def test_of_a_contact_that_is_emptied_no_digest_of_its_address_is_left(restored: Restored) -> None:
    await restored.contact()
    erased = await restored.contact(key=False)
    await restored.records.execute("UPDATE governance.contact SET address = $1, mailbox = $1", erased.bytes)
    await restored.replay()
    sql = "SELECT coalesce(address, mailbox) FROM governance.contact WHERE subject = $1"
    assert await restored.records.fetchval(sql, erased) is None


async def test_a_key_that_came_back_is_destroyed(restored: Restored) -> None:
    kept, _ = await restored.contact(), await restored.contact(erased=True)
    assert await restored.replay() == {"keys": 1}
    assert await restored.readable() == {kept}


async def test_when_both_came_back_from_before_it_the_list_tells(restored: Restored) -> None:
    kept, erased = await restored.contact(), await restored.contact()
    listed = erasures.read({str(erased): AT.isoformat(), str(uuid4()): AT.isoformat()})
    assert await restored.replay(listed) == {"contacts": 1, "keys": 1}
    assert await restored.readable() == {kept}
    assert await erasures.known(restored.access) == {erased: AT}


async def test_a_subscriber_that_came_back_from_before_the_end_is_erased_again(restored: Restored) -> None:
    pillar = environment_pillar.PILLAR
    await migrate.prepare_schema(restored.records, pillar.name, None)
    await migrate.upgrade(restored.access.postgres_url, pillar.name, [migrate.KIT_MIGRATIONS, pillar.migrations])
    rows = "SELECT id FROM environment.warning_subscription WHERE sealed <> ''"
    kept, ended = uuid4(), uuid4()
    for subject in (kept, ended):
        await restored.records.execute(
            "INSERT INTO environment.warning_subscription (id, state, language, areas, address, sealed, created_at)"
            " VALUES ($1, 'confirmed', 'id', '{33.74.02.1008}', $2, $2, now())",
            subject, subject.bytes,
        )  # fmt: skip
        await restored.records.execute(
            "INSERT INTO environment.warning_subscriber VALUES ('33.74.02.1008', $1)", subject
        )
    assert await erasures.known(restored.access) == {}
    assert await restored.replay({ended: AT}) == {"followers": 1}
    assert [row["id"] for row in await restored.records.fetch(rows)] == [kept]
    assert await restored.records.fetchval("SELECT subscription FROM environment.warning_subscriber") == kept
    assert await erasures.known(restored.access) == {ended: AT}
    assert await restored.replay({ended: AT}) == {}


@pytest.mark.parametrize(
    ("pillar", "table", "more"),
    [
        (economy_pillar.PILLAR, "permit_follower", ("permit",)),
        (society_pillar.PILLAR, "proposal_follower", ("proposal",)),
        (society_pillar.PILLAR, "course_follower", ("enrolment", "course")),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
async def test_who_said_stop_before_the_restore_is_mailed_no_more(
    restored: Restored, pillar: Pillar, table: str, more: tuple[str, ...]
) -> None:
    await migrate.prepare_schema(restored.records, pillar.name, None)
    await migrate.upgrade(restored.access.postgres_url, pillar.name, [migrate.KIT_MIGRATIONS, pillar.migrations])
    await restored.records.execute("SET session_replication_role = replica")  # what they follow is another matter
    kept, ended = uuid4(), uuid4()
    for subject in (kept, ended):
        await restored.records.execute(
            f"INSERT INTO {pillar.name}.{table} (id, state, language, address, sealed, created_at, {', '.join(more)})"
            f" VALUES ($1, 'confirmed', 'id', $2, $2, now(), {', '.join(f'${n}' for n in range(3, 3 + len(more)))})",
            subject, subject.bytes, *(uuid4() for _ in more),
        )  # fmt: skip
    assert await restored.replay({ended: AT}) == {"followers": 1}
    rows = await restored.records.fetch(f"SELECT id FROM {pillar.name}.{table} WHERE address IS NOT NULL")
    assert [row["id"] for row in rows] == [kept]
    assert await erasures.known(restored.access) == {ended: AT}


async def test_every_table_of_who_is_mailed_is_found_and_no_other(restored: Restored) -> None:
    for pillar in pillars().values():
        await migrate.prepare_schema(restored.records, pillar.name, None)
        await migrate.upgrade(restored.access.postgres_url, pillar.name, [migrate.KIT_MIGRATIONS, pillar.migrations])
    made = re.compile(r'Followers\(\s*\w+, "(\w+)"')
    stores = (Path(__file__).parents[2] / "services").glob("*/*/store.py")
    declared = sorted(f"{path.parts[-3]}.{name}" for path in stores for name in made.findall(path.read_text()))
    assert len(declared) > 3
    assert await erasures.tables(restored.records) == declared


async def test_keys_of_callers_who_are_erased_are_destroyed_and_callers_without_a_key_taken_away(
    restored: Restored,
) -> None:
    kept, lost = await restored.call(caller=True), await restored.call(caller=True)
    erased = await restored.call(caller=False)
    for call in (kept, erased):
        await restored.key(call, age="1 hour")
    assert await restored.replay() == {"keys": 1, "callers": 1}
    assert await restored.kept() == {kept}
    left = await restored.records.fetch("SELECT call FROM governance.emergency_caller")
    assert [row["call"] for row in left] == [kept] != [lost]


async def test_keys_that_an_older_database_has_never_heard_of_are_counted_and_kept(restored: Restored) -> None:
    known, later = await restored.contact(), {await restored.key(), await restored.key()}
    assert await restored.replay() == {"unknown_keys": 2}
    assert await restored.kept() == {known, *later}


async def test_unknown_keys_are_destroyed_for_who_says_how_many_but_those_just_made(restored: Restored) -> None:
    known, _, fresh = await restored.contact(), await restored.key(), await restored.key(age="1 minute")
    for many in (0, 2):
        with pytest.raises(AccessError, match=f"1 keys are unknown, not {many}"):
            await restored.replay(unknown=many)
    assert await restored.replay(unknown=1) == {"keys": 1}
    assert await restored.kept() == {known, fresh}


async def test_the_command_says_what_it_keeps_and_why(restored: Restored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "find", lambda: restored.access)
    await restored.contact(age="3 hours")
    await restored.contact(key=False, age="30 minutes")
    unknown = await restored.key()
    told = await asyncio.to_thread(CliRunner().invoke, app, ["erasures", "replay"])
    assert told.output == (
        "0 contacts, 0 followers and 0 callers emptied, 0 keys destroyed\n"
        "1 without a key are newer than every key, and kept: is there a later key store?\n"
        "1 keys are of nobody in this database, and kept: when the restore is final, --unknown-keys 1 destroys them\n"
    )
    rehearsed = await asyncio.to_thread(
        CliRunner().invoke, app, ["erasures", "replay", "--dry-run", "--unknown-keys", "1"]
    )
    assert "1 keys would be destroyed\n" in rehearsed.output
    assert unknown in await restored.kept()


async def test_a_database_that_knows_nobody_destroys_no_key_whatever_is_said(restored: Restored) -> None:
    keys = {await restored.key(), await restored.key()}
    for unknown in (None, 2):
        with pytest.raises(AccessError, match="neither a contact nor a call, and there are 2 keys"):
            await restored.replay({min(keys): AT}, unknown=unknown)
    await restored.contact(erased=True, key=False)
    with pytest.raises(AccessError, match="knows none of the keys"):
        await restored.replay(unknown=2)
    assert await restored.kept() == keys


async def test_what_was_sealed_after_the_newest_key_is_left_for_a_later_key_store_unless_the_list_tells(
    restored: Restored,
) -> None:
    known, later = await restored.contact(age="3 hours"), await restored.contact(key=False, age="30 minutes")
    assert await restored.replay() == {"newer_than_keys": 1}
    await restored.key(later, age="30 minutes")
    assert await restored.readable() == {known, later}
    await restored.keys.execute("DELETE FROM wrapped_key WHERE subject = $1", later)
    assert await restored.replay({later: AT}) == {"contacts": 1}


async def test_contacts_that_the_list_has_are_no_sign_of_another_key_store(restored: Restored) -> None:
    gone, later = await restored.contact(key=False), await restored.key(age="1 hour")
    assert await restored.replay({gone: AT}) == {"contacts": 1, "unknown_keys": 1}
    assert await restored.kept() == {later}
    await restored.contact(key=False)
    with pytest.raises(AccessError, match="no key of 1 contacts that no list has"):
        await restored.replay({gone: AT})


async def test_a_key_store_of_somebody_else_is_refused(restored: Restored) -> None:
    await restored.contact(key=False)
    await restored.key()
    with pytest.raises(AccessError, match="SMARTCITY_KEYSTORE_URL"):
        await restored.replay()
    await restored.keys.execute("DROP TABLE wrapped_key")
    with pytest.raises(AccessError, match="no table wrapped_key"):
        await restored.replay()


@pytest.mark.parametrize("kept", [{"x": "2026-11-24"}, {str(UUID(int=1)): 7}, ["a"]])
def test_a_list_that_is_none_is_refused(kept: Any) -> None:
    with pytest.raises(AccessError, match="no list of erasures"):
        erasures.read(kept)
