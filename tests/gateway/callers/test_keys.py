"""The provider's keys in the gateway: who waits for newer ones, and who goes on with those in hand."""

import asyncio

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, KeySet

from gateway.callers import keys
from gateway.callers.keys import Keys

KEY = ECKey.generate_key("P-256", {"kid": "one"})


async def test_while_a_provider_that_hangs_is_asked_for_newer_keys_a_token_whose_key_is_known_does_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hanging, told = asyncio.Event(), [KeySet([KEY])]

    async def ask() -> KeySet:
        if told:
            return told.pop()
        hanging.set()
        await asyncio.Event().wait()
        raise AssertionError("it hangs")

    known, token = Keys(ask), jws.serialize_compact({"alg": "ES256", "kid": "one"}, b"{}", KEY)
    first = await known.of(token)
    monkeypatch.setattr(keys, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(keys, "REST_SECONDS", 0.0)
    asking = asyncio.create_task(known.of(token))
    await hanging.wait()
    assert await asyncio.wait_for(known.of(token), 1) is first
    asking.cancel()
