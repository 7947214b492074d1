"""The database is lost under traffic and restored elsewhere, to a moment before an erasure and to one after it."""

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.local.postgres import Postgres, ensure_database, in_database
from deploy.local.secrets import Secrets
from deploy.pillars import NAMES, pillars
from services.governance.keys import link
from services.governance.receipts.verify import verify
from services.kit.ids import uuid7
from tests.drills.backups import Backups
from tests.drills.city import ENV, City, at_work, visited
from tests.faults.books import faults
from tests.faults.ledger import at_rest
from tests.fixtures.house import House, new_key, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

KEYS = "smartcity_keys"
SEALED_S = 90.0
"""Within this time a day that is over is sealed: it is looked for once a minute."""
STALL = {"tariff": "pasar-kios", "period": "2026-11", "quantity": 180, "area": "33.74.01.1010"}


@dataclass
class Moment:
    """What was acknowledged before a moment."""

    at: datetime
    filed: set[str]
    verified: set[str]
    paid: set[str]


@dataclass
class Disaster:
    """What is left of a city whose database is gone: backups, secrets, the bank, and what people hold in hands."""

    home: Path
    backups: Backups
    keys_url: str
    erased: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    sealed: dict[str, Any] = field(default_factory=dict)
    printed: dict[str, Any] = field(default_factory=dict)
    before: Moment | None = None
    after: Moment | None = None


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Everything of this drill."""
    with tempfile.TemporaryDirectory(prefix="smartcity-restore-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="module")
def key_server(folder: Path) -> Iterator[Postgres]:
    """The server of contacts' keys, which has backups of its own."""
    (folder / "keys").mkdir()
    server = Postgres(folder / "keys", secrets.token_urlsafe(32))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
async def disaster(folder: Path, key_server: Postgres) -> Disaster:
    """A city at work is backed up, somebody has a contact erased, work goes on, and the database is lost."""
    home = folder / "first"
    home.mkdir(mode=0o755)
    server = Postgres(home, Secrets(home).text("postgres-admin"))
    server.prepare()
    backups = Backups.of(server, folder / "backups")
    keys_url = await key_database(key_server, KEYS)
    house = House(home, env={**ENV, "SMARTCITY_KEYSTORE_URL": keys_url})
    made = Disaster(home, backups, keys_url)
    try:
        house.start(240)
        async with visited(house) as city:
            await city.open()
            await gather_evidence(house, city, made)
            await work_until_it_is_lost(house, city, made)
    finally:
        house.stop()
    return made


async def key_database(server: Postgres, name: str) -> str:
    """An empty database of keys."""
    admin = await asyncpg.connect(server.url)
    try:
        await ensure_database(admin, name)
    finally:
        await admin.close()
    return in_database(server.url, name)


async def gather_evidence(house: House, city: City, made: Disaster) -> None:
    """What people hold in hands: a sealed receipt of a case, a receipt of a levy, two contacts on file."""
    key = link.derive(secrets.token_bytes(32), uuid7())
    admin = await house.database()
    try:  # made-up cases of the past have no reporter who holds a link key: this one gets one
        code = await admin.fetchval(
            "UPDATE governance.complaint SET link_hash = $1 WHERE id = ("
            " SELECT c.id FROM governance.complaint c JOIN governance.entry e ON e.complaint_id = c.id"
            " WHERE NOT c.secret AND e.number = 1 AND e.at < now() - interval '3 days' ORDER BY e.at DESC LIMIT 1)"
            " RETURNING code",
            link.digest(key),
        )
    finally:
        await admin.close()
    made.sealed = {"code": code, "link_key": key}
    made.sealed["receipt"] = await until(partial(sealed_receipt_of, city, made.sealed), SEALED_S, "the case is sealed")
    made.printed = await levy_receipt(city)
    made.erased, made.kept = await city.file(), await city.file()
    admin = await house.database()
    try:  # long before the newest key: whose key is missing has lost it
        await admin.execute(
            "UPDATE governance.contact SET create_time = create_time - interval '1 day' WHERE subject = $1::uuid",
            made.erased["correlation_id"],
        )
    finally:
        await admin.close()


async def sealed_receipt_of(city: City, case: dict[str, Any]) -> Any:
    """The receipt of a case once a seal holds it."""
    found = await receipt_of(city, case)
    return found if found["inclusions"] else None


async def receipt_of(city: City, case: dict[str, Any]) -> Any:
    """The receipt of a case, as its reporter gets it."""
    path = f"/v1/complaints/{case['code']}/receipt"
    return await city.get(path, headers={"X-Link-Key": case["link_key"]})


async def levy_receipt(city: City) -> dict[str, Any]:
    """A stall's levy is billed and paid in cash at the market office; its receipt as it is printed."""
    market = {"Authorization": f"Bearer {await city.balancer.house.token('petugas-disdag')}"}

    async def post(path: str, body: dict[str, Any]) -> Any:
        head = {**market, "Idempotency-Key": new_key()}
        return await city.balancer.send("levy", "POST", path, json=body, headers=head)

    bill = await post("/v1/bills", {**STALL, "object": f"Pasar Johar, kios {secrets.token_hex(3)}"})
    payment = await post(f"/v1/bills/{bill['number']}/payment", {})
    await post(f"/v1/payments/{payment['id']}/cash", {})

    async def receipt() -> Any:
        return (await city.get(f"/v1/bills/{bill['number']}"))["receipt"]

    await until(receipt, 30, "a receipt is issued")
    found = await city.get(f"/v1/bills/{bill['number']}/receipt")
    return {"number": found["number"], "units": found["amount"]["units"], "seal": found["seal"]}


async def work_until_it_is_lost(house: House, city: City, made: Disaster) -> None:
    """Base backup and the erasure happen while people file and pay."""
    admin = await house.database()
    try:
        async with at_work(city):
            made.backups.dump(made.keys_url, "keys")
            await asyncio.to_thread(made.backups.base, house.admin_url())
            made.before = await moment(admin, city)
            await city.erase(made.erased["code"])
            await until(lambda: worked_on(city, made.before), 60, "people go on filing and paying")
            made.after = await moment(admin, city)
            await until(lambda: worked_on(city, made.after), 60, "and after the erasure")
        await made.backups.archived(admin)
    finally:
        await admin.close()
    assert city.balancer.failures == []


async def moment(admin: Any, city: City) -> Moment:
    """Now, by the database's clock."""
    known = set(city.filed), set(city.verified), set(city.paid)
    return Moment(await admin.fetchval("SELECT clock_timestamp()"), *known)


async def worked_on(city: City, since: Moment | None) -> bool:
    """Whether complaints and payments were made since then."""
    assert since is not None
    return len(city.verified) > len(since.verified) + 5 and len(city.paid) > len(since.paid) + 5


@asynccontextmanager
async def restored(folder: Path, disaster: Disaster, at: Moment, keys_url: str) -> AsyncIterator[tuple[House, City]]:
    """Another instance: other ports, an empty NATS, the secrets of the first, and its database as of a moment."""
    home = folder / f"restored-{secrets.token_hex(3)}"
    home.mkdir(mode=0o755)
    shutil.copytree(disaster.home / "secrets", home / "secrets")
    shutil.copy(disaster.home / "bank.sqlite3", home)
    disaster.backups.restore(home, at.at)
    house = House(home, env={**ENV, "SMARTCITY_KEYSTORE_URL": keys_url})
    try:
        house.start(240)
        async with visited(house) as city:
            city.merchant = (await city.get("/v1/merchants", "pedagang"))["merchants"][0]["id"]
            yield house, city
    finally:
        house.stop()


async def test_before_the_erasure_with_the_key_store_as_it_is(
    folder: Path, disaster: Disaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disaster.before is not None
    async with restored(folder, disaster, disaster.before, disaster.keys_url) as (house, city):
        await assert_restored(house, city, disaster, disaster.before)
        assert await erased_rows(house, disaster) == []
        await assert_contacts(city, disaster)
        monkeypatch.setenv("SMARTCITY_KEYSTORE_URL", disaster.keys_url)
        keys = await aged_keys(disaster.keys_url)
        done = house.smartcity("erasures", "replay")
        told = "1 contacts, 0 followers and 0 callers emptied, 0 keys destroyed\n"
        assert done.stdout.startswith(told), done.stdout + done.stderr
        assert "keys are of nobody in this database, and kept" in done.stdout
        assert await aged_keys(disaster.keys_url) == keys
        assert await erased_rows(house, disaster) == [b""]
        await assert_contacts(city, disaster)
        await assert_life_goes_on(house, city)


async def test_after_the_erasure_with_the_key_store_from_before_it(
    folder: Path, disaster: Disaster, key_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert disaster.after is not None
    keys_url = await key_database(key_server, f"{KEYS}_restored")
    disaster.backups.load("keys", keys_url)
    async with restored(folder, disaster, disaster.after, keys_url) as (house, city):
        await assert_restored(house, city, disaster, disaster.after)
        assert await erased_rows(house, disaster) == [b""]
        assert await key_of(keys_url, disaster)
        monkeypatch.setenv("SMARTCITY_KEYSTORE_URL", keys_url)
        done = house.smartcity("erasures", "replay")
        told = "0 contacts, 0 followers and 0 callers emptied, 1 keys destroyed\n"
        assert done.stdout.startswith(told), done.stdout + done.stderr
        assert "without a key are newer than every key, and kept" in done.stdout
        assert not await key_of(keys_url, disaster)
        await assert_contacts(city, disaster)
        await assert_life_goes_on(house, city)


async def assert_restored(house: House, city: City, disaster: Disaster, at: Moment) -> None:
    """All that was acknowledged by then is there, its books add up, its receipts hold, its streams are full again."""
    await at_rest(house)
    admin = await house.database()
    try:
        filed = await admin.fetch("SELECT code, id::text FROM governance.complaint WHERE channel <> 'demo'")
        assert at.filed <= {row["code"] for row in filed}
        paid = await admin.fetch("SELECT id::text FROM economy.payment WHERE state = 'captured'")
        assert at.paid <= {row["id"] for row in paid}
        assert await faults(admin) == []
        await assert_streams(house, admin)
        await assert_single(admin, at.verified)
    finally:
        await admin.close()
    checked = await city.check_ledger()
    assert checked["problems"] == []
    await assert_receipts(city, disaster)


async def assert_streams(house: House, admin: Any) -> None:
    """Each stream, new and empty at the start, holds what its outbox does."""
    bus = await house.nats()
    try:
        for pillar in (each.name for each in pillars().values() if each.publishes):

            async def is_full(pillar: str = pillar) -> bool:
                kept = await admin.fetchval(f"SELECT count(*) FROM {pillar}.outbox")
                return bool((await bus.jetstream().stream_info(pillar)).state.messages == kept)

            await until(is_full, 30, f"the stream of {pillar} is filled from its outbox")
    finally:
        await bus.close()


async def assert_single(admin: Any, verified: set[str]) -> None:
    """What was verified led to one job each, though every event came a second time; nothing failed."""
    jobs = await admin.fetch("SELECT complaint, count(*) AS jobs FROM environment.cleanup GROUP BY 1")
    found = {row["complaint"]: row["jobs"] for row in jobs}
    assert set(found.values()) == {1}
    assert verified <= set(found)
    for pillar in NAMES:
        assert await admin.fetchval(f"SELECT count(*) FROM {pillar}.dead_letter") == 0


async def assert_receipts(city: City, disaster: Disaster) -> None:
    """Receipts handed out before the disaster hold against what is restored, and so do new ones."""
    again = await receipt_of(city, disaster.sealed)
    seals = (await city.get("/v1/receipts/seals", params={"page_size": 400}))["seals"]
    assert again["inclusions"], "the drill needs a sealed case"
    assert verify(again, None, seals, disaster.sealed["receipt"]) == []
    checked = await city.balancer.send("check", "POST", "/v1/levies/receipts/check", json=disaster.printed)
    assert checked["genuine"], checked


async def assert_contacts(city: City, disaster: Disaster) -> None:
    """Who had the contact erased cannot be read, whoever else can."""
    kept = disaster.kept
    found = await city.reading(kept)
    assert found["email"] == "warga-uji@example.org"
    path = f"/v1/complaints/{disaster.erased['code']}/contact/readings"
    head = {"X-Link-Key": disaster.erased["link_key"]}
    answer = await city.balancer.client.post(city.balancer.ready[0] + path, headers=head)
    assert (answer.status_code, answer.json()["reason"]) == (404, "CONTACT_MISSING")


async def erased_rows(house: House, disaster: Disaster) -> list[bytes]:
    """What the restored database holds of the erased contact, if it counts as erased there."""
    admin = await house.database()
    try:
        rows = await admin.fetch(
            "SELECT ciphertext FROM governance.contact k JOIN governance.complaint c ON c.id = k.subject"
            " WHERE c.code = $1 AND k.erase_time IS NOT NULL",
            disaster.erased["code"],
        )
        return [row["ciphertext"] for row in rows]
    finally:
        await admin.close()


async def key_of(keys_url: str, disaster: Disaster) -> bool:
    """Whether the key store has the key of the erased contact."""
    connection = await asyncpg.connect(keys_url)
    try:
        subject = disaster.erased["correlation_id"]
        return bool(await connection.fetchval("SELECT 1 FROM wrapped_key WHERE subject = $1::uuid", subject))
    finally:
        await connection.close()


async def aged_keys(keys_url: str) -> set[Any]:
    """Whose keys there are, none of them just made: the restore takes its time."""
    connection = await asyncpg.connect(keys_url)
    try:
        return {
            row["subject"]
            for row in await connection.fetch(
                "UPDATE wrapped_key SET created_at = created_at - interval '2 hours' RETURNING subject"
            )
        }
    finally:
        await connection.close()


async def assert_life_goes_on(house: House, city: City) -> None:
    """People file and pay as before, and other pillars react."""
    since = Moment(datetime.now(), set(city.filed), set(city.verified), set(city.paid))
    async with at_work(city):
        await until(lambda: worked_on(city, since), 60, "people file and pay")
    assert city.balancer.failures == []
    await at_rest(house)
    admin = await house.database()
    try:
        await assert_single(admin, city.verified)
        assert await faults(admin) == []
    finally:
        await admin.close()
