"""TicketSettlementService over gRPC: proto -> action -> proto."""

from services.branding.sales.model import Sale
from services.branding.settlements import actions
from services.branding.settlements.model import Takings, tax_in
from services.branding.terms.money import money
from services.branding.terms.profile import Tax, terms_of
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.branding.v1 import ticket_settlements_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListTicketSettlementsRequest) -> pb.ListTicketSettlementsResponse:
    """Lists what sales took."""
    found, sums = await actions.page(tx, request.sale, request.page_size, request.page_token)
    terms = terms_of(tx.runtime.city)
    tax = terms.tax if terms else None
    shown = [_view(tx, one, sums.get(one.id, Takings()), tax) for one in found.rows]
    return pb.ListTicketSettlementsResponse(
        settlements=shown, next_page_token=found.token, tax=_tax(tax) if tax else None
    )


def _view(tx: Transaction, sale: Sale, took: Takings, tax: Tax | None) -> pb.TicketSettlement:
    due = tax_in(took.kept, tax)
    return pb.TicketSettlement(
        sale=str(sale.id),
        state=protos.number(ticket_sales_pb2.TicketSaleState, sale.state),
        agency=sale.agency,
        title_id=sale.title_id,
        title_en=sale.title_en,
        start_time=protos.timestamp(sale.starts_at),
        all_day=sale.all_day(tx.runtime.city.timezone),
        orders=took.orders,
        tickets=took.tickets,
        taken_back=took.taken_back,
        captured=money(tx, took.captured),
        moved=money(tx, took.moved),
        refunded=money(tx, took.refunded),
        open=money(tx, took.open),
        kept=money(tx, took.kept),
        tax=None if due is None else money(tx, due),
        net=money(tx, took.kept - (due or 0)),
    )


def _tax(tax: Tax) -> pb.TicketTax:
    return pb.TicketTax(
        name=tax.name,
        basis_id=tax.basis_id,
        basis_en=tax.basis_en,
        rate_percent=f"{tax.rate_percent:g}" if tax.rate_percent is not None else "",
        collector=tax.collector,
        unknown_id=tax.unknown_id,
        unknown_en=tax.unknown_en,
    )
