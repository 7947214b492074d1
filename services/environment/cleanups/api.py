"""CleanupService over gRPC: proto -> action -> proto."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from services.environment.cleanups import actions, listing
from services.environment.cleanups.model import Cleanup, State
from services.environment.cleanups.store import Filter
from services.kit import etag as etags
from services.kit import protos
from services.kit.caller import Access, Scope
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.environment.v1 import cleanups_pb2 as pb
from smartcity.environment.v1 import cleanups_pb2_grpc
from smartcity.types.v1 import place_pb2

M = TypeVar("M", pb.DispatchCleanupResponse, pb.CompleteCleanupResponse, pb.AbandonCleanupResponse)
_Write = pb.DispatchCleanupRequest | pb.CompleteCleanupRequest | pb.AbandonCleanupRequest

_READ = {"officer": Scope.OWN_AGENCY, "verifier": Scope.ANY, "admin": Scope.ANY}
_CREW = {"officer": Scope.OWN_AGENCY, "admin": Scope.ANY}

ACCESS: Access = {
    "GetCleanup": _READ,
    "ListCleanups": _READ,
    "DispatchCleanup": _CREW,
    "CompleteCleanup": _CREW,
    "AbandonCleanup": _CREW,
}

_LIVE = (State.OPEN, State.DISPATCHED)


class CleanupService(cleanups_pb2_grpc.CleanupServiceServicer):
    """Plans and completes clean-ups."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has."""
        self._runtime = runtime

    async def GetCleanup(self, request: pb.GetCleanupRequest, context: Any) -> pb.GetCleanupResponse:
        """Reads one clean-up."""
        async with current_call().snapshot(self._runtime) as tx:
            found = await actions.get(tx, request.id)
        return pb.GetCleanupResponse(cleanup=self._view(found))

    async def ListCleanups(self, request: pb.ListCleanupsRequest, context: Any) -> pb.ListCleanupsResponse:
        """Lists clean-ups, the soonest due first; officers see their agency's."""
        states = tuple(sorted({_state(value) for value in request.states}, key=lambda one: one.value)) or _LIVE
        wanted = Filter(states, complaint=request.complaint)
        async with current_call().snapshot(self._runtime) as tx:
            found, token = await listing.page(tx, wanted, request.page_size, request.page_token)
        return pb.ListCleanupsResponse(cleanups=[self._view(one) for one in found], next_page_token=token)

    async def DispatchCleanup(self, request: pb.DispatchCleanupRequest, context: Any) -> pb.DispatchCleanupResponse:
        """Sends a crew."""
        crew = " ".join(_clean(request.crew).split())
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.DispatchCleanupResponse,
                lambda: actions.dispatch(tx, request.id, request.etag, crew),
            )

    async def CompleteCleanup(self, request: pb.CompleteCleanupRequest, context: Any) -> pb.CompleteCleanupResponse:
        """Completes a clean-up with evidence."""
        note, photos = _clean(request.note), tuple(request.photos)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.CompleteCleanupResponse,
                lambda: actions.complete(tx, request.id, request.etag, note, photos),
            )

    async def AbandonCleanup(self, request: pb.AbandonCleanupRequest, context: Any) -> pb.AbandonCleanupResponse:
        """Gives a clean-up back."""
        reason = _clean(request.reason)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.AbandonCleanupResponse,
                lambda: actions.abandon(tx, request.id, request.etag, reason),
            )

    async def _once(
        self, tx: Transaction, request: _Write, answer: type[M], action: Callable[[], Awaitable[Cleanup]]
    ) -> M:
        async def act() -> M:
            return answer(cleanup=self._view(await action()))

        return await once(tx, request.request_id, request, act, answer)

    def _view(self, cleanup: Cleanup) -> pb.Cleanup:
        view = pb.Cleanup(
            id=str(cleanup.id),
            complaint=cleanup.complaint,
            state=pb.CleanupState.Value(f"CLEANUP_STATE_{cleanup.state.name}"),
            category=cleanup.category,
            area=protos.area(self._runtime.city, cleanup.area),
            agency=cleanup.agency,
            crew=cleanup.crew,
            due=protos.timestamp(cleanup.due_at),
            note=cleanup.note,
            photos=cleanup.photos,
            create_time=protos.timestamp(cleanup.created_at),
            update_time=protos.timestamp(cleanup.updated_at),
            etag=etags.of(cleanup.version),
        )
        if cleanup.lon is not None and cleanup.lat is not None:
            view.location.CopyFrom(place_pb2.Point(lon=cleanup.lon, lat=cleanup.lat))
        return view


def _clean(text: str) -> str:
    """Text without what cannot be stored or seen: control characters other than line breaks and tabs; trimmed."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n")).strip()


def _state(value: "pb.CleanupState.ValueType") -> State:
    try:
        return State(pb.CleanupState.Name(value).removeprefix("CLEANUP_STATE_").lower())
    except ValueError as error:
        names = ", ".join(state.value for state in State)
        raise invalid("STATE_UNKNOWN", f"Name states out of: {names}.", field="states") from error
