"""What programs ask every site for: what search engines leave alone, and where a weakness is reported."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

import httpx
import pytest
from pydantic import ValidationError

from deploy.local.process import free_ports
from gateway.settings import GatewaySettings
from tests.gateway.portal.pages import Page
from tests.gateway.running import Stand, serving

CONTACT = "mailto:csirt@kota.example.org"


async def test_search_engines_read_what_is_told_to_all_and_leave_the_rest_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/robots.txt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert all(rules.can_fetch("any", path) for path in ("/", "/lapor", "/kinerja", "/wisata", "/docs"))
    assert not any(rules.can_fetch("any", path) for path in ("/petugas", "/petugas/112", "/auth/login", "/v1/city"))
    assert "Disallow: /*?" in answer.text.splitlines(), "searches and pages of lists have no end"


def allowed(rules: str, address: str) -> bool:
    """Whether an address may be read (RFC 9309, 2.2.2): the longest rule that fits says so; without one it may."""
    fitting = [(0, True)]
    for line in rules.splitlines():
        verb, _, path = line.partition(": ")
        if verb in ("Allow", "Disallow") and re.match(".*".join(map(re.escape, path.split("*"))), address):
            fitting.append((len(path), verb == "Allow"))
    return max(fitting)[1]


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("/wisata", True),
        ("/static/portal.css?v=819e3fa5fd8f", True),
        ("/wisata?lang=en", True),
        ("/wisata/tempat/lawang-sewu?lang=en", True),
        ("/wisata?page=abc", True),
        ("/wisata/acara?page=abc", True),
        ("/wisata/tempat/lawang-sewu?dari=%2Fwisata%3Fpage%3Dabc", True),
        ("/wisata/tempat/lawang-sewu/foto/01a2", True),
        ("/cari?q=ktp", False),
        ("/wisata?jenis=museum&page=abc", False),
        ("/transit?ke=-6.9,110.4", False),
        ("/v1/city?lang=en", False),
        ("/auth/login?lang=en", False),
        ("/petugas/112?lang=en", False),
    ],
)
async def test_search_engines_reach_all_that_has_an_end(client: httpx.AsyncClient, address: str, may: bool) -> None:
    assert allowed((await client.get("/robots.txt")).text, address) == may


async def test_search_engines_may_follow_the_way_to_a_page_in_english(client: httpx.AsyncClient) -> None:
    page = Page(await client.get("/", headers={"accept-language": "id"}))
    (way,) = re.findall(r'<a href="([^"]*lang=en[^"]*)"[^>]*>', page.source)
    assert (allowed((await client.get("/robots.txt")).text, way), "nofollow" in page.source) == (True, False)


async def test_of_a_city_whose_first_language_is_english_search_engines_follow_the_way_to_pages_in_indonesian(
    stand: Stand, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, languages=("en", "id")))
    rules = (await client.get("/robots.txt")).text
    assert (allowed(rules, "/wisata?lang=id"), allowed(rules, "/wisata?lang=en")) == (True, False)


async def test_who_finds_a_weakness_is_told_where_to_report_it(stand: Stand) -> None:
    settings = stand.settings.model_copy(update={"security_contact": CONTACT, "port": free_ports(1)[0]})
    async with serving(settings) as named, named.client() as client:
        answer = await client.get("/.well-known/security.txt")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert told["Contact"] == CONTACT
    left = datetime.fromisoformat(told["Expires"]) - datetime.now(UTC)
    assert timedelta(days=1) < left < timedelta(days=365), "RFC 9116, 2.5.5: less than a year"
    assert told["Preferred-Languages"] == "id, en"
    assert told["Canonical"] == f"{settings.public_url}/.well-known/security.txt"


async def test_an_installation_that_names_nobody_has_no_such_file(client: httpx.AsyncClient) -> None:
    assert (await client.get("/.well-known/security.txt")).status_code == 404


@pytest.mark.parametrize("contact", ["csirt@kota.example.org", "mailto:a@b.example\nExpires: 2000-01-01", " "])
def test_a_contact_is_an_address_that_programs_know(stand: Stand, contact: str) -> None:
    values = stand.settings.model_dump() | {"security_contact": contact}
    with pytest.raises(ValidationError, match="security_contact"):
        GatewaySettings.model_validate(values)
