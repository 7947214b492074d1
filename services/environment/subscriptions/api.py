"""WarningSubscriptionService over gRPC."""

from services.environment.subscriptions import actions
from services.environment.subscriptions.model import Subscription
from services.kit.database import Transaction
from services.kit.mail.keys import Purpose
from services.kit.mail.queue import MailState
from services.kit.rpc import protos, rpc
from smartcity.environment.v1 import warning_subscriptions_pb2 as pb

_PURPOSES = {
    pb.WARNING_SUBSCRIPTION_LINK_CONFIRM: Purpose.CONFIRM,
    pb.WARNING_SUBSCRIPTION_LINK_END: Purpose.END,
}


@rpc
async def subscribe(
    tx: Transaction, request: pb.CreateWarningSubscriptionRequest
) -> pb.CreateWarningSubscriptionResponse:
    """Asks the owner of an address."""
    made = await actions.subscribe(tx, request.email, request.language or "id", request.areas)
    return pb.CreateWarningSubscriptionResponse(subscription=_view(tx, made))


@rpc
async def look(tx: Transaction, request: pb.GetWarningSubscriptionRequest) -> pb.GetWarningSubscriptionResponse:
    """Reads what a link is for."""
    found = await actions.linked(tx, _PURPOSES[request.link], request.token)
    return pb.GetWarningSubscriptionResponse(subscription=_view(tx, found))


@rpc
async def confirm(
    tx: Transaction, request: pb.ConfirmWarningSubscriptionRequest
) -> pb.ConfirmWarningSubscriptionResponse:
    """Confirms an address."""
    done = await actions.confirm(tx, request.token)
    return pb.ConfirmWarningSubscriptionResponse(subscription=_view(tx, done))


@rpc
async def end(tx: Transaction, request: pb.EndWarningSubscriptionRequest) -> pb.EndWarningSubscriptionResponse:
    """Ends a subscription."""
    return pb.EndWarningSubscriptionResponse(subscription=_view(tx, await actions.end(tx, request.token)))


@rpc
async def progress(tx: Transaction, request: pb.GetWarningMailsRequest) -> pb.GetWarningMailsResponse:
    """Tells how far a message has come."""
    found = await actions.progress(tx, request.id)
    mails = pb.WarningMails(
        number=found.number,
        goes_on=found.goes_on,
        waiting=found.of(MailState.WAITING),
        sent=found.of(MailState.SENT),
        failed=found.of(MailState.REFUSED, MailState.GIVEN_UP),
        dropped=found.of(MailState.OVERTAKEN, MailState.DROPPED),
        start_time=protos.timestamp(found.began_at),
        last_time=protos.timestamp(found.last_at),
    )
    return pb.GetWarningMailsResponse(mails=mails)


def _view(tx: Transaction, one: Subscription) -> pb.WarningSubscription:
    return pb.WarningSubscription(
        state=protos.number(pb.WarningSubscriptionState, one.state),
        areas=protos.areas(tx.runtime.city, one.areas),
        language=one.language,
    )
