"""Parameters of queries: what is not known is refused, so that nobody has the answer to another question."""

from dataclasses import replace

import httpx
import pytest

from gateway.answers.problems import FieldError
from gateway.rest.route import Route
from tests.gateway.rest.asking import ROUTES, decoded, every_route, for_all, placed, plain_contents, refused

ADDED = ("api_key", "0123456789")


def route(operation: str) -> Route:
    return next(each for each in ROUTES if each.operation == operation)


def asked(operation: str, *query: tuple[str, str]) -> tuple[FieldError, ...]:
    """What of a query is refused that holds this beside what must be given."""
    found = route(operation)
    known = {each.name for each in found.in_query if each.rules.required}
    sent = placed(found, plain_contents(found))
    kept = [each for each in sent.query if each[0] in known]
    return refused(found, replace(sent, query=[*kept, *query]))


def test_a_slip_in_the_name_of_a_parameter_is_named_with_the_one_that_was_meant() -> None:
    (fault,) = asked("listDepartures", ("starttime", "2026-12-01T20:00:00Z"))
    assert fault.field == "starttime"
    assert fault.message == (
        "is not known here; did you mean `start_time`? this address takes `start_time`, `minutes`, `page_size`, "
        "`language`, `timetable_only`"
    )


def test_a_parameter_like_none_is_told_what_is_known() -> None:
    (fault,) = asked("listDepartures", ("at", "2026-12-01T20:00:00Z"))
    assert fault.message.startswith("is not known here; this address takes `start_time`, ")


def test_an_address_without_parameters_says_that_it_takes_none() -> None:
    (fault,) = asked("getStory", ("full", "1"))
    assert fault.message == "is not known here; this address takes no parameters"


def test_a_parameter_with_one_value_is_not_given_twice() -> None:
    (fault,) = asked("listDepartures", ("minutes", "10"), ("minutes", "20"))
    assert (fault.field, fault.message) == ("minutes", "is given more than once; give one value")


def test_what_is_documented_by_hand_is_known() -> None:
    found = route("checkRefund")
    sent = placed(found, plain_contents(found))
    decoded(found, replace(sent, query=[("units", "5")]))
    (fault,) = asked("checkRefund", ("unit", "5"))
    assert "did you mean `units`?" in fault.message


def test_a_refusal_of_many_unknown_parameters_is_not_longer_than_they_are() -> None:
    assert len(asked("listDepartures", *((f"x{n}", "") for n in range(50)))) == 20


@for_all(every_route())
def test_no_route_passes_over_a_parameter_but_feeds_and_streams(found: Route) -> None:
    sent = placed(found, plain_contents(found))
    asked = replace(sent, query=[*sent.query, ADDED])
    if found.lenient:
        decoded(found, asked)
    else:
        assert [each.field for each in refused(found, asked)] == [ADDED[0]]


def test_feeds_and_streams_are_those_that_others_programs_fetch_with_additions_of_theirs() -> None:
    lenient = {each.path for each in ROUTES if each.lenient}
    assert lenient == {
        "/v1/gtfs.zip",
        "/v1/gtfs-rt/alerts",
        "/v1/gtfs-rt/positions",
        "/v1/gtfs-rt/trip-updates",
        "/v1/events.ics",
        "/v1/warnings.cap",
        "/v1/warnings/{id}/messages/{number}.cap",
        "/v1/vehicle-events",
        "/v1/payments/{id}/events",
        "/v1/stories/{correlation}/events",
        "/v1/snap/v1.0/access-token/b2b",
        "/v1/snap/v1.0/qr/qr-mpm-notify",
    }


def test_a_slip_is_refused_by_a_feed_as_well() -> None:
    """Else the calendar of one event would have all."""
    (fault,) = asked("getEventCalendar", ("evnt", "E-1"))
    assert "did you mean `event`?" in fault.message


@pytest.mark.parametrize("path", ["city", "categories", "areas", "areas.geojson", "agencies", "services", "me"])
async def test_what_is_answered_from_memory_refuses_questions_too(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"/v1/{path}", params={"district": "Semarang Tengah"})
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["district"]
    assert (await client.get(f"/v1/{path}?")).status_code == 200


async def test_pages_pass_over_what_trackers_and_caches_add(client: httpx.AsyncClient) -> None:
    assert (await client.get("/", params={"utm_source": "mail"})).status_code == 200
