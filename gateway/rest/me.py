"""Who the caller is to the city."""

import msgspec
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.bodies.kinds import JSON
from gateway.callers.session import csrf_token, current_identity
from gateway.rest.answering import encode
from gateway.rest.questions import asking_nothing


class Me(msgspec.Struct, frozen=True, omit_defaults=True):
    """The caller."""

    subject: str
    roles: list[str]
    agency: str = ""
    name: str = ""
    csrf_token: str = ""


def mount(app: FastAPI) -> None:
    """Adds the route; ``gateway.openapi.city_reads`` describes it."""
    app.add_route("/v1/me", asking_nothing(me), include_in_schema=False)


async def me(request: Request) -> Response:
    """Tells who you are here and what you may be; with a login session also the token that writes need."""
    identity = current_identity(request)
    caller, session = identity.caller, identity.session
    body = Me(
        subject=caller.subject,
        roles=sorted(caller.roles),
        agency=caller.agency,
        name=session.name if session else "",
        csrf_token=csrf_token(request) if session else "",
    )
    return Response(encode(body), headers={"cache-control": "no-store"}, media_type=JSON)
