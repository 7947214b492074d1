"""What is read: its ETag is of the bytes that are there, and names the version for who changes it."""

from typing import Any

import httpx
import pytest
from google.protobuf.message_factory import GetMessageClass

from gateway.answers.etags import of_bytes, of_version, version_of
from gateway.rest.answering import Answer
from gateway.rest.route import Route
from gateway.rest.routes import routes
from smartcity.branding.v1 import destinations_pb2
from smartcity.environment.v1 import datastreams_pb2
from smartcity.types.v1 import edge_pb2
from tests.gateway.conftest import new_key
from tests.gateway.rest.test_documented import said
from tests.gateway.running import Stand

THING = {"kind": "rain_gauge", "name": "Alat uji", "location": {"lon": 110.4094, "lat": -6.9843}}


def known_again() -> list[Route]:
    """Reads of what has a version."""
    return [one for one in routes() if one.known_again]


def destination(**fields: Any) -> destinations_pb2.GetDestinationResponse:
    """The answer of the pillar."""
    return destinations_pb2.GetDestinationResponse(
        destination=destinations_pb2.Destination(id="lawang-sewu", etag="1", **fields)
    )


def answer_of(operation: str) -> Answer:
    """What answers an operation."""
    return Answer(next(one for one in routes() if one.operation == operation))


def datastream(value: float) -> datastreams_pb2.GetDatastreamResponse:
    """The answer of the pillar, with the newest reading."""
    found = datastreams_pb2.Datastream(id="d", etag="1")
    found.latest.value = value
    return datastreams_pb2.GetDatastreamResponse(datastream=found)


@pytest.mark.parametrize("version", ["3", f"3.{'a' * 16}", ""], ids=["alone", "with a mark beside it", "none"])
def test_a_change_names_the_version_by_what_was_read_and_by_what_a_change_answered(version: str) -> None:
    for etag in (of_bytes(version, b"{}"), of_version(version), f'"{version}"'):
        assert version_of(etag) == version


def test_what_is_read_without_a_new_version_is_another_answer_all_the_same() -> None:
    answer = answer_of("getDatastream")
    before = answer(datastream(1.5))
    assert answer(datastream(1.5), before.headers["etag"]).status_code == 304
    after = answer(datastream(1.6), before.headers["etag"])
    assert (after.status_code, version_of(after.headers["etag"])) == (200, "1")
    assert after.headers["etag"] != before.headers["etag"]


def test_what_a_change_answers_is_told_by_its_version_and_is_never_left_out() -> None:
    answer = answer_of("calibrateDatastream")
    done = datastreams_pb2.CalibrateDatastreamResponse(datastream=datastreams_pb2.Datastream(id="d", etag="2"))
    for known in (None, 'W/"2"', "*"):
        told = answer(done, known)
        assert (told.status_code, told.headers["etag"]) == (200, 'W/"2"')


def test_an_advisory_makes_another_answer_of_the_same_version() -> None:
    answer = answer_of("getDestination")
    before = answer(destination())
    warned = destination(advisories=[destinations_pb2.Advisory(id="flood")])
    after = answer(warned, before.headers["etag"])
    assert after.status_code == 200, "who has the answer without it is not told that they have it already"
    assert after.headers["etag"] != before.headers["etag"]
    assert {version_of(each.headers["etag"]) for each in (before, after)} == {"1"}


@pytest.mark.parametrize("form", ["{0}", '"other", {0}', "*"])
def test_who_has_the_bytes_is_told_so_with_all_that_a_cache_needs(form: str) -> None:
    answer = answer_of("getDestination")
    first = answer(destination())
    again = answer(destination(), form.format(first.headers["etag"]))
    assert (again.status_code, again.body) == (304, b"")
    for name in ("etag", "cache-control"):
        assert again.headers[name] == first.headers[name]


def test_one_version_alone_is_no_answer_that_somebody_has() -> None:
    assert answer_of("getDestination")(destination(), '"1"').status_code == 200


def test_the_document_says_how_an_answer_is_known_again() -> None:
    assert {"getDestination", "getThing", "getComplaint", "getPayment"} <= {one.operation for one in known_again()}
    for one in known_again():
        told = said()[one.operation]
        assert "If-None-Match" in {each["name"] for each in told["parameters"]}
        assert "304" in told["responses"]
        assert "these bytes" in told["responses"]["200"]["headers"]["ETag"]["description"]


async def test_a_facility_is_known_again_whichever_way_it_comes(client: httpx.AsyncClient) -> None:
    one = (await client.get("/v1/facilities?page_size=1")).json()["facilities"][0]
    path = f"/v1/facilities/{one['id']}"
    for encoding in ("identity", "gzip"):
        headers = {"accept-encoding": encoding}
        first = await client.get(path, headers=headers)
        assert first.headers["cache-control"] == "public, max-age=10"
        again = await client.get(path, headers=headers | {"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        head = await client.head(path, headers=headers | {"if-none-match": first.headers["etag"]})
        assert head.status_code == 304


async def test_a_change_takes_the_etag_that_a_read_told(stand: Stand, client: httpx.AsyncClient) -> None:
    officer = await stand.bearer("petugas-dpu")
    made = await client.post("/v1/things", json={"code": "alat-uji", **THING}, headers=officer | new_key())
    assert made.status_code == 201, made.text
    path = f"/v1/things/{made.json()['id']}"
    seen = await client.get(path)
    assert version_of(seen.headers["etag"]) == seen.json()["etag"]
    assert seen.headers["etag"].startswith(f'W/"{seen.json()["etag"]}.')
    why = {"reason": "Alat uji dibongkar."}
    stale = seen.headers["etag"].replace('"1.', '"99.')
    refused = await client.post(f"{path}/retirement", json=why, headers=officer | new_key() | {"if-match": stale})
    assert (refused.status_code, refused.json()["reason"]) == (412, "STALE_ETAG")
    headers = officer | new_key() | {"if-match": seen.headers["etag"]}
    done = await client.post(f"{path}/retirement", json=why, headers=headers)
    assert done.status_code == 200, done.text


def kept_private() -> list[Route]:
    """Reads in words that a browser may keep for who asked."""
    private = [one for one in routes() if one.rpc.options.cache == edge_pb2.CACHE_PRIVATE]
    return [one for one in private if one.worded and not one.rpc.options.created]


@pytest.mark.parametrize("route", kept_private(), ids=lambda one: one.operation)
def test_what_is_worded_for_who_asks_says_so_of_both_the_asker_and_the_language(route: Route) -> None:
    vary = Answer(route)(GetMessageClass(route.rpc.method.output_type)()).headers["vary"]
    assert vary == "Authorization, Cookie, X-Link-Key, Accept-Language"
