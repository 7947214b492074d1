"""Attacks by way of a logout that the provider tells of: sessions that outlive it, and tokens that are none."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from gateway.callers import session as sessions
from gateway.callers.tokens import LOGOUT_EVENT
from tests.security.attacks.desks import desk, desks, officer
from tests.security.attacks.issuer import Desk, roles

__all__ = ["desk", "desks", "officer"]


@pytest.mark.parametrize("number", [0, 1], ids=["the same gateway", "another gateway"])
@pytest.mark.parametrize("named", [{"sid": "login-1"}, {"sub": "petugas"}, {"sub": "petugas", "sid": "login-1"}])
async def test_a_logout_at_the_provider_ends_the_session(
    desk: Desk, officer: httpx.AsyncClient, named: dict[str, Any], number: int
) -> None:
    answer = await desk.logout(desk.issuer.logout_token(**named), number)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    assert await roles(officer) == ["anonymous"]


async def test_a_logout_is_noticed_by_other_gateways_within_ten_seconds() -> None:
    assert sessions.CACHE_SECONDS <= 10


@pytest.mark.parametrize("named", [{"sid": "login-2"}, {"sub": "petugas-2"}, {"sub": "petugas", "sid": "login-2"}])
async def test_a_logout_ends_nobody_elses_session(
    desk: Desk, officer: httpx.AsyncClient, named: dict[str, Any]
) -> None:
    assert (await desk.logout(desk.issuer.logout_token(**named))).status_code == 200
    assert "officer" in await roles(officer)


async def test_a_logout_of_a_person_ends_all_their_sessions(desk: Desk, officer: httpx.AsyncClient) -> None:
    async with desk.browser(1) as other, desk.browser() as somebody:
        await desk.log_in(other, "petugas", sid="login-9")
        await desk.log_in(somebody, "petugas-2")
        assert (await desk.logout(desk.issuer.logout_token(sub="petugas"))).status_code == 200
        assert await roles(officer) == await roles(other) == ["anonymous"]
        assert "officer" in await roles(somebody)


async def test_a_login_whose_sid_was_not_told_ends_with_its_person(desk: Desk) -> None:
    async with desk.browser() as browser:
        await desk.log_in(browser, "petugas")
        assert (await desk.logout(desk.issuer.logout_token(sub="petugas", sid="x"))).status_code == 200
        assert await roles(browser) == ["anonymous"]


HOUR = timedelta(hours=1)
WRONG: dict[str, dict[str, Any]] = {
    "of another type": {"typ": "JWT"},
    "without a type": {"typ": None},
    "that calls itself an access token": {"typ": "at+jwt"},
    "of another issuer": {"iss": "https://evil.test"},
    "for another client": {"aud": "another"},
    "for nobody": {"aud": None},
    "that is old": {"iat": -HOUR, "exp": HOUR},
    "of the future": {"iat": HOUR, "exp": 2 * HOUR},
    "without a time": {"iat": None},
    "that has expired": {"exp": timedelta(minutes=-2)},
    "without an end": {"exp": None},
    "without an event": {"events": None},
    "of another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "whose event is no object": {"events": {LOGOUT_EVENT: True}},
    "with a nonce": {"nonce": "n"},
    "without an id": {"jti": None},
    "that names nobody": {"sub": None},
    "that names no one": {"sub": ""},
    "whose sid is no text": {"sid": 7},
    "of another key": {"key": ECKey.generate_key("P-256", {"kid": "k1"}, auto_kid=False)},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
async def test_a_logout_token_is_refused(desk: Desk, officer: httpx.AsyncClient, changes: dict[str, Any]) -> None:
    answer = await desk.logout(desk.issuer.logout_token(**{"sub": "petugas"} | changes))
    assert (answer.status_code, answer.json()["reason"]) == (400, "LOGOUT_TOKEN_REFUSED")
    assert "officer" in await roles(officer)


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
async def test_what_is_no_logout_token_is_refused(desk: Desk, token: str) -> None:
    assert (await desk.logout(token)).status_code == 400


async def test_an_id_token_logs_nobody_out(desk: Desk, officer: httpx.AsyncClient) -> None:
    assert (await desk.logout(desk.issuer.id_token("petugas"))).status_code == 400
    assert "officer" in await roles(officer)


async def test_a_logout_token_that_was_used_is_refused_by_every_gateway(desk: Desk) -> None:
    token = desk.issuer.logout_token(sub="petugas")
    assert (await desk.logout(token)).status_code == 200
    async with desk.browser() as again:
        await desk.log_in(again, "petugas")
        assert [(await desk.logout(token, number)).status_code for number in (0, 1)] == [400, 400]
        assert "officer" in await roles(again)


async def test_a_session_that_was_ended_is_not_renewed_to_life(desk: Desk, officer: httpx.AsyncClient) -> None:
    await desk.age("petugas", mins=6)
    kept = await desk.gateway().sessions.find(officer.cookies["__Host-session"])
    assert kept is not None
    await desk.logout(desk.issuer.logout_token(sid="login-1"))
    await desk.gateway().sessions.confirm(kept, kept.caller)
    assert await roles(officer) == ["anonymous"]
