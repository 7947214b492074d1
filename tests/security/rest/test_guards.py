"""Who may do what over the API, what may be repeated, and what nobody but the right one is told.

Derived from the document: an operation that is added is held to the same.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from deploy.pillars import NAMES
from gateway.rest.routes import routes
from services.kit import codes
from services.kit.caller import Scope
from smartcity.types.v1 import edge_pb2
from tests.fixtures.house import House, new_key, until
from tests.gateway.running import at_once
from tests.security.rest import persons
from tests.security.rest.api import ROLES, Api, Call, Documented, problem
from tests.security.rest.money import acquired
from tests.security.rest.seeds import PURPOSE, Seeds, by_pillar, picture

pytestmark = pytest.mark.timeout(180)

ONLY_RELEASED = {"getPhoto"}
"""Open to everybody by the contract, and yet closed while nobody has released the photo."""
WITH_ITS_CODE = {
    *("getPayment", "presentQr", "getPaymentQrSvg", "getPaymentQrPng", "followPayment", "payFromWallet"),
    "getPaymentInvitation",
}
"""Narrower than "anybody" by the contract, and yet what anybody may pay or see who has its code."""
OF_THE_CALLER = {"giveConsent", "withdrawConsent", "getVoter", "boardVehicle"}
"""About nobody but who asks, whatever the contract lets an officer do."""
OF_ANY_RESIDENT = {"createComment", "supportProposal", "createFollower", "createEnrolment", "answerSurvey"}
"""What anybody with a login may do with what is published."""
GIVEN_AWAY = {"takeTicketOver"}
"""What has another key once it is done, and is not to be found any more as it was."""
GONE = {"deleteCourse", "deleteSurvey", "deleteProcess"}
"""What is not there any more once it is done."""
WITHOUT_ANOTHER = {
    *("createWallet", "rotateDevice", "createCard", "settleCard", "giveConsent", "withdrawConsent"),
    *("castVote", "answerSurvey", "answerInvitation", "seeSupports"),
}
"""Where a key repeated is not held against another body: no content, or a vote or answer, of which nothing is kept."""
AS_IT_IS_NOW = {"takeWaitingPlace": ("state", "before", "order", "reason")}
"""What stands in the answer to a repetition as it is by then, as the contract says; all else in it is as it was."""
BY_HAND = {"readSensorThings"}
"""Open to everybody without a contract that says so: a foreign standard, which reads what is open."""
OPEN_TO_ALL = (
    WITH_ITS_CODE
    | OF_THE_CALLER
    | OF_ANY_RESIDENT
    | BY_HAND
    | {
        route.operation
        for route in routes()
        if route.rpc.scopes().get("officer") is Scope.ANY and route.operation not in ONLY_RELEASED
    }
)
"""What any officer may do with whatever row: by the contract, but for the two above."""
OF_TRANSPORT = {
    *("getCard", "blockCard", "unblockCard", "settleCard", "getRide", "writeOffRide"),
    *("getConcession", "grantConcession", "declineConcession"),
    *("updateServiceAlert", "publishServiceAlert", "endServiceAlert"),
    *("getFeedImport", "putFeedArchive", "listFeedImportFindings"),
    *("acceptFeedImport", "dropFeedImport", "retryFeedImport"),
}
"""What concerns the transport agency, whose officer the stranger is: from these an officer of waste is kept out."""
SHARE = 3
"""What is not about cases is read by one role of so many."""
WORDS = "Kata rahasia pelapor berbunyi lengkuas"
_PARAMETER = re.compile(r"\{(\w+)\}")
CONTACT = {"name": "Lengkuas Purwaningsih", "email": "lengkuas@example.org", "phone": "+6281200004711"}


def _of_one_thing(api: Api) -> list[str]:
    return [name for name, operation in api.operations.items() if "{" in operation.path]


@pytest.mark.timeout(900)
async def test_every_operation_refuses_whom_it_should_and_then_is_done_once_as_documented(
    house: House, api: Api, seeds: Seeds, documented: Documented, subtests: pytest.Subtests
) -> None:
    """One scenario for each: what is refused changes nothing, so that the same thing is done in the end.

    In the answers that are kept for who repeats a request there is nobody's name, address or number.
    """
    told: set[str] = set()

    async def held(name: str) -> None:
        operation = api.operations[name]
        call = await seeds.new(name)
        told.update(persons.told(call))
        if "{" in operation.path and name not in OPEN_TO_ALL:
            await _another_agency_is_refused(api, call)
        if operation.requires("Idempotency-Key"):
            refused = await api.send(call)
            assert (refused.status_code, problem(refused)["reason"]) == (400, "IDEMPOTENCY_KEY_MISSING")
        if operation.requires("If-Match"):
            await _another_version_is_refused(api, call)
        key = {"Idempotency-Key": new_key()}
        done = await api.send(call, **key)
        assert done.is_success, f"{done.status_code} {done.text[:500]}"
        assert str(done.status_code) in operation.raw["responses"]
        documented[name].validate_response(done)
        if operation.takes("Idempotency-Key"):
            await _repeated(api, seeds, call, key, done)
        if operation.requires("If-Match"):
            late = await api.send(call, **{"Idempotency-Key": new_key()})
            assert late.status_code == (404 if name in GIVEN_AWAY | GONE else 412), late.text

    for name, broken in (await by_pillar(api.operations, held)).items():
        if broken:
            with subtests.test(name):
                raise broken
    assert len(told) > 8
    assert await persons.kept(house, told) == set()


async def test_a_link_key_is_needed_where_the_document_says_so_and_nowhere_else(api: Api, seeds: Seeds) -> None:
    """Of who has no login. What is made for it alone, since some is done; not what is read once it is published."""
    keyed = {name: each for name, each in api.operations.items() if {"linkKey": []} in each.raw["security"]}
    keyed = {name: each for name, each in keyed.items() if name not in {*ONLY_RELEASED, "getProposal"}}

    async def served(name: str) -> bool:
        call = replace(await seeds.new(name), role="anonymous", key="")
        answer = await api.send(call, **{"Idempotency-Key": new_key()})
        assert answer.is_success or answer.status_code in (403, 404), f"{name}: {answer.status_code} {answer.text}"
        return answer.is_success

    assert len(keyed) > 20
    found = await by_pillar(keyed, served)
    assert found == {name: {} in each.raw["security"] for name, each in keyed.items()}


async def _another_agency_is_refused(api: Api, call: Call) -> None:
    stranger = "officer" if call.operation in OF_TRANSPORT else "stranger"
    refused = await api.send(replace(call, role=stranger, key=""), **{"Idempotency-Key": new_key()})
    assert refused.status_code in (403, 404), refused.text
    problem(refused)


async def _another_version_is_refused(api: Api, call: Call) -> None:
    """Than the one that the caller saw."""
    for version, status, reason in (
        ("", 428, "IF_MATCH_MISSING"),
        ("*", 428, "IF_MATCH_MISSING"),
        ("999", 412, "STALE_ETAG"),
    ):
        refused = await api.send(replace(call, version=version), **{"Idempotency-Key": new_key()})
        assert (refused.status_code, problem(refused)["reason"]) == (status, reason), version


async def _repeated(api: Api, seeds: Seeds, call: Call, key: dict[str, str], first: httpx.Response) -> None:
    """With its key a write answers again, and takes no other body."""
    again = await api.send(call, **key)
    assert again.status_code == first.status_code
    if moving := AS_IT_IS_NOW.get(call.operation):
        then, now = first.json(), again.json()
        assert {**then, **{name: now[name] for name in moving}} == now
    else:
        assert again.content == first.content
    if call.operation in WITHOUT_ANOTHER:
        return
    other = await api.send(await _another(seeds, call), **key)
    assert (other.status_code, problem(other)["reason"]) == (422, "IDEMPOTENCY_KEY_REUSED")


def test_what_moves_money_needs_a_key(api: Api) -> None:
    strict = {name for name, operation in api.operations.items() if operation.requires("Idempotency-Key")}
    assert {"createComplaint", "createPayment", "payFromWallet", "recordCash", "createRefund"} <= strict


async def test_an_officer_of_another_agency_finds_the_case_in_no_list(api: Api, seeds: Seeds) -> None:
    case = await seeds.settled()
    for role, many in (("officer", 1), ("stranger", 0), ("verifier", 1)):
        found = await seeds.done(Call("listComplaints", role, query={"code": case.code}))
        assert [each["code"] for each in found["complaints"]] == [case.code] * many
        found = await seeds.done(Call("listCleanups", role, query={"complaint": case.code}))
        assert [each["complaint"] for each in found["cleanups"]] == [case.code] * many


async def test_a_secret_case_answers_everybody_else_like_an_unknown_one(
    api: Api, seeds: Seeds, subtests: pytest.Subtests
) -> None:
    secret = await seeds.filed(secret=True)
    unknown = codes.new("SMG")
    on_cases = [name for name in _of_one_thing(api) if "{code}" in api.operations[name].path]

    async def answered(name: str) -> dict[str, list[dict[str, Any]]]:
        call = replace(await seeds.first(name), key="")
        return {
            role: [await _problem_of(api, replace(call, role=role).to(code=code)) for code in (secret.code, unknown)]
            for role in ("anonymous", "stranger")
        }

    for name, found in (await by_pillar(on_cases, answered)).items():
        if isinstance(found, Exception):
            raise found
        for role, (of_secret, of_unknown) in found.items():
            if of_secret != of_unknown:
                with subtests.test(f"{name} as {role}"):
                    assert of_secret == of_unknown


async def _problem_of(api: Api, call: Call) -> dict[str, Any]:
    """A refusal without what names the request."""
    found = problem(await api.send(call, **{"Idempotency-Key": new_key()}))
    return {name: value for name, value in found.items() if name not in ("instance", "trace_id")}


async def test_what_caches_share_is_told_alike_to_everybody(api: Api, seeds: Seeds) -> None:
    """RFC 9111, 3.5: what is public may be given to anybody, whoever asked for it first."""
    shared = [
        route.operation
        for route in routes()
        if route.rpc.options.cache == edge_pb2.CACHE_PUBLIC and route.operation in api.operations
    ]
    assert len(shared) > 40

    async def told(name: str) -> list[str]:
        call = replace(await seeds.first(name), role="anonymous", key="")
        others: list[str] = []
        for _ in range(6):  # strangers see what has changed up to a second later
            before = await api.send(call)
            roles = ("admin", "seller", "warner", "citizen", "admin")
            answers = [(role, (await api.send(replace(call, role=role))).content) for role in roles]
            others = [role for role, answer in answers if answer != before.content]
            if not others or answers[0] != answers[-1]:  # what measures and drives goes on meanwhile
                return []
            await asyncio.sleep(0.4)
        return others

    found = await by_pillar(shared, told)
    assert {name: roles for name, roles in found.items() if roles} == {}


async def test_words_and_contact_of_a_case_reach_nobody_they_are_not_for(
    api: Api, seeds: Seeds, subtests: pytest.Subtests
) -> None:
    case = await seeds.assigned(text=WORDS, contact=CONTACT)
    await seeds.cleanup(case)
    reads = [name for name, operation in api.operations.items() if operation.method == "GET"] + ["readContact"]
    asked = [
        (name, role)
        for turn, role in enumerate(ROLES)
        for place, name in enumerate(reads)
        if _of_cases(api, name) or place % SHARE == turn % SHARE
    ]
    answers = await at_once(_read(api, name, role, case.code) for name, role in asked)
    for (name, role), answer in zip(asked, answers, strict=True):
        try:
            _tells_no_other(name, role, case.key, answer.text)
        except AssertionError as leak:
            with subtests.test(f"{name} as {role}"):
                raise leak


def _tells_no_other(name: str, role: str, key: str, text: str) -> None:
    assert key not in text
    own = name == "listOwnRecords" and role == "citizen"  # who wrote it exports it
    may_read_contact = own or (name == "readContact" and role in ("citizen", "officer"))
    assert may_read_contact == any(value in text for value in CONTACT.values()), text
    if role in ("anonymous", "stranger", "forger"):
        assert WORDS not in text


def _of_cases(api: Api, name: str) -> bool:
    return "{code}" in api.operations[name].path or name in ("listComplaints", "listCleanups")


async def test_words_contact_and_link_key_stand_in_no_event_trace_or_log(house: House, seeds: Seeds) -> None:
    case = await seeds.assigned(text=WORDS, contact=CONTACT)
    await seeds.cleanup(case)
    correlation = (await seeds.done(case.call("getComplaint")))["correlation_id"]
    database = await house.database()
    events = " UNION ALL ".join(f"SELECT payload FROM {name}.outbox" for name in NAMES)
    places = [row["payload"] for row in await database.fetch(events)]
    await database.close()
    assert places

    async def story() -> bytes:
        async with httpx.AsyncClient(base_url=house.viewer, timeout=20) as viewer:
            found = await viewer.get(f"/api/stories/{correlation}")
        return found.content if found.status_code == 200 and b"CleanupOpened" in found.content else b""

    places.append(await until(story, 20, "the viewer knows the story"))
    places += [log.read_bytes() for log in (house.home / "logs").glob("*.log")]
    for value in (WORDS, case.key, *CONTACT.values()):
        assert not any(value.encode() in place for place in places), value


async def _read(api: Api, name: str, role: str, code: str) -> httpx.Response:
    query: dict[str, dict[str, str]] = {
        "listComplaints": {"code": code},
        "listCleanups": {"complaint": code},
    }
    path = {**dict.fromkeys(_PARAMETER.findall(api.operations[name].path), code), "day": "2026-01-01"}
    body = PURPOSE if name == "readContact" else None
    return await api.send(Call(name, role, path=path, query=query.get(name, {}), body=body))


async def test_a_link_key_opens_its_own_case_only(api: Api, seeds: Seeds, subtests: pytest.Subtests) -> None:
    other = await seeds.filed("anonymous")
    for name in ("rateComplaint", "replyComplaint", "withdrawComplaint", "getReceipt", "getPhoto", "listContactReads"):
        with subtests.test(name):
            call = replace(await seeds.first(name), role="anonymous", key=other.key)
            refused = await api.send(call, **{"Idempotency-Key": new_key()})
            assert refused.status_code in (403, 404), refused.text


async def test_an_anonymous_reporter_stays_unnamed_to_the_agency(api: Api, seeds: Seeds) -> None:
    case = await seeds.assigned(anonymous=True)
    refused = await api.send(case.call("readContact", "officer", body=PURPOSE))
    assert (refused.status_code, problem(refused)["reason"]) == (403, "CONTACT_ANONYMOUS")


async def test_the_platforms_own_routes_tell_no_secret(house: House, api: Api) -> None:
    hidden = [path.read_bytes() for path in (house.home / "secrets").iterdir() if path.suffix != ".public"]
    async with httpx.AsyncClient(base_url=house.url, timeout=20) as client:
        for path in (
            "/openapi.json",
            "/docs",
            "/",
            "/livez",
            "/readyz",
            "/v1/nothing",
            "/auth/callback?code=x&state=y",
        ):
            answer = await client.get(path)
            assert answer.status_code < 500, path
            assert not any(secret in answer.content for secret in hidden), path


async def _another(seeds: Seeds, call: Call) -> Call:
    """A request that is as valid, and not the same."""
    if call.photo:
        return replace(call, photo=picture(colour=7))
    if call.other:
        return replace(call, body={**call.body, **call.other})
    if not call.body:
        return replace(call, path=(await seeds.new(call.operation)).path)
    changed = {name: _CHANGED[name](value) for name, value in call.body.items() if name in _CHANGED}
    if not changed:
        changed = {name: _further(text) for name, text in call.body.items() if isinstance(text, str) and " " in text}
    assert changed, f"say in the seed of {call.operation} what another body says"
    return replace(call, body={**call.body, **changed})


def _further(text: str) -> str:
    """Words with one more."""
    return f"{text} Sungguh."


_CHANGED: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("text", "note", "reason"), _further),
    "public_text": lambda _: "Sampah menumpuk.",
    "crew": lambda _: "Semarang Utara 9",
    "contact": lambda _: {"email": "lain@example.org"},
    "category": lambda _: "drainase-tersumbat",
    "amount": lambda value: {**value, "units": value["units"] + 1},
    "object": lambda value: f"{value} B",
    "name": lambda value: f"{value}2" if value.islower() else f"{value} 2",
    "nmid": lambda _: acquired()["nmid"],
    "label": lambda _: "T09",
    "language": lambda value: "en" if value == "id" else "id",
    "status": lambda _: "open",
    "early": lambda value: not value,
    "offline": lambda value: not value,
    "words": lambda value: not value,
    "withheld": lambda _: [str(uuid4())],
    "feed": lambda _: str(uuid4()),
    "day": lambda value: str(date.fromisoformat(value) + timedelta(days=1)),
    "state": lambda _: "unreachable",
    "series": lambda value: [{**each, "readings": each["readings"][:1] * 2} for each in value],
}
"""How a field of a body becomes another good value; where none of these is in it, its words get one more."""
