"""TicketSaleService over gRPC: proto -> action -> proto."""

from services.branding.sales import actions
from services.branding.sales.actions import Wanted
from services.branding.sales.model import Admission, Reentry, TicketType
from services.branding.sales.views import view
from services.branding.terms import days
from services.kit import ids
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.branding.v1 import ticket_sales_pb2 as pb


@rpc
async def create(tx: Transaction, request: pb.CreateTicketSaleRequest) -> pb.CreateTicketSaleResponse:
    """Opens a sale."""
    wanted = Wanted(
        occasion=request.occasion,
        destination=request.destination,
        title_id=" ".join(request.title_id.split()),
        title_en=" ".join(request.title_en.split()),
        venue=" ".join(request.venue.split()),
        opens_at=protos.instant(request.open_time) if request.HasField("open_time") else None,
        waiting_room=request.waiting_room,
    )
    return pb.CreateTicketSaleResponse(ticket_sale=view(tx, await actions.create(tx, wanted)))


@rpc
async def read(tx: Transaction, request: pb.GetTicketSaleRequest) -> pb.GetTicketSaleResponse:
    """Reads a sale."""
    found = await actions.get(tx, request.id, days.read(request.day))
    return pb.GetTicketSaleResponse(ticket_sale=view(tx, found))


@rpc
async def page(tx: Transaction, request: pb.ListTicketSalesRequest) -> pb.ListTicketSalesResponse:
    """Lists sales."""
    found, token = await actions.page(
        tx, request.occasion, request.event, request.destination, request.page_size, request.page_token,
        for_sale=request.for_sale,
    )  # fmt: skip
    return pb.ListTicketSalesResponse(ticket_sales=[view(tx, one) for one in found], next_page_token=token)


@rpc
async def add_type(tx: Transaction, request: pb.CreateTicketTypeRequest) -> pb.CreateTicketTypeResponse:
    """Adds a type."""
    made_id = ids.uuid7()
    made = TicketType(
        id=made_id,
        version=1,
        sale=made_id,
        name_id=" ".join(request.name_id.split()),
        name_en=" ".join(request.name_en.split()),
        price=request.price,
        quota=request.quota,
        most=request.most,
        open=True,
        admission=protos.member(pb.TicketAdmission, request.admission, Admission)
        if request.admission
        else Admission.ONCE,
        reentry=protos.member(pb.TicketReentry, request.reentry, Reentry) if request.reentry else Reentry.NONE,
        gates=tuple({name.casefold(): name for one in request.gates if (name := " ".join(one.split()))}.values()),
        refund_hours=request.refund_hours,
        refund_percent=request.refund_percent,
        created_at=tx.now,
        updated_at=tx.now,
    )
    return pb.CreateTicketTypeResponse(ticket_sale=view(tx, await actions.add_type(tx, request.sale, made)))


@rpc
async def change_type(tx: Transaction, request: pb.ChangeTicketTypeRequest) -> pb.ChangeTicketTypeResponse:
    """Changes a type."""
    gates = list(request.gates.names) if request.HasField("gates") else None
    quota = request.quota if request.HasField("quota") else None
    done = await actions.change_type(tx, request.id, request.etag, quota, gates, open_=request.open)
    return pb.ChangeTicketTypeResponse(ticket_sale=view(tx, done))


@rpc
async def cancel(tx: Transaction, request: pb.CancelTicketSaleRequest) -> pb.CancelTicketSaleResponse:
    """Calls off what tickets are sold for."""
    done = await actions.cancel(tx, request.id, request.etag, request.note)
    return pb.CancelTicketSaleResponse(ticket_sale=view(tx, done))


@rpc
async def stop(tx: Transaction, request: pb.StopTicketSaleRequest) -> pb.StopTicketSaleResponse:
    """Stops a sale or lets it go on."""
    opens = protos.instant(request.open_time) if request.HasField("open_time") else None
    done = await actions.stop(tx, request.id, request.etag, request.note, open_=request.open, opens_at=opens)
    return pb.StopTicketSaleResponse(ticket_sale=view(tx, done))
