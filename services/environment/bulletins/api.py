"""The RPCs of WarningService that hand out what was published."""

from services.environment.bulletins import actions
from services.environment.bulletins.model import Published
from services.environment.criteria.profile import criteria_of
from services.kit.database import Transaction
from services.kit.rpc import one_statement, protos, rpc
from smartcity.environment.v1 import warnings_pb2 as pb


@rpc
@one_statement
async def feed(tx: Transaction, request: pb.GetWarningFeedRequest) -> pb.GetWarningFeedResponse:
    """Reads the newest messages, unless the caller has them."""
    edition, found = await actions.feed(tx)
    if edition == request.edition:
        return pb.GetWarningFeedResponse(edition=edition, same=True)
    criteria = criteria_of(tx.runtime.city)
    return pb.GetWarningFeedResponse(
        edition=edition,
        messages=map(_view, found),
        sender_name=criteria.sender_name,
        agencies=criteria.agencies,
        by_mail=actions.by_mail(tx),
        gives_none=not criteria.warns,
    )


@rpc
@one_statement
async def message(tx: Transaction, request: pb.GetWarningMessageRequest) -> pb.GetWarningMessageResponse:
    """Reads a message as it was published."""
    kept = await actions.message(tx, request.id, int(request.number))
    return pb.GetWarningMessageResponse(message=_view(kept, kept.body))


def _view(one: Published, body: bytes = b"") -> pb.PublishedMessage:
    return pb.PublishedMessage(
        warning=str(one.warning),
        number=one.number,
        identifier=one.identifier,
        headline=one.headline,
        headline_en=one.headline_en,
        sent=protos.timestamp(one.sent),
        body=body,
        path=one.path,
    )
