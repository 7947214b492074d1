"""Attacks with tokens at the API: only access tokens for it open anything."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import structlog
from joserfc import jwt
from joserfc.jwk import ECKey

from services.kit.caller import ROLES
from tests.security.attacks.issuer import ISSUER, Desk, Issuer, counted_from_now, desk_at_work

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(scope="module")
async def desk(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A gateway and its provider."""
    issuer = Issuer({"petugas": ["officer", "agency:dlh"], "warga": []})
    async with desk_at_work(postgres, tmp_path_factory.mktemp("desk"), issuer) as made:
        yield made


async def me(desk: Desk, token: str) -> httpx.Response:
    """Who the API takes the bearer of a token for."""
    async with desk.browser() as program:
        return await program.get("/v1/me", headers={"authorization": f"Bearer {token}"})


def assert_refused(answer: httpx.Response) -> None:
    """401, with the header that RFC 6750 asks for."""
    assert (answer.status_code, answer.json()["reason"]) == (401, "TOKEN_REFUSED"), answer.text
    assert answer.headers["www-authenticate"].startswith('Bearer realm="smartcity", error="invalid_token", ')


async def test_an_access_token_calls_the_api(desk: Desk) -> None:
    answer = await me(desk, desk.issuer.access_token("petugas"))
    assert (answer.status_code, answer.json()["roles"]) == (200, ["citizen", "officer"])


async def test_the_long_name_of_its_type_is_taken_too(desk: Desk) -> None:
    token = desk.issuer.sign("application/at+JWT", sub="warga")
    assert (await me(desk, token)).status_code == 200


async def test_an_id_token_does_not_call_the_api(desk: Desk) -> None:
    assert_refused(await me(desk, desk.issuer.id_token("petugas")))


async def test_a_logout_token_does_not_call_the_api(desk: Desk) -> None:
    assert_refused(await me(desk, desk.issuer.logout_token(sub="petugas", groups=["admin"])))


@pytest.mark.parametrize("typ", ["JWT", None, "at+jwt ", "jwt+at", "refresh+jwt", "dpop+jwt"])
async def test_a_token_of_another_type_does_not_call_the_api(desk: Desk, typ: str | None) -> None:
    assert_refused(await me(desk, desk.issuer.sign(typ, sub="petugas", groups=["admin"])))


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": ["another", "gateway-2"]},
        {"aud": None},
        {"aud": {"gateway": 1}},
        {"aud": ["gateway", "another"], "azp": "another"},
        {"iss": "https://evil.test"},
        {"iss": f"{ISSUER}.evil.test"},
        {"iss": None},
        {"exp": -MINUTE},
        {"exp": None},
        {"exp": float("inf")},
        {"exp": float("nan")},
        {"exp": True},
        {"nbf": 10 * MINUTE},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
    ],
    ids=str,
)
async def test_an_access_token_that_does_not_hold_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    assert_refused(await me(desk, desk.issuer.access_token("petugas", **changes)))


async def test_a_token_of_another_key_is_refused(desk: Desk) -> None:
    other = ECKey.generate_key("P-256", {"kid": "k1"}, auto_kid=False)
    assert_refused(await me(desk, desk.issuer.sign("at+jwt", other, sub="petugas", groups=["admin"])))


@pytest.mark.parametrize(
    ("scope", "passes"), [("openid kota", True), ("openid kotak", False), ("", False), (None, False)]
)
async def test_where_a_scope_is_asked_for_a_token_without_it_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, scope: str | None, passes: bool
) -> None:
    monkeypatch.setattr(desk.gateway().provider, "_api_scope", "kota")
    desk.issuer.opaque["scoped"] = known(scope=scope)
    for token in (desk.issuer.access_token("warga", scope=scope), "scoped"):
        desk.gateway().bearers._cache.clear()
        desk.gateway().bearers._refused.clear()
        answer = await me(desk, token)
        assert answer.status_code == (200 if passes else 401)


async def test_a_token_that_brings_its_own_key_is_refused(desk: Desk) -> None:
    own = ECKey.generate_key("P-256", {"kid": "own"}, auto_kid=False)
    claims = {"iss": ISSUER, "aud": "gateway", "sub": "petugas", "groups": ["admin"]}
    claims = counted_from_now({**claims, "iat": 0 * MINUTE, "exp": 5 * MINUTE})
    for more in ({"jwk": own.as_dict(private=False)}, {"jku": "https://evil.test/keys"}, {"kid": "own"}):
        token = jwt.encode({"alg": "ES256", "typ": "at+jwt", **more}, claims, own, algorithms=["ES256"])
        assert_refused(await me(desk, token))


async def test_roles_of_staff_in_a_token_end_an_hour_after_it_was_issued(desk: Desk) -> None:
    young = desk.issuer.access_token("petugas", iat=-58 * MINUTE, exp=24 * HOUR)
    old = desk.issuer.access_token("petugas", iat=-62 * MINUTE, exp=24 * HOUR)
    assert (await me(desk, young)).status_code == 200
    assert_refused(await me(desk, old))


@pytest.mark.parametrize("role", sorted(ROLES - {"anonymous", "citizen", "system"}))
async def test_each_role_that_reaches_what_is_others_ends_an_hour_after_a_token_was_issued(
    desk: Desk, role: str
) -> None:
    desk.issuer.people["petugas-lain"] = [role, "agency:dlh"]
    young = desk.issuer.access_token("petugas-lain", iat=-58 * MINUTE, exp=24 * HOUR)
    old = desk.issuer.access_token("petugas-lain", iat=-62 * MINUTE, exp=24 * HOUR)
    assert (await me(desk, young)).json()["roles"] == sorted(["citizen", role])
    assert_refused(await me(desk, old))


async def test_a_token_of_staff_says_since_when(desk: Desk) -> None:
    assert_refused(await me(desk, desk.issuer.access_token("petugas", iat=None)))


async def test_a_token_of_a_citizen_lasts_as_long_as_it_says(desk: Desk) -> None:
    old = desk.issuer.access_token("warga", iat=-24 * HOUR, exp=MINUTE)
    assert (await me(desk, old)).json()["roles"] == ["citizen"]


def known(**changes: Any) -> dict[str, Any]:
    """What introspection says of an opaque access token."""
    found = {"active": True, "token_type": "Bearer", "sub": "warga", "aud": "gateway"}
    found |= {"exp": 5 * MINUTE, "iat": 0 * MINUTE} | changes
    return {name: value for name, value in counted_from_now(found).items() if value is not None}


async def test_an_opaque_access_token_calls_the_api(desk: Desk) -> None:
    desk.issuer.opaque["opaque"] = known(groups=["verifier"])
    assert (await me(desk, "opaque")).json()["roles"] == ["citizen", "verifier"]


@pytest.mark.parametrize(
    "changes",
    [
        {"active": False},
        {"active": "true"},
        {"token_type": "refresh_token"},
        {"token_type": None},
        {"aud": "another"},
        {"aud": None},
        {"iss": "https://evil.test"},
        {"exp": -MINUTE},
        {"sub": None},
    ],
    ids=str,
)
async def test_an_opaque_token_that_is_no_access_token_of_ours_is_refused(desk: Desk, changes: dict[str, Any]) -> None:
    desk.issuer.opaque["opaque-2"] = known(groups=["admin"], **changes)
    assert_refused(await me(desk, "opaque-2"))


async def test_a_refresh_token_does_not_call_the_api(desk: Desk) -> None:
    async with desk.browser() as browser:
        await desk.log_in(browser, "petugas")
    for token in desk.issuer._refresh_tokens:
        assert_refused(await me(desk, token))


async def test_an_access_token_begins_no_session(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.issuer, "id_token", lambda login, **more: desk.issuer.access_token(login, **more))
    async with desk.browser() as browser:
        begun = await browser.get("/auth/login")
        params = desk.issuer.code("petugas", begun.headers["location"])
        answer = await browser.get("/auth/callback", params=params)
    assert (answer.status_code, answer.json()["reason"]) == (401, "LOGIN_REFUSED")


async def test_a_refusal_without_a_token_says_how_to_send_one(desk: Desk) -> None:
    async with desk.browser() as program:
        answer = await program.get("/v1/me", headers={"authorization": "Basic eDp5"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (
        401,
        'Bearer realm="smartcity", error="invalid_request"',
    )


async def test_refusals_are_logged_without_the_token(desk: Desk) -> None:
    token = desk.issuer.id_token("petugas")
    with structlog.testing.capture_logs() as lines:
        await me(desk, token)
    assert {"event": "refused", "log_level": "info", "status": 401, "reason": "TOKEN_REFUSED"} in lines
    assert token not in str(lines)


@pytest.mark.parametrize("path", ["/", "/v1/me", "/lapor", "/auth/login"])
async def test_a_trace_is_not_answered(desk: Desk, path: str) -> None:
    async with desk.browser() as program:
        answer = await program.request("TRACE", path, headers={"cookie": "secret=1"})
    assert answer.status_code == 405
    assert "secret" not in answer.text
