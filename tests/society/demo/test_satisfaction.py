"""Made-up satisfaction: by the rules, once, and nobody is told."""

from services.society.demo import seed_satisfaction
from tests.society.surveys.surveying import Surveying
from tests.society.taking_part import Society


async def test_past_periods_are_made_up_once_and_without_an_event(society: Society) -> None:
    runtime = society.served.runtime
    assert await seed_satisfaction(runtime) == 24
    assert await seed_satisfaction(runtime) == 0
    found = await Surveying(society.served).indexes(page_size=200)
    assert len(found) == 24
    assert {one.final for one in found} == {True}
    assert {one.last_day for one in found} == {"2026-03-31", "2026-06-30", "2026-09-30"}
    assert all(one.answers >= 5 and one.grade in "ABCD" for one in found)
    assert await society.told() == []
    assert not await society.served.admin.fetchval("SELECT count(*) FROM society.survey_tally")
