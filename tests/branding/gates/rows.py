"""Whom a gate concerns: the agency that sells, and the administrators."""

from typing import Any
from uuid import uuid4

from smartcity.branding.v1 import gates_pb2 as pb
from tests.branding.tickets.ticketing import DLH, SELLER, Ticketing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _gate(served: Served) -> Any:
    office = Ticketing(served)
    return (await office.call(pb.CreateGateRequest(sale=(await office.sale()).id, name="A"), SELLER)).gate


async def _create(served: Served) -> Any:
    sale = await Ticketing(served).sale()
    return pb.CreateGateRequest(request_id=request_id(), sale=sale.id, name="Utara")


async def _get(served: Served) -> Any:
    return pb.GetGateRequest(id=(await _gate(served)).id)


async def _list(served: Served) -> Any:
    return pb.ListGatesRequest(sale=(await _gate(served)).sale)


async def _page(served: Served) -> Any:
    return pb.GetGateListRequest(id=(await _gate(served)).id)


async def _upload(served: Served) -> Any:
    scans = [pb.Scan(scan=str(uuid4()), shown="SMGE-7K4P2M8Q-92")]
    return pb.UploadScansRequest(request_id=request_id(), id=(await _gate(served)).id, scans=scans)


async def _amiss(served: Served) -> Any:
    return pb.ListAmissScansRequest(sale=(await _gate(served)).sale)


_CONCERNED, _OTHERS = (SELLER, ADMIN), (DLH,)
ROWS = {
    "GateService.CreateGate": Row(_create, _CONCERNED, _OTHERS),
    "GateService.GetGate": Row(_get, _CONCERNED, _OTHERS),
    "GateService.ListGates": Row(_list, _CONCERNED, _OTHERS),
    "GateService.GetGateList": Row(_page, _CONCERNED, _OTHERS),
    "GateService.UploadScans": Row(_upload, _CONCERNED, _OTHERS),
    "GateService.ListAmissScans": Row(_amiss, _CONCERNED, _OTHERS),
}
NOBODY_OWNS = {
    "GateService.CreateGate": "it is the agency's",
    "GateService.UploadScans": "whose ticket it is no gate knows; it decides by the ticket's rules alone",
}
