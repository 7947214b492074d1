"""Who may act on which row: every RPC of governance that names a case, as those it concerns and others.

Requests are built from the RPC's own fields, and who must be refused is derived from the contracts. That no RPC of any
pillar is forgotten is derived too; those of economy are in ``test_economy_rows.py``, and what a noun says with its own
tests is walked by ``test_noun_rows.py``.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import grpc
import pytest

from deploy.pillars import NAMES, pillars
from services.governance.pillar import PILLAR as GOVERNANCE
from services.kit.caller import ANONYMOUS, Caller, Scope
from services.kit.pillar import Pillar
from services.kit.rpc.contract import rpcs_of
from smartcity.governance.v1 import complaints_pb2, redactions_pb2
from tests.environment.conftest import Environment
from tests.fixtures.nouns import found
from tests.governance.calls import Filed, Records
from tests.governance.conftest import VERIFIER, Governance, RefusedError, officer

DPU, DLH = officer("dpu"), officer("dlh")
SITI, BUDI = (Caller(f"citizen-{name}", frozenset({"citizen"})) for name in ("siti", "budi"))
KEPT_OUT = {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAUTHENTICATED}

GOOD: dict[str, Any] = {
    "note": "Sudah kami periksa di lapangan.",
    "rating": 4,
    "words": True,
    "purpose": "call back about the place",
    "transition": complaints_pb2.TRANSITION_VERIFY,
    "public_text": "Jalan berlubang.",
    "category": "lampu-jalan",
    "area_code": "33.74.01.1001",
    "path": "photos/x.webp",
    "sha256": "0" * 64,
    "token": "a" * 64,
    "email": "budi@example.org",
    "photo": complaints_pb2.Photo(id=str(uuid4()), content_type="image/webp", width=4, height=3, size=99),
}
"""Good values by the name of a field; what an RPC has no field for is left out."""


@dataclass(frozen=True)
class Rpc:
    """An RPC whose request names a case."""

    service: str
    name: str
    request: Any
    key: str
    row: dict[str, Scope]

    def build(self, values: dict[str, Any]) -> Any:
        """A good request; ``values`` name the case."""
        fields = {"request_id": str(uuid4()), **GOOD, **values}
        known = self.request.DESCRIPTOR.fields_by_name
        fields = {name: value for name, value in fields.items() if name in known}
        if "words" in known:
            fields["reason"] = redactions_pb2.REDACTION_REASON_THIRD_PERSON
        return self.request(**fields)


def rpcs(pillar: Pillar, key: str) -> list[Rpc]:
    """All RPCs of the pillar whose request has the field ``key``."""
    return [
        Rpc(service.name, one.method.name, one.request, key, one.scopes())
        for service in pillar.served()
        for one in rpcs_of(service)
        if key in one.method.input_type.fields_by_name
    ]


def named(found: list[Rpc]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("rpc", found, ids=lambda rpc: f"{rpc.service}.{rpc.name}")


# In a list the code only filters.
CASES = [rpc for rpc in rpcs(GOVERNANCE, "code") if rpc.name != "ListComplaints"]


async def outcome(governance: Governance, rpc: Rpc, caller: Caller, values: dict[str, Any]) -> tuple[Any, str]:
    """Status and reason of a call; OK and nothing when it was served."""
    try:
        await governance.call(f"{rpc.service}.{rpc.name}", rpc.build(values), caller)
    except RefusedError as error:
        return error.code, error.reason
    return grpc.StatusCode.OK, ""


async def etag(records: Records, code: str) -> str:
    seen = await records.complaint("GetComplaint", VERIFIER, code=code)
    return str(seen.complaint.etag)


async def filed(records: Records, **fields: Any) -> tuple[Filed, dict[str, Any]]:
    """A verified complaint of Siti's at the DPU, and the values that name it (without its link key)."""
    made = await records.file(SITI, contact={"name": "Siti", "email": "siti@example.org"}, **fields)
    await records.transition(made, "verify", VERIFIER)
    return made, {"code": made.code, "etag": await etag(records, made.code), "id": str(uuid4())}


def test_the_walk_covers_every_row_that_is_narrower_than_any() -> None:
    narrow = {
        f"{service.name}.{one.method.name}"
        for pillar in pillars().values()
        if pillar.name != "economy"
        for service in pillar.served()
        for one in rpcs_of(service)
        if set(one.scopes().values()) - {Scope.ANY}
    }
    walked = {f"{rpc.service}.{rpc.name}" for rpc in CASES} | {
        key for name in NAMES for key in found("rows", "ROWS", name)
    }
    lists = {"ComplaintService.ListComplaints", "RoutingService.SimulateRouting", "CleanupService.ListCleanups"}
    lists |= {"DeviceService.ListDevices"}  # tests/environment/devices
    lists |= {"RoundService.ListRoundPlans", "RoundService.ListDepots"}  # tests/environment/rounds
    mailed = {"MailService.ListMyComplaints", "MailService.EndMailLinks"}  # attacks/test_lost_keys.py
    assert narrow <= walked | lists | mailed, "give each new row a test"


@named([rpc for rpc in CASES if rpc.row.get("officer") is Scope.OWN_AGENCY])
async def test_an_officer_of_another_agency_is_kept_out(records: Records, rpc: Rpc) -> None:
    _, values = await filed(records)
    code, reason = await outcome(records.governance, rpc, DLH, values)
    assert code in KEPT_OUT, f"{code} {reason}"
    assert reason != "ROLE_NOT_ALLOWED"


@named([rpc for rpc in CASES if rpc.row.get("officer") is Scope.OWN_AGENCY])
async def test_an_officer_of_the_agency_is_let_in(records: Records, rpc: Rpc) -> None:
    _, values = await filed(records)
    code, reason = await outcome(records.governance, rpc, DPU, values)
    assert code not in KEPT_OUT, f"{code} {reason}"


@named([rpc for rpc in CASES if rpc.row.get("citizen") is Scope.OWN])
@pytest.mark.parametrize("stranger", [BUDI, ANONYMOUS], ids=["another citizen", "nobody"])
@pytest.mark.parametrize("key", ["", "wrong-key-of-the-right-length"], ids=["no key", "wrong key"])
async def test_a_stranger_is_kept_out(records: Records, rpc: Rpc, stranger: Caller, key: str) -> None:
    _, values = await filed(records)
    code, reason = await outcome(records.governance, rpc, stranger, {**values, "link_key": key})
    assert code in KEPT_OUT, f"{code} {reason}"


# Whoever has the key needs it not again: it is given to who reads the mail (attacks/test_lost_keys.py).
@named([rpc for rpc in CASES if rpc.row.get("citizen") is Scope.OWN and rpc.name != "RecoverLinkKey"])
@pytest.mark.parametrize("with_key", [True, False], ids=["by the link key", "by the login"])
async def test_the_reporter_is_let_in(records: Records, rpc: Rpc, with_key: bool) -> None:
    made, values = await filed(records)
    caller, key = (ANONYMOUS, made.link_key) if with_key else (SITI, "")
    code, reason = await outcome(records.governance, rpc, caller, {**values, "link_key": key})
    assert code not in KEPT_OUT, f"{code} {reason}"


@named([rpc for rpc in CASES if rpc.row.get("citizen") is Scope.OWN])
async def test_the_link_key_of_one_case_opens_no_other(records: Records, rpc: Rpc) -> None:
    _, values = await filed(records)
    other = await records.file()
    code, reason = await outcome(records.governance, rpc, ANONYMOUS, {**values, "link_key": other.link_key})
    assert code in KEPT_OUT, f"{code} {reason}"


@named(CASES)
async def test_a_secret_case_answers_like_an_unknown_one_to_whoever_may_call_at_all(records: Records, rpc: Rpc) -> None:
    _, values = await filed(records, secret=True)
    for stranger in (BUDI, ANONYMOUS, DLH):
        if not set(rpc.row) & stranger.roles:
            continue
        known = await outcome(records.governance, rpc, stranger, values)
        unknown = await outcome(records.governance, rpc, stranger, {**values, "code": "SMG-2222-22"})
        assert known == unknown
        assert known[0] is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("caller", [DPU, DLH], ids=["dpu", "dlh"])
async def test_an_officers_list_holds_the_own_agencys_cases_only(records: Records, caller: Caller) -> None:
    made, _ = await filed(records)
    for fields in ({}, {"agency": "dpu"}, {"code": made.code}):
        page = await records.complaint("ListComplaints", caller, **fields)
        assert {one.agency.id for one in page.complaints} <= {caller.agency}
        assert bool(page.complaints) is (caller is DPU)


@pytest.mark.parametrize("caller", [DPU, DLH], ids=["dpu", "dlh"])
async def test_a_list_of_clean_ups_holds_the_own_agencys_only(environment: Environment, caller: Caller) -> None:
    await environment.assigned()
    page = await environment.page(caller)
    assert bool(page.cleanups) is (caller is DLH)
