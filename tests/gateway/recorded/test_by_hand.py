"""What no table tells is documented by hand: its answers hold no property and no header that the document has not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from gateway.rest.routes import routes
from tests.gateway.recorded.edge import Edge
from tests.gateway.recorded.operations import PATHS, QUERIES, Operation, operations
from tests.gateway.recorded.recording import Case
from tests.gateway.recorded.uploads import photo

NOT_THERE = {"getWarningFeed": "503 until a pillar has told of warnings"}
FRAMING = {"content-encoding", "transfer-encoding", "vary", "x-accel-buffering"}
BODIES = {"withdrawDestinationPhoto": b'{"reason": "Bukan milik kota."}', "putFeedArchive": b"PK\3\4whole"}
VALUES = {**PATHS, **QUERIES, "destination": "museum-kota", "datastream": PATHS["id"]}
"""Of parameters that have no example."""


@pytest.mark.timeout(300)
async def test_answers_by_hand_hold_no_property_and_no_header_that_is_not_documented(edge: Edge) -> None:
    wrong: dict[str, list[str]] = {}
    by_hand = {route.operation for route in routes() if route.act is not None} - set(NOT_THERE)
    async with edge.stand.client() as client:
        usual = FRAMING | set((await client.get("/v1/nothing")).headers)
        for operation in operations(await edge.document()):
            if operation.id in by_hand:
                found = await _undocumented(client, operation, edge.tokens["admin"], usual)
                wrong |= {operation.id: found} if found else {}
    assert wrong == {}


async def _undocumented(client: httpx.AsyncClient, operation: Operation, token: str, usual: set[str]) -> list[str]:
    """What the document does not say of the answer to a valid request."""
    answer, body = await _answer(client, operation, token)
    said = operation.raw["responses"].get(str(answer.status_code))
    if said is None or not answer.is_success:
        return [f"it answers {answer.status_code}"]
    told = {each.lower() for each in said.get("headers", {})}
    found = sorted(set(answer.headers) - usual - told)
    if body is not None:
        found += _strange(operation, said["content"]["application/json"]["schema"], body)
    return found


async def _answer(client: httpx.AsyncClient, operation: Operation, token: str) -> tuple[httpx.Response, Any]:
    """What is answered to a valid request; its body where it is JSON, since others have no properties, or no end."""
    case = _valid(operation)
    headers = {**dict(case.headers), "authorization": f"Bearer {token}"}
    async with client.stream(case.method, case.path, headers=headers, content=case.body) as answer:
        is_json = answer.headers.get("content-type", "") == "application/json"
        return answer, json.loads(await answer.aread()) if is_json else None


def _valid(operation: Operation) -> Case:
    """A valid request: a photo does for every file."""
    path = {each["name"]: _example(each) for each in operation.parameters("path")}
    asked = [each for each in operation.parameters("query") if each.get("required")]
    query = "&".join(f"{each['name']}={_example(each)}" for each in asked)
    kind = next(iter(operation.raw.get("requestBody", {}).get("content", ())), None)
    raw = BODIES.get(operation.id, b"{}" if kind == "application/json" else photo("JPEG"))
    return operation.case("by hand", path=path, query=query, headers={"content-type": kind}, raw=raw if kind else None)


def _example(parameter: Mapping[str, Any]) -> str:
    examples = parameter["schema"].get("examples", ())
    return str(next(iter(examples), VALUES.get(parameter["name"], "")))


def _strange(operation: Operation, schema: Mapping[str, Any], value: Any, at: str = "") -> Iterator[str]:
    """Properties of an answer that its schema has not."""
    schema = operation.resolved(schema)
    if isinstance(value, list):
        for each in value:
            yield from _strange(operation, schema["items"], each, at)
    elif isinstance(value, dict) and "properties" in schema:
        for name, inner in value.items():
            if name not in schema["properties"]:
                yield f"{at}{name}"
            else:
                yield from _strange(operation, schema["properties"][name], inner, f"{at}{name}.")
