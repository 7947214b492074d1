"""Scripts of other sites: they write with a token or a link key, and a cookie of ours does nothing for them."""

import httpx
import pytest

from gateway.rest.routes import routes
from tests.gateway.callers.test_auth import log_in
from tests.gateway.conftest import WASTE, file, new_key
from tests.gateway.running import Stand

APP = {"origin": "https://app.example"}


async def preflight(client: httpx.AsyncClient, path: str, verb: str, headers: str = "") -> dict[str, set[str]]:
    """What a browser is told that it may send, in lower case."""
    asked = {**APP, "access-control-request-method": verb, "access-control-request-headers": headers}
    answer = await client.options(path, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    names = ("methods", "headers")
    return {
        name: {each.strip().lower() for each in answer.headers[f"access-control-allow-{name}"].split(",")}
        for name in names
    }


async def test_every_verb_of_the_api_and_what_a_write_needs_may_be_sent(client: httpx.AsyncClient) -> None:
    allowed = await preflight(client, "/v1/complaints", "POST", "content-type, idempotency-key")
    assert {route.verb.lower() for route in routes()} <= allowed["methods"]
    needed = {"authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-link-key"}
    assert needed <= allowed["headers"]
    assert "x-csrf-token" not in allowed["headers"], "it goes with a cookie"


async def test_a_preflight_claims_nothing_of_the_address(client: httpx.AsyncClient) -> None:
    for path in ("/v1/areas.geojson", "/v1/complaints", "/v1/nothing", "/openapi.json"):
        answer = await client.options(path, headers=APP)
        assert answer.status_code == 204
        assert "allow" not in answer.headers, path


async def test_an_app_files_with_nothing_and_acts_with_the_link_key(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/complaints", json=WASTE, headers=new_key() | APP)
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == "*"
    shown = {each.strip().lower() for each in answer.headers["access-control-expose-headers"].split(",")}
    assert {"etag", "location", "retry-after", "ratelimit", "ratelimit-policy", "www-authenticate"} <= shown
    made = answer.json()
    path, key = f"/v1/complaints/{made['code']}/withdrawal", {"x-link-key": made["link_key"]}
    done = await client.post(path, headers=new_key() | key | APP)
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "withdrawn"


async def test_an_app_writes_with_a_bearer_token(stand: Stand, client: httpx.AsyncClient) -> None:
    sent = await stand.bearer("warga") | APP
    assert (await client.get("/v1/me", headers=sent)).json()["roles"] == ["citizen"]
    answer = await client.post("/v1/complaints", json=WASTE, headers=new_key() | sent)
    assert answer.status_code == 201


async def test_a_refusal_can_be_read_too(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.post("/v1/complaints", json={}, headers=new_key() | APP),
        await client.get("/v1/complaints", headers=APP),
        await client.get("/v1/nothing", headers=APP),
    ):
        assert answer.status_code in (401, 404, 422)
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("sign", [APP, {"origin": "null"}, {"sec-fetch-site": "cross-site"}], ids=str)
async def test_a_cookie_that_comes_from_another_site_does_nothing(stand: Stand, sign: dict[str, str]) -> None:
    async with stand.client() as browser:
        await log_in(stand, browser, "petugas-dlh")
        own = (await browser.get("/v1/me")).json()
        assert own["roles"] == ["citizen", "officer"]
        foreign = await browser.get("/v1/me", headers=sign)
        assert foreign.json() == {"subject": "anonymous", "roles": ["anonymous"]}
        assert "set-cookie" not in foreign.headers
        assert "access-control-allow-credentials" not in foreign.headers
        assert (await browser.get("/v1/complaints", headers=sign)).status_code == 401
        stolen = {"x-csrf-token": own["csrf_token"]}
        answer = await browser.post("/v1/wallets", headers=new_key() | stolen | sign)
        assert (answer.status_code, answer.json()["reason"]) == (401, "LOGIN_REQUIRED")


@pytest.mark.parametrize("more", [{}, {"cookie": "visitor=x", "accept-encoding": "gzip"}], ids=["bare", "packed"])
async def test_an_origin_that_is_no_address_is_another_site_and_costs_the_rate(
    client: httpx.AsyncClient, more: dict[str, str]
) -> None:
    answer = await client.get("/v1/agencies", headers={"origin": "http://[", **more})
    assert answer.status_code == 200
    assert answer.headers["ratelimit-policy"].startswith('"read";')


async def test_the_portals_own_scripts_keep_their_cookie(stand: Stand) -> None:
    async with stand.client() as browser:
        await log_in(stand, browser, "petugas-dlh")
        for sign in ({"origin": stand.settings.origin}, {"sec-fetch-site": "same-origin"}):
            assert (await browser.get("/v1/me", headers=sign)).json()["agency"] == "dlh"


async def test_pages_and_the_banks_door_are_closed_to_other_sites(client: httpx.AsyncClient) -> None:
    for path in ("/", "/lapor", "/auth/logout", "/v1/snap/v1.0/qr/qr-mpm-notify"):
        for verb in ("GET", "POST", "OPTIONS"):
            answer = await client.request(verb, path, headers=APP)
            assert not [name for name in answer.headers if name.startswith("access-control-")], (verb, path)


async def test_every_401_says_how_to_log_in(stand: Stand, client: httpx.AsyncClient) -> None:
    code = (await file(client))["code"]
    page = {"accept": "text/html"}
    nothing_came = [
        await client.get("/v1/complaints"),
        await client.get(f"/v1/complaints/{code}/redactions"),
        await client.get("/petugas", headers=page),
        await client.get("/usaha", headers=page),
        await client.post("/v1/snap/v1.0/qr/qr-mpm-notify", json={}),
    ]
    for answer in nothing_came:
        assert answer.status_code == 401, answer.url
        assert answer.headers["www-authenticate"] == 'Bearer realm="smartcity"', "RFC 6750: no error where nothing came"
    token = await client.get("/v1/me", headers={"authorization": "Bearer a.b.c"})
    assert token.status_code == 401
    assert token.headers["www-authenticate"].startswith('Bearer realm="smartcity", error="invalid_token", error_desc')
    other = await client.get("/v1/me", headers={"authorization": "Basic YTpi"})
    assert other.headers["www-authenticate"] == 'Bearer realm="smartcity", error="invalid_request"'
