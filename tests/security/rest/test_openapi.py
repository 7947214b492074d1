"""The whole API against its own document: every operation works, and nothing sent to it breaks it."""

import os
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from gateway.answers.etags import version_of
from gateway.openapi import city_reads, sensor_things
from gateway.rest.routes import routes
from tests.fixtures.house import House
from tests.security.rest.api import BANKS, ROLES, Api, Call, Documented, check_problem
from tests.security.rest.seeds import SEEDS, Seeds, by_pillar

pytestmark = pytest.mark.timeout(900)

OPERATIONS = {**city_reads.OPERATIONS, **sensor_things.OPERATIONS}
"""What no contract tells: the reads from memory, and those of a foreign standard."""
RANDOM_SEED = int(os.environ.get("SMARTCITY_API_SEED", "2026"))
CASES = int(os.environ.get("SMARTCITY_API_CASES", "2"))
"""Generated cases an operation and family (fit, near, unfit)."""
AT_ONCE = 2
"""Roles of those that may ask at all in which a case is sent: they take turns, and each has its own in an operation."""
SHUT = ("LOGIN_REQUIRED", "ROLE_NOT_ALLOWED", "TOKEN_REFUSED")
"""Reasons of refusals that no other request of the operation would change for the role."""
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]

schemathesis.serializer.alias("application/zip", "application/octet-stream")

Case = schemathesis.Case[Any]
Operation = APIOperation[Any, Any, Any, Any]
Targets = dict[str, Call]


@dataclass
class Family:
    """Requests of one kind, each sent in so many roles; with a version, If-Match follows the case so that writes get as
    far as they can."""

    cases: st.SearchStrategy[Case]
    version: str = ""
    roles: int = AT_ONCE


def test_each_operation_has_a_seed_and_nothing_else_has() -> None:
    derived = {route.operation for route in routes() if [route.tag] != BANKS}
    memory = {each["operationId"] for methods in OPERATIONS.values() for each in methods.values()}
    assert set(SEEDS) == derived | memory, "give each operation of the document a seed, and no other"


def test_the_document_holds_every_route_of_the_contracts_and_no_other_but_the_reads_from_memory(api: Api) -> None:
    documented = {
        (method.upper(), path): each["operationId"]
        for path, methods in api.document["paths"].items()
        for method, each in methods.items()
    }
    derived = {(route.verb, route.path): route.operation for route in routes()}
    memory = {(method.upper(), path) for path, methods in OPERATIONS.items() for method in methods}
    assert {address: documented.get(address) for address in derived} == derived
    assert documented.keys() - derived.keys() == memory


def test_every_example_in_the_document_is_as_the_document_says(api: Api) -> None:
    components = api.document["components"]
    media = [kind for answer in components["responses"].values() for kind in answer["content"].values()]
    for operation in api.operations.values():
        media += [kind for answer in operation.raw["responses"].values() for kind in answer.get("content", {}).values()]
    pairs = [(each["schema"], each["example"]) for each in media if "example" in each]
    pairs += [(schema, each) for schema in components["schemas"].values() for each in schema.get("examples", ())]
    assert len(pairs) > 40
    for schema, example in pairs:
        jsonschema.Draft202012Validator({**schema, "components": components}).validate(example)


@pytest.fixture(scope="module")
async def targets(seeds: Seeds, api: Api) -> Targets:
    """What generated requests are aimed at, one for each operation."""

    async def aim(name: str) -> Call:
        return await (seeds.first(name) if api.operations[name].method == "GET" else seeds.new(name))

    found = await by_pillar(SEEDS, aim)
    if broken := [one for one in found.values() if isinstance(one, Exception)]:
        raise ExceptionGroup("seeds", broken)
    return {name: one for name, one in found.items() if isinstance(one, Call)}


def test_no_generated_request_breaks_the_api_or_its_document_in_any_role(
    house: House, api: Api, targets: Targets, documented: Documented, subtests: pytest.Subtests
) -> None:
    succeeded: Counter[str] = Counter()
    hidden = [path.read_bytes() for path in (house.home / "secrets").iterdir() if path.suffix != ".public"]
    with requests.Session() as session:
        session.trust_env = False  # else it looks for proxies at each request
        for number, (name, operation) in enumerate(documented.items()):
            turns = deque(ROLES)
            turns.rotate(number)  # else the same roles would always come to what fits least
            families = list(_families(operation, targets[name]))
            try:
                _try(families, house.url, api, session, hidden, succeeded, turns)
            except (Exception, BaseExceptionGroup) as broken:
                with subtests.test(operation.label):
                    raise broken
    assert set(succeeded) == set(ROLES) - {"forger"}, succeeded
    assert min(succeeded.values()) > 5 * CASES, f"hardly anything got through: {succeeded}"


def _families(operation: Operation, aim: Call) -> Iterator[Family]:
    """Unfit to the document, where anything can be, which changes nothing; fit to it; near to what works.

    Without a body that is known to work, what is near is the same as what is fit.
    """
    if aim.path or aim.query or aim.body:  # any text is a fit If-None-Match
        path = dict(aim.path) if aim.body else None
        unfit = operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=path).filter(_says_something)
        yield Family(unfit, roles=1)  # the edge refuses it, whoever asks
    cases = st.shared(operation.as_strategy(path_parameters=dict(aim.path) or None))  # to draw one is dear
    if aim.body:  # else what is near is the same
        yield Family(cases, roles=1)  # it mostly fails for what it says, whoever asks
    nearer = st.builds(_nearer, cases, st.just(aim), st.randoms(use_true_random=False))
    yield Family(nearer, aim.version)


def _says_something(case: Case) -> bool:
    """Whether no field is null, which counts as left out, as in protobuf's JSON: fit where a field may be left out."""
    return not isinstance(case.body, dict) or None not in case.body.values()


def _nearer(case: Case, aim: Call, random: Any) -> Case:
    """Another case like it, with some of its fields as they are known to work."""
    body = case.body
    if isinstance(body, dict) and aim.body:
        body = {**body, **{name: value for name, value in aim.body.items() if random.random() < 0.7}}
    near: Case = case.operation.Case(
        path_parameters=case.path_parameters,
        headers=case.headers,
        query=case.query,
        body=body,
        media_type=case.media_type,
    )
    return near


def _try(
    families: Sequence[Family],
    url: str,
    api: Api,
    session: requests.Session,
    hidden: list[bytes],
    succeeded: Counter[str],
    turns: deque[str],
) -> None:
    """Sends generated requests in the roles whose turn it is, and leaves out who is shut out; counts what succeeded.

    All kinds are drawn together: to begin drawing costs as much as a request does.
    """

    @seed(RANDOM_SEED)
    @settings(
        max_examples=CASES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases=st.tuples(*(family.cases for family in families)))
    def each(cases: Sequence[Case]) -> None:
        for family, case in zip(families, cases, strict=True):
            for _ in range(min(family.roles, len(turns))):
                sent(family, case)

    def sent(family: Family, case: Case) -> None:
        role = turns[0]
        turns.rotate(-1)
        version = {"If-Match": f'"{family.version}"'} if family.version else {}
        answer = case.call(base_url=url, session=session, headers={**api.credentials(role), **version})
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            problem = check_problem(answer.status_code, answer.headers["content-type"][0], answer.json())
            if problem["reason"] in SHUT:
                turns.remove(role)
        else:
            succeeded[role] += 1
        if family.version and answer.status_code == 200 and "etag" in answer.headers:  # not of what is deleted
            family.version = version_of(answer.headers["etag"][0])
        assert not any(secret in answer.content for secret in hidden), "a secret of the platform in an answer"

    each()
