"""ContactService over gRPC: who may read and erase, and the messages."""

from uuid import UUID

from services.governance.cases import actions as cases
from services.governance.cases.model import Case
from services.governance.contacts import actions
from services.governance.contacts.model import Contact, Read
from services.governance.states.model import Party
from services.kit.caller import Scope
from services.kit.database import Transaction, paging
from services.kit.errors import forbidden, invalid
from services.kit.rpc import protos, rpc
from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1 import contacts_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetContactRequest) -> pb.GetContactResponse:
    """Errors: COMPLAINT_NOT_FOUND, CONTACT_NOT_YOURS, CONTACT_ANONYMOUS, PURPOSE_MISSING, CONTACT_MISSING."""
    if (supporter := await actions.supporter_of(tx, request.code, request.link_key)) is not None:
        return pb.GetContactResponse(contact=_contact(await actions.own(tx, supporter)))
    case = await cases.find(tx, request.code, request.link_key)
    if Party.REPORTER in case.parties:
        by, purpose = "reporter", request.purpose or "own data"
    else:
        by, purpose = _officer(case), request.purpose
    found = await actions.read(tx, case.complaint.id, by=by, purpose=purpose)
    return pb.GetContactResponse(contact=_contact(found))


@rpc
async def erase(tx: Transaction, request: pb.EraseContactRequest) -> pb.EraseContactResponse:
    """Errors: COMPLAINT_NOT_FOUND, CONTACT_NOT_YOURS, CONTACT_MISSING."""
    if (supporter := await actions.supporter_of(tx, request.code, request.link_key)) is not None:
        return pb.EraseContactResponse(erase_time=protos.timestamp(await actions.erase_supporter(tx, supporter)))
    case = await cases.find(tx, request.code, request.link_key)
    _require_owner(tx, case)
    # The reporter's right ends at the reporter's own data.
    everybody = Party.REPORTER not in case.parties
    erased = await actions.erase(tx, case.complaint.id, supporters=everybody)
    return pb.EraseContactResponse(erase_time=protos.timestamp(erased))


@rpc
async def reads(tx: Transaction, request: pb.ListContactReadsRequest) -> pb.ListContactReadsResponse:
    """Errors: COMPLAINT_NOT_FOUND, CONTACT_NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    size = paging.page_size(request.page_size)
    before = _token(request.page_token)
    if await actions.supporter_of(tx, request.code, request.link_key) is not None:
        return pb.ListContactReadsResponse()  # nobody but the supporter can read it
    case = await cases.find(tx, request.code, request.link_key)
    _require_owner(tx, case)
    rows = await actions.reads(tx, case.complaint.id, before, size + 1)
    return pb.ListContactReadsResponse(
        reads=[_read(row) for row in rows[:size]],
        next_page_token=str(rows[size - 1].id) if len(rows) > size else "",
    )


def _contact(found: Contact) -> complaints_pb2.Contact:
    return complaints_pb2.Contact(name=found.name, email=found.email, phone=found.phone)


def _officer(case: Case) -> str:
    """How the audit names the officer; refuses whom the contact is none of their business."""
    if Party.AGENCY not in case.parties:
        raise forbidden(
            "CONTACT_NOT_YOURS", "Only the reporter and officers of the agency that has the case may read the contact."
        )
    if case.complaint.anonymous:
        raise forbidden("CONTACT_ANONYMOUS", "The reporter stays unnamed to the agency. Ask through the case instead.")
    return f"officer {case.complaint.agency}"


def _require_owner(tx: Transaction, case: Case) -> None:
    if Party.REPORTER not in case.parties and tx.scope is not Scope.ANY:
        raise forbidden(
            "CONTACT_NOT_YOURS", "Only the reporter and the administrator can do this: give the link key of the case."
        )


def _read(one: Read) -> pb.ContactRead:
    return pb.ContactRead(at=protos.timestamp(one.at), by=one.by, purpose=one.purpose)


def _token(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise invalid(
            "PAGE_TOKEN_INVALID", "page_token must come from the answer before.", field="page_token"
        ) from None
