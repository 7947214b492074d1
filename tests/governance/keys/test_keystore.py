"""The key store: rotation of the wrapping key, and what happens without it."""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from observability import semconv
from services.governance.contacts.gauges import GAUGES
from services.governance.keys.cipher import WrappingKey
from services.governance.keys.reach import KeyStoreAwayError
from services.governance.keys.store import KeyStore
from services.kit.errors import is_transient
from services.kit.mail.sealing import UnreadableError
from tests.fixtures.network import network
from tests.governance.conftest import Governance


def base64_key() -> str:
    return b64encode(secrets.token_bytes(32)).decode()


async def database(postgres: str) -> str:
    name = f"keys_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    return f"{postgres.rsplit('/', 1)[0]}/{name}"


async def test_keys_survive_the_rotation_of_the_wrapping_key(postgres: str) -> None:
    url, old, new = await database(postgres), base64_key(), base64_key()
    first = await KeyStore.open(url, old)
    subjects = [uuid4() for _ in range(3)]
    made = [await first.create(subject) for subject in subjects]
    await first.close()
    second = await KeyStore.open(url, new, [old])
    assert [await second.find(subject) for subject in subjects] == made
    await second.tend()
    await second.close()
    third = await KeyStore.open(url, new)  # the old key can be retired
    assert [await third.find(subject) for subject in subjects] == made
    await third.close()


async def test_what_a_process_of_before_wraps_while_the_key_is_changed_outlives_the_former_one(postgres: str) -> None:
    url, old, new, subject = await database(postgres), base64_key(), base64_key(), uuid4()
    before, after = await KeyStore.open(url, old, [new], new), await KeyStore.open(url, new, [old])
    made = await before.create(subject)
    await before.close()
    await after.tend()
    await after.close()
    retired = await KeyStore.open(url, new)
    assert await retired.find(subject) == made
    await retired.close()


async def test_a_process_that_was_told_of_the_next_key_opens_what_it_wrapped_and_leaves_it_so(postgres: str) -> None:
    url, old, new, subject = await database(postgres), base64_key(), base64_key(), uuid4()
    before, after = await KeyStore.open(url, old, [new], new), await KeyStore.open(url, new, [old])
    made = await after.create(subject)
    await before.tend()
    assert await before.find(subject) == made
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT key_id FROM wrapped_key") == WrappingKey.read(new).id
    for each in (before, after, connection):
        await each.close()


async def test_a_store_that_is_away_at_the_start_is_there_as_soon_as_its_database_is(postgres: str) -> None:
    name = f"keys_{secrets.token_hex(4)}"
    store = await KeyStore.open(f"{postgres.rsplit('/', 1)[0]}/{name}", base64_key())
    subject, admin = uuid4(), await asyncpg.connect(postgres)
    with pytest.raises(KeyStoreAwayError):
        await store.create(subject)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    await store.tend()
    made = await store.create(subject)
    assert await store.find(subject) == made
    await store.close()


async def test_a_database_made_anew_under_a_running_store_gets_its_table(postgres: str) -> None:
    url = await database(postgres)
    store, subject, connection = await KeyStore.open(url, base64_key()), uuid4(), await asyncpg.connect(url)
    await store.create(subject)
    await connection.execute("DROP TABLE wrapped_key")
    await connection.close()
    await store.tend()
    assert await store.find(subject) is None
    made = await store.create(subject)
    assert await store.find(subject) == made
    await store.close()


@pytest.mark.parametrize("asked", [KeyStore.create, KeyStore.find, lambda store, one: store.destroy([one])])
async def test_what_is_asked_of_a_store_without_its_table_passes_by_itself(
    postgres: str, asked: Callable[[KeyStore, UUID], Awaitable[object]]
) -> None:
    url = await database(postgres)
    store, connection = await KeyStore.open(url, base64_key()), await asyncpg.connect(url)
    await connection.execute("DROP TABLE wrapped_key")
    await connection.close()
    with pytest.raises(KeyStoreAwayError) as error:
        await asked(store, uuid4())
    assert is_transient(error.value)
    await store.close()


async def test_a_subject_that_has_a_key_is_no_outage(postgres: str) -> None:
    store, subject = await KeyStore.open(await database(postgres), base64_key()), uuid4()
    await store.create(subject)
    with pytest.raises(asyncpg.UniqueViolationError):
        await store.create(subject)
    await store.close()


async def test_without_its_wrapping_key_a_key_cannot_be_opened(postgres: str) -> None:
    url, subject = await database(postgres), uuid4()
    first = await KeyStore.open(url, base64_key())
    await first.create(subject)
    await first.close()
    second = await KeyStore.open(url, base64_key())
    with pytest.raises(UnreadableError, match="SMARTCITY_DATA_KEYS_OLD"):
        await second.find(subject)
    await second.close()


async def test_the_wrapped_key_is_not_the_key(postgres: str) -> None:
    url, subject = await database(postgres), uuid4()
    store = await KeyStore.open(url, base64_key())
    key = await store.create(subject)
    await store.close()
    connection = await asyncpg.connect(url)
    assert key not in await connection.fetchval("SELECT wrapped FROM wrapped_key")
    await connection.close()


@pytest.mark.parametrize("text", ["", "nonsense!", b64encode(b"short").decode()])
def test_a_bad_wrapping_key_is_named_and_not_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="SMARTCITY_DATA_KEY") as error:
        WrappingKey.read(text)
    assert not text or text not in str(error.value)


async def test_a_store_that_is_away_says_for_how_long_until_it_answers(postgres: str) -> None:
    name = f"keys_{secrets.token_hex(4)}"
    store = await KeyStore.open(f"{postgres.rsplit('/', 1)[0]}/{name}", base64_key())
    first = await store.reach.away()
    assert first > 0
    assert await store.reach.away() > first
    admin = await asyncpg.connect(postgres)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    assert await store.reach.away() > first, "no key can be kept without its table"
    await store.tend()
    assert await store.reach.away() == 0
    await store.close()


async def test_a_server_that_says_nothing_any_more_is_away_and_is_asked_anew(postgres: str) -> None:
    """In time: what reads gauges waits ten seconds for them."""
    url = urlsplit(await database(postgres))
    async with network(url.hostname or "", url.port or 5432) as way:
        there = url._replace(netloc=url.netloc.replace(f"{url.hostname}:{url.port}", f"127.0.0.1:{way.port}"))
        store = await KeyStore.open(there.geturl(), base64_key())
        assert await store.reach.away() == 0
        assert way.go_dead() >= 1
        async with asyncio.timeout(5.0):
            assert await store.reach.away(within=0.2) >= 0.2
            assert await store.reach.away() == 0
            store.reach.close()
    await store.close()


async def test_governance_reports_for_how_long_its_key_store_has_been_away(governance: Governance) -> None:
    async def age() -> float:
        ((found, _),) = (await GAUGES.read(governance.runtime))[semconv.KEYSTORE_AWAY]
        return found

    assert await age() == 0
    await governance.admin.execute("ALTER TABLE wrapped_key RENAME TO elsewhere")
    assert await age() > 0
    await governance.admin.execute("ALTER TABLE elsewhere RENAME TO wrapped_key")
    assert await age() == 0
