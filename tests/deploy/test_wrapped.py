"""`smartcity secrets wrapped`: whether a former data key may be retired."""

import asyncio
import json
import secrets
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.operate import access
from deploy.operate.access import Access
from services.governance.keys.store import KeyStore

FORMER, CURRENT = "f" * 43 + "=", "c" * 43 + "="


@pytest.fixture
async def keys(postgres: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of keys that governance has made ready."""
    admin = await asyncpg.connect(postgres)
    name = f"keys_{secrets.token_hex(4)}"
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    url = f"{postgres.rsplit('/', 1)[0]}/{name}"
    monkeypatch.setenv("SMARTCITY_KEYSTORE_URL", url)
    monkeypatch.setattr(access, "find", lambda: Access(postgres, "", "", {}))
    return url


async def wrapped(*more: str) -> Any:
    """What the command says."""
    return await asyncio.to_thread(CliRunner().invoke, app, ["secrets", "wrapped", *more])


async def make(store: Any, many: int) -> None:
    """Makes keys of so many contacts."""
    for _ in range(many):
        await store.create(uuid4())


async def test_a_former_data_key_is_retired_only_when_it_has_wrapped_nothing_any_more(keys: str) -> None:
    former = await KeyStore.open(keys, FORMER)
    await make(former, 2)
    await former.close()
    store = await KeyStore.open(keys, CURRENT, (FORMER,))
    await make(store, 1)
    told = await wrapped()
    assert (told.exit_code, told.output.splitlines()[-1].partition(":")[0]) == (1, "more than one is needed")
    assert sorted(json.loads((await wrapped("-o", "json")).output).values()) == [1, 2]
    await store.tend()
    await store.close()
    told = await wrapped()
    assert (told.exit_code, told.output.count("3 keys of contacts")) == (0, 1)


async def test_what_does_not_answer_is_no_word_that_a_key_may_go(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTCITY_KEYSTORE_URL", "postgresql://nobody@127.0.0.1:1/keys")
    assert (await wrapped()).exit_code == 2
