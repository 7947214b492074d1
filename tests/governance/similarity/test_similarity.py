"""Open cases that look like a new one: the likeliest first, and none given away."""

from typing import Any

import pytest

from services.kit.caller import ANONYMOUS, Caller
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.types.v1 import place_pb2
from tests.governance.cases import DLH, DPU, WASTE, file
from tests.governance.conftest import VERIFIER, Governance, refused


async def _similar(governance: Governance, caller: Caller = ANONYMOUS, **fields: Any) -> list[pb.SimilarComplaint]:
    fields.setdefault("text", "Sampah sudah tiga hari menumpuk di dekat pasar")
    request = pb.ListSimilarComplaintsRequest(**fields)
    answer = await governance.call("ComplaintService.ListSimilarComplaints", request, caller)
    return list(answer.complaints)


_NEARBY = place_pb2.Point(lon=110.4141, lat=-6.9806)  # some 50 m from where `file` files


async def test_what_is_not_released_is_suggested_by_its_area_alone(governance: Governance) -> None:
    filed = await file(governance)
    (found,) = await _similar(governance, location=_NEARBY)
    assert (found.code, found.text, found.distance) == (filed.code, "", -1)
    assert found.score == 0.7  # of category, kelurahan and time


async def test_what_is_released_is_suggested_by_its_place_and_its_words(governance: Governance) -> None:
    filed = await file(governance)
    await filed.edit("Release", public_text="Sampah menumpuk di dekat pasar")
    (found,) = await _similar(governance, location=_NEARBY)
    assert (found.code, found.text, found.distance) == (filed.code, "Sampah menumpuk di dekat pasar", 50)
    assert found.score == 0.9


async def test_the_agency_that_has_a_case_compares_with_all_of_it(governance: Governance) -> None:
    filed = await file(governance)
    for caller, distance in ((DLH, 50), (VERIFIER, 50), (DPU, -1)):
        (found,) = await _similar(governance, caller, location=_NEARBY)
        assert (found.code, found.text, found.distance) == (filed.code, "", distance)


async def test_the_likeliest_comes_first(governance: Governance) -> None:
    near = await file(governance)
    far = await file(governance, location=place_pb2.Point(lon=110.4155, lat=-6.9805))
    assert [one.code for one in await _similar(governance, VERIFIER, location=_NEARBY)] == [near.code, far.code]


async def test_of_what_is_as_likely_the_newest_comes_first(governance: Governance) -> None:
    older = await file(governance)
    governance.pass_time(hours=1)
    newer = await file(governance)
    assert [one.code for one in await _similar(governance, location=_NEARBY)] == [newer.code, older.code]


async def test_far_old_other_secret_and_closed_cases_are_not_suggested(governance: Governance) -> None:
    await file(governance)
    governance.pass_time(days=40)
    await file(governance, location=place_pb2.Point(lon=110.4363, lat=-7.0500))
    await file(governance, category="jalan-rusak", text="Lubang besar dan dalam di aspal")
    await file(governance, secret=True)
    await (await file(governance)).act("Withdraw")
    await file(governance, VERIFIER, exercise=True)
    assert await _similar(governance, location=_NEARBY) == []


async def test_an_area_alone_finds_alike_words(governance: Governance) -> None:
    filed = await file(governance)
    found = await _similar(governance, text=WASTE, area_code="33.74.01.1007")
    assert [(one.code, one.distance) for one in found] == [(filed.code, -1)]


@pytest.mark.parametrize("text", ["", " \u200b"])
async def test_without_words_likeness_is_of_category_and_place(governance: Governance, text: str) -> None:
    filed = await file(governance)
    found = await _similar(governance, text=text, category="sampah-menumpuk", location=_NEARBY)
    assert [one.code for one in found] == [filed.code]


async def test_what_is_compared_has_at_most_1000_characters(governance: Governance) -> None:
    with refused("TEXT_LENGTH") as caught:
        await _similar(governance, text="x" * 1001, location=_NEARBY)
    assert caught.value.metadata["field"] == "text"


async def test_the_words_for_a_place_play_no_part_in_likeness(governance: Governance) -> None:
    await file(governance)
    without = await _similar(governance, location=_NEARBY)
    assert await _similar(governance, location=_NEARBY, landmark="di depan Lawang Sewu") == without
    with refused("LOCATION_REQUIRED"):
        await _similar(governance, landmark="di depan Lawang Sewu")


async def test_similar_cases_need_a_place(governance: Governance) -> None:
    with refused("LOCATION_REQUIRED"):
        await _similar(governance)
    with refused("OUTSIDE_CITY"):
        await _similar(governance, location=place_pb2.Point(lon=110.83, lat=-7.57))
