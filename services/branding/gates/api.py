"""GateService over gRPC: proto -> action -> proto."""

import asyncio

from services.branding.gates import actions
from services.branding.gates.judging import Book, Judged, Shown
from services.branding.gates.model import Gate
from services.branding.gates.reading import read as read_shown
from services.branding.keys import signing
from services.branding.resources import signer_of
from services.branding.sales.model import Sale
from services.branding.terms import days
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.kit.signing import encode
from smartcity.branding.v1 import gates_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateGateRequest) -> pb.CreateGateResponse:
    """Opens a gate."""
    made, sale = await actions.create(tx, request.sale, " ".join(request.name.split()))
    return pb.CreateGateResponse(gate=_view(made, sale))


@rpc
async def read(tx: Transaction, request: pb.GetGateRequest) -> pb.GetGateResponse:
    """Reads a gate."""
    gate, sale, today = await actions.get(tx, request.id)
    return pb.GetGateResponse(gate=_view(gate, sale, today))


@rpc
async def of_sale(tx: Transaction, request: pb.ListGatesRequest) -> pb.ListGatesResponse:
    """Lists the gates of a sale."""
    gates, sale = await actions.of_sale(tx, request.sale)
    return pb.ListGatesResponse(gates=[_view(one, sale) for one in gates])


@rpc
async def list_page(tx: Transaction, request: pb.GetGateListRequest) -> pb.GetGateListResponse:
    """Reads a page of a gate's list."""
    found = await actions.list_page(tx, request.id, days.read(request.day), request.page_token)
    signer = signer_of(tx.runtime)
    now = signing.name_of(signer.signer.private.public_key())
    keys = sorted(signer.keys, key=lambda name: name != now)
    page = pb.GateListPage(
        text=found.text,
        signature=found.signature,
        keys=[encode(signing.raw(signer.keys[name])) for name in keys],
        next_page_token=found.token,
    )
    return pb.GetGateListResponse(page=page)


@rpc
async def upload(tx: Transaction, request: pb.UploadScansRequest) -> pb.UploadScansResponse:
    """Takes scans."""
    shown: list[Shown] = []
    for start in range(0, len(request.scans), actions.STEP):
        shown += [_shown(tx, one) for one in request.scans[start : start + actions.STEP]]
        await asyncio.sleep(0)  # signatures take their time
    judged, book = await actions.upload(tx, request.id, shown, offline=request.offline)
    return pb.UploadScansResponse(results=[_result(one, book) for one in judged])


@rpc
async def amiss(tx: Transaction, request: pb.ListAmissScansRequest) -> pb.ListAmissScansResponse:
    """Lists scans that should not have happened."""
    found, names = await actions.amiss(tx, request.sale, request.page_size, request.page_token)
    shown = [
        pb.AmissScan(
            gate=names.get(str(one.gate), ""),
            code=one.code,
            verdict=protos.number(pb.ScanVerdict, one.verdict),
            time=protos.timestamp(one.at),
            offline=one.offline,
        )
        for one in found.rows
    ]
    return pb.ListAmissScansResponse(scans=shown, next_page_token=found.token)


def _shown(tx: Transaction, one: pb.Scan) -> Shown:
    at = protos.instant(one.time) if one.HasField("time") else tx.now
    signer, prefix = signer_of(tx.runtime), tx.runtime.city.code_prefix
    return read_shown(signer, prefix, one.scan, one.shown, at, leaving=one.exit)


def _view(gate: Gate, sale: Sale, today: int = 0) -> pb.Gate:
    return pb.Gate(
        id=str(gate.id),
        sale=str(gate.sale),
        name=gate.name,
        title_id=sale.title_id,
        title_en=sale.title_en,
        admitted_today=today,
    )


def _result(judged: Judged, book: Book) -> pb.ScanResult:
    scan, type_ = judged.scan, book.types.get(judged.ticket.type) if judged.ticket else None
    ours = judged.ticket is not None and judged.ticket.sale == book.sale.id  # another sale's holds on other days
    first, last = judged.ticket.days(book.sale, book.zone) if judged.ticket and ours else ("", "")
    return pb.ScanResult(
        scan=scan.scan,
        verdict=protos.number(pb.ScanVerdict, scan.verdict),
        code=judged.ticket.code if judged.ticket else "",
        type_id=type_.name_id if type_ else "",
        type_en=type_.name_en if type_ else "",
        repeated=judged.repeated,
        amiss=scan.amiss,
        before_time=protos.timestamp(judged.before),
        first_day=str(first),
        last_day=str(last),
    )
