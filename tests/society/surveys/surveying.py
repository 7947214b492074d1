"""Surveys at work in this process, for the tests of several rooms: agencies that ask, people who answer."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.caller import ANONYMOUS, Caller
from services.society.inviting import actions as inviting
from services.society.inviting import reactions
from services.society.inviting.model import Kind
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import permits_pb2
from smartcity.governance.v1 import complaints_pb2
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.society.v1 import satisfaction_pb2 as satisfaction
from smartcity.society.v1 import surveys_pb2 as pb
from smartcity.types.v1.origin_pb2 import Origin
from tests.fixtures.pillars import Served
from tests.governance.conftest import officer
from tests.society.taking_part import Society

DISDAG, DPU = officer("disdag"), officer("dpu")
LEVELS = (3, 3, 4, 4, 3, 3, 4, 2, 3)
QUESTIONS = (
    pb.Question(kind=pb.QUESTION_KIND_CHOICE, text="Kapan Anda ke pasar?", options=["Pagi", "Siang", "Malam"]),
    pb.Question(kind=pb.QUESTION_KIND_SCALE, text="Seberapa puas?", options=["Tidak", "Cukup", "Puas"]),
    pb.Question(kind=pb.QUESTION_KIND_WORDS, text="Apa yang kurang?"),
)


@dataclass
class Surveying:
    """The running pillar."""

    served: Served

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        return await Society(self.served).call(request, caller)

    async def draft(self, **more: Any) -> pb.Survey:
        """A draft of the market agency's."""
        asked = pb.CreateSurveyRequest(**{"title": "Jam buka pasar", "questions": QUESTIONS, **more})
        made: pb.Survey = (await self.call(asked, DISDAG)).survey
        return made

    async def asked(self, days: int = 7) -> pb.Survey:
        """One that is open for so many days."""
        one = await self.draft()
        opened: pb.Survey = (await self.call(self.opening(one, days), DISDAG)).survey
        return opened

    def opening(self, one: pb.Survey, days: int = 7) -> pb.OpenSurveyRequest:
        """The request that opens a draft."""
        close = Timestamp()
        close.FromDatetime(self.served.now + timedelta(days=days))
        return pb.OpenSurveyRequest(id=one.id, etag=one.etag, close_time=close)

    async def answer(
        self, one: pb.Survey, place: int, choice: int = 1, scale: int = 2, words: str = "", key: str = ""
    ) -> None:
        """Somebody answers; each place is another browser."""
        answers = [pb.Answer(question=1, option=choice), pb.Answer(question=2, option=scale)]
        if words:
            answers.append(pb.Answer(question=3, words=words))
        origin = Origin(session=f"browser-{place}", network=f"network-{place % 4}")
        await self.call(pb.AnswerSurveyRequest(request_id=key, id=one.id, answers=answers, origin=origin))

    async def closed(self, one: pb.Survey) -> pb.Survey:
        """It once it is ended by its agency."""
        done: pb.Survey = (await self.call(pb.CloseSurveyRequest(id=one.id, etag=one.etag), DISDAG)).survey
        return done

    async def result(self, one: pb.Survey, caller: Caller = ANONYMOUS) -> pb.SurveyResult:
        """What came of it, for somebody."""
        found: pb.SurveyResult = (await self.call(pb.GetSurveyResultRequest(id=one.id), caller)).result
        return found

    async def case_ends(
        self, code: str, agency: str = "dpu", *, exercise: bool = False, rejected_from: str = ""
    ) -> None:
        """Governance tells that a case is closed, unless it is rejected."""
        message = governance.ComplaintStatusChanged(
            code=code, after=complaints_pb2.COMPLAINT_STATE_CLOSED, agency=agency
        )
        if rejected_from:
            message.before = complaints_pb2.ComplaintState.Value(f"COMPLAINT_STATE_{rejected_from.upper()}")
            message.after = complaints_pb2.COMPLAINT_STATE_REJECTED
        await self._react(reactions.on_complaint_status_changed, message, exercise)

    async def paid(self, code: str, agency: str, purpose: str = "levy") -> None:
        """Economy tells that something was paid."""
        message = economy.PaymentCaptured(agency=agency)
        message.payment.code, message.payment.purpose = code, purpose
        await self._react(reactions.on_payment_captured, message, False)

    async def permit_moves(self, code: str, *states: str) -> None:
        """Economy tells that an application has moved on, from each state to the next."""
        for before, state in pairwise(permits_pb2.PermitState.Value(f"PERMIT_STATE_{one}") for one in states):
            message = economy.PermitAdvanced(code=code, agency="disdag", state=state, from_state=before)
            await self._react(reactions.on_permit_advanced, message, False)

    async def _react(self, react: Any, message: Any, exercise: bool) -> None:
        async with self.served.runtime.transaction() as tx:
            await cast(Any, react)(tx, SimpleNamespace(message=message, exercise=exercise))

    async def code(self, reference: str, kind: Kind = Kind.COMPLAINT) -> str:
        """The code of what has ended; empty where there is none."""
        async with self.served.runtime.snapshot() as tx:
            return (await inviting.offer(tx, kind, reference)).code

    async def judge(self, code: str, levels: Any = LEVELS, words: str = "", key: str = "") -> Any:
        """Whoever has the code judges."""
        asked = satisfaction.AnswerInvitationRequest(request_id=key, link_key=code, levels=levels, words=words)
        return await self.call(asked)

    async def judged(self, cases: int, agency: str = "dpu", first: int = 0) -> None:
        """So many cases end, and are judged."""
        for number in range(first, first + cases):
            await self.case_ends(f"SMG-{number:04}", agency)
            await self.judge(await self.code(f"SMG-{number:04}"))

    async def indexes(self, **asked: Any) -> list[satisfaction.Satisfaction]:
        """The index of agencies."""
        return list((await self.call(satisfaction.ListSatisfactionRequest(**asked))).satisfaction)
