"""How a line goes meanwhile: which stops it leaves out and which it has instead, by names that passengers know."""

import pytest

from smartcity.living.v1 import alerts_pb2 as pb
from tests.fixtures.edge import edge_before, stand_before
from tests.governance.conftest import RefusedError
from tests.living.alerts.passengers import DISHUB, Passengers
from tests.society.pages import reader

ABOUT_M = pb.ServiceAlertEntity(route="M")


def _detour(*added: str, skipped: str = "U") -> list[pb.ServiceAlertDetour]:
    return [pb.ServiceAlertDetour(route="M", skipped_stops=[skipped], added_stops=added)]


async def test_stops_left_out_and_stops_instead_are_told_by_name_and_lead_to_their_pages(
    passengers: Passengers,
) -> None:
    alert = await passengers.publish(ABOUT_M, detours=_detour("Q", "P"))
    async with edge_before(passengers.served) as client:
        page = (await client.get(f"/transit/gangguan/{alert.id}")).text
    detour = page.partition("data-detour")[2].partition("</section>")[0]
    assert "M1" in detour
    for stop, name in (("U", "Pantai"), ("Q", "Tugu Kota"), ("P", "Pasar Besar")):
        assert f'<a href="/transit/halte/{stop}">{name} ({stop})</a>' in detour


async def test_a_stop_that_is_called_at_instead_is_touched(passengers: Passengers) -> None:
    alert = await passengers.publish(ABOUT_M, detours=_detour("Q"))
    assert set(alert.touched.stops) == {"U", "Q"}
    assert [one.id for one in await passengers.listed(stop="Q")] == [alert.id]


@pytest.mark.parametrize("detours", [_detour("ZZZ999"), _detour("Q", skipped="ZZZ999")], ids=("instead", "left out"))
async def test_a_stop_of_a_detour_that_the_timetable_does_not_have_is_refused(
    passengers: Passengers, detours: list[pb.ServiceAlertDetour]
) -> None:
    with pytest.raises(RefusedError) as refused:
        await passengers.write(ABOUT_M, detours=detours)
    assert refused.value.reason == "ENTITY_UNKNOWN"


async def test_the_desk_says_which_stop_instead_is_unknown_where_it_was_written(passengers: Passengers) -> None:
    async with stand_before(passengers.served) as stand:
        officer = await reader(stand, DISHUB)
        entries = {"header": "Jalur M memutar", "detour_route": "M", "detour_skipped": "U", "detour_added": "Q, ZZZ999"}
        page = await officer.send("/petugas/gangguan/baru", "alert-form", **entries)
        (said,) = page.xpath("//*[@id='detour_added-error']")
        assert "ZZZ999" in said.text_content()
        await officer.client.aclose()
