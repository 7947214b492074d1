"""Me too: joining a case from its page, or instead of filing it again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.origins import origin_of
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys
from gateway.portal.kit.forms import Fields
from smartcity.governance.v1 import complaints_pb2 as pb


async def join(request: Request, code: str, form: Fields) -> Response:
    """Joins, and shows the case; the key to a contact that was given goes into its cookie. Raises AioRpcError.

    With the login of staff too: nobody decides on what they stand behind.
    """
    asked = pb.JoinComplaintRequest(request_id=form["request_id"], code=code, origin=origin_of(request, form["email"]))
    if form["name"] or form["email"] or form["phone"]:
        asked.contact.CopyFrom(pb.Contact(name=form["name"], email=form["email"], phone=form["phone"]))
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    done = "joined" if answer.counted else "joined_later" if answer.link_key else "joined_before"
    response = RedirectResponse(f"{link_keys.path_of(answer.code)}?done={done}", 303)
    if answer.link_key:
        link_keys.keep(request, response, answer.code, answer.link_key, link_keys.JOINED)
    return response
