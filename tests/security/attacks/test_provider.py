"""Nobody reaches the identity provider through the city faster than their address may, or stands before a login."""

import asyncio
import base64
import gzip
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, unquote_plus

import httpx
import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr

from gateway.callers import bearers, questions
from gateway.callers.limits import Limits
from gateway.callers.provider import Provider
from gateway.callers.tokens import TokenRefused
from tests.security.attacks.issuer import Desk, Issuer, client_of, desk_at_work


class Watched:
    """The provider, seen from the gateway: what it is asked, and how much at the same time."""

    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer
        self.asked: Counter[str] = Counter()
        self.most_at_once = self._now = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.packed = False

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        self.asked[request.url.path] += 1
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            await self.goes_on.wait()
            if self.packed:
                packed = httpx.ByteStream(gzip.compress(b" " * 1_000 + b'{"active": false}'))
                return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=packed)
            return self.issuer.answer(request)
        finally:
            self._now -= 1


@pytest.fixture(scope="module")
async def desks(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The gateways of all tests here."""
    async with desk_at_work(postgres, tmp_path_factory.mktemp("desk"), Issuer({"warga": []})) as made:
        yield made


@pytest.fixture
async def watched(desks: Desk) -> Watched:
    """A provider that is well, at a gateway with the rates of everyday that has learnt nothing yet but its keys."""
    desks.issuer.down, desks.issuer.opaque = False, {}
    made = Watched(desks.issuer)
    gateway = desks.gateway()
    provider = gateway.provider
    provider._client = client_of(made.answer)
    provider._peace_until = float("-inf")
    provider._keys._unknown.clear()
    await provider._keys.learn()
    gateway.limits = Limits(gateway.settings.model_copy(update={"read_rate": 50.0, "provider_rate": 2.0}))
    gateway.bearers = bearers.Bearers(provider, gateway.settings)
    made.asked.clear()
    return made


async def _me(browser: httpx.AsyncClient, token: str) -> httpx.Response:
    return await browser.get("/v1/me", headers={"authorization": f"Bearer {token}"})


def _reasons(answers: list[httpx.Response]) -> Counter[str]:
    return Counter(each.json().get("reason", "passed") for each in answers)


async def test_what_the_provider_packs_is_not_unpacked(desks: Desk, watched: Watched) -> None:
    """A few bytes of it may be gigabytes, which nobody would have counted."""
    watched.packed = True
    async with desks.browser() as browser:
        answer = await _me(browser, "guess")
    assert (answer.status_code, answer.json()["reason"]) == (503, "IDENTITY_PROVIDER_UNAVAILABLE")


async def test_guessed_tokens_are_counted_before_the_provider_is_asked(desks: Desk, watched: Watched) -> None:
    async with desks.browser() as browser:
        answers = [await _me(browser, f"guess-{number}") for number in range(400)]
    reasons = _reasons(answers)
    assert reasons["RATE_LIMITED"] >= 250
    assert watched.asked["/introspect"] == reasons["TOKEN_REFUSED"] <= 150


async def test_whoever_is_over_the_rate_causes_no_question_at_all(desks: Desk, watched: Watched) -> None:
    limits = desks.gateway().limits
    async with desks.browser() as browser:
        while limits.take(limits.provider, "127.0.0.1").passed:
            pass
        assert (await _me(browser, "guess")).json()["reason"] == "RATE_LIMITED"
    assert not watched.asked


async def test_the_same_bad_token_is_asked_about_once(desks: Desk, watched: Watched) -> None:
    async with desks.browser() as browser:
        answers = [await _me(browser, "made-up") for _ in range(30)]
        answers += await asyncio.gather(*(_me(browser, "another") for _ in range(20)))
    assert _reasons(answers) == {"TOKEN_REFUSED": 50}
    assert watched.asked["/introspect"] == 2


async def test_made_up_key_ids_cost_the_provider_one_question_in_ten_seconds(desks: Desk, watched: Watched) -> None:
    desks.gateway().provider._keys._tried_at = float("-inf")
    async with desks.browser() as browser:
        for number in range(30):
            key = ECKey.generate_key("P-256", {"kid": f"k{number}-evil"}, auto_kid=False)
            token = _signed(desks.issuer, key)
            assert (await _me(browser, token)).json()["reason"] == "TOKEN_REFUSED"
    assert watched.asked["/keys"] == 1


async def test_a_key_id_that_the_provider_did_not_know_is_not_asked_about_again(desks: Desk, watched: Watched) -> None:
    keys = desks.gateway().provider._keys
    key = ECKey.generate_key("P-256", {"kid": "evil"}, auto_kid=False)
    async with desks.browser() as browser:
        for number in range(5):
            keys._tried_at = float("-inf")  # as if the rest between two questions were over
            token = _signed(desks.issuer, key, jti=str(number))
            assert (await _me(browser, token)).json()["reason"] == "TOKEN_REFUSED"
    assert watched.asked["/keys"] == 1


async def test_a_bad_signature_by_a_known_key_id_asks_nobody(desks: Desk, watched: Watched) -> None:
    desks.gateway().provider._keys._tried_at = float("-inf")
    key = ECKey.generate_key("P-256", {"kid": "k1"}, auto_kid=False)
    async with desks.browser() as browser:
        assert (await _me(browser, _signed(desks.issuer, key))).json()["reason"] == "TOKEN_REFUSED"
    assert not watched.asked


async def test_a_new_key_of_the_provider_is_learnt_when_a_token_names_it(desks: Desk, watched: Watched) -> None:
    old, new = desks.issuer.key, ECKey.generate_key("P-256", {"kid": "k2"}, auto_kid=False)
    desks.gateway().provider._keys._tried_at = float("-inf")
    desks.issuer.key = new
    try:
        async with desks.browser() as browser:
            answer = await _me(browser, _signed(desks.issuer, new, sub="warga"))
        assert answer.json()["roles"] == ["citizen"]
        assert watched.asked == {"/keys": 1}
    finally:
        desks.issuer.key = old


async def test_a_slow_provider_is_asked_few_questions_at_once_and_the_rest_is_told_so(
    desks: Desk, watched: Watched
) -> None:
    watched.goes_on.clear()
    async with desks.browser() as browser:
        asking = [asyncio.create_task(_me(browser, f"slow-{number}")) for number in range(100)]
        while sum(each.done() for each in asking) < 100 - questions.AT_ONCE - questions.WAITING:
            await asyncio.sleep(0.01)
        begun = await browser.get("/auth/login")  # a login does not wait behind them
        assert begun.status_code == 303
        watched.goes_on.set()
        reasons = _reasons(list(await asyncio.gather(*asking)))
    assert watched.most_at_once <= questions.AT_ONCE
    assert reasons == {"IDENTITY_PROVIDER_BUSY": 60, "TOKEN_REFUSED": 40}


async def test_made_up_login_codes_are_counted_like_guessed_tokens(desks: Desk, watched: Watched) -> None:
    async with desks.browser() as browser:
        begun = await browser.get("/auth/login")
        query = desks.issuer.code("warga", begun.headers["location"]) | {"code": "made-up"}
        answers = [await browser.get("/auth/callback", params=query) for _ in range(200)]
    passed = sum(each.status_code != 429 for each in answers)
    assert watched.asked["/token"] <= passed <= 140


async def test_while_the_provider_is_away_one_visitor_waits_for_all(desks: Desk, watched: Watched) -> None:
    provider = desks.gateway().provider
    metadata, provider._metadata = provider._metadata, {}
    desks.issuer.down = True
    try:
        async with desks.browser() as browser:
            answers = await asyncio.gather(*(browser.get("/auth/login") for _ in range(50)))
        assert _reasons(list(answers)) == {"IDENTITY_PROVIDER_UNAVAILABLE": 50}
        assert watched.asked["/.well-known/openid-configuration"] == 1
    finally:
        provider._metadata = metadata


async def test_a_token_that_holds_is_looked_at_once_and_counts_for_its_own_caller(
    desks: Desk, watched: Watched
) -> None:
    limits = desks.gateway().limits
    token = desks.issuer.access_token("warga")
    async with desks.browser() as browser:
        assert (await _me(browser, token)).status_code == 200
        while limits.take(limits.read, "127.0.0.1").passed:
            pass
        assert (await _me(browser, token)).status_code == 200, "whoever else is behind the address"
    assert not watched.asked


async def test_an_id_and_a_secret_of_any_letters_are_told_as_the_provider_decodes_them(desks: Desk) -> None:
    """RFC 6749, section 2.3.1."""
    told: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        told.append(request.headers.get("authorization", ""))
        return desks.issuer.answer(request)

    ours = {"oidc_client_id": "kota:semarang", "oidc_client_secret": SecretStr("a+b%2Fc d")}
    provider = Provider(desks.gateway().settings.model_copy(update=ours))
    provider._client = client_of(answer)
    with pytest.raises(TokenRefused):
        await provider.refresh("unknown")
    parts = base64.b64decode(told[-1].removeprefix("Basic ")).decode().split(":")
    assert [unquote(part) for part in parts] == [unquote_plus(part) for part in parts] == ["kota:semarang", "a+b%2Fc d"]


def _signed(issuer: Issuer, key: ECKey, **changes: Any) -> str:
    """An access token signed with a key."""
    return issuer.sign("at+jwt", key, **{"sub": "warga", "groups": [], "client_id": "app"} | changes)
