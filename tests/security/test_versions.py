"""Changes that may name the version they were asked for: under another one nothing is done (RFC 9110, 13.1.1).

What they are follows from the contracts; the requests are those of the walks over rows, and a few of their own.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
import pytest

from deploy.pillars import pillars
from gateway.rest.routes import routes
from services.kit.caller import ANONYMOUS, Caller
from services.kit.rpc.contract import Rpc, rpcs_of
from smartcity.economy.v1 import payments_pb2
from smartcity.governance.v1 import complaints_pb2, emergency_calls_pb2, incidents_pb2
from tests.economy.conftest import CITIZEN, Economy
from tests.economy.payments.cases import Bank, City
from tests.fixtures.nouns import Row, found
from tests.fixtures.pillars import Served
from tests.governance.cases import DLH, file
from tests.governance.conftest import Governance, RefusedError, request_id
from tests.governance.emergency.room import DISPATCHER, Room
from tests.security.test_economy_rows import ROWS as MONEY

_OTHER = "99999"
_PILLARS = pillars()
OPTIONAL: dict[str, Rpc] = {
    f"{service.name}.{one.method.name}": one
    for pillar in _PILLARS.values()
    for service in pillar.served()
    for one in rpcs_of(service)
    if one.options.etag_optional
}
NOUNS = {name: rows for name in _PILLARS if (rows := OPTIONAL.keys() & found("rows", "ROWS", name).keys())}

Asked = tuple[Any, Caller]


async def _rating(governance: Governance) -> Asked:
    one = await (await file(governance)).resolved()
    return complaints_pb2.RateComplaintRequest(code=one.code, link_key=one.key, rating=4), ANONYMOUS


async def _reopening(governance: Governance) -> Asked:
    one = await (await file(governance)).resolved()
    return complaints_pb2.ReopenComplaintRequest(code=one.code, link_key=one.key, note="Masih ada sampah"), ANONYMOUS


async def _reply(governance: Governance) -> Asked:
    one = await file(governance)
    await one.transition("verify")
    await one.transition("ask", DLH, note="Di mana?")
    return complaints_pb2.ReplyComplaintRequest(code=one.code, link_key=one.key, note="Di sana."), ANONYMOUS


async def _withdrawal(governance: Governance) -> Asked:
    one = await file(governance)
    return complaints_pb2.WithdrawComplaintRequest(code=one.code, link_key=one.key), ANONYMOUS


async def _call_back(governance: Governance) -> Asked:
    one = await Room(governance.served).rung(phone="081234567890")
    return emergency_calls_pb2.NoteCallBackRequest(id=one.id, reached=True), DISPATCHER


async def _note(governance: Governance) -> Asked:
    one = await Room(governance.served).opened()
    return incidents_pb2.AddIncidentNoteRequest(id=one.id, note="Jalan ditutup."), DISPATCHER


async def _hand_off(governance: Governance) -> Asked:
    one = await Room(governance.served).opened()
    return incidents_pb2.HandOffIncidentRequest(id=one.id, party="police"), DISPATCHER


CASES: dict[str, Callable[[Governance], Awaitable[Asked]]] = {
    "ComplaintService.RateComplaint": _rating,
    "ComplaintService.ReopenComplaint": _reopening,
    "ComplaintService.ReplyComplaint": _reply,
    "ComplaintService.WithdrawComplaint": _withdrawal,
    "EmergencyCallService.NoteCallBack": _call_back,
    "IncidentService.AddIncidentNote": _note,
    "IncidentService.HandOffIncident": _hand_off,
}
WALLETS = "PaymentService.PayFromWallet"


async def call(served: Served, rpc: str, request: Any, caller: Caller) -> bytes:
    """The answer as it came. Raises RefusedError."""
    asked: Any = served.channel.unary_unary(f"/{OPTIONAL[rpc].name}")
    token = served.minter.mint(caller, served.runtime.pillar)
    try:
        answer: bytes = await asked(
            request.SerializeToString(), metadata=(("authorization", f"Bearer {token}"),), timeout=20
        )
    except grpc.aio.AioRpcError as error:
        raise RefusedError(error) from error
    return answer


def etag_in(rpc: str, answer: bytes) -> str:
    """The etag of an answer, where its route finds it."""
    (route,) = (one for one in routes() if one.rpc.name == OPTIONAL[rpc].name)
    found: Any = OPTIONAL[rpc].answer.FromString(answer)
    for name in route.etag:
        found = getattr(found, name)
    return str(found)


async def walk(served: Served, rpc: str, request: Any, caller: Caller) -> None:
    """Asked for another version it is refused and not done; for the one there is it is done, and answered so again."""
    request.request_id, request.etag = request_id(), _OTHER
    before = await served.outbox()
    with pytest.raises(RefusedError) as caught:
        await call(served, rpc, request, caller)
    assert (caught.value.code, caught.value.reason) == (grpc.StatusCode.ABORTED, "STALE_ETAG"), caught.value.message
    assert await served.outbox() == before
    request.etag = caught.value.metadata["etag"]
    done = await call(served, rpc, request, caller)
    assert etag_in(rpc, done) != request.etag, "a version that does not move guards nothing"
    assert await call(served, rpc, request, caller) == done, (
        "the same key answers as at first, whatever version is there"
    )


def test_every_change_that_may_name_its_version_is_walked() -> None:
    assert OPTIONAL.keys() == {*CASES, WALLETS, *(OPTIONAL.keys() & MONEY.keys()), *set().union(*NOUNS.values())}


@pytest.mark.parametrize("rpc", CASES)
async def test_a_case_is_left_as_it_is_under_another_version(governance: Governance, rpc: str) -> None:
    await walk(governance.served, rpc, *await CASES[rpc](governance))


@pytest.mark.parametrize("rpc", sorted(OPTIONAL.keys() & MONEY.keys()))
async def test_no_money_moves_under_another_version(economy: Economy, rpc: str) -> None:
    row = MONEY[rpc]
    await walk(economy.served, rpc, await row.make(City(economy, Bank())), row.concerned)


async def test_no_wallet_pays_under_another_version(economy: Economy) -> None:
    city = City(economy, Bank())
    await city.wallet(100_000)
    payment = await city.ask(50_000)
    await walk(economy.served, WALLETS, payments_pb2.PayFromWalletRequest(id=payment.code), CITIZEN)


@pytest.mark.parametrize("served", NOUNS, indirect=True)
async def test_a_thing_is_left_as_it_is_under_another_version(served: Served, subtests: pytest.Subtests) -> None:
    rows: dict[str, Row] = found("rows", "ROWS", served.runtime.pillar)
    for rpc in sorted(NOUNS[served.runtime.pillar]):
        with subtests.test(rpc):
            await walk(served, rpc, await rows[rpc].make(served), rows[rpc].concerned[0])
