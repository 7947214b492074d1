"""Whom a declaration concerns: who made it, the registration office and the administrators."""

from datetime import date, timedelta
from typing import Any

from smartcity.society.v1 import residents_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.residents.people import DLH, NOTE, OFFICE, SEKAYU, SITI, People, number

_FIRST = date(1970, 1, 1)


async def _born(served: Served) -> date:
    """A day that nobody was born on so far."""
    return _FIRST + timedelta(days=await served.admin.fetchval("SELECT count(*) FROM society.resident"))


async def _waiting(served: Served) -> tuple[pb.Resident, str]:
    """One of Siti's that waits, and the number of the card."""
    people, born = People(served), await _born(served)
    await served.admin.execute("DELETE FROM society.resident WHERE state = 'waiting'")
    return await people.declared(SITI, born), number(born)


async def _create(served: Served) -> Any:
    await served.admin.execute("DELETE FROM society.resident WHERE state = 'waiting'")
    born = await _born(served)
    said = {"nik": number(born), "birth_date": str(born), "area_code": SEKAYU}
    return pb.CreateResidentRequest(request_id=request_id(), **said)


async def _get(served: Served) -> Any:
    return pb.GetResidentRequest(id=(await _waiting(served))[0].id)


async def _list(served: Served) -> Any:
    return pb.ListResidentsRequest()


async def _verify(served: Served) -> Any:
    one, nik = await _waiting(served)
    return pb.VerifyResidentRequest(request_id=request_id(), id=one.id, etag="1", code=one.code, nik=nik)


async def _decline(served: Served) -> Any:
    return pb.DeclineResidentRequest(request_id=request_id(), id=(await _waiting(served))[0].id, etag="1", note=NOTE)


async def _attest(served: Served) -> Any:
    born = await _born(served)
    said = {"nik": number(born), "birth_date": str(born), "area_code": SEKAYU}
    return pb.AttestResidentRequest(request_id=request_id(), **said)


ROWS = {
    "ResidentService.CreateResident": Row(_create, (SITI,), (DLH,), own=True),
    "ResidentService.GetResident": Row(_get, (SITI, OFFICE, ADMIN), (DLH,)),
    "ResidentService.ListResidents": Row(_list, (SITI, OFFICE, ADMIN), own=True),
    "ResidentService.VerifyResident": Row(_verify, (OFFICE, ADMIN), (SITI, DLH)),
    "ResidentService.DeclineResident": Row(_decline, (OFFICE, ADMIN), (SITI, DLH)),
    "ResidentService.AttestResident": Row(_attest, (SITI,), (DLH,), own=True),
}
NOBODY_OWNS = {
    "ResidentService.VerifyResident": "whoever declared it is refused, test_nobody_verifies_or_declines_themselves",
    "ResidentService.DeclineResident": "whoever declared it is refused, test_nobody_verifies_or_declines_themselves",
}
"""Why a change is no decision on a matter of somebody's own."""
