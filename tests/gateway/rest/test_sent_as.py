"""Fields that pillars refuse, by the names that callers know: what was sent, and where."""

from uuid import uuid4

import httpx
import pytest

from gateway.rest.route import Route
from tests.gateway.rest.asking import ROUTES


def route(operation: str) -> Route:
    return next(each for each in ROUTES if each.operation == operation)


@pytest.mark.parametrize(
    ("operation", "field", "sent"),
    [
        ("createComplaint", "request_id", "Idempotency-Key"),
        ("createComplaint", "text", "text"),
        ("createComplaint", "area_code", "location.area_code"),
        ("createComplaint", "contact.email", "contact.email"),
        ("transitionComplaint", "etag", "If-Match"),
        ("withdrawComplaint", "link_key", "X-Link-Key"),
        ("listSeries", "datastreams[0]", "datastream.0"),
        ("listComplaints", "states", "state"),
        ("createOddPart", "part.what", "what"),
        ("updateTerminal", "label", "till"),
        ("updateTerminal", "terminal.label", "label"),
        ("listSeries", "somewhere.else", "somewhere.else"),
    ],
)
def test_a_field_is_named_as_its_caller_sent_it(operation: str, field: str, sent: str) -> None:
    assert route(operation).sent_as(field) == sent


def test_every_field_of_every_route_has_the_name_that_it_is_sent_by() -> None:
    for one in ROUTES:
        for each in (*one.in_path, *one.in_query):
            assert one.sent_as(each.descriptor.name) == each.name, one.operation
        for each in one.in_body if one.body != "*" else ():
            assert one.sent_as(f"{one.body}.{each.descriptor.name}") == each.path, one.operation


async def test_a_key_that_could_be_guessed_is_said_of_its_header(client: httpx.AsyncClient) -> None:
    body = {"text": "Sampah menumpuk di depan pasar.", "location": {"lon": 110.4105, "lat": -6.9837}}
    answer = await client.post("/v1/complaints", json=body, headers={"idempotency-key": "1"})
    assert (answer.status_code, answer.json()["reason"]) == (422, "REQUEST_ID_GUESSABLE")
    assert [each["field"] for each in answer.json()["errors"]] == ["Idempotency-Key"]


async def test_a_key_that_was_used_is_said_of_its_header(client: httpx.AsyncClient) -> None:
    body = {"text": "Sampah menumpuk di depan pasar.", "location": {"lon": 110.4105, "lat": -6.9837}}
    key = {"idempotency-key": str(uuid4())}
    assert (await client.post("/v1/complaints", json=body, headers=key)).status_code == 201
    answer = await client.post("/v1/complaints", json={**body, "text": "Lain sekali ini."}, headers=key)
    assert (answer.json()["reason"], answer.json()["errors"][0]["field"]) == (
        "IDEMPOTENCY_KEY_REUSED",
        "Idempotency-Key",
    )


@pytest.mark.parametrize("name", ["Idempotency-Key", "If-Match", "X-Link-Key"])
async def test_a_header_that_is_given_twice_is_refused(client: httpx.AsyncClient, name: str) -> None:
    """The second was passed over: whoever repeated with two keys in another order did everything twice."""
    given = {"Idempotency-Key": str(uuid4()), "If-Match": '"1"', "X-Link-Key": "a-key"}
    headers = [*given.items(), (name, "2")]
    answer = await client.post("/v1/complaints/SMG-7K4P-92/withdrawal", headers=headers)
    assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [name])
