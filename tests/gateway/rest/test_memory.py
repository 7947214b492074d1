"""The reads from memory answer what the document says of them, and nothing that it does not say."""

import asyncio
from typing import Any

import httpx
import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from gateway.calls.contracts import RPCS, component
from gateway.city.home import Section
from gateway.openapi import city_reads
from tests.gateway.running import PILLARS

READS = sorted(city_reads.OPERATIONS.keys() - {"/v1/me"})


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    """The document as it is served."""
    found: dict[str, Any] = (await client.get("/openapi.json")).json()
    return found


@pytest.mark.parametrize("path", READS)
async def test_what_is_read_from_memory_is_documented_to_its_last_property(
    stand: Any, client: httpx.AsyncClient, document: dict[str, Any], path: str
) -> None:
    async with asyncio.timeout(10):
        while not stand.gateway.home.tried:
            await asyncio.sleep(0.01)
    answer = await client.get(path)
    (media,) = document["paths"][path]["get"]["responses"]["200"]["content"].values()
    components = {"schemas": closed(document["components"]["schemas"])}
    jsonschema.Draft202012Validator({**media["schema"], "components": components}).validate(answer.json())


def test_each_section_of_the_home_is_typed_by_the_contract_of_its_pillar() -> None:
    sections = city_reads.SCHEMAS["CityHome"]["properties"]["sections"]
    overviews = {rpc.pillar: rpc.method.output_type for rpc in RPCS.values() if rpc.method.name == "GetOverview"}
    assert sections["required"] == list(PILLARS)
    for pillar in PILLARS:
        section = city_reads.SCHEMAS[sections["properties"][pillar]["$ref"].rpartition("/")[2]]
        assert list(section["properties"]) == list(Section.__struct_fields__)
        assert section["required"] == ["status"]  # the others are absent until the pillar has answered once
        assert section["properties"]["overview"]["$ref"].endswith(f"/{component(overviews[pillar])}")


def test_a_section_whose_pillar_never_answered_is_as_the_document_says() -> None:
    never = msgspec.to_builtins(Section("unavailable"))
    jsonschema.Draft202012Validator(city_reads.SCHEMAS["LivingSection"]).validate(never)


def test_every_read_from_memory_has_an_example(document: dict[str, Any]) -> None:
    examples = {}
    for path in READS:
        (media,) = document["paths"][path]["get"]["responses"]["200"]["content"].values()
        examples[path] = media["example"]
    for section in examples["/v1/city"]["sections"].values():
        assert section["status"] == "ok"
        assert section["overview"]
    assert examples["/v1/areas.geojson"]["features"][0]["geometry"]["type"] == "Polygon"


def closed(schema: Any) -> Any:
    """The same, where an object holds no properties but its own."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: closed(each) for name, each in schema.items()}
    return {**found, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else found
