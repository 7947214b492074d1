"""gRPC: contacts."""

from typing import Any
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from services.governance.complaints import access
from services.governance.complaints.access import Case
from services.governance.complaints.model import Party
from services.governance.contacts import actions
from services.kit.caller import Access, Scope
from services.kit.errors import forbidden, invalid
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.governance.v1 import complaints_pb2, contacts_pb2, contacts_pb2_grpc

# Whoever else they are, everybody may be the reporter of a case: by link key, or by the login that filed it.
_REPORTER = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.OWN)

ACCESS: Access = {
    "GetContact": {**_REPORTER, "officer": Scope.OWN_AGENCY},
    "EraseContact": {**_REPORTER, "admin": Scope.ANY},
    "ListContactReads": {**_REPORTER, "admin": Scope.ANY},
}

_PAGE, _MOST = 50, 200


class ContactService(contacts_pb2_grpc.ContactServiceServicer):
    """Reads and erases personal data."""

    def __init__(self, runtime: Runtime) -> None:
        """Takes the pillar's runtime."""
        self._runtime = runtime

    async def GetContact(
        self, request: contacts_pb2.GetContactRequest, context: Any
    ) -> contacts_pb2.GetContactResponse:
        """Errors: COMPLAINT_NOT_FOUND, CONTACT_NOT_YOURS, CONTACT_ANONYMOUS, PURPOSE_MISSING, CONTACT_MISSING."""
        async with current_call().transaction(self._runtime) as tx:
            case = await access.find(tx, request.code, request.link_key)
            if Party.REPORTER in case.parties:
                by, purpose = "reporter", request.purpose or "own data"
            else:
                by, purpose = _officer(case), request.purpose
            found = await actions.read(tx, case.complaint.id, by=by, purpose=purpose)
        contact = complaints_pb2.Contact(name=found.name, email=found.email, phone=found.phone)
        return contacts_pb2.GetContactResponse(contact=contact)

    async def EraseContact(
        self, request: contacts_pb2.EraseContactRequest, context: Any
    ) -> contacts_pb2.EraseContactResponse:
        """Errors: COMPLAINT_NOT_FOUND, CONTACT_NOT_YOURS, CONTACT_MISSING."""
        call = current_call()
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> contacts_pb2.EraseContactResponse:
                case = await access.find(tx, request.code, request.link_key)
                _require_owner(case, call.scope)
                # The reporter's right ends at the reporter's own data.
                everybody = Party.REPORTER not in case.parties
                erased = await actions.erase(tx, case.complaint.id, supporters=everybody)
                at = Timestamp()
                at.FromDatetime(erased)
                return contacts_pb2.EraseContactResponse(erase_time=at)

            return await once(tx, request.request_id, request, act, contacts_pb2.EraseContactResponse)

    async def ListContactReads(
        self, request: contacts_pb2.ListContactReadsRequest, context: Any
    ) -> contacts_pb2.ListContactReadsResponse:
        """Errors: COMPLAINT_NOT_FOUND, CONTACT_NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
        call = current_call()
        size = min(request.page_size or _PAGE, _MOST)
        if size < 1:
            raise invalid("PAGE_SIZE_INVALID", f"page_size goes from 1 to {_MOST}.", field="page_size")
        before = _token(request.page_token)
        async with current_call().snapshot(self._runtime) as tx:
            case = await access.find(tx, request.code, request.link_key)
            _require_owner(case, call.scope)
            rows = await actions.reads(tx, case.complaint.id, before, size + 1)
        return contacts_pb2.ListContactReadsResponse(
            reads=[_read(row) for row in rows[:size]],
            next_page_token=str(rows[size - 1]["id"]) if len(rows) > size else "",
        )


def _officer(case: Case) -> str:
    """How the audit names the officer; refuses whom the contact is none of their business."""
    if Party.AGENCY not in case.parties:
        raise forbidden(
            "CONTACT_NOT_YOURS", "Only the reporter and officers of the agency that has the case may read the contact."
        )
    if case.complaint.anonymous:
        raise forbidden("CONTACT_ANONYMOUS", "The reporter stays unnamed to the agency. Ask through the case instead.")
    return f"officer {case.complaint.agency}"


def _require_owner(case: Case, scope: Scope) -> None:
    if Party.REPORTER not in case.parties and scope is not Scope.ANY:
        raise forbidden(
            "CONTACT_NOT_YOURS", "Only the reporter and the administrator can do this: give the link key of the case."
        )


def _read(row: Any) -> contacts_pb2.ContactRead:
    at = Timestamp()
    at.FromDatetime(row["at"])
    return contacts_pb2.ContactRead(at=at, by=row["by"], purpose=row["purpose"])


def _token(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise invalid(
            "PAGE_TOKEN_INVALID", "page_token must come from the answer before.", field="page_token"
        ) from None
