"""ComplaintService over gRPC: proto -> action -> proto."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message

from services.governance.complaints import actions, filing, link, listing, views
from services.governance.complaints.filing import Filing
from services.governance.complaints.model import Channel, Move, State
from services.governance.complaints.store import Filter
from services.governance.complaints.story import Story
from services.governance.contacts.model import Contact
from services.kit.caller import Access, Scope
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.idempotency import once
from services.kit.runtime import Runtime
from services.kit.server import current_call
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import complaints_pb2_grpc
from smartcity.types.v1 import place_pb2

M = TypeVar("M", bound=Message)
_Write = (
    pb.TransitionComplaintRequest
    | pb.ReleaseComplaintRequest
    | pb.CorrectComplaintRequest
    | pb.RateComplaintRequest
    | pb.ReopenComplaintRequest
    | pb.ReplyComplaintRequest
    | pb.WithdrawComplaintRequest
)
_EVERYBODY = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.ANY)
# The reporter proves to be it with the link key or by the login that filed; whichever other roles they have.
_REPORTER = dict.fromkeys(("anonymous", "citizen", "officer", "verifier", "admin"), Scope.OWN)
_DESK = {"officer": Scope.OWN_AGENCY, "verifier": Scope.ANY, "admin": Scope.ANY}

ACCESS: Access = {
    "CreateComplaint": _EVERYBODY,
    "GetComplaint": _EVERYBODY,
    "ListComplaints": _DESK,
    "ListSimilarComplaints": _EVERYBODY,
    "TransitionComplaint": _DESK,
    "ReleaseComplaint": {"verifier": Scope.ANY, "admin": Scope.ANY},
    "CorrectComplaint": _DESK,
    "RateComplaint": _REPORTER,
    "ReopenComplaint": _REPORTER,
    "ReplyComplaint": _REPORTER,
    "WithdrawComplaint": _REPORTER,
    "JoinComplaint": _EVERYBODY,
}


class ComplaintService(complaints_pb2_grpc.ComplaintServiceServicer):
    """Files complaints and moves them through their states."""

    def __init__(self, runtime: Runtime) -> None:
        """Serves on what the pillar has. Raises ValueError when the link secret is unusable."""
        self._runtime = runtime
        self._city = runtime.city
        self._secret = link.secret(runtime.settings.link_secret.get_secret_value())
        self._city.locate(0.0, 0.0)  # reads the polygons now rather than in the first request

    async def CreateComplaint(self, request: pb.CreateComplaintRequest, context: Any) -> pb.CreateComplaintResponse:
        """Files a complaint."""
        wanted = _filing(request)

        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.CreateComplaintResponse:
                return pb.CreateComplaintResponse(complaint=self._view(await filing.file(tx, wanted)))

            answer = await once(tx, request.request_id, request, act, pb.CreateComplaintResponse)
        # The stored answer holds no key; it is derived anew each time.
        answer.link_key = link.derive(self._secret, UUID(answer.complaint.correlation_id))
        return answer

    async def GetComplaint(self, request: pb.GetComplaintRequest, context: Any) -> pb.GetComplaintResponse:
        """Reads one complaint."""
        async with current_call().snapshot(self._runtime) as tx:
            story = await actions.get(tx, request.code, request.link_key)
        return pb.GetComplaintResponse(complaint=self._view(story))

    async def ListComplaints(self, request: pb.ListComplaintsRequest, context: Any) -> pb.ListComplaintsResponse:
        """Lists complaints, most urgent first."""
        wanted = Filter(
            states=tuple(sorted({_state(value) for value in request.states})),
            agency=request.agency,
            category=request.category,
            area=request.area_code,
            overdue=request.overdue,
            code=request.code,
        )
        async with current_call().snapshot(self._runtime) as tx:
            stories, token = await listing.page(tx, wanted, request.page_size, request.page_token)
        return pb.ListComplaintsResponse(complaints=[self._view(story) for story in stories], next_page_token=token)

    async def ListSimilarComplaints(
        self, request: pb.ListSimilarComplaintsRequest, context: Any
    ) -> pb.ListSimilarComplaintsResponse:
        """Lists open complaints that look like the given one."""
        position = _position(request.location) if request.HasField("location") else None
        async with current_call().snapshot(self._runtime) as tx:
            found = await filing.similar(tx, _clean(request.text), request.category, position, request.area_code)
        return pb.ListSimilarComplaintsResponse(complaints=[views.similar(one, self._city) for one in found])

    async def TransitionComplaint(
        self, request: pb.TransitionComplaintRequest, context: Any
    ) -> pb.TransitionComplaintResponse:
        """Moves a complaint along one edge of the state table."""
        wanted = actions.Transition(
            move=_move(request.transition),
            etag=request.etag,
            note=_clean(request.note),
            agency=request.agency,
            duplicate_of=request.duplicate_of,
            photos=tuple(request.photos),
            refusal=request.refusal,
        )
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.TransitionComplaintResponse,
                lambda: actions.transition(tx, request.code, wanted),
            )

    async def ReleaseComplaint(self, request: pb.ReleaseComplaintRequest, context: Any) -> pb.ReleaseComplaintResponse:
        """Makes words and photos public."""
        text, photos = _clean(request.public_text), list(request.photos)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.ReleaseComplaintResponse,
                lambda: actions.release(tx, request.code, request.etag, text, photos),
            )

    async def CorrectComplaint(self, request: pb.CorrectComplaintRequest, context: Any) -> pb.CorrectComplaintResponse:
        """Corrects category or place."""
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.CorrectComplaintResponse,
                lambda: actions.correct(tx, request.code, request.etag, request.category, request.area_code),
            )

    async def RateComplaint(self, request: pb.RateComplaintRequest, context: Any) -> pb.RateComplaintResponse:
        """Rates a resolution."""
        note = _clean(request.note)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.RateComplaintResponse,
                lambda: actions.rate(tx, request.code, request.link_key, request.rating, note),
            )

    async def ReopenComplaint(self, request: pb.ReopenComplaintRequest, context: Any) -> pb.ReopenComplaintResponse:
        """Reopens a resolved complaint."""
        note = _clean(request.note)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.ReopenComplaintResponse,
                lambda: actions.reopen(tx, request.code, request.link_key, note),
            )

    async def ReplyComplaint(self, request: pb.ReplyComplaintRequest, context: Any) -> pb.ReplyComplaintResponse:
        """Answers a question."""
        note = _clean(request.note)
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx, request, pb.ReplyComplaintResponse, lambda: actions.reply(tx, request.code, request.link_key, note)
            )

    async def WithdrawComplaint(
        self, request: pb.WithdrawComplaintRequest, context: Any
    ) -> pb.WithdrawComplaintResponse:
        """Takes a complaint back."""
        async with current_call().transaction(self._runtime) as tx:
            return await self._once(
                tx,
                request,
                pb.WithdrawComplaintResponse,
                lambda: actions.withdraw(tx, request.code, request.link_key),
            )

    async def JoinComplaint(self, request: pb.JoinComplaintRequest, context: Any) -> pb.JoinComplaintResponse:
        """Adds a supporter."""
        async with current_call().transaction(self._runtime) as tx:

            async def act() -> pb.JoinComplaintResponse:
                code, supporters = await filing.join(tx, request.code, _contact(request.contact))
                return pb.JoinComplaintResponse(code=code, supporters=supporters)

            return await once(tx, request.request_id, request, act, pb.JoinComplaintResponse)

    async def _once(
        self, tx: Transaction, request: _Write, answer: type[M], action: Callable[[], Awaitable[Story]]
    ) -> M:
        async def act() -> M:
            return answer(complaint=self._view(await action()))

        return await once(tx, request.request_id, request, act, answer)

    def _view(self, story: Story) -> pb.Complaint:
        return views.complaint(story, self._city)


def _filing(request: pb.CreateComplaintRequest) -> Filing:
    channel = pb.ChannelKind.Name(request.channel).removeprefix("CHANNEL_KIND_").lower() if request.channel else "api"
    return Filing(
        text=_clean(request.text),
        category=request.category,
        position=_position(request.location) if request.HasField("location") else None,
        area_code=request.area_code,
        landmark=_clean(request.landmark),
        contact=_contact(request.contact),
        anonymous=request.anonymous,
        secret=request.secret,
        channel=Channel(channel),
        exercise=request.exercise,
    )


def _position(point: place_pb2.Point) -> tuple[float, float]:
    return point.lon, point.lat


def _contact(message: pb.Contact) -> Contact:
    return Contact(_clean(message.name), _clean(message.email), _clean(message.phone))


def _clean(text: str) -> str:
    """Text without what cannot be stored or seen: control characters other than line breaks and tabs; trimmed."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n")).strip()


def _move(value: int) -> Move:
    try:
        return Move(pb.Transition.Name(value).removeprefix("TRANSITION_").lower())  # type: ignore[arg-type]
    except ValueError as error:
        names = ", ".join(name.removeprefix("TRANSITION_").lower() for name in list(pb.Transition.keys())[1:])
        raise invalid("TRANSITION_UNKNOWN", f"Name one of the transitions: {names}.", field="transition") from error


def _state(value: int) -> State:
    try:
        return State(pb.ComplaintState.Name(value).removeprefix("COMPLAINT_STATE_").lower())  # type: ignore[arg-type]
    except ValueError as error:
        names = ", ".join(state.value for state in State)
        raise invalid("STATE_UNKNOWN", f"Name states out of: {names}.", field="states") from error
