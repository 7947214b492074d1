"""SnapService over gRPC: proto -> action -> proto."""

from typing import Any

from services.economy.providers import actions, tokens
from services.economy.providers.credentials import Credentials
from services.economy.providers.notifications import (
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
from services.economy.resources import resources
from services.kit.caller import Access, Scope
from services.kit.errors import DomainError, Kind
from services.kit.runtime import Runtime
from smartcity.economy.v1 import snap_pb2 as pb2
from smartcity.economy.v1 import snap_pb2_grpc

_BANK = {"anonymous": Scope.ANY}  # the bank proves itself by its signature

ACCESS: Access = {
    "HandleSnapRequest": _BANK,
}


class SnapService(snap_pb2_grpc.SnapServiceServicer):
    """Answers the bank in SNAP's own format."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def HandleSnapRequest(
        self, request: pb2.HandleSnapRequestRequest, context: Any
    ) -> pb2.HandleSnapRequestResponse:
        """Answers one HTTP request of the bank; its mistakes are answers too, ours are errors."""
        headers = {each.name: each.value for each in request.headers}
        asked = SnapRequest(request.method, request.path, headers, request.body)
        try:
            answer = await self._answer(asked)
        except RefusedError as error:
            answer = error.answer
        except DomainError as error:
            if error.kind is not Kind.INVALID:
                raise
            answer = answered(asked, 400, 1, f"Invalid Field Format {error.metadata.get('field', error.reason)}")
        return pb2.HandleSnapRequestResponse(status=answer.status, body=answer.body)

    async def _answer(self, request: SnapRequest) -> SnapAnswer:
        if request.service == "00":
            raise refused(request, 404, 0, "Not served here")
        if request.method != "POST":
            raise refused(request, 405, 0, "Requested Function Is Not Supported")
        if len(request.body) > MOST_BYTES:
            raise refused(request, 400, 0, f"Bad Request. More than {MOST_BYTES} bytes")
        acquirer = resources(self._runtime).acquirer
        if acquirer is None:
            raise refused(request, 401, 0, "Unauthorized. Unknown client")
        if request.path == TOKEN_PATH:
            return self._token(request, acquirer)
        external_id = check_notification(request, acquirer, self._runtime.clock())
        async with self._runtime.transaction() as tx:
            return await actions.take_notice(tx, acquirer.partner_id, external_id, request)

    def _token(self, request: SnapRequest, acquirer: Credentials) -> SnapAnswer:
        now = self._runtime.clock()
        check_token_request(request, acquirer, now)
        token = tokens.issue(acquirer, now)
        lifetime = str(tokens.SECONDS)
        return answered(request, 200, 0, "Successful", accessToken=token, tokenType="Bearer", expiresIn=lifetime)
