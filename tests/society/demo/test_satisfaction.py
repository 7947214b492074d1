"""Made-up satisfaction: by the rules, once, and nobody is told."""

import httpx

from services.society.demo import seed_satisfaction
from tests.society.surveys.surveying import Surveying
from tests.society.taking_part import Society


async def test_past_periods_are_made_up_once_and_without_an_event(society: Society, visitor: httpx.AsyncClient) -> None:
    runtime = society.served.runtime
    assert await seed_satisfaction(runtime) == 24
    assert await seed_satisfaction(runtime) == 0
    found = await Surveying(society.served).indexes(page_size=200)
    assert len(found) == 24
    assert {(one.final, one.made_up) for one in found} == {(True, True)}, "each says that nobody judged"
    assert {one.last_day for one in found} == {"2026-03-31", "2026-06-30", "2026-09-30"}
    assert all(one.answers >= 5 and one.grade in "ABCD" for one in found)
    assert await society.told() == []
    for path in ("/sosial/survei", f"/sosial/survei/kepuasan/{found[0].survey}"):
        assert 'id="made-up"' in (await visitor.get(path)).text, path
    sheet = (await visitor.get("/v1/satisfaction.csv")).text.splitlines()
    assert (sheet[0].rsplit(",", 1)[1], {line.rsplit(",", 1)[1] for line in sheet[1:]}) == ("made_up", {"yes"})
    assert not await society.served.admin.fetchval("SELECT count(*) FROM society.survey_tally")
