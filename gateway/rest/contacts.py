"""Contact data of reporters: read with a purpose, erased for good, with a list of who read it."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from gateway.rest.answers import PRIVATE, answer, documented
from gateway.rest.requests import Code, Key, LinkKey, PageSize, PageToken, Parts, Who
from smartcity.governance.v1 import complaints_views, contacts_views
from smartcity.governance.v1 import contacts_pb2 as pb2

router = APIRouter(prefix="/v1", tags=["Personal data"])
_READS = (401, 403, 404, 422, 503, 504)


@router.get(
    "/complaints/{code}/contact",
    summary="Read the reporter's contact",
    operation_id="getContact",
    **documented(
        "Contact", problems=(*_READS, 409), example={"name": "Siti", "email": "siti@example.org", "phone": ""}
    ),
)
async def read(
    code: Code,
    parts: Parts,
    who: Who,
    link_key: LinkKey = "",
    purpose: Annotated[str, Query(max_length=500, description="Why you need it; required for officers, kept.")] = "",
) -> Response:
    """Reads the contact of a case. Who reads it, when and why is recorded, and the reporter can see it."""
    message = pb2.GetContactRequest(code=code, link_key=link_key, purpose=purpose)
    found = await parts.pillars.call(parts.pillars.contacts.GetContact, message, who)
    return answer(complaints_views.contact(found.contact), headers={"cache-control": "no-store"})


@router.delete(
    "/complaints/{code}/contact",
    summary="Erase the reporter's contact",
    operation_id="eraseContact",
    **documented("EraseContactResponse", problems=(*_READS, 409), example={"erase_time": "2026-11-24T08:00:00Z"}),
)
async def erase(code: Code, key: Key, parts: Parts, who: Who, link_key: LinkKey = "") -> Response:
    """Erases the contact by destroying its key, in backups too (UU PDP 27/2022). It cannot be undone."""
    message = pb2.EraseContactRequest(request_id=key, code=code, link_key=link_key)
    found = await parts.pillars.call(parts.pillars.contacts.EraseContact, message, who)
    return answer(contacts_views.erase_contact_response(found))


@router.get(
    "/complaints/{code}/contact/reads",
    summary="See who read the contact",
    operation_id="listContactReads",
    **documented("ListContactReadsResponse", problems=_READS),
)
async def reads(
    code: Code, parts: Parts, who: Who, link_key: LinkKey = "", page_size: PageSize = 0, page_token: PageToken = ""
) -> Response:
    """Lists who read the contact of a case and why, newest first."""
    message = pb2.ListContactReadsRequest(code=code, link_key=link_key, page_size=page_size, page_token=page_token)
    found = await parts.pillars.call(parts.pillars.contacts.ListContactReads, message, who)
    return answer(contacts_views.list_contact_reads_response(found), headers=dict(PRIVATE))
