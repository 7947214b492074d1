"""The reference at /docs shows what the document says."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import lxml.html
import pytest

from gateway.answers.problems import TITLES, Problem, anchor
from gateway.openapi import document
from services.kit.database import idempotency
from smartcity.reasons import REASONS
from tests.gateway.running import Stand, at_once

ROOT = Path(__file__).parents[2]


async def test_fields_of_an_object_in_a_body_stand_below_it_under_their_path(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/operations/complaints")).text
    shown = [f"<code>{name}</code>" for name in ("location", "location.lon", "location.landmark", "contact")]
    assert all(one in page for one in shown)
    assert [page.index(one) for one in shown] == sorted(page.index(one) for one in shown)


async def test_how_long_a_field_of_a_body_may_be_stands_beside_it(client: httpx.AsyncClient) -> None:
    page = lxml.html.fromstring((await client.get("/docs/operations/complaints")).text)
    rows = page.xpath("//article[@id='createComplaint']//tr[th/code[text()='text']]/td[1]")
    assert [each.text_content() for each in rows] == ["string, 10 to 5,000 characters"]
    (rating,) = page.xpath("//article[@id='rateComplaint']//tr[th/code[text()='rating']]/td[1]")
    assert rating.text_content() == "integer, 1 to 5"


async def test_all_that_the_document_says_of_itself_stands_on_the_page(client: httpx.AsyncClient) -> None:
    """Also what goes on in the next line."""
    said = (await client.get("/openapi.json")).json()["info"]["description"]
    page = " ".join(lxml.html.fromstring((await client.get("/docs")).text).text_content().split())
    for part in re.sub(r"[*`]", "", said).split("\n- "):
        assert " ".join(part.split()) in page


async def test_where_no_login_is_needed_it_is_said_how_long_a_key_has_to_be(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    (open_,), (closed,) = (
        [each["description"] for each in paths[path]["post"]["parameters"] if each["name"] == "Idempotency-Key"]
        for path in ("/v1/complaints", "/v1/bills")
    )
    assert f"at least {idempotency.LEAST_SECRET_KEY} characters" in open_
    assert "Without a login" not in closed


async def test_whoever_makes_an_app_is_told_how_it_gets_a_token(client: httpx.AsyncClient, stand: Stand) -> None:
    page = lxml.html.fromstring((await client.get("/docs")).text)
    audience = stand.settings.oidc_audience or stand.settings.oidc_client_id
    assert audience
    assert f"aud is {audience} alone" in page.xpath("string(//*[@id='login-oidc']/following-sibling::dd[1])")
    how = page.xpath("string(//*[@id='token']/following-sibling::p[1])")
    assert "a client of its own" in how
    assert "scopes" in how
    told = page.xpath("string(//*[@id='login-oidc']/following-sibling::dd[1])")
    assert f"the scopes {stand.settings.oidc_scope}:" in told


def test_the_scope_that_an_operator_asks_of_clients_is_told_too(stand: Stand) -> None:
    asked = stand.settings.model_copy(update={"oidc_scope": "openid groups", "oidc_api_scope": "city"})
    said = document(asked)["components"]["securitySchemes"]["oidc"]["description"]
    assert "the scopes `openid groups city`:" in said


async def test_each_way_to_be_let_in_is_explained_and_every_operation_leads_there(client: httpx.AsyncClient) -> None:
    schemes = (await client.get("/openapi.json")).json()["components"]["securitySchemes"]
    page = lxml.html.fromstring((await client.get("/docs")).text)
    for name, scheme in schemes.items():
        (said,) = page.xpath("//*[@id=$id]/following-sibling::dd[1]", id=f"login-{name}")
        text = said.text_content()
        assert re.sub("`", "", scheme["description"]) in text
        assert (scheme.get("name") or scheme.get("openIdConnectUrl") or "Authorization: Bearer") in text
    tickets = lxml.html.fromstring((await client.get("/docs/operations/tickets")).text)
    assert set(tickets.xpath("//p[@class='who']/a/@href")) == {f"/docs#login-{name}" for name in schemes}


async def test_all_that_a_link_key_is_good_for_is_told(client: httpx.AsyncClient) -> None:
    """Before, whoever made a proposal or judged a service did not read that their key is one."""
    said = (await client.get("/openapi.json")).json()["components"]["securitySchemes"]["linkKey"]["description"]
    for thing in ("complaint", "proposal", "tickets", "waiting room", "invitation"):
        assert thing in said, thing


@pytest.mark.parametrize(
    "reason", ["PHOTO_NOT_YOURS", "LINK_KEY_REQUIRED", "ORDER_NOT_FOUND", "TICKET_NOT_FOUND", "WAITING_PLACE_NOT_FOUND"]
)
def test_who_is_to_come_with_a_link_key_is_told_the_name_of_its_header(reason: str) -> None:
    assert any("X-Link-Key" in said for said in REASONS[reason][1])


def literals() -> set[str]:
    """Reasons that the code of gateway and pillars gives to what refuses, by a plain look of its own."""
    maker = (
        r"(?:Problem\(\s*\d+,|(?:invalid|unauthenticated|forbidden|not_found|conflict|precondition|exhausted|unavailable)"
        r"\(|Kind\.\w+,)\s*\"([A-Z][A-Z0-9_]+)\""
    )
    texts = [each.read_text() for folder in ("gateway", "services") for each in (ROOT / folder).rglob("*.py")]
    return {name for text in texts for name in re.findall(maker, text)}


def leads_to(problem: dict[str, Any], page: str) -> bool:
    """Whether a problem's type is an anchor of the page."""
    path, _, anchor = problem["type"].partition("#")
    return path == "/docs/problems" and f'id="{anchor}"' in page


async def test_the_type_of_every_problem_leads_to_its_anchor(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/problems")).text
    reasons = literals() | set(REASONS)
    assert len(reasons) > 200
    for reason in reasons:
        made = json.loads(bytes(Problem(422, reason, "Why.").response("/v1/x").body))
        assert made["type"] == f"/docs/problems#{reason.lower().replace('_', '-')}", f"`make proto` finds no {reason}"
        assert leads_to(made, page), reason
    for status in TITLES:  # what a part behind the edge may say, and no code of ours
        assert leads_to(json.loads(bytes(Problem(status, "SOMETHING_ELSE", "Why.").response("/v1/x").body)), page), (
            status
        )


async def test_the_example_of_every_problem_is_one_of_its_status(client: httpx.AsyncClient) -> None:
    """Before: all led to INVALID_REQUEST, and those of 413, 415 and 500 said that it was their reason."""
    answers = (await client.get("/openapi.json")).json()["components"]["responses"]
    assert {"Problem413", "Problem415", "Problem422", "Problem500", "Problem503", "Problem504"} <= set(answers)
    page = (await client.get("/docs/problems")).text
    for name, one in answers.items():
        example = one["content"]["application/problem+json"]["example"]
        reason, status = example["reason"], example["status"]
        assert name in ("TokenRefused", f"Problem{status}")
        assert (name == "TokenRefused") == (reason == "TOKEN_REFUSED")
        assert REASONS[reason][0] in (0, status), name
        assert example["type"] == f"/docs/problems#{anchor(reason, status)}"
        assert leads_to(example, page), name
        assert example["title"] == TITLES[status]


async def test_every_refusal_of_an_operation_is_described(client: httpx.AsyncClient) -> None:
    api = (await client.get("/openapi.json")).json()
    named = re.findall(r"#/components/responses/(\w+)", json.dumps(api["paths"]))
    assert set(named) == set(api["components"]["responses"])


async def test_what_may_answer_304_says_by_which_header_it_is_asked_and_which_it_has(client: httpx.AsyncClient) -> None:
    api = (await client.get("/openapi.json")).json()
    known = [each for verbs in api["paths"].values() for each in verbs.values() if "304" in each["responses"]]
    assert {"getGtfs", "getGtfsRealtimeAlerts", "getEventCalendar", "getWarningFeed", "listAreas"} <= {
        each["operationId"] for each in known
    }
    for each in known:
        assert "If-None-Match" in [one["name"] for one in each["parameters"]], each["operationId"]
        for status in ("200", "304"):
            assert "ETag" in each["responses"][status]["headers"], each["operationId"]


async def test_a_reason_of_two_matters_shows_what_both_say(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/problems")).text
    said = re.search(r'<dt id="location-required">.*?(?=<dt|</dl>)', page, re.S)
    assert said is not None
    assert "the code of a kelurahan" in said[0], "of a report"
    assert len(re.findall("<dd>", said[0])) == len(REASONS["LOCATION_REQUIRED"][1]) > 1


async def test_problems_as_they_come_lead_to_their_anchor(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs/problems")).text
    for answer in (
        await client.get("/v1/nothing"),
        await client.put("/v1/complaints", json={}),
        await client.post("/v1/complaints", content=b"{", headers={"content-type": "application/json"}),
        await client.get("/v1/complaints/SMG-0000-00"),
        await client.get("/v1/bills"),
        await client.get("/v1/cleanups", headers={"authorization": "Bearer x"}),
    ):
        assert leads_to(answer.json(), page), answer.text


async def test_a_heading_stands_in_the_document_once_and_says_what_is_below_it(client: httpx.AsyncClient) -> None:
    """OpenAPI 3.1.0, 4.8.1: each name in the list of tags is unique."""
    tags = (await client.get("/openapi.json")).json()["tags"]
    names = [each["name"] for each in tags]
    assert sorted(names) == sorted(set(names))
    assert [each["name"] for each in tags if not each["description"]] == []
    page = (await client.get("/docs/operations/tickets")).text
    assert "Tickets of events and destinations" in page


async def test_every_object_is_titled_as_it_is_called_so_that_clients_are_made_of_each(
    client: httpx.AsyncClient,
) -> None:
    """Two of one title are one class to some generators, which then leave out what is answered with it."""
    found = (await client.get("/openapi.json")).json()["components"]["schemas"]
    assert {name: each.get("title") for name, each in found.items() if each.get("title") != name} == {}


async def test_what_is_bytes_is_said_to_be_so_that_clients_can_send_a_photo(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    said = {(f"{called['operationId']} {media}", name): each for verbs in paths.values() for called in verbs.values()
            for given in (called.get("requestBody", {}), *called["responses"].values())
            for media, one in given.get("content", {}).items()
            for name, each in {"": one["schema"], **one["schema"].get("properties", {})}.items()}  # fmt: skip
    packed = (
        "application/octet-stream",
        "application/zip",
        "application/x-protobuf",
        "image/jpeg",
        "image/png",
        "image/webp",
    )
    bytes_ = {where: each for where, each in said.items()
              if each.get("contentMediaType") == packed[0] or where[0].endswith(packed)}  # fmt: skip
    assert ("createPhoto multipart/form-data", "photo") in bytes_
    assert {where for where, each in bytes_.items() if each.get("format") != "binary"} == set()


async def test_the_document_says_of_every_read_who_may_ask(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    some = "0192f3a4-7c1e-7d44-9c1b-2f6f0e8f3a10"
    asked = {
        "/v1/payments": {"merchant": some},
        "/v1/gates": {"sale": some},
        "/v1/gates/amiss": {"sale": some},
    }
    reads = {
        path: verbs["get"]
        for path, verbs in document["paths"].items()
        if "get" in verbs and not path.endswith("/events")
    }
    answers = await at_once(
        client.get(re.sub(r"\{\w+\}", "2026-11-20", path), params=asked.get(path, {})) for path in reads
    )
    for (path, said), answer in zip(reads.items(), answers, strict=True):
        if answer.status_code in (503, 504):
            continue  # of a pillar that is not here
        anybody = said["security"] == [] or any(not each or "linkKey" in each for each in said["security"])
        assert (answer.status_code != 401) == anybody, f"{path}: {answer.status_code}"
        if anybody:
            refusal = said["responses"]["401"]["$ref"]
            assert refusal.endswith("/TokenRefused"), f"{path}: nobody has to log in"
        if "public" in answer.headers.get("cache-control", ""):
            assert said["security"] == [], f"{path} says the same to everybody"
    public = (await client.get("/docs/operations/city")).text
    assert "no login is needed" in public


async def test_an_example_that_is_no_text_stands_as_it_is_sent(client: httpx.AsyncClient) -> None:
    page = lxml.html.fromstring((await client.get("/docs/operations/tickets")).text)
    (said,) = page.xpath("//article[@id='listTicketSales']//tr[th/code='for_sale']/td/code")
    assert said.text_content() == "true"
