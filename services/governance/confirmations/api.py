"""MailService over gRPC."""

from services.governance.cases.model import Complaint
from services.governance.confirmations import actions
from services.governance.grants.model import Held
from services.governance.keys.acting import Act
from services.governance.keys.mail import Purpose
from services.governance.notifications import actions as notifications
from services.kit.database import Transaction
from services.kit.errors import DomainError, Kind
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import mail_pb2 as pb

_ACTING = {pb.MAIL_LINK_CASE: Act.READ, pb.MAIL_LINK_MINE: Act.MINE}
_ACTS = {
    pb.MAIL_ACT_REPLY: Act.REPLY,
    pb.MAIL_ACT_RATE: Act.RATE,
    pb.MAIL_ACT_REOPEN: Act.REOPEN,
    pb.MAIL_ACT_ADD_PHOTOS: Act.ADD_PHOTOS,
}
_PURPOSES = {pb.MAIL_LINK_CONFIRM: Purpose.CONFIRM, pb.MAIL_LINK_STOP: Purpose.STOP}


@rpc
async def look(tx: Transaction, request: pb.GetMailLinkRequest) -> pb.GetMailLinkResponse:
    """Errors: MAIL_LINK_UNKNOWN."""
    if request.link in _ACTING:
        return _acting(*await actions.acting(tx, request.token, _ACTING[request.link]))
    found = await actions.linked(tx, _PURPOSES[request.link], request.token)
    state = protos.number(pb.MailState, found.mail.mail)
    return pb.GetMailLinkResponse(code=found.complaint.code, state=state)


def _acting(complaint: Complaint, held: Held) -> pb.GetMailLinkResponse:
    return pb.GetMailLinkResponse(
        code=complaint.code,
        standing=protos.number(pb.MailLinkStanding, held.standing),
        acts=[number for number, act in _ACTS.items() if act in held.grant.acts],
        expire_time=protos.timestamp(held.grant.expires),
    )


@rpc
async def confirm(tx: Transaction, request: pb.ConfirmAddressRequest) -> pb.ConfirmAddressResponse:
    """Errors: MAIL_LINK_UNKNOWN, MAIL_LINK_EXPIRED."""
    return pb.ConfirmAddressResponse(code=(await actions.confirm(tx, request.token)).code)


@rpc
async def unsubscribe(tx: Transaction, request: pb.UnsubscribeRequest) -> pb.UnsubscribeResponse:
    """Errors: MAIL_LINK_UNKNOWN."""
    return pb.UnsubscribeResponse(code=(await actions.stop(tx, Purpose.STOP, request.token)).code)


@rpc
async def bounce(tx: Transaction, request: pb.ReportBounceRequest) -> pb.ReportBounceResponse:
    """A mail server has no use for a refusal: what cannot be placed is taken and forgotten."""
    try:
        await actions.stop(tx, Purpose.BOUNCE, request.token)
    except DomainError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
    return pb.ReportBounceResponse()


@rpc
async def own(tx: Transaction, request: pb.GetContactMailRequest) -> pb.GetContactMailResponse:
    """Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED."""
    mail, contact = await actions.own(tx, request.code, request.link_key)
    if mail is None or contact is None:
        return pb.GetContactMailResponse(supporter=mail is not None and mail.supporter)
    told = pb.GetContactMailResponse(
        email=contact.email, supporter=mail.supporter, has_contact=True, name=contact.name, phone=contact.phone
    )
    if contact.email:
        told.state = protos.number(pb.MailState, mail.mail)
        if (later := protos.timestamp(await notifications.next_mail(tx, mail))) is not None:
            told.next_mail_time.CopyFrom(later)
    return told


@rpc
async def ask_again(tx: Transaction, request: pb.RequestConfirmationRequest) -> pb.RequestConfirmationResponse:
    """Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED, CONTACT_MISSING."""
    state = await actions.ask_again(tx, request.code, request.link_key)
    return pb.RequestConfirmationResponse(state=protos.number(pb.MailState, state))


@rpc
async def correct(tx: Transaction, request: pb.CorrectAddressRequest) -> pb.CorrectAddressResponse:
    """Errors: COMPLAINT_NOT_FOUND, LINK_KEY_REQUIRED, CONTACT_MISSING, CONTACT_INVALID, ADDRESS_CORRECTED_OFTEN."""
    told = request.contact
    right = (told.name, told.phone) if request.HasField("contact") else None
    state = await actions.correct(tx, request.code, request.link_key, told.email or request.email, right)
    return pb.CorrectAddressResponse(state=protos.number(pb.MailState, state) if state else pb.MAIL_STATE_UNSPECIFIED)
