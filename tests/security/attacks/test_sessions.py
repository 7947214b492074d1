"""Attacks by way of a session of staff: roles that were taken away, a provider that is away or changes its key."""

import asyncio
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pydantic
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.settings import GatewaySettings
from services.kit.signing import decode
from tests.security.attacks.desks import desk, desks, officer
from tests.security.attacks.issuer import Desk, roles

__all__ = ["desk", "desks", "officer"]


async def answer_on_its_way(desk: Desk, officer: httpx.AsyncClient) -> None:
    """The provider was asked, has taken the refresh token, and its answer comes in a moment."""
    await desk.age("petugas", mins=6)
    desk.issuer.slow_answers = 0.3
    await roles(officer)
    async with asyncio.timeout(5):
        while not desk.issuer.refreshes:
            await asyncio.sleep(0.01)


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


async def test_a_gateway_that_ends_keeps_the_refresh_token_that_is_on_its_way(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    """The provider has taken the one before: without it the officer's next word was the end of the session."""
    await answer_on_its_way(desk, officer)
    await desk.gateway().renewals.close()
    desk.issuer.slow_answers = 0.0
    await desk.age("petugas", mins=6)
    async with desk.browser(1) as elsewhere:
        elsewhere.cookies.update(officer.cookies)
        await roles(elsewhere)
        await desk.asked()
        assert (desk.issuer.refreshes, "officer" in await roles(elsewhere)) == (2, True)


async def test_a_refresh_token_that_the_database_does_not_take_is_kept_once_it_does(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    await answer_on_its_way(desk, officer)
    await desk.database.execute("ALTER TABLE session RENAME TO session_away")
    await asyncio.sleep(0.6)
    await desk.database.execute("ALTER TABLE session_away RENAME TO session")
    await desk.asked()
    desk.issuer.slow_answers = 0.0
    await desk.age("petugas", mins=11)
    async with desk.browser(1) as elsewhere:
        elsewhere.cookies.update(officer.cookies)
        assert ("officer" in await roles(elsewhere), desk.issuer.refreshes) == (True, 2)


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


async def test_the_database_alone_tells_nothing_that_the_provider_said_of_who_is_logged_in(
    desk: Desk, officer: httpx.AsyncClient
) -> None:
    kept = await desk.database.fetchval("SELECT id_token FROM session")
    assert kept.count(".") == 4, "sealed"
    assert b"petugas" not in b"".join(decode(part) for part in kept.split("."))


@pytest.mark.parametrize("before", [False, True], ids=["as it is kept", "as a version before kept it"])
async def test_a_logout_leads_to_the_provider_with_its_own_word_on_who_leaves(
    desk: Desk, officer: httpx.AsyncClient, before: bool
) -> None:
    if before:
        await desk.database.execute("UPDATE session SET id_token = $1", desk.issuer.id_token("petugas"))
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    answer = await officer.post("/auth/logout", data={"csrf": token})
    (hint,) = parse_qs(urlsplit(answer.headers["location"]).query)["id_token_hint"]
    claims = jwt.decode(hint, desk.issuer.key, algorithms=["ES256"]).claims
    assert claims["sub"] == "petugas"
