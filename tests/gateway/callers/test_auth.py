"""Login with the real provider, bearer tokens, forged ones, form tokens."""

import asyncio
import base64
import hmac
import json
import re
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
from joserfc.jwk import RSAKey

from gateway.answers.addresses import own_address
from gateway.callers import session
from gateway.callers.bearers import caller_of
from services.kit.database.pool import fetch_within
from tests.gateway.conftest import WASTE, new_key
from tests.gateway.running import Stand, sign


async def log_in(stand: Stand, browser: httpx.AsyncClient, login: str, to: str = "/v1/me") -> httpx.Response:
    """Walks through the provider's forms as a person does; the answer to the callback."""
    assert stand.provider is not None
    answer = await browser.get("/auth/login", params={"next": to})
    for _ in range(10):
        location = answer.headers.get("location")
        if answer.url.path == "/auth/callback":
            return answer
        if location:
            answer = await browser.get(answer.url.join(location))
            continue
        names = re.findall(r'<input[^>]*name="([^"]+)"', answer.text)
        values = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', answer.text))
        known = {"login": login, "password": stand.provider.password}
        form = {name: known.get(name, values.get(name, "")) for name in names}
        answer = await browser.post(answer.url, data=form)
    raise AssertionError(answer.text)


@pytest.fixture
async def officer(stand: Stand) -> AsyncIterator[httpx.AsyncClient]:
    """The browser of an officer who is logged in."""
    async with stand.client() as browser:
        answer = await log_in(stand, browser, "petugas-dlh")
        assert answer.status_code == 303, answer.text
        yield browser


async def test_a_login_gives_roles_and_agency(officer: httpx.AsyncClient) -> None:
    me = (await officer.get("/v1/me")).json()
    assert (me["roles"], me["agency"], me["name"]) == (["citizen", "officer"], "dlh", "Petugas DLH")
    assert "petugas" not in me["subject"]


async def test_the_session_cookie_is_out_of_reach_of_scripts(stand: Stand) -> None:
    async with stand.client() as browser:
        answer = await log_in(stand, browser, "warga", to="/lapor")
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("session-"))
    assert answer.headers["location"] == "/lapor"
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


async def test_the_login_uses_pkce_with_state_and_nonce(stand: Stand, client: httpx.AsyncClient) -> None:
    answer = await client.get("/auth/login")
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert all(len(query[name][0]) >= 43 for name in ("state", "nonce", "code_challenge"))


async def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/auth/callback", params={"code": "x", "state": "y"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "LOGIN_STATE_UNKNOWN")


async def test_a_made_up_code_is_refused(client: httpx.AsyncClient) -> None:
    begun = await client.get("/auth/login")
    state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
    answer = await client.get("/auth/callback", params={"code": "made-up", "state": state})
    assert (answer.status_code, answer.json()["reason"]) == (401, "LOGIN_REFUSED")


async def test_a_logout_ends_the_session(officer: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    kept = "; ".join(f"{name}={value}" for name, value in officer.cookies.items())
    answer = await officer.post("/auth/logout", data={"csrf": token})
    assert answer.status_code == 303
    after = await client.get("/v1/me", headers={"cookie": kept})
    assert after.json()["roles"] == ["anonymous"]


async def lost(*_: object) -> None:
    raise ConnectionRefusedError


async def test_a_browser_forgets_the_login_at_a_logout_though_the_database_is_away(
    stand: Stand, officer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    monkeypatch.setattr(stand.gateway.sessions, "_pool", SimpleNamespace(execute=lost))
    answer = await officer.post("/auth/logout", data={"csrf": token})
    assert (answer.status_code, stand.settings.cookie("session") in officer.cookies) == (303, False)
    assert answer.headers["location"] == f"{stand.settings.origin}/keluar"


async def test_a_process_that_does_not_remember_the_session_lets_the_browser_forget_it_and_says_what_is_left(
    stand: Stand, officer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    sessions = stand.gateway.sessions
    sessions._cache.clear()
    monkeypatch.setattr(sessions, "_pool", SimpleNamespace(execute=lost, acquire=lost))
    forged = await officer.post("/auth/logout", data={"csrf": "made-up"})
    assert (forged.status_code, stand.settings.cookie("session") in officer.cookies) == (403, True)
    answer = await officer.post("/auth/logout", data={"csrf": token})
    assert (answer.status_code, stand.settings.cookie("session") in officer.cookies) == (303, False)
    page = await officer.get(answer.headers["location"], headers={"accept": "text/html", "accept-language": "en"})
    assert page.status_code == 200
    assert "the login itself is not ended there" in page.text
    assert 'id="there"' in page.text, "the way to the provider, which may know the browser still"


async def test_a_session_seen_lately_goes_on_within_a_second_while_the_database_hangs_and_looks_once_a_second(
    stand: Stand, officer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, sessions = 0, stand.gateway.sessions

    async def hang(*_: object) -> None:
        nonlocal looks
        looks += 1
        await asyncio.Event().wait()

    assert (await officer.get("/v1/me")).json()["agency"] == "dlh"
    sessions._cache = {digest: (0.0, kept) for digest, (_, kept) in sessions._cache.items()}
    monkeypatch.setattr(sessions, "_pool", SimpleNamespace(acquire=hang))
    monkeypatch.setattr(session, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr(session, "REST_SECONDS", 60.0)
    async with asyncio.timeout(10):
        found = [(await officer.get("/v1/me")).json()["agency"] for _ in range(3)]
    assert (found, looks) == (["dlh"] * 3, 1)


async def test_a_look_that_is_under_way_while_a_session_ends_does_not_keep_it(
    stand: Stand, officer: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions = stand.gateway.sessions
    token = officer.cookies[stand.settings.cookie("session")]
    found = await sessions.find(token)
    assert found is not None
    sessions.forget(found)

    async def ends_meanwhile(*asked: Any) -> Any:
        rows = await fetch_within(*asked)
        await sessions.end(found)
        return rows

    monkeypatch.setattr(session, "fetch_within", ends_meanwhile)
    assert await sessions.find(token) is not None
    assert await sessions.find(token) is None


async def test_a_logout_after_the_login_has_ended_is_no_refusal(stand: Stand, officer: httpx.AsyncClient) -> None:
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    await stand.gateway.pool.execute("DELETE FROM session")
    stand.gateway.sessions._cache.clear()
    answer = await officer.post("/auth/logout", data={"csrf": token})
    assert (answer.status_code, stand.settings.cookie("session") in officer.cookies) == (303, False)
    assert answer.headers["location"] == f"{stand.settings.origin}/"


async def test_a_login_while_the_database_is_away_is_to_be_tried_again(
    stand: Stand, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway.sessions, "_pool", SimpleNamespace(fetchrow=lost))
    answer = await log_in(stand, client, "petugas-dlh")
    assert (answer.status_code, answer.json()["reason"]) == (503, "SESSIONS_UNAVAILABLE")
    assert "retry-after" in answer.headers


async def test_a_logout_without_form_token_is_refused(officer: httpx.AsyncClient) -> None:
    answer = await officer.post("/auth/logout", data={})
    assert (answer.status_code, answer.json()["reason"]) == (403, "CSRF_TOKEN_REFUSED")


async def test_a_write_with_the_cookie_alone_is_refused(officer: httpx.AsyncClient) -> None:
    answer = await officer.post("/v1/complaints", json=WASTE, headers=new_key())
    assert (answer.status_code, answer.json()["reason"]) == (403, "CSRF_TOKEN_REFUSED")


async def test_a_write_with_cookie_and_form_token_passes(officer: httpx.AsyncClient) -> None:
    token = (await officer.get("/v1/me")).json()["csrf_token"]
    answer = await officer.post("/v1/complaints", json=WASTE, headers=new_key() | {"x-csrf-token": token})
    assert answer.status_code == 201


async def test_another_sessions_form_token_is_worth_nothing(stand: Stand, officer: httpx.AsyncClient) -> None:
    async with stand.client() as other:
        await log_in(stand, other, "warga")
        token = (await other.get("/v1/me")).json()["csrf_token"]
    answer = await officer.post("/v1/complaints", json=WASTE, headers=new_key() | {"x-csrf-token": token})
    assert answer.status_code == 403


async def test_a_made_up_session_is_nobodys(stand: Stand, client: httpx.AsyncClient) -> None:
    name = stand.settings.cookie("session")
    answer = await client.get("/v1/me", headers={"cookie": f"{name}=abc.def"})
    assert answer.json()["roles"] == ["anonymous"]


async def test_a_session_outlives_the_provider(stand: Stand, officer: httpx.AsyncClient) -> None:
    provider = stand.gateway.provider
    metadata, provider._metadata = provider._metadata, {}
    issuer, provider._issuer = provider._issuer, "http://127.0.0.1:9"
    try:
        assert (await officer.get("/v1/me")).json()["agency"] == "dlh"
        refused = await officer.get("/auth/login")
        assert (refused.status_code, refused.json()["reason"]) == (503, "IDENTITY_PROVIDER_UNAVAILABLE")
    finally:
        provider._metadata, provider._issuer = metadata, issuer


async def test_an_officer_is_confirmed_by_the_provider(
    stand: Stand, officer: httpx.AsyncClient, edge_database: str
) -> None:
    me = (await officer.get("/v1/me")).json()
    connection = await asyncpg.connect(edge_database)
    await connection.execute(
        "UPDATE gateway.session SET confirm_time = now() - interval '20 minutes' WHERE subject = $1", me["subject"]
    )
    stand.gateway.sessions._cache.clear()
    assert (await officer.get("/v1/me")).json()["agency"] == "dlh"
    age = await connection.fetchval(
        "SELECT now() - max(confirm_time) FROM gateway.session WHERE subject = $1", me["subject"]
    )
    await connection.close()
    assert age.total_seconds() < 60


async def test_a_bearer_token_speaks_for_its_user(stand: Stand, client: httpx.AsyncClient) -> None:
    me = (await client.get("/v1/me", headers=await stand.bearer("verifikator"))).json()
    assert me["roles"] == ["citizen", "verifier"]


@pytest.mark.parametrize(
    "changes",
    [{"aud": "another"}, {"iss": "http://evil.example"}, {"exp": 1}, {"nbf": 9_999_999_999}, {"sub": ""}, {"exp": "x"}],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
async def test_a_token_that_does_not_hold_is_refused(
    stand: Stand, client: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    assert stand.provider is not None
    answer = await client.get("/v1/me", headers={"authorization": f"Bearer {stand.provider.sign(**changes)}"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_REFUSED")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_of_the_provider_holds(stand: Stand, client: httpx.AsyncClient) -> None:
    assert stand.provider is not None
    answer = await client.get("/v1/me", headers={"authorization": f"Bearer {stand.provider.sign()}"})
    assert answer.json()["roles"] == ["admin", "citizen"]


async def test_a_token_of_another_key_is_refused(stand: Stand, client: httpx.AsyncClient) -> None:
    assert stand.provider is not None
    key = RSAKey.generate_key(2048, {"kid": stand.provider.key["kid"]}, auto_kid=False)
    answer = await client.get("/v1/me", headers={"authorization": f"Bearer {sign(key, stand.provider.issuer)}"})
    assert answer.status_code == 401


async def test_a_token_signed_with_the_public_key_as_secret_is_refused(stand: Stand, client: httpx.AsyncClient) -> None:
    assert stand.provider is not None
    public = RSAKey.import_key(stand.provider.key).as_pem(private=False)
    header, claims, _ = stand.provider.sign().split(".")
    header = _part(json.dumps({"alg": "HS256", "kid": stand.provider.key["kid"]}).encode())
    mac = _part(hmac.digest(public, f"{header}.{claims}".encode(), "sha256"))
    answer = await client.get("/v1/me", headers={"authorization": f"Bearer {header}.{claims}.{mac}"})
    assert answer.status_code == 401


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


async def test_an_unsigned_token_is_refused(stand: Stand, client: httpx.AsyncClient) -> None:
    assert stand.provider is not None
    claims = stand.provider.sign().split(".")[1]
    header = _part(b'{"alg":"none"}')
    answer = await client.get("/v1/me", headers={"authorization": f"Bearer {header}.{claims}."})
    assert answer.status_code == 401


async def test_an_opaque_token_nobody_knows_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/me", headers={"authorization": "Bearer made-up"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_REFUSED")


async def test_another_scheme_is_not_understood(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/me", headers={"authorization": "Basic eDp5"})
    assert (answer.status_code, answer.json()["reason"]) == (401, "AUTHORIZATION_NOT_UNDERSTOOD")


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", "\\x"])
def test_a_login_leads_nowhere_but_home(path: str) -> None:
    assert own_address(path) == "/"


def test_groups_of_the_provider_are_roles_and_agency() -> None:
    caller = caller_of({"sub": "x", "groups": ["officer", "agency:dpu", "system", "anonymous", 7], "exp": time.time()})
    assert (set(caller.roles), caller.agency) == ({"citizen", "officer"}, "dpu")
