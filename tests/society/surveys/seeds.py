"""How each operation on surveys and on satisfaction is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.fixtures.house import until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Case, Seed, Seeds

ANSWERS = [{"question": 1, "option": 1}]


async def drafted(seeds: Seeds) -> dict[str, Any]:
    """A draft of the officer's agency."""
    return await seeds.done(await _create(seeds))


async def asked(seeds: Seeds) -> dict[str, Any]:
    """A survey that is open."""
    return await seeds.done(await _open(seeds))


async def closed(seeds: Seeds) -> dict[str, Any]:
    """One that has closed, with as many answers as a result needs."""
    one = await asked(seeds)
    for role in ("citizen", "verifier", "admin", "stranger", "rider"):
        await seeds.done(Call("answerSurvey", role, path={"id": one["id"]}, body={"answers": ANSWERS}))
    body = Call("closeSurvey", "officer", path={"id": one["id"]}, body={}, version=one["etag"])
    return await seeds.done(body)


async def ended(seeds: Seeds) -> tuple[Case, str]:
    """A case that is closed, and the code by which its reporter may judge."""
    case = await seeds.resolved()
    await seeds.done(case.call("rateComplaint", key=case.key, body=seeds.api.example("rateComplaint")))

    async def there() -> Any:
        return (await seeds.done(_of_case(case)))["link_key"]

    code: str = await until(there, 20, "an invitation")
    return case, code


def _of_case(case: Case) -> Call:
    return case.call("getComplaintInvitation", key=case.key)


async def _create(seeds: Seeds) -> Call:
    body = {**seeds.api.example("createSurvey"), "questions": [_question("Kapan Anda ke pasar?")]}
    return Call("createSurvey", "officer", body=body)


def _question(text: str) -> dict[str, Any]:
    return {"kind": "choice", "text": text, "options": ["Pagi", "Malam"]}


async def _update(seeds: Seeds) -> Call:
    made = await drafted(seeds)
    body = {**seeds.api.example("updateSurvey"), "questions": [_question("Kapan pasar buka?")]}
    return Call("updateSurvey", "officer", path={"id": made["id"]}, body=body, version=made["etag"])


async def _delete(seeds: Seeds) -> Call:
    made = await drafted(seeds)
    return Call("deleteSurvey", "officer", path={"id": made["id"]}, version=made["etag"])


async def _open(seeds: Seeds) -> Call:
    made = await drafted(seeds)
    body, other = ({"close_time": (datetime.now(UTC) + timedelta(days=days)).isoformat()} for days in (2, 3))
    return Call("openSurvey", "officer", path={"id": made["id"]}, body=body, version=made["etag"], other=other)


async def _close(seeds: Seeds) -> Call:
    made = await asked(seeds)
    return Call("closeSurvey", "officer", path={"id": made["id"]}, body={}, version=made["etag"])


async def _publish(seeds: Seeds) -> Call:
    made = await closed(seeds)
    return Call("publishSurvey", "officer", path={"id": made["id"]}, body={}, version=made["etag"])


async def _answer(seeds: Seeds) -> Call:
    return Call("answerSurvey", "citizen", path={"id": (await asked(seeds))["id"]}, body={"answers": ANSWERS})


def _about(operation: str, role: str = "anonymous") -> Seed:
    async def seed(seeds: Seeds) -> Call:
        return Call(operation, role, path={"id": (await asked(seeds))["id"]})

    return seed


async def _list(_: Seeds) -> Call:
    return Call("listSurveys")


def _plain(operation: str) -> Seed:
    async def seed(_: Seeds) -> Call:
        return Call(operation)

    return seed


async def _satisfaction(seeds: Seeds) -> Call:
    await ended(seeds)
    found = await seeds.done(Call("listSatisfaction", query={"agency": "dlh"}))
    return Call("getSatisfaction", path={"survey": found["satisfaction"][0]["survey"]})


async def _complaint(seeds: Seeds) -> Call:
    return _of_case((await ended(seeds))[0])


async def _payment(seeds: Seeds) -> Call:
    return Call("getPaymentInvitation", path={"id": (await seeds.money.paid())["id"]})


async def _permit(seeds: Seeds) -> Call:
    from tests.economy.permits.seeds import granted

    return Call("getPermitInvitation", "citizen", path={"code": (await granted(seeds))["code"]})


async def _invitation(seeds: Seeds) -> Call:
    return Call("getInvitation", key=(await ended(seeds))[1])


async def _judge(seeds: Seeds) -> Call:
    body = {"levels": [3, 3, 4, 4, 3, 3, 4, 2, 3], "words": f"Cepat {uuid4().hex[:6]}"}
    return Call("answerInvitation", key=(await ended(seeds))[1], body=body)


SEEDS: dict[str, Seed] = {
    "createSurvey": _create,
    "getSurvey": _about("getSurvey"),
    "listSurveys": _list,
    "updateSurvey": _update,
    "deleteSurvey": _delete,
    "openSurvey": _open,
    "closeSurvey": _close,
    "publishSurvey": _publish,
    "answerSurvey": _answer,
    "getSurveyResult": _about("getSurveyResult"),
    "getSurveyResultCsv": _about("getSurveyResultCsv"),
    "listSurveyWords": _about("listSurveyWords", "officer"),
    "listSatisfaction": _plain("listSatisfaction"),
    "getSatisfaction": _satisfaction,
    "getSatisfactionCsv": _plain("getSatisfactionCsv"),
    "listSatisfactionFormulas": _plain("listSatisfactionFormulas"),
    "getComplaintInvitation": _complaint,
    "getPaymentInvitation": _payment,
    "getPermitInvitation": _permit,
    "getInvitation": _invitation,
    "answerInvitation": _judge,
}
