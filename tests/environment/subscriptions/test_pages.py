"""Pages of warnings, where the city can mail them and where it cannot."""

import asyncio
from datetime import UTC, datetime

import httpx

from services.kit.city import Area
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.subscriptions.subscribing import Subscribers
from tests.fixtures.edge import edge_before

FORM = "/lingkungan/peringatan/langganan"


async def _known(client: httpx.AsyncClient) -> None:
    """The gateway has read the feed, and with it whether mails go."""
    async with asyncio.timeout(10):
        while (await client.get("/v1/warnings.cap")).status_code != 200:
            await asyncio.sleep(0.05)


def _kelurahan(subscribers: Subscribers, count: int) -> list[Area]:
    return [one for one in subscribers.served.runtime.city.areas.values() if len(one.code) == 13][:count]


async def test_pages_offer_mails_only_where_the_city_can_send_them(subscribers: Subscribers) -> None:
    served = subscribers.served
    served.now = datetime.now(UTC)
    raised = await subscribers.warnings.in_force()
    mails = served.runtime.settings
    for settings, offered in ((mails, True), (mails.model_copy(update={"smtp_url": ""}), False)):
        served.runtime.settings = settings
        async with edge_before(served) as client:
            await _known(client)
            for path in ("/lingkungan/peringatan", f"/lingkungan/peringatan/{raised.id}"):
                page = await client.get(path)
                assert (page.status_code, FORM in page.text) == (200, offered), path
            form = (await client.get(FORM)).text
            assert ('id="closed"' in form, 'name="email"' in form) == (not offered, offered)


async def test_kelurahan_of_a_warning_that_are_too_many_are_told_by_their_names(subscribers: Subscribers) -> None:
    areas = _kelurahan(subscribers, 12)
    async with edge_before(subscribers.served) as client:
        await _known(client)
        asked = [one.code for one in areas]
        form = (await client.get(FORM, params={"area": [*asked, "not-one"]})).text
        assert (form.count(" checked><span><b>"), 'id="left-out"' in form) == (10, True)
        assert f"Belum dipilih: {areas[10].name}, {areas[11].name}." in form
        assert 'id="left-out"' not in (await client.get(FORM, params={"area": asked[:10]})).text


async def test_the_link_of_a_warning_names_all_its_kelurahan(subscribers: Subscribers) -> None:
    subscribers.served.now = datetime.now(UTC)
    areas = [one.code for one in _kelurahan(subscribers, 12)]
    raised = await subscribers.warnings.in_force(areas=areas, hazard=pb.WARNING_HAZARD_ROB)
    async with edge_before(subscribers.served) as client:
        await _known(client)
        page = (await client.get(f"/lingkungan/peringatan/{raised.id}")).text
        assert page.count("area=") == 12


async def test_a_warning_tells_which_of_two_kelurahan_of_one_name_it_is_for(subscribers: Subscribers) -> None:
    subscribers.served.now = datetime.now(UTC)
    await subscribers.warnings.in_force(areas=["33.74.16.1007"], hazard=pb.WARNING_HAZARD_ROB)
    async with edge_before(subscribers.served) as client:
        await _known(client)
        for path in ("/lingkungan/peringatan", "/v1/warnings.cap"):
            assert "Mangunharjo (Tugu)" in (await client.get(path)).text, path
