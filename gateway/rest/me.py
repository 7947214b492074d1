"""Who the caller is to the city."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from gateway.rest.answers import answer, documented
from gateway.session import Identity, csrf_token, current_identity

router = APIRouter(prefix="/v1", tags=["City"])


class Me(msgspec.Struct, frozen=True, omit_defaults=True):
    """The caller."""

    subject: str
    roles: list[str]
    agency: str = ""
    name: str = ""
    csrf_token: str = ""


@router.get(
    "/me",
    summary="Who am I",
    operation_id="getMe",
    **documented("Me", problems=(401, 503), example={"subject": "anonymous", "roles": ["anonymous"]}),
)
async def me(request: Request, identity: Annotated[Identity, Depends(current_identity)]) -> Response:
    """Tells who you are here and what you may be; with a login session also the token that writes need."""
    caller, session = identity.caller, identity.session
    body = Me(
        subject=caller.subject,
        roles=sorted(caller.roles),
        agency=caller.agency,
        name=session.name if session else "",
        csrf_token=csrf_token(request) if session else "",
    )
    return answer(body, headers={"cache-control": "no-store"})
