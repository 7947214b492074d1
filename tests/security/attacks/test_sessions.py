"""Attacks by way of a login: sessions that outlive it, roles that were taken away, forms of other people."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pydantic
import pytest
from joserfc.jwk import ECKey

from gateway.callers import session as sessions
from gateway.callers.tokens import LOGOUT_EVENT
from gateway.settings import GatewaySettings
from tests.security.attacks.issuer import Desk, Issuer, desk_at_work, roles

OFFICER = ["agency:dlh", "officer"]


@pytest.fixture(scope="module")
async def desks(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The gateways of all tests here."""
    async with desk_at_work(postgres, tmp_path_factory.mktemp("desk"), Issuer({})) as made:
        yield made


@pytest.fixture
async def desk(desks: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """The same with a provider that is well, and sessions that are read anew at each request."""
    monkeypatch.setattr(sessions, "CACHE_SECONDS", 0.0)
    well = Issuer({"petugas": OFFICER, "petugas-2": OFFICER, "warga": []}, key=desks.issuer.key)
    desks.issuer.__dict__.update(well.__dict__)
    await desks.database.execute("TRUNCATE session, logout_token")
    for app in desks.apps:
        app.state.gateway.sessions._cache.clear()
        app.state.gateway.renewals._asking.clear()
        app.state.gateway.provider._keys._tried_at = float("-inf")  # as if it had been asked long ago
    yield desks
    await desks.asked()


@pytest.fixture
async def officer(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """An officer who is logged in."""
    async with desk.browser() as browser:
        await desk.log_in(browser, "petugas", sid="login-1")
        assert "officer" in await roles(browser)
        yield browser


# The provider's word about staff


async def test_staff_are_asked_about_beside_a_request_after_five_minutes(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    await desk.age("petugas", mins=4)
    await roles(officer)
    assert desk.issuer.refreshes == 0
    await desk.age("petugas", mins=6)
    await roles(officer)
    await desk.asked()
    assert desk.issuer.refreshes == 1
    age = await desk.database.fetchval("SELECT now() - confirm_time FROM session")
    assert age.total_seconds() < 30
    assert "officer" in await roles(officer)


async def test_a_role_that_was_taken_away_is_gone_after_the_next_word(desk: Desk, officer: httpx.AsyncClient) -> None:
    desk.issuer.people["petugas"] = []
    await desk.age("petugas", mins=6)
    await roles(officer)
    await desk.asked()
    assert await roles(officer) == ["citizen"]


async def test_a_role_that_was_taken_away_while_nobody_looked_is_gone_at_the_first_request(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    desk.issuer.people["petugas"] = []
    await desk.age("petugas", mins=11)
    assert await roles(officer) == ["citizen"]


async def test_a_move_to_another_agency_is_taken_over(desk: Desk, officer: httpx.AsyncClient) -> None:
    desk.issuer.people["petugas"] = ["officer", "agency:dpu"]
    await desk.age("petugas", mins=11)
    assert (await officer.get("/v1/me")).json()["agency"] == "dpu"


async def test_a_login_that_is_over_at_the_provider_is_over_here(desk: Desk, officer: httpx.AsyncClient) -> None:
    desk.issuer.refused.add("petugas")
    await desk.age("petugas", mins=11)
    assert await roles(officer) == ["anonymous"]
    assert await desk.database.fetchval("SELECT count(*) FROM session") == 0


async def test_with_the_provider_away_staff_go_on_until_the_hour_and_no_longer(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    desk.issuer.down = True
    await desk.age("petugas", mins=59)
    assert "officer" in await roles(officer)
    await desk.age("petugas", mins=61)
    assert await roles(officer) == ["anonymous"]


async def test_a_provider_that_is_away_is_not_asked_at_every_request(desk: Desk, officer: httpx.AsyncClient) -> None:
    desk.issuer.fails_userinfo = 502
    await desk.age("petugas", mins=20)
    for _ in range(5):
        assert "officer" in await roles(officer)
        await desk.asked()
    assert desk.issuer.refreshes == 1


async def test_a_refresh_that_broke_off_half_way_can_be_done_again(desk: Desk, officer: httpx.AsyncClient) -> None:
    desk.issuer.fails_userinfo = 502
    await desk.age("petugas", mins=20)
    await roles(officer)
    await desk.asked()
    desk.issuer.fails_userinfo = 0
    await desk.age("petugas", mins=21)
    assert "officer" in await roles(officer), "the refresh token was replaced, and the new one is kept"
    assert desk.issuer.refreshes == 2


async def test_two_gateways_ask_once(desk: Desk, officer: httpx.AsyncClient) -> None:
    async with desk.browser(1) as other:
        other.cookies.update(officer.cookies)
        await desk.age("petugas", mins=11)
        seen = await asyncio.gather(roles(officer), roles(other))
        await desk.asked()
    assert all("officer" in each for each in seen)
    assert desk.issuer.refreshes == 1


@pytest.mark.parametrize("groups_at_userinfo", [False, True])
async def test_a_provider_that_is_too_busy_to_tell_takes_no_role_and_ends_no_session(
    desk: Desk, officer: httpx.AsyncClient, groups_at_userinfo: bool
) -> None:
    desk.issuer.gives_id_tokens, desk.issuer.tells_groups = groups_at_userinfo, not groups_at_userinfo
    desk.issuer.fails_userinfo = 429
    await desk.age("petugas", mins=20)
    assert "officer" in await roles(officer)
    await desk.asked()
    assert "officer" in await roles(officer)


async def test_a_provider_that_changes_its_key_ends_no_session_of_those_who_ask_at_once(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    async with desk.browser() as other:
        await desk.log_in(other, "petugas-2")
        desk.issuer.gives_id_tokens, desk.issuer.slow_keys = True, 0.2
        desk.issuer.key = ECKey.generate_key("P-256", {"kid": "k2"}, auto_kid=False)
        for login in ("petugas", "petugas-2"):
            await desk.age(login, mins=20)
        seen = await asyncio.gather(roles(officer), roles(other))
        await desk.asked()
        assert all("officer" in each for each in seen)
        for one in (officer, other):
            assert "officer" in await roles(one)
    assert desk.issuer.refreshes == 2
    assert await desk.database.fetchval("SELECT count(*) FROM session WHERE now() - confirm_time < '1 minute'") == 2


async def test_a_key_that_cannot_be_learnt_now_ends_no_session(desk: Desk, officer: httpx.AsyncClient) -> None:
    desk.issuer.gives_id_tokens = True
    desk.issuer.key = ECKey.generate_key("P-256", {"kid": "k3"}, auto_kid=False)
    desk.gateway().provider._keys._tried_at = time.monotonic()  # it was asked a moment ago
    await desk.age("petugas", mins=20)
    assert "officer" in await roles(officer)
    await desk.asked()
    assert "officer" in await roles(officer)


async def test_a_word_about_somebody_else_ends_the_session(desk: Desk, officer: httpx.AsyncClient) -> None:
    desk.issuer.answers_for = "petugas-2"
    await desk.age("petugas", mins=11)
    assert await roles(officer) == ["anonymous"]


async def test_staff_without_a_refresh_token_last_an_hour(desk: Desk) -> None:
    desk.issuer.gives_refresh_tokens = False
    async with desk.browser() as browser:
        await desk.log_in(browser, "petugas")
        await desk.age("petugas", mins=59)
        assert "officer" in await roles(browser)
        await desk.age("petugas", mins=61)
        assert await roles(browser) == ["anonymous"]


async def test_nobody_asks_about_citizens(desk: Desk) -> None:
    async with desk.browser() as browser:
        await desk.log_in(browser, "warga")
        await desk.age("warga", hours=5)
        assert await roles(browser) == ["citizen"]
    await desk.asked()
    assert desk.issuer.refreshes == 0


async def test_no_word_of_the_provider_makes_a_session_outlive_its_day(desk: Desk, officer: httpx.AsyncClient) -> None:
    await desk.age("petugas", mins=11)
    assert "officer" in await roles(officer)
    left = await desk.database.fetchval("SELECT expire_time - create_time FROM session")
    assert left <= timedelta(hours=12, seconds=1), "being confirmed does not prolong it"
    await desk.database.execute("UPDATE session SET expire_time = now() - interval '1 second'")
    assert await roles(officer) == ["anonymous"]


def test_no_setting_lets_staff_live_longer_than_an_hour(desk: Desk) -> None:
    given = desk.gateway().settings.model_dump()
    with pytest.raises(pydantic.ValidationError, match="staff_hours"):
        GatewaySettings.model_validate(given | {"staff_hours": 2})


async def test_the_database_alone_gives_no_refresh_token_away(desk: Desk, officer: httpx.AsyncClient) -> None:
    kept = await desk.database.fetchval("SELECT refresh_token FROM session")
    assert kept.count(".") == 4, "sealed"
    assert not any(token in kept for token in desk.issuer._refresh_tokens)
    assert await desk.gateway().sessions.claim("another.token", timedelta(0)) == ""


# Logout told by the provider


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


# Cookies, forms and the way through a login


async def test_the_cookies_stay_with_this_host_and_with_https(desk: Desk) -> None:
    async with desk.browser() as browser:
        begun = await browser.get("/auth/login")
        answer = await desk.log_in(browser, "warga")
        page = await browser.get("/lapor")
    cookies = [each for made in (begun, answer, page) for each in made.headers.get_list("set-cookie")]
    set_here = [each for each in cookies if not each.startswith('__Host-login=""')]
    assert {each.split("=")[0] for each in set_here} == {"__Host-login", "__Host-session", "__Host-visitor"}
    for each in set_here:
        flags = {flag.strip().lower() for flag in each.split(";")[1:]}
        assert {"path=/", "secure", "httponly", "samesite=lax"} <= flags, each
        assert not any(flag.startswith("domain") for flag in flags), each


def test_no_production_gives_cookies_out_over_http(desk: Desk) -> None:
    given = desk.gateway().settings.model_dump()
    with pytest.raises(pydantic.ValidationError, match="PUBLIC_URL must be https"):
        GatewaySettings.model_validate(given | {"public_url": "http://kota.test"})


async def test_a_session_that_an_attacker_planted_is_not_the_one_after_login(desk: Desk) -> None:
    async with desk.browser() as attacker, desk.browser() as victim:
        await desk.log_in(attacker, "warga")
        planted = attacker.cookies["__Host-session"]
        victim.cookies.update(attacker.cookies)
        await desk.log_in(victim, "petugas")
        assert victim.cookies["__Host-session"] != planted
        assert await roles(attacker) == ["anonymous"], "the one before is over"


async def test_a_form_from_before_the_login_is_void_after_it(desk: Desk) -> None:
    async with desk.browser() as browser:
        page = await browser.get("/lapor")
        before = re.search(r'name="csrf"[^>]*value="([^"]+)"', page.text)
        assert before is not None
        await desk.log_in(browser, "petugas")
        answer = await browser.post("/auth/logout", data={"csrf": before[1]})
        assert (answer.status_code, answer.json()["reason"]) == (403, "CSRF_TOKEN_REFUSED")
        assert "officer" in await roles(browser)


async def test_a_form_of_another_session_is_void(desk: Desk, officer: httpx.AsyncClient) -> None:
    async with desk.browser() as attacker:
        await desk.log_in(attacker, "warga")
        token = (await attacker.get("/v1/me")).json()["csrf_token"]
        officer.cookies.set("__Host-visitor", attacker.cookies["__Host-visitor"], domain="kota.test")
    answer = await officer.post("/auth/logout", data={"csrf": token})
    assert answer.status_code == 403


async def test_whose_login_has_ended_is_told_so_and_led_back_to_the_page_with_what_they_wrote_before_them(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    await desk.database.execute("DELETE FROM session")
    sent = await officer.post(
        "/petugas/usulan/SMGU-7K4P2-92/jawab",
        data={"csrf": token, "note": "Dikerjakan bulan depan."},
        headers={
            "accept": "text/html",
            "sec-fetch-site": "same-origin",
            "referer": "https://kota.test/petugas/usulan/SMGU-7K4P2-92?done=x",
        },
    )
    assert sent.status_code == 401
    assert "Masa masuk Anda sudah berakhir" in sent.text
    assert 'href="/auth/login?next=%2Fpetugas%2Fusulan%2FSMGU-7K4P2-92"' in sent.text
    assert "Dikerjakan bulan depan." in sent.text
    assert "again-form" not in sent.text, "sent once more it would be refused once more"
    elsewhere = {"accept": "text/html", "referer": "https://evil.test/petugas"}
    away = await officer.post("/petugas/usulan/SMGU-7K4P2-92/jawab", data={"csrf": token}, headers=elsewhere)
    assert 'href="/auth/login?next=%2F"' in away.text


async def test_a_link_logs_nobody_out(officer: httpx.AsyncClient) -> None:
    assert (await officer.get("/auth/logout")).status_code == 405
    assert "officer" in await roles(officer)


@pytest.mark.parametrize("path", ["/", "/lapor", "/bayar", "/petugas"])
async def test_every_page_offers_the_logout(officer: httpx.AsyncClient, path: str) -> None:
    page = await officer.get(path, headers={"accept": "text/html"})
    assert '<form method="post" action="/auth/logout">' in page.text


async def test_a_logout_ends_the_session_for_whoever_copied_the_cookie(desk: Desk, officer: httpx.AsyncClient) -> None:
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    async with desk.browser(1) as thief:
        thief.cookies.update(officer.cookies)
        assert (await officer.post("/auth/logout", data={"csrf": token})).status_code == 303
        assert await roles(thief) == ["anonymous"]


@pytest.mark.parametrize("state", ["é", "\x00", "%F0%9F%98%80", "x" * 5000], ids=["é", "NUL", "percent", "long"])
async def test_a_state_of_odd_characters_is_refused(desk: Desk, state: str) -> None:
    async with desk.browser() as browser:
        await browser.get("/auth/login")
        answer = await browser.get("/auth/callback", params={"state": state, "code": "x"})
    assert answer.status_code == 400


@pytest.mark.parametrize("issuer", ["https://evil.test", ""], ids=["another", "none"])
async def test_an_answer_of_another_provider_begins_no_session(desk: Desk, issuer: str) -> None:
    async with desk.browser() as browser:
        begun = await browser.get("/auth/login")
        params = desk.issuer.code("petugas", begun.headers["location"])
        params = {name: value for name, value in params.items() if name != "iss"} | ({"iss": issuer} if issuer else {})
        answer = await browser.get("/auth/callback", params=params)
        assert (answer.status_code, answer.json()["reason"]) == (401, "LOGIN_REFUSED")
        assert await roles(browser) == ["anonymous"]


async def test_a_login_begun_in_another_browser_ends_in_no_session(desk: Desk) -> None:
    async with desk.browser() as attacker, desk.browser() as victim:
        begun = await attacker.get("/auth/login")
        answer = await victim.get("/auth/callback", params=desk.issuer.code("petugas", begun.headers["location"]))
    assert (answer.status_code, answer.json()["reason"]) == (400, "LOGIN_STATE_UNKNOWN")
