"""The officers' list."""

from typing import Any

import pytest

from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from tests.governance.cases import DLH, DPU, WASTE, file
from tests.governance.conftest import CITIZEN, VERIFIER, Governance, refused


async def _list(governance: Governance, caller: Caller = VERIFIER, **fields: Any) -> pb.ListComplaintsResponse:
    request = pb.ListComplaintsRequest(**fields)
    answer: pb.ListComplaintsResponse = await governance.call("ComplaintService.ListComplaints", request, caller)
    return answer


async def _codes(governance: Governance, caller: Caller = VERIFIER, **fields: Any) -> list[str]:
    return [complaint.code for complaint in (await _list(governance, caller, **fields)).complaints]


async def test_the_most_urgent_comes_first_and_waiting_cases_last(governance: Governance) -> None:
    waiting, old = await file(governance), await file(governance)
    await waiting.transition("verify")
    await waiting.transition("ask", DLH, note="Di mana?")
    governance.pass_time(days=1)
    young = await file(governance)
    assert await _codes(governance) == [old.code, young.code, waiting.code]


async def test_pages_hold_every_case_once(governance: Governance) -> None:
    filed = {(await file(governance)).code for _ in range(7)}
    seen, token = [], ""
    while True:
        page = await _list(governance, page_size=3, page_token=token)
        seen += [complaint.code for complaint in page.complaints]
        token = page.next_page_token
        if not token:
            break
    assert (len(seen), set(seen)) == (7, filed)


async def test_pages_go_on_past_cases_without_a_due_date(governance: Governance) -> None:
    for _ in range(3):
        filed = await file(governance)
        await filed.act("Withdraw")
    states = [pb.COMPLAINT_STATE_WITHDRAWN]
    first = await _list(governance, page_size=2, states=states)
    second = await _list(governance, page_size=2, states=states, page_token=first.next_page_token)
    assert (len(first.complaints), len(second.complaints), second.next_page_token) == (2, 1, "")


async def test_officers_see_their_own_agency_only(governance: Governance) -> None:
    waste, road = await file(governance), await file(governance, category="jalan-rusak")
    assert await _codes(governance, DLH) == [waste.code]
    assert await _codes(governance, DPU) == [road.code]
    assert await _codes(governance, DPU, agency="dlh") == []
    assert await _codes(governance, Caller("lost", frozenset({"officer"}))) == []


async def test_filters_narrow_the_list(governance: Governance) -> None:
    here = await file(governance)
    there = await file(governance, area_code="33.74.10.1001", category="jalan-rusak")
    assert await _codes(governance, area_code="33.74.01") == [here.code]
    assert await _codes(governance, category="jalan-rusak") == [there.code]
    assert await _codes(governance, agency="dlh") == [here.code]
    assert await _codes(governance, code=there.code.lower()) == [there.code]
    assert await _codes(governance, code="nonsense") == []
    assert await _codes(governance, overdue=True) == []
    governance.pass_time(days=10)
    assert len(await _codes(governance, overdue=True)) == 2


async def test_closed_cases_show_when_asked_for(governance: Governance) -> None:
    filed = await file(governance)
    await filed.act("Withdraw")
    assert await _codes(governance) == []
    assert await _codes(governance, states=[pb.COMPLAINT_STATE_WITHDRAWN]) == [filed.code]


async def test_a_case_is_found_by_its_code_in_whatever_state(governance: Governance) -> None:
    filed = await file(governance)
    await filed.act("Withdraw")
    assert await _codes(governance, code=filed.code) == [filed.code]
    assert await _codes(governance, code=filed.code, states=[pb.COMPLAINT_STATE_FILED]) == []
    assert await _codes(governance, DPU, code=filed.code) == []


async def test_the_list_has_words_and_transitions_but_no_timeline(governance: Governance) -> None:
    await file(governance)
    (complaint,) = (await _list(governance)).complaints
    assert (complaint.text, len(complaint.timeline)) == (WASTE, 0)
    assert pb.TRANSITION_VERIFY in complaint.transitions


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        ("PAGE_SIZE_INVALID", {"page_size": 201}),
        ("PAGE_SIZE_INVALID", {"page_size": -1}),
        ("PAGE_TOKEN_INVALID", {"page_token": "x"}),
        ("PAGE_TOKEN_INVALID", {"page_token": "W10"}),
        ("PAGE_TOKEN_INVALID", {"page_token": "bnVsbA"}),
        ("PAGE_TOKEN_INVALID", {"page_token": "é"}),
        ("STATE_UNKNOWN", {"states": [99]}),
        ("STATE_UNKNOWN", {"states": [0]}),
        ("AGENCY_UNKNOWN", {"agency": "nasa"}),
        ("CATEGORY_UNKNOWN", {"category": "kucing"}),
        ("AREA_UNKNOWN", {"area_code": "\x00"}),
        ("AREA_UNKNOWN", {"area_code": "3" * 21}),
        ("INVALID_REQUEST", {"code": "S" * 33}),
    ],
)
async def test_bad_filters_are_refused(governance: Governance, reason: str, fields: dict[str, Any]) -> None:
    with refused(reason):
        await _list(governance, **fields)


async def test_a_token_belongs_to_its_filter(governance: Governance) -> None:
    for _ in range(2):
        await file(governance)
    token = (await _list(governance, page_size=1)).next_page_token
    with refused("PAGE_TOKEN_INVALID"):
        await _list(governance, page_token=token, agency="dlh")


async def test_citizens_do_not_list(governance: Governance) -> None:
    with refused("ROLE_NOT_ALLOWED"):
        await _list(governance, CITIZEN)
    with refused("LOGIN_REQUIRED"):
        await _list(governance, ANONYMOUS)
