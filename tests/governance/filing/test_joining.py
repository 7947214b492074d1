"""Those who join a case."""

from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from tests.governance.cases import Filed, file, state
from tests.governance.conftest import CITIZEN, Governance, refused, request_id


async def _join(filed: Filed, caller: Caller, **fields: object) -> int:
    fields.setdefault("request_id", request_id())
    request = pb.JoinComplaintRequest(code=filed.code, **fields)  # type: ignore[arg-type]
    answer = await filed.governance.call("ComplaintService.JoinComplaint", request, caller)
    return int(answer.supporters)


async def test_each_login_joins_once_and_each_request_without_login(governance: Governance) -> None:
    filed = await file(governance)
    assert [await _join(filed, CITIZEN), await _join(filed, CITIZEN)] == [1, 1]
    again = {"request_id": "0192f3a4-7c1e-4d44-9c1b-2f6f0e8f3a10"}
    assert [await _join(filed, ANONYMOUS, **again), await _join(filed, ANONYMOUS, **again)] == [2, 2]
    assert await _join(filed, ANONYMOUS) == 3
    assert (await filed.read(ANONYMOUS)).supporters == 3


async def test_the_reporter_does_not_join_the_own_case(governance: Governance) -> None:
    assert await _join(await file(governance, CITIZEN), CITIZEN) == 0


async def test_joining_leaves_the_etag_alone(governance: Governance) -> None:
    filed = await file(governance)
    await _join(filed, CITIZEN)
    assert state(await filed.transition("verify")) == "assigned"


async def test_a_closed_case_is_not_joined(governance: Governance) -> None:
    filed = await file(governance)
    await filed.act("Withdraw")
    with refused("COMPLAINT_NOT_OPEN"):
        await _join(filed, CITIZEN)


async def test_a_supporters_contact_is_checked_and_kept(governance: Governance) -> None:
    filed = await file(governance)
    with refused("CONTACT_INVALID"):
        await _join(filed, CITIZEN, contact=pb.Contact(email="bukan alamat"))
    assert await _join(filed, CITIZEN, contact=pb.Contact(email="budi@contoh.id")) == 1
    assert await governance.runtime.pool.fetchval("SELECT count(*) FROM contact WHERE supporter") == 1
