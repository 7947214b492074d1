"""A gate's page on a phone whose platform does not answer, answers late, or which has no room to keep anything."""

import json
import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import Route

from tests.branding.gates.test_gate_page import second, shown, stand, tab_of, today
from tests.branding.gates.test_gates import Entrance
from tests.branding.tickets.ticketing import Ticketing
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.running import Stand

__all__ = ["chromium", "stand"]

pytestmark = [pytest.mark.browser, pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)]
UPLOADS = "**/unggah"


async def phone(chromium: Chromium, stand: Stand, door: Entrance, *, takes: bool = True) -> Tab:
    """A phone at the gate, with its list."""
    tab = await tab_of(chromium, stand)
    await tab.goto(f"/petugas/gerbang/{door.gate}")
    if takes:
        await take(tab)
        await tab.wait_for_selector("#list-state:has-text('2 (')")
    return tab


async def take(tab: Tab) -> None:
    """Takes the list along, until its last page is read."""
    async with tab.expect_response("**/daftar*") as answer:
        await tab.click("#take")
    await (await answer.value).finished()
    await tab.wait_for_timeout(200)


async def away(route: Route) -> None:
    """The gateway cannot for now."""
    await route.fulfill(status=503)


async def lost(route: Route) -> None:
    """The platform takes it, and its answer never comes."""
    await route.fetch()
    await route.abort()


async def test_a_ticket_let_in_while_the_gateway_was_away_is_used_when_it_is_back(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await phone(chromium, stand, door)
    await tab.route(UPLOADS, away)
    await shown(tab, door.ticket.token, "admitted")
    await tab.unroute(UPLOADS)
    await shown(tab, door.ticket.token, "used")
    assert (await office.ticket(door.ticket.code)).admissions == 1, (
        "it was uploaded before the next one was asked about"
    )
    assert "All is uploaded" in (await tab.text_content("#queue-state") or "")
    await tab.context.close()


async def test_a_ticket_whose_admission_cannot_be_uploaded_is_used_at_that_phone_all_the_same(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await phone(chromium, stand, door)
    await tab.route(UPLOADS, away)
    await shown(tab, door.ticket.token, "admitted")
    await tab.unroute(UPLOADS)
    uploads = "offline=yes"
    await tab.route(
        UPLOADS, lambda route: away(route) if uploads in (route.request.post_data or "") else route.continue_()
    )
    await shown(tab, door.ticket.token, "used")
    assert (await office.ticket(door.ticket.code)).admissions == 0, "the platform would have let it in"
    await shown(tab, "SMGE-11111111-11", "mistyped")
    assert "1" in (await tab.text_content("#queue-state") or "")
    await tab.context.close()


@pytest.mark.parametrize(
    ("language", "said"),
    [("id", r"masuk \d{1,2} [A-Z][a-z]+ \d{4}, \d\d\.\d\d$"), ("en", r"let in \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d$")],
)
async def test_a_phone_without_a_connection_tells_when_a_ticket_was_let_in_as_the_page_does(
    chromium: Chromium, office: Ticketing, stand: Stand, language: str, said: str
) -> None:
    door = await today(office)
    tab = await phone(chromium, stand, door)
    await tab.goto(f"/petugas/gerbang/{door.gate}?lang={language}")
    await tab.route(UPLOADS, away)
    await shown(tab, door.ticket.token, "admitted")
    await shown(tab, door.ticket.token, "used")
    assert re.search(said, await tab.inner_text("#what"))
    await tab.context.close()


async def test_a_list_that_is_taken_before_all_is_uploaded_knows_what_the_phone_let_in(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await phone(chromium, stand, door)
    await tab.route(UPLOADS, away)
    await shown(tab, door.ticket.token, "admitted")
    await take(tab)
    await shown(tab, door.ticket.token, "used")
    await tab.context.set_offline(True)
    await shown(tab, await second(office, door), "admitted")
    await tab.context.close()


async def test_what_was_let_in_twice_is_said_until_somebody_has_read_it(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await phone(chromium, stand, door)
    await tab.route(UPLOADS, away)
    await shown(tab, door.ticket.token, "admitted")
    assert await door.says() == "admitted", "meanwhile another gate lets the same ticket in"
    office.served.pass_time(minutes=1)  # the phone's clock is no longer ahead
    await tab.unroute(UPLOADS)
    await shown(tab, await second(office, door), "admitted")
    await take(tab)
    assert "twice, or should not have been: 1" in (await tab.text_content("#queue-state") or "")
    await tab.click("#send")
    await tab.wait_for_selector("#queue-state:has-text('All is uploaded')")
    await tab.context.close()


async def test_who_is_shown_again_since_no_answer_came_is_let_in_once(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await phone(chromium, stand, door, takes=False)
    await tab.route(UPLOADS, lost)
    await shown(tab, door.ticket.token, "no_list")
    assert (await office.ticket(door.ticket.code)).admissions == 1
    await tab.unroute(UPLOADS)
    await shown(tab, door.ticket.token, "admitted")
    await shown(tab, door.ticket.token, "used")
    assert (await office.ticket(door.ticket.code)).admissions == 1
    await tab.context.close()


async def test_a_phone_without_room_says_so_and_judges_on(chromium: Chromium, office: Ticketing, stand: Stand) -> None:
    door = await today(office)
    tab = await tab_of(chromium, stand)
    full = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"
    await tab.add_init_script(full)
    await tab.goto(f"/petugas/gerbang/{door.gate}")
    await take(tab)
    await tab.wait_for_selector("#list-state:has-text('leave this page open')")
    await tab.context.set_offline(True)
    await shown(tab, door.ticket.token, "admitted")
    await shown(tab, door.ticket.token, "used")
    await shown(tab, await second(office, door), "admitted")
    await tab.context.close()


async def test_a_list_that_is_too_large_leaves_room_for_what_was_let_in(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await tab_of(chromium, stand)
    small = """const kept = Storage.prototype.setItem;
        Storage.prototype.setItem = function (name, text) {
            if (text.includes('"head"')) throw new DOMException("", "QuotaExceededError");
            kept.call(this, name, text);
        };"""
    await tab.add_init_script(small)
    await tab.goto(f"/petugas/gerbang/{door.gate}")
    await take(tab)
    await tab.wait_for_selector("#list-state:has-text('leave this page open')")
    await tab.route(UPLOADS, away)
    await shown(tab, door.ticket.token, "admitted")
    await tab.reload()
    await tab.wait_for_selector("#queue-state:has-text('1')")
    await tab.context.close()


async def test_what_a_page_of_the_version_before_kept_is_uploaded(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await phone(chromium, stand, door)
    moment = int(office.served.now.timestamp())
    scan = {"scan": uuid4().hex, "shown": door.ticket.token, "time": moment, "exit": False}
    before = """([name, queue]) => {
        localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), queue }));
        localStorage.removeItem(`${name}:since`);
    }"""
    await tab.evaluate(before, [f"gate:{door.gate}", [scan]])
    await tab.route(UPLOADS, away)
    await tab.reload()
    await tab.wait_for_selector("#list-state:has-text('2 (')")
    assert "1" in (await tab.text_content("#queue-state") or "")
    (kept,) = json.loads(await tab.evaluate("name => localStorage.getItem(name)", f"gate:{door.gate}:since"))["queue"]
    assert kept == scan
    await tab.unroute(UPLOADS)
    await tab.click("#send")
    await tab.wait_for_selector("#queue-state:has-text('All is uploaded')")
    assert (await office.ticket(door.ticket.code)).admissions == 1
    await tab.context.close()
