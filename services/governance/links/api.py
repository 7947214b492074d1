"""MailService over gRPC: asking for links that act."""

from services.governance.links import actions
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.governance.v1 import mail_pb2 as pb


@rpc
async def ask(tx: Transaction, request: pb.RequestMailLinkRequest) -> pb.RequestMailLinkResponse:
    """Errors: those of `actions.ask`."""
    await actions.ask(tx, request.code, request.link_key)
    return pb.RequestMailLinkResponse()


@rpc
async def ask_all(tx: Transaction, request: pb.RequestMyLinksRequest) -> pb.RequestMyLinksResponse:
    """Errors: those of `actions.ask_all`."""
    await actions.ask_all(tx, request.email)
    return pb.RequestMyLinksResponse()
