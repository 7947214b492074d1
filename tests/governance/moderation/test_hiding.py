"""A case that turns out to be of a private category is hidden from then on, wherever somebody could come across it."""

from typing import Any

import grpc
import pytest

from services.governance.moderation import timers
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2, overview_pb2, photos_pb2, stories_pb2
from smartcity.governance.v1 import performance_pb2 as performance_pb
from smartcity.governance.v1.stories_pb2_grpc import StoryServiceStub
from tests.governance.cases import SEKAYU, WASTE, Filed, file, types
from tests.governance.conftest import VERIFIER, Governance, officer, refused
from tests.governance.performance.hearing import Hearing

_BEHIND = performance_pb.ListPerformanceCasesRequest(agency="dlh", kind=performance_pb.PERFORMANCE_KIND_ON_TIME)


async def _similar(governance: Governance) -> list[str]:
    request = pb.ListSimilarComplaintsRequest(text=WASTE, category="lainnya", location=SEKAYU)
    answer = await governance.call("ComplaintService.ListSimilarComplaints", request)
    return [one.code for one in answer.complaints]


async def _on_the_map(governance: Governance) -> tuple[int, list[str]]:
    answer = await governance.call("OverviewService.GetOverview", overview_pb2.GetOverviewRequest())
    return answer.filed_this_week, [one.area.name for one in answer.areas]


async def _is_told(filed: Filed) -> bool:
    request = stories_pb2.GetStoryRequest(correlation=filed.last.correlation_id)
    try:
        await filed.governance.served.call(StoryServiceStub, "GetStory", request, ANONYMOUS)
    except grpc.aio.AioRpcError as error:
        return error.code() is not grpc.StatusCode.NOT_FOUND
    return True


async def _released(governance: Governance) -> tuple[Filed, str]:
    """A case that everybody may read, and a photo of it that everybody may see."""
    filed = await file(governance, category="lainnya")
    photo = await filed.snapshot()
    filed.last = await filed.read()
    await filed.edit("Release", public_text=WASTE, photos=[photo])
    await filed.transition("verify")
    return filed, photo


def _said(rows: list[Any], name: str) -> bool:
    """Whether the newest event of a type calls the case secret."""
    payload = [row["payload"] for row in rows if row["type"].endswith(f".{name}")][-1]
    return bool(getattr(events_pb2, name).FromString(payload).secret)


async def test_a_case_corrected_into_a_private_category_is_hidden_from_all_who_do_not_handle_it(
    governance: Governance,
) -> None:
    filed, photo = await _released(governance)
    assert await _similar(governance) == [filed.code]
    assert await _on_the_map(governance) == (1, ["Sekayu"])
    assert await _is_told(filed)
    corrected = await filed.edit("Correct", category="perilaku-asn")
    assert corrected.secret
    with refused("COMPLAINT_NOT_FOUND"):
        await filed.read(ANONYMOUS)
    with refused("COMPLAINT_NOT_FOUND"):
        request = photos_pb2.GetPhotoRequest(code=filed.code, id=photo)
        await governance.call("PhotoService.GetPhoto", request)
    assert await _similar(governance) == []
    assert await _on_the_map(governance) == (1, [])
    assert not await _is_told(filed)
    assert (await filed.read(ANONYMOUS, filed.key)).secret, "the reporter still reads it"
    await filed.transition("start", officer(corrected.agency.id))
    assert _said(await governance.events(corrected.correlation_id), "ComplaintStatusChanged")


async def test_a_case_that_is_hidden_is_behind_no_figure_any_more(governance: Governance) -> None:
    filed = await (await file(governance)).resolved()
    hearing = Hearing(governance.served)
    await hearing.hear()
    assert [one.code for one in (await hearing.call(_BEHIND)).cases] == [filed.code]
    await filed.act("Reopen", note="Petugasnya memukul saya")
    filed.last = await filed.read()
    await filed.edit("Correct", category="kekerasan-perempuan-anak")
    assert not (await hearing.call(_BEHIND)).cases


@pytest.mark.parametrize("ended", [False, True])
async def test_cases_of_private_categories_that_everybody_could_read_are_hidden_by_themselves(
    governance: Governance, ended: bool
) -> None:
    filed, other = (await _released(governance))[0], await file(governance)
    if ended:
        await filed.act("Withdraw")
    # As a correction left it before, and as any case is whose category the city makes private.
    sql = "UPDATE complaint SET category = 'kekerasan-perempuan-anak' WHERE code = $1"
    await governance.runtime.pool.execute(sql, filed.code)
    await timers.hide(governance.runtime)
    await timers.hide(governance.runtime)
    with refused("COMPLAINT_NOT_FOUND"):
        await filed.read(ANONYMOUS)
    seen = await filed.read(VERIFIER)
    assert (seen.secret, types(seen).count("ComplaintCorrected"), seen.timeline[-1].by) == (True, 1, "system")
    assert _said(await governance.events(seen.correlation_id), "ComplaintCorrected")
    assert not (await other.read(ANONYMOUS)).secret
