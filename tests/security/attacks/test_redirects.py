"""Whatever address somebody makes up of ours, no link and no redirect in the answer leads to another host.

Before: ``/%2f/evil.example`` answered with a page whose link to the other language led to evil.example, and
a login with ``next=//[`` broke with 500.
"""

import html
import re
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.answers.addresses import own_address, own_path
from gateway.edge.login import LOGIN_COOKIE
from tests.gateway.running import Stand

EVIL = "evil.example"
SHAPES = (
    "//evil.example",
    "///evil.example/x",
    "//evil.example/%2e%2e",
    "//evil.example@127.0.0.1/",
    "//user:word@evil.example",
    "/%2f/evil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    "/%5c%5cevil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "/%00//evil.example",
    "/%20//evil.example",
    "/%2e%2e//evil.example",
    "/..//evil.example",
    "/./%2fevil.example",
    "//%65vil.example",
    "//[::1]",
    "//[",
    "/https://evil.example",
    "/%68ttps:evil.example",
    "/javascript:alert(1)",
    "//evil.example?next=//evil.example&lang=//evil.example",
    "/lapor//evil.example",
    "/lapor/%2f%2fevil.example",
    "/v1//evil.example",
    "//evil.example/v1/complaints",
    "//v1/complaints",
    "/docs//evil.example",
    "/auth//evil.example",
)
NEXT = (
    *SHAPES,
    "https://evil.example",
    "https:evil.example",
    "HTTPS:/evil.example",
    "javascript:alert(1)",
    "evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\r\n/evil.example",
    " //evil.example",
    "/\x00/evil.example",
    "/\x7f/evil.example",
    "/\u2028/evil.example",
    "/\u200b/evil.example",
    "//[",
    "",
)


def _leads_to(base: str, address: str) -> str:
    """The host that a browser goes to (WHATWG URL: tabs and line ends are dropped, a backslash is a slash)."""
    seen = re.sub(r"[\t\n\r]", "", address).strip("".join(map(chr, range(33)))).replace("\\", "/")
    if seen.startswith("//"):
        seen = "//" + seen.lstrip("/")  # any number of slashes begins a host
    return urlsplit(urljoin(base, seen)).netloc if not re.match(r"[a-z]+:(?!//)", seen, re.I) else seen


def _links(answer: httpx.Response) -> list[str]:
    """Every address in a page or problem, and where a redirect leads."""
    found = [answer.headers["location"]] if "location" in answer.headers else []
    if answer.headers.get("content-type", "").startswith("text/html"):
        found += [html.unescape(each) for each in re.findall(r'\b(?:href|action|src)="([^"]*)"', answer.text)]
    if "json" in answer.headers.get("content-type", ""):
        body = answer.json()
        found += [body[key] for key in ("instance", "type") if key in body]
    return found


async def _asked(client: httpx.AsyncClient, target: str, **headers: str) -> httpx.Response:
    """The answer to exactly these bytes as the request's target."""
    return await client.send(
        client.build_request("GET", "/", headers=headers, extensions={"target": target.encode()})
    )  # fmt: skip


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("shape", SHAPES)
async def test_no_link_of_an_answer_to_a_made_up_address_leads_elsewhere(
    stand: Stand, client: httpx.AsyncClient, shape: str, accept: str
) -> None:
    answer = await _asked(client, shape, accept=accept)
    assert answer.status_code < 500
    links = _links(answer)
    assert links or accept != "text/html" or answer.status_code != 404
    assert [each for each in links if EVIL in _leads_to(stand.url, each)] == []
    assert [each for each in links if re.match(r"\s*javascript:", each, re.I)] == []


@pytest.mark.parametrize("wanted", NEXT)
async def test_a_login_leads_back_to_the_portal_alone(stand: Stand, client: httpx.AsyncClient, wanted: str) -> None:
    answer = await client.get(f"/auth/login?next={quote(wanted, safe='')}")
    assert answer.status_code == 303
    cookie = answer.cookies[stand.settings.cookie(LOGIN_COOKIE)]
    key = OctKey.import_key(stand.settings.session_secret.get_secret_value().encode())
    after = jwt.decode(cookie, key, algorithms=["HS256"]).claims["to"]
    assert _leads_to(stand.url, after) == urlsplit(stand.url).netloc


@pytest.mark.parametrize("wanted", NEXT)
async def test_a_login_at_another_name_of_the_host_goes_on_to_the_portal_alone(
    stand: Stand, client: httpx.AsyncClient, wanted: str
) -> None:
    answer = await client.get(f"/auth/login?next={quote(wanted, safe='')}", headers={"host": EVIL})
    assert answer.status_code == 303
    onward = urlsplit(answer.headers["location"])
    assert f"{onward.scheme}://{onward.netloc}" == stand.url
    after = parse_qs(onward.query).get("next", ["/"])[0]
    assert _leads_to(stand.url, after) == urlsplit(stand.url).netloc


@pytest.mark.parametrize("code", ["//evil.example", "https://evil.example", "/\\evil.example", "../..//evil.example"])
async def test_a_typed_code_leads_to_a_page_of_a_case(stand: Stand, client: httpx.AsyncClient, code: str) -> None:
    answer = await client.get("/lacak", params={"code": code})
    assert answer.status_code == 303
    assert re.fullmatch(r"/lapor/[0-9A-Z-]+", answer.headers["location"])


def test_an_own_path_is_the_same_path_to_whoever_follows_it() -> None:
    assert own_path("/lapor/SMG-7K4P-92") == "/lapor/SMG-7K4P-92"
    assert own_path("/peta/a b?c#d%2f") == "/peta/a%20b%3Fc%23d%252f"
    assert own_address("/bayar?page=2#list") == "/bayar?page=2#list"
