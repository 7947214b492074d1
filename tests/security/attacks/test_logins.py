"""Attacks by way of a login: its cookies, its forms and those of other people, and the way through it."""

import re

import httpx
import pydantic
import pytest

from gateway.settings import GatewaySettings
from tests.security.attacks.desks import desk, desks, officer
from tests.security.attacks.issuer import Desk, roles

__all__ = ["desk", "desks", "officer"]


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
    assert "Sesi Anda sudah berakhir" in sent.text
    assert 'href="/auth/login?next=%2Fpetugas%2Fusulan%2FSMGU-7K4P2-92"' in sent.text
    assert "Dikerjakan bulan depan." in sent.text
    assert "again-form" not in sent.text, "sent once more it would be refused once more"
    for elsewhere in ("https://evil.test/petugas", "http://["):
        sent_from = {"accept": "text/html", "referer": elsewhere}
        away = await officer.post("/petugas/usulan/SMGU-7K4P2-92/jawab", data={"csrf": token}, headers=sent_from)
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
