"""Open complaints about water belong to the flood that the city warns of where they are; drills' to drills."""

from typing import Any

import pytest

from services.governance.flood_cases import reactions, store
from services.governance.flood_cases.model import MOST, is_told
from services.governance.floods.reactions import forget
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from smartcity.types.v1 import place_pb2
from tests.fixtures.arriving import arrived
from tests.governance.cases import DPU, Filed, file
from tests.governance.conftest import VERIFIER, Governance
from tests.governance.emergency.floods import KEMIJEN, SIAGA, TANJUNG_MAS, cleared, identity, warned
from tests.governance.emergency.room import Room

WATER: dict[str, Any] = {"text": "Air masuk rumah setinggi lutut sejak pagi tadi", "category": "banjir-genangan"}


async def _linked(governance: Governance, warning: str) -> set[str]:
    asked = pb.ListComplaintsRequest(warning=identity(warning))
    found = await governance.call("ComplaintService.ListComplaints", asked, VERIFIER)
    return {one.code for one in found.complaints}


async def _hears_of(governance: Governance, case: Filed, area: str) -> None:
    """Governance hears that a complaint was filed."""
    one = case.last
    message = events_pb2.ComplaintFiled(
        code=one.code, category=one.category.id, area=place_pb2.Area(code=area), secret=one.secret
    )
    await _hears(governance, case, reactions.on_complaint_filed, message)


async def _corrected(governance: Governance, case: Filed, **fields: Any) -> None:
    """A verifier corrects a complaint, and governance hears of it."""
    await case.edit("Correct", **fields)
    rows = await governance.events(case.last.correlation_id)
    (*_, row) = [row for row in rows if row["type"].endswith("ComplaintCorrected")]
    message = events_pb2.ComplaintCorrected.FromString(row["payload"])
    await _hears(governance, case, reactions.on_complaint_corrected, message)


async def _hears(governance: Governance, case: Filed, react: Any, message: Any) -> None:
    story = case.last.correlation_id
    event = arrived(governance.served, message, "governance", aggregate=story, correlation=story)
    async with governance.runtime.transaction() as tx:
        await react(tx, event)


def test_of_thousands_of_complaints_some_tens_are_told() -> None:
    told = [count for count in range(1, 3_001) if is_told(count - 1, count)]
    assert told[:12] == [*range(1, 11), 20, 30]
    assert told[-3:] == [1_000, 2_000, 3_000]
    assert is_told(3, 45)


async def test_what_is_open_there_and_what_is_filed_meanwhile_is_linked_until_all_is_clear(
    governance: Governance, room: Room
) -> None:
    there = await file(governance, area_code=KEMIJEN, **WATER)
    await file(governance, area_code=KEMIJEN)  # about waste
    await file(governance, area_code="33.74.12.1001", **WATER)  # far away
    hidden = await file(governance, area_code=KEMIJEN, secret=True, **WATER)
    drill = await file(governance, DPU, area_code=KEMIJEN, exercise=True, **WATER)
    await warned(room.served, "flood", SIAGA, KEMIJEN, TANJUNG_MAS)
    await warned(room.served, "flood", SIAGA, KEMIJEN, TANJUNG_MAS, updated=True)
    assert await _linked(governance, "flood") == {there.code}

    meanwhile = await file(governance, area_code=TANJUNG_MAS, **WATER)
    await _hears_of(governance, meanwhile, TANJUNG_MAS)
    await _hears_of(governance, meanwhile, TANJUNG_MAS)
    await _hears_of(governance, hidden, KEMIJEN)
    assert await _linked(governance, "flood") == {there.code, meanwhile.code}
    (flood,) = (await there.read()).floods
    assert (flood.warning, flood.HasField("over_time")) == (identity("flood"), False)

    await warned(room.served, "drill", SIAGA, KEMIJEN, exercise=True)
    assert await _linked(governance, "drill") == {drill.code}
    assert await _linked(governance, "none") == set()

    rows = [row for row in await room.served.outbox() if row["type"].endswith("ComplaintsLinked")]
    told = [(events_pb2.ComplaintsLinked.FromString(row["payload"]).total, row["exercise"]) for row in rows]
    assert told == [(1, False), (2, False), (1, True)]
    assert [row["correlation"] for row in rows] == ["story-flood", "story-flood", "story-drill"]

    await cleared(room.served, "flood")
    late = await file(governance, area_code=KEMIJEN, **WATER)
    await _hears_of(governance, late, KEMIJEN)
    assert await _linked(governance, "flood") == {there.code, meanwhile.code}
    (flood,) = (await there.read()).floods
    assert flood.HasField("over_time")
    governance.pass_time(days=400)
    await forget(governance.runtime)
    assert not (await there.read()).floods


async def test_a_corrected_complaint_belongs_to_the_flood_where_it_is(governance: Governance, room: Room) -> None:
    await warned(room.served, "flood", SIAGA, KEMIJEN)
    await warned(room.served, "other", SIAGA, TANJUNG_MAS)
    case = await file(governance, area_code=KEMIJEN)  # about waste
    seen = []
    for fields in ({"category": WATER["category"]}, {"area_code": TANJUNG_MAS}, {"category": "jalan-rusak"}):
        await _corrected(governance, case, **fields)
        seen.append([case.code in await _linked(governance, each) for each in ("flood", "other")])
    assert seen == [[True, False], [False, True], [False, False]]
    counted = await governance.runtime.pool.fetch("SELECT complaints FROM flood")
    assert [row["complaints"] for row in counted] == [0, 0]


async def test_each_look_links_some_more_of_many(
    governance: Governance, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_OPEN", store._OPEN.replace(f"LIMIT {MOST}", "LIMIT 1"))
    cases = {(await file(governance, area_code=KEMIJEN, **WATER)).code for _ in range(2)}
    await warned(room.served, "flood", SIAGA, KEMIJEN)
    assert len(await _linked(governance, "flood")) == 1
    await warned(room.served, "flood", SIAGA, KEMIJEN, updated=True)
    assert await _linked(governance, "flood") == cases
