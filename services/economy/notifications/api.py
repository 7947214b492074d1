"""SnapService over gRPC: proto -> action -> proto."""

import structlog

from services.economy.notifications import actions, tokens
from services.economy.notifications.model import (
    MOST_BYTES,
    TOKEN_PATH,
    RefusedError,
    SnapAnswer,
    SnapRequest,
    answered,
    check_notification,
    check_token_request,
    refused,
)
from services.economy.providers.credentials import Credentials
from services.economy.resources import resources
from services.kit.errors import DomainError, Kind
from services.kit.rpc import Call, rpc
from services.kit.runtime import Runtime
from smartcity.economy.v1 import snap_pb2 as pb

_log = structlog.get_logger()
_CLOSED = "General Error. The books cannot take it now; send it again"


@rpc
async def handle(call: Call, request: pb.HandleSnapRequestRequest) -> pb.HandleSnapRequestResponse:
    """Answers one HTTP request of the bank; its mistakes are answers too, ours are errors."""
    headers = {each.name: each.value for each in request.headers}
    asked = SnapRequest(request.method, request.path, headers, request.body)
    try:
        answer = await _answer(call.runtime, asked)
    except RefusedError as error:
        answer = error.answer
    except DomainError as error:
        answer = _refusal(asked, error)
    return pb.HandleSnapRequestResponse(status=answer.status, body=answer.body)


def _refusal(request: SnapRequest, error: DomainError) -> SnapAnswer:
    """What the bank is answered when its news cannot be taken: its own mistake, or one of ours.

    Money that has come cannot be refused. What the ledger does not take now, since an account of the city's own is
    frozen, is undone as a whole, and the bank told to send it again: 5005200, where 409 would say that it came before.
    """
    if error.kind is Kind.INVALID:
        return answered(request, 400, 1, f"Invalid Field Format {error.metadata.get('field', error.reason)}")
    if error.kind is not Kind.PRECONDITION:
        raise error
    _log.error("the bank tells of money that the ledger does not take", reason=error.reason)
    return answered(request, 500, 0, _CLOSED)


async def _answer(runtime: Runtime, request: SnapRequest) -> SnapAnswer:
    if request.service == "00":
        raise refused(request, 404, 0, "Not served here")
    if request.method != "POST":
        raise refused(request, 405, 0, "Requested Function Is Not Supported")
    if len(request.body) > MOST_BYTES:
        raise refused(request, 400, 0, f"Bad Request. More than {MOST_BYTES} bytes")
    acquirer, provider = resources(runtime).acquirer, resources(runtime).provider
    if acquirer is None or provider is None:
        raise refused(request, 401, 0, "Unauthorized. Unknown client")
    if request.path == TOKEN_PATH:
        return _token(request, acquirer, runtime)
    external_id = check_notification(request, acquirer, runtime.clock())
    async with runtime.transaction() as tx:  # the bank has proved itself, and is no caller of ours
        return await actions.take_notice(tx, acquirer.partner_id, provider.zone, external_id, request)


def _token(request: SnapRequest, acquirer: Credentials, runtime: Runtime) -> SnapAnswer:
    now = runtime.clock()
    check_token_request(request, acquirer, now)
    token = tokens.issue(acquirer, now)
    lifetime = str(tokens.SECONDS)
    return answered(request, 200, 0, "Successful", accessToken=token, tokenType="Bearer", expiresIn=lifetime)
