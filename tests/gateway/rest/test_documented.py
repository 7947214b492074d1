"""The document promises what the edge does: what is just within is of its schema, what is just beyond is not."""

import json
import re
from functools import cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from gateway.calls.contracts import component, views
from gateway.openapi import operations, schemas, sensor_things
from gateway.rest.routes import routes
from services.branding.orders import model as orders
from services.branding.tickets import model as tickets
from services.governance.photos import model as photos
from services.kit import codes
from tests.gateway.rest.asking import placed, plain_contents
from tests.gateway.rest.borders import BODY, Case, edge_cases, hold, place_of
from tests.gateway.rest.contents import changed

ACCEPTED = "Accept-Language"
UNSAID = ("words", "required blank", "required unseen", "bits", "kind time")
"""What no schema says: control characters, and those that are not seen; how wide whole numbers are; the form of a time,
which `format` names and readers need not check."""


@cache
def said() -> dict[str, Any]:
    """What the document says of each operation."""
    return {each["operationId"]: each for verbs in operations.paths().values() for each in verbs.values()}


@cache
def bodies() -> dict[str, Any]:
    """The schemas of bodies, by their names."""
    return schemas.bodies()


def is_documented(case: Case) -> bool:
    """Whether the value of a case is of the schema of its body or parameter."""
    route = case.route
    assert route is not None
    operation = said()[route.operation]
    if place_of(route, case.where) == BODY:
        name = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        body = json.loads(placed(route, changed(plain_contents(route), case.where, case.border.value)).body)
        return fits(bodies()[name], body)
    field = case.where[0]
    found = next(each for each in operation["parameters"] if each["name"] == field.name)
    return not found["required"] if case.border.value is None else fits(found["schema"], case.border.value)


def fits(schema: Any, value: Any) -> bool:
    """Whether a value is of a schema."""
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


def is_unsaid(case: Case) -> bool:
    """Whether no schema says it, or none that Python reads as ECMAScript does."""
    rule = case.border.rule
    hole = not case.where[-1].rules.required and rule in (
        "gte one less",
        "min_len one less",
    )  # between none and the least
    return hole or rule.startswith(UNSAID) or str(case.border.value).endswith("\n")  # `$` stands before it in Python


def documented(case: Case) -> None:
    """Its schema takes it."""
    assert is_documented(case) or is_unsaid(case), case.border


def undocumented(case: Case) -> None:
    """Its schema does not."""
    assert not is_documented(case) or is_unsaid(case), case.border


def test_what_is_taken_is_documented() -> None:
    hold(_said_of(edge_cases(taken=True)), documented)


def test_what_is_refused_is_documented() -> None:
    hold(_said_of(edge_cases(taken=False)), undocumented)


@pytest.mark.parametrize(
    ("operation", "status"),
    [("getVisits", 404), ("listDepartures", 409), ("listDepartures", 404), ("searchJourneys", 404)],
)
def test_a_refusal_by_what_a_filter_says_is_documented(operation: str, status: int) -> None:
    """No such event; a day that the timetable says nothing of."""
    assert str(status) in said()[operation]["responses"]


NOBODY: dict[str, list[str]] = {}
LOGIN: list[dict[str, list[str]]] = [{"oidc": []}, {"session": []}]
KEY: dict[str, list[str]] = {"linkKey": []}


@pytest.mark.parametrize(
    ("operations", "ways"),
    [
        # Before: these said that nothing has to come along, and refused whoever brought nothing.
        (("rateComplaint", "getReceipt", "createPhoto", "getComplaintInvitation", "listContactReads"), [*LOGIN, KEY]),
        (("getOrder", "getTicket", "takeTicketOver", "getWaitingPlace", "withdrawProposal"), [*LOGIN, KEY]),
        (("getInvitation", "answerInvitation"), [KEY]),
        (("getComplaint", "getPhoto", "getProposal", "createFollower"), [NOBODY, *LOGIN, KEY]),
        (("createComplaint", "getPayment", "listProposals"), [NOBODY, *LOGIN]),
        (("listOrders", "createBill"), LOGIN),
        (("listTariffs",), []),
    ],
)
def test_the_ways_to_be_let_in_name_what_has_to_come_along(operations: tuple[str, ...], ways: list[Any]) -> None:
    assert {name: said()[name]["security"] for name in operations} == dict.fromkeys(operations, ways)


def test_a_value_alone_is_text_or_nothing_at_a_foreign_standard() -> None:
    """What `…/name/$value` answers, as tests/gateway/sta reads it; before, the document knew JSON alone."""
    answers = sensor_things.OPERATIONS["/sta/v1.1/{address}"]["get"]["responses"]
    assert answers["200"]["content"]["text/plain"] == {"schema": {"type": "string"}}
    assert "content" not in answers["204"]


def test_whose_answer_is_in_the_language_of_a_header_names_the_header() -> None:
    worded = {route.operation for route in routes() if route.worded}
    assert {"listStops", "searchJourneys", "getServiceAlert"} <= worded
    shown = {name for name, each in said().items() for one in each.get("parameters", ()) if one["name"] == ACCEPTED}
    assert shown == worded


def test_a_file_says_under_which_name_it_is_kept() -> None:
    """But for feeds and streams, which programs read, and nobody keeps."""
    files = {
        name
        for name, each in said().items()
        if any(re.match(r"text/csv|text/plain|image/|application/zip", kind) for kind in _answer_of(each, "content"))
    }
    assert {"getPerformanceCsv", "getGtfs", "getVoteFile", "getPaymentQrSvg", "getPhoto", "getPermitDocument"} <= files
    assert {name for name, each in said().items() if "Content-Disposition" in _answer_of(each, "headers")} == files
    assert "Link" in _answer_of(said()["getStatementCsv"], "headers")


def _answer_of(operation: dict[str, Any], part: str) -> dict[str, Any]:
    found: dict[str, Any] = operation["responses"].get("200", {}).get(part, {})
    return found


def test_how_many_photos_a_case_takes_is_said_where_one_is_added() -> None:
    text = said()["createPhoto"]["description"]
    for most in (photos.REPORTER_PHOTOS, photos.EVIDENCE_PHOTOS):
        assert f"{most.each} since it was filed or last reopened, {most.all_in_all} in all" in text
    assert "TOO_MANY_PHOTOS" in text


def test_a_date_is_called_off_by_the_version_of_its_event_and_the_operation_says_so() -> None:
    """A date has no version and no read of its own; before, nothing said of what the ETag is."""
    text = said()["cancelOccasion"]["description"]
    assert "If-Match is the ETag of the event, from `GET /v1/events/{id}`" in text
    found = operations.paths()["/v1/events/{id}"]["get"]["responses"]["200"]
    assert "for If-Match too" in found["headers"]["ETag"]["description"]


@pytest.mark.parametrize(("operation", "status"), [("createDestinationPhoto", "201"), ("getDestinationPhoto", "200")])
def test_the_etag_that_withdraws_a_photo_of_a_destination_is_documented(operation: str, status: str) -> None:
    tag = said()[operation]["responses"][status]["headers"]["ETag"]
    assert "for If-Match" in tag["description"]


@pytest.mark.parametrize("operation", ["createComplaint", "listSimilarComplaints"])
def test_that_a_place_is_needed_is_said_by_the_operation_and_at_the_field(operation: str) -> None:
    """One of its ways to be told is enough, which no schema of a part says."""
    found = said()[operation]
    name = found["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert "LOCATION_REQUIRED" in found["description"]
    assert "one of them is needed" in bodies()[name]["properties"]["location"]["description"]


def test_the_example_of_every_parameter_stands_in_the_document_and_is_of_its_schema() -> None:
    told = 0
    for route in routes():
        shown = {each["name"]: each["schema"] for each in said()[route.operation].get("parameters", ())}
        for field in (*route.in_path, *route.in_query):
            kind = field.descriptor.containing_type
            assert kind is not None
            own = views(kind.file).SCHEMAS[component(kind)]["properties"][field.descriptor.name]
            schema, examples = shown[field.name], own.get("examples", [])
            assert schema.get("examples", []) == examples, f"{route.operation} {field.name}"
            assert all(fits(schema, one) for one in examples), f"{route.operation} {field.name}: {examples}"
            told += bool(examples)
    assert told > 50


def test_the_code_of_an_example_is_one_that_somebody_could_have() -> None:
    said = json.dumps([schemas.answers(), schemas.bodies(), operations.paths()])
    found = {match[0]: match[1] for match in re.finditer(r"\b(SMG[A-Z]?)-[0-9A-Z]+-[0-9A-Z]{2}\b", said)}
    assert len(found) > 10
    assert [code for code, prefix in sorted(found.items()) if codes.parse(prefix, code) != code] == []
    longs = {"B": orders.CODE_LENGTH, "E": tickets.CODE_LENGTH}
    assert {len(code) - len("SMGB--") for code, kind in found.items() if kind[3:] in longs} == set(longs.values())


def _said_of(cases: list[Case]) -> list[Case]:
    """Those of operations that the document has."""
    return [each for each in cases if each.route and each.route.operation in said()]
