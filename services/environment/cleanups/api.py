"""CleanupService over gRPC: proto -> action -> proto."""

import base64
import binascii
import json
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from services.environment.cleanups import actions, events, store
from services.environment.cleanups.model import Cleanup, State
from services.environment.cleanups.store import Filter
from services.kit.caller import Access, Scope
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.environment.v1 import cleanups_pb2 as pb
from smartcity.environment.v1 import cleanups_pb2_grpc
from smartcity.types.v1 import place_pb2

_DESK = {"officer": Scope.OWN_AGENCY, "verifier": Scope.ANY, "admin": Scope.ANY}
_CREW = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "GetCleanup": _DESK,
    "ListCleanups": _DESK,
    "DispatchCleanup": _CREW,
    "CompleteCleanup": _CREW,
    "AbandonCleanup": _CREW,
}

DEFAULT, MOST = 50, 200
_LIVE = (State.OPEN, State.DISPATCHED)
_BEGINNING = (datetime.min, UUID(int=0))


class CleanupService(cleanups_pb2_grpc.CleanupServiceServicer):
    """Plans and completes clean-ups."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def GetCleanup(self, request: pb.GetCleanupRequest, context: Any) -> pb.GetCleanupResponse:
        """Reads one clean-up."""
        async with self._transaction() as tx:
            found = await actions.get(tx, request.id)
        return pb.GetCleanupResponse(cleanup=self._view(found))

    async def ListCleanups(self, request: pb.ListCleanupsRequest, context: Any) -> pb.ListCleanupsResponse:
        """Lists clean-ups, the soonest due first; officers see their agency's."""
        if not 0 <= request.page_size <= MOST:
            raise invalid("PAGE_SIZE_INVALID", f"A page holds 1 to {MOST} clean-ups.", field="page_size")
        size = request.page_size or DEFAULT
        states = tuple(_state(value) for value in request.states) or _LIVE
        async with self._transaction() as tx:
            agency = tx.caller.agency if tx.scope is not Scope.ANY else ""
            wanted = Filter(states, agency, request.complaint)
            after = _after(request.page_token) if request.page_token else _BEGINNING
            found = [] if tx.scope is not Scope.ANY and not agency else await store.page(tx, wanted, after, size + 1)
        token = _token(found[size - 1]) if len(found) > size else ""
        return pb.ListCleanupsResponse(cleanups=[self._view(one) for one in found[:size]], next_page_token=token)

    async def DispatchCleanup(self, request: pb.DispatchCleanupRequest, context: Any) -> pb.DispatchCleanupResponse:
        """Sends a crew."""
        async with self._transaction() as tx:

            async def act() -> pb.DispatchCleanupResponse:
                crew = request.crew.strip()
                found = await actions.dispatch(tx, request.id, request.etag, crew)
                return pb.DispatchCleanupResponse(cleanup=self._view(found))

            return await once(tx, request.request_id, request, act, pb.DispatchCleanupResponse)

    async def CompleteCleanup(self, request: pb.CompleteCleanupRequest, context: Any) -> pb.CompleteCleanupResponse:
        """Completes a clean-up with evidence."""
        async with self._transaction() as tx:

            async def act() -> pb.CompleteCleanupResponse:
                note, photos = request.note.strip(), tuple(request.photos)
                found = await actions.complete(tx, request.id, request.etag, note, photos)
                return pb.CompleteCleanupResponse(cleanup=self._view(found))

            return await once(tx, request.request_id, request, act, pb.CompleteCleanupResponse)

    async def AbandonCleanup(self, request: pb.AbandonCleanupRequest, context: Any) -> pb.AbandonCleanupResponse:
        """Gives a clean-up back."""
        async with self._transaction() as tx:

            async def act() -> pb.AbandonCleanupResponse:
                found = await actions.abandon(tx, request.id, request.etag, request.reason.strip())
                return pb.AbandonCleanupResponse(cleanup=self._view(found))

            return await once(tx, request.request_id, request, act, pb.AbandonCleanupResponse)

    def _transaction(self) -> AbstractAsyncContextManager[Transaction]:
        call = current_call()
        return self._runtime.transaction(call.caller, call.scope)

    def _view(self, cleanup: Cleanup) -> pb.Cleanup:
        view = pb.Cleanup(
            id=str(cleanup.id),
            complaint=cleanup.complaint,
            state=pb.CleanupState.Value(f"CLEANUP_STATE_{cleanup.state.name}"),
            category=cleanup.category,
            area=events.area(self._runtime.city, cleanup.area),
            agency=cleanup.agency,
            crew=cleanup.crew,
            due=events.timestamp(cleanup.due_at),
            note=cleanup.note,
            photos=cleanup.photos,
            create_time=events.timestamp(cleanup.created_at),
            update_time=events.timestamp(cleanup.updated_at),
            etag=str(cleanup.version),
        )
        if cleanup.lon is not None and cleanup.lat is not None:
            view.location.CopyFrom(place_pb2.Point(lon=cleanup.lon, lat=cleanup.lat))
        return view


def _state(value: "pb.CleanupState.ValueType") -> State:
    try:
        return State[pb.CleanupState.Name(value).removeprefix("CLEANUP_STATE_")]
    except (KeyError, ValueError):
        raise invalid("STATE_UNKNOWN", "There is no such state of clean-ups.", field="states") from None


def _token(last: Cleanup) -> str:
    place = [last.due_at.isoformat() if last.due_at else None, str(last.id)]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(token: str) -> tuple[datetime | None, UUID]:
    try:
        due, identity = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        at = datetime.fromisoformat(due) if due is not None else None
        if at is not None and at.tzinfo is None:
            raise ValueError("naive time")
        return at, UUID(identity)
    except (binascii.Error, ValueError, TypeError, AttributeError):
        message = "It is not a token of this list. Start again without `page_token`."
        raise invalid("PAGE_TOKEN_INVALID", message, field="page_token") from None
