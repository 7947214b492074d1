"""The departures of a stop in a browser: told anew, they leave who tabs through them where they stand."""

from playwright.async_api import Browser as Chromium

from services.living.making.profile import network_of
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.living.vehicles.fleet import Fleet

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER
_LAST = """() => {
  const links = [...document.querySelectorAll("#live [data-key] a")], last = links.at(-1);
  last.focus();
  return [last.closest("[data-key]").dataset.key, links.filter((one) => one.href === last.href).length];
}"""


async def test_who_stands_on_the_second_bus_of_a_line_stands_there_when_buses_are_told_anew(
    chromium: Chromium, fleet: Fleet
) -> None:
    network = network_of(fleet.served.runtime.city)
    assert network is not None
    by_id = {one.stop: one for one in network.stops}
    way = [by_id[name] for name in network.ways["K1", 0]]
    for bus, place in (("ts-1", 3), ("ts-2", 1)):
        await fleet.register(bus, label=bus)
        for ago, part in ((20, 0.2), (0, 0.5)):
            one, other = way[place : place + 2]
            where = (one.lat + part * (other.lat - one.lat), one.lon + part * (other.lon - one.lon))
            await fleet.report((bus, *where), ago=ago, route="K1")
            await fleet.follow()
    async with stand_before(fleet.served) as stand:
        tab = await (await chromium.new_context(base_url=stand.url)).new_page()
        await tab.clock.install()
        await tab.goto(f"/transit/halte/{way[4].stop}")
        key, alike = await tab.evaluate(_LAST)
        assert alike > 1
        async with tab.expect_response("**/transit/halte/*"):
            await tab.clock.run_for(31_000)
        await tab.wait_for_timeout(300)
        assert await tab.evaluate("document.activeElement.closest('[data-key]')?.dataset.key") == key
        await tab.context.close()
