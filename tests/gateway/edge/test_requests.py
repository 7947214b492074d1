"""What holds for every request: problems, limits, headers, CORS, documentation."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import pytest
from opentelemetry.trace import SpanKind

from gateway.calls.assertions import Assertions
from gateway.calls.pillars import Pillars
from gateway.rest.routes import routes
from observability import telemetry
from services.kit.caller import Minter
from tests.gateway.conftest import WASTE, new_key
from tests.gateway.running import Stand, gateway_settings, serving
from tests.kit.tracing import recording


async def test_an_unknown_address_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nothing")
    assert (answer.status_code, answer.json()["reason"]) == (404, "NOT_FOUND")
    assert answer.json()["instance"] == "/v1/nothing"


async def test_a_wrong_method_names_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.put("/v1/complaints", json={})
    assert (answer.status_code, answer.json()["reason"]) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    "path", ["/", "/lapor", "/docs", "/v1/city", "/v1/me", "/v1/complaints/SMG-0000-00", "/v1/gtfs.zip", "/nothing"]
)
async def test_what_is_read_tells_its_head_alone_as_well(client: httpx.AsyncClient, path: str) -> None:
    """RFC 9110, 9.1: every server takes HEAD."""
    read, told = await client.get(path), await client.head(path)
    assert (told.status_code, told.content) == (read.status_code, b"")
    assert told.headers["content-type"] == read.headers["content-type"]


async def test_the_head_of_a_stream_does_not_wait_for_its_events(client: httpx.AsyncClient) -> None:
    told = await client.head("/v1/vehicle-events", headers={"accept": "text/event-stream"}, timeout=10)
    assert told.headers["content-type"] == "text/event-stream; charset=utf-8"


async def test_a_wrong_method_is_told_that_head_is_right(client: httpx.AsyncClient) -> None:
    for path in ("/v1/events", "/v1/areas", "/lapor/simpan"):
        allowed = (await client.request("PROPFIND", path)).headers["allow"].split(", ")
        assert ("GET" in allowed) == ("HEAD" in allowed), path
    assert (await client.head("/v1/complaints/SMG-0000-00/withdrawal")).status_code == 405


async def test_a_problem_carries_its_trace(client: httpx.AsyncClient) -> None:
    telemetry.configure("gateway", "test", "test", "", 1.0)
    try:
        answer = await client.get("/v1/nothing")
    finally:
        telemetry.shutdown()
    assert len(answer.headers["x-trace-id"]) == 32
    assert answer.json()["trace_id"] == answer.headers["x-trace-id"]


async def test_broken_json_is_a_bad_request(client: httpx.AsyncClient) -> None:
    headers = new_key() | {"content-type": "application/json"}
    answer = await client.post("/v1/complaints", content=b'{"text": ', headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b'{"text": "\\ud800 mengganggu", "location": {"lon": NaN}}', b"[" * 100_000, b'"text"', b"null"],
    ids=["not-utf-8", "surrogate", "deep", "string", "null"],
)
async def test_strange_bodies_are_refused_and_never_break(client: httpx.AsyncClient, body: bytes) -> None:
    headers = new_key() | {"content-type": "application/json"}
    answer = await client.post("/v1/complaints", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["reason"]


async def test_wrong_fields_are_named_with_what_to_do(client: httpx.AsyncClient) -> None:
    body = {"text": "pendek", "location": {"lon": 110.4}, "colour": "red"}
    answer = await client.post("/v1/complaints", json=body, headers=new_key())
    errors = {each["field"]: each["message"] for each in answer.json()["errors"]}
    assert answer.status_code == 422
    assert set(errors) == {"text", "location.lat", "colour"}
    assert errors["text"] == "has 6 characters; give 10 to 5,000"
    assert errors["location.lat"] == "is missing"


async def test_a_pillars_refusal_names_the_field(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/complaints", json=WASTE | {"category": "ufo"}, headers=new_key())
    assert (answer.status_code, answer.json()["reason"]) == (422, "CATEGORY_UNKNOWN")
    assert answer.json()["errors"][0]["field"] == "category"


async def test_a_body_beyond_the_limit_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/complaints", json=WASTE | {"text": "x" * 300_000}, headers=new_key())
    assert (answer.status_code, answer.json()["reason"]) == (413, "BODY_TOO_LARGE")


async def test_a_body_without_length_is_limited_too(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 10_000

    headers = new_key() | {"content-type": "application/json"}
    answer = await client.post("/v1/complaints", content=chunks(), headers=headers)
    assert answer.status_code == 413


async def test_a_form_is_no_json(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/complaints", data={"text": "x"}, headers=new_key())
    assert answer.status_code in (415, 422)


async def test_a_dead_pillar_is_unavailable_and_not_an_error(
    edge_database: str, assertion_key: dict[str, Any], tmp_path: Path
) -> None:
    async with serving(gateway_settings(edge_database, assertion_key, tmp_path, {})) as alone, alone.client() as client:
        answer = await client.get("/v1/things")
    assert (answer.status_code, answer.json()["reason"]) == (503, "PILLAR_UNAVAILABLE")
    assert answer.headers["retry-after"] == "1"


async def test_a_span_names_the_whole_route(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with recording(monkeypatch) as spans:
        await client.get("/v1/complaints/SMG-0000-00")
        span = spans.one("GET /v1/complaints/{code}", SpanKind.SERVER)
    assert span.attributes is not None
    assert span.attributes["http.route"] == "/v1/complaints/{code}"


def test_every_route_stands_below_its_version_and_has_an_address_of_its_own() -> None:
    addresses = [(route.verb, re.sub(r"\{\w+\}", "{}", route.path)) for route in routes()]
    assert len(set(addresses)) == len(addresses) >= 80
    assert {path.split("/")[1] for _, path in addresses} == {"v1"}


async def test_every_answer_carries_security_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/nothing")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


async def test_https_in_production_is_remembered(stand: Stand) -> None:
    settings = stand.settings.model_copy(
        update={"mode": "production", "public_url": "https://city.example", "port": stand.settings.port + 1}
    )
    async with serving(settings) as other, other.client() as client:
        answer = await client.get("/v1/categories")
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert settings.cookie("session") == "__Host-session"


async def test_too_many_writes_are_sent_away_for_a_while(stand: Stand) -> None:
    values = stand.settings.model_copy(
        update={
            "anonymous_write_rate": 0.1, "burst_seconds": 30.0, "correction_rate": 2 / 3600,
            "port": stand.settings.port + 2,
        }
    )  # fmt: skip
    async with serving(values) as other, other.client() as client:
        answers = [await client.post("/v1/routing/suggestions", json={"text": "lampu"}) for _ in range(4)]
        for path in ("/v1/facilities/x/corrections", "/sekitar/x"):
            assert (await client.post(path)).status_code != 429
        for path in ("/v1/facilities/y/corrections", "/v1/destinations/y/corrections", "/wisata/tempat/y"):
            refused = await client.post(path)
            assert refused.headers["ratelimit-policy"] == '"corrections";q=2;w=3600'
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    last = answers[-1]
    assert last.json()["reason"] == "RATE_LIMITED"
    assert int(last.headers["retry-after"]) == 10
    assert last.headers["ratelimit-policy"] == '"anonymous-write";q=3;w=30'
    assert last.headers["ratelimit"].startswith('"anonymous-write";r=0;t=')


async def test_reference_data_is_cached_by_version(client: httpx.AsyncClient) -> None:
    for path in ("/v1/categories", "/v1/areas", "/v1/agencies", "/v1/areas.geojson"):
        first = await client.get(path)
        assert first.status_code == 200
        again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_the_reference_data_is_the_citys(client: httpx.AsyncClient) -> None:
    assert len((await client.get("/v1/agencies")).json()["agencies"]) == 54
    levels = [each["level"] for each in (await client.get("/v1/areas")).json()["areas"]]
    assert (levels.count("kecamatan"), levels.count("kelurahan")) == (16, 177)


async def test_the_home_shows_each_pillar_with_its_age(stand: Stand, client: httpx.AsyncClient) -> None:
    sections = (await client.get("/v1/city")).json()["sections"]
    assert list(sections) == ["governance", "economy", "living", "environment", "society", "branding"]
    assert sections["governance"]["status"] == "ok"
    assert sections["governance"]["as_of"].endswith("Z")
    assert sections["economy"]["status"] == "ok"
    assert sections["living"]["overview"]["facilities"] == 71
    assert sections["society"] == {"status": "unavailable"}


async def test_a_gateway_with_dead_pillars_is_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_a_draining_gateway_answers_but_is_not_ready(stand: Stand, client: httpx.AsyncClient) -> None:
    stand.gateway.draining = True
    try:
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/v1/city")).status_code == 200
    finally:
        stand.gateway.draining = False


async def test_the_openapi_document_is_sound(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    operations = [each for path in document["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names)) >= 30
    for each in operations:
        assert each["summary"]
        assert each["description"]
        assert each["tags"]
        assert "429" in each["responses"]
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


async def test_every_reference_of_the_document_leads_somewhere(client: httpx.AsyncClient) -> None:
    text = (await client.get("/openapi.json")).text
    document = json.loads(text)
    for part in text.split('"$ref":"')[1:]:
        node = document
        for step in part.split('"', 1)[0].removeprefix("#/").split("/"):
            node = node[step]


async def test_answers_fit_their_schemas(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    answers = {
        (path, "get"): await client.get(path)
        for path in ("/v1/city", "/v1/categories", "/v1/areas", "/v1/agencies", "/v1/me")
    }
    answers["/v1/complaints", "post"] = await client.post("/v1/complaints", json=WASTE, headers=new_key())
    for (path, verb), answer in answers.items():
        told = document["paths"][path][verb]["responses"][str(answer.status_code)]
        schema = told["content"]["application/json"]["schema"]
        jsonschema.validate(answer.json(), schema | {"components": document["components"]})


async def test_the_reference_pages_need_nothing_from_outside(client: httpx.AsyncClient) -> None:
    groups = re.findall(r'href="(/docs/operations/[a-z-]+)"', (await client.get("/docs")).text)
    assert len(groups) >= 15
    for path in ("/docs", *groups, "/docs/schemas", "/docs/problems"):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert "<script" not in answer.text
        # All objects of all contracts stand on one page, which grows with each pillar.
        assert answer.num_bytes_downloaded < (120_000 if path == "/docs/schemas" else 40_000)
        assert "createComplaint" in answer.text or path not in ("/docs", "/docs/operations/complaints")
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"]
    assert (await client.get("/docs/operations/ghosts")).status_code == 404
    assert (await client.get("/docs/docs.css")).headers["content-type"].startswith("text/css")


async def test_settings_without_pillars_are_refused_by_name(stand: Stand) -> None:
    settings = stand.settings.model_copy(update={"targets": {"governance": "ipv4:127.0.0.1:1"}})
    with pytest.raises(ValueError, match="lacks branding, economy"):
        Pillars(settings, Assertions(Minter(settings.assertion_key.get_secret_value())))
