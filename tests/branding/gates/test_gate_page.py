"""A gate's page: typed without JavaScript; on a phone, also when the connection is gone; and the pages of tickets."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import segno
from grpc import StatusCode
from grpc.aio import AioRpcError, Metadata
from playwright.async_api import Browser as Chromium
from playwright.async_api import Error
from playwright.async_api import Page as Tab

from gateway.callers.session import SESSION_COOKIE
from gateway.portal.branding.gates import _scans
from services.kit.caller import Caller
from smartcity.branding.v1 import gates_pb2 as pb
from smartcity.branding.v1 import ticket_sales_pb2 as sales
from smartcity.branding.v1 import tickets_pb2
from tests.branding.gates.test_gates import Entrance
from tests.branding.tickets.ticketing import NOBODY, SELLER, SITI, Ticketing
from tests.branding.waiting.test_waiting import room
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.fixtures.house import until
from tests.gateway.running import Stand
from tests.society.pages import reader, said

__all__ = ["chromium"]


@pytest.fixture
async def stand(office: Ticketing) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(office.served) as made:
        yield made


async def today(office: Ticketing, **fields: object) -> Entrance:
    """A gate of a destination, and a ticket of today: the browser's clock is the machine's."""
    office.served.now = datetime.now(UTC)
    sale = (await office.sale(destination="tugu-muda")).id  # which no hour closes
    entry = await office.sort(sale, price=0, **fields)
    day = office.served.now.astimezone(office.served.runtime.city.timezone).date()
    order = (await office.order(sale, entry, 2, day=str(day))).order
    gate = (await office.call(pb.CreateGateRequest(sale=sale, name="Utara"), SELLER)).gate.id
    return Entrance(office, gate, sale, order.tickets[0])


async def test_a_typed_code_is_judged_without_javascript(office: Ticketing, stand: Stand) -> None:
    door = await today(office, gates=["utara", "Timur"])
    officer = await reader(stand, SELLER)
    path = f"/petugas/gerbang/{door.gate}"
    assert "COME IN" in said(await officer.send(path, "scan-form", kode=door.ticket.code.lower()), "verdict")
    assert "USED ALREADY" in said(await officer.send(path, "scan-form", kode=door.ticket.code), "verdict")
    wrong = await officer.send(path, "scan-form", kode="SMGE-1111")
    assert ("MISTYPED" in said(wrong, "verdict"), "SMGE-1111" in said(wrong, "what")) == (True, True)
    assert wrong.xpath("//input[@name='kode']/@value") == ["SMGE-1111"], "it is mended where it was typed"
    order = await office.served.admin.fetchval("SELECT code FROM branding.ticket_order")
    for other in (order, f"https://portal/wisata/tiket/{door.ticket.code}?k=ABC"):
        assert "NO CODE OF A TICKET" in said(await officer.send(path, "scan-form", kode=other), "verdict")
    other = await second(office, door)
    await the_day_before(office, tickets_pb2.TransferTicketRequest(code=other, etag="1", holder="Budi"), SITI)
    assert "only the newest QR code" in said(await officer.send(path, "scan-form", kode=other), "verdict")
    desk = await officer.send(f"/petugas/tiket/{door.sale}", "gate-form", gate_name="Selatan")
    assert "The gate is open." in said(desk, "done")
    words = desk.text_content()
    assert ("no gate “Timur” yet" in words, "no gate “utara”" in words) == (True, False)
    (form,) = desk.xpath("//form[@data-type]")
    chosen = "//form[@data-type]//input[@name='gate'][@checked]/@value"
    assert desk.xpath(chosen) == ["Utara", "Timur"]
    assert (await officer.submit(form, gate=["Selatan"])).xpath(chosen) == ["Selatan"]
    day = str(office.served.now.date() + timedelta(days=3))
    later = await officer.page(f"/petugas/tiket/{door.sale}?hari={day}")
    assert ("8 of 10 left" in words, "10 of 10 left" in later.text_content()) == (True, True)
    entered = {"name_id": "Anak", "name_en": "Children", "gate": ["Selatan"]}
    (adding,) = desk.xpath("//form[@id='type-form']")
    turned = await officer.submit(adding, hari=day, go="day", **entered)
    assert "10 of 10 left" in turned.text_content()
    assert turned.xpath("//form[@id='type-form']//input[@name='gate'][@checked]/@value") == ["Selatan"]
    assert turned.xpath("//input[@id='name_id' or @id='name_en' or @id='hari']/@value") == [day, "Anak", "Children"]
    await officer.client.aclose()


async def test_a_gate_says_for_which_day_a_ticket_of_another_one_is(office: Ticketing, stand: Stand) -> None:
    door = await today(office)
    day = office.served.now.date() + timedelta(days=9)
    later = (await office.order(door.sale, door.ticket.type, day=str(day))).order.tickets[0]
    officer = await reader(stand, SELLER)
    told = await officer.send(f"/petugas/gerbang/{door.gate}", "scan-form", kode=later.code)
    assert "FOR ANOTHER DAY" in said(told, "verdict")
    assert f"for {day:%a, %-d %b %Y}" in said(told, "what")
    await officer.client.aclose()


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_a_phone_without_a_connection_says_which_day_its_list_is_for(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    office.served.now = datetime.now(UTC)
    sale, type_ = await office.on_sale(price=0)
    (ticket,) = (await office.order(sale, type_)).order.tickets
    gate = (await office.call(pb.CreateGateRequest(sale=sale, name="Utara"), SELLER)).gate.id
    tab = await tab_of(chromium, stand)
    await tab.goto(f"/petugas/gerbang/{gate}")
    await tab.click("#take")
    await tab.wait_for_selector("#list-state:has-text('1 (')")
    await tab.context.set_offline(True)
    await shown(tab, ticket.code, "other_day")
    assert f"for {date.fromisoformat(ticket.first_day):%b %-d, %Y}" in (await tab.text_content("#what") or "")
    await tab.context.close()


async def test_a_scan_whose_answer_was_lost_is_the_same_one_when_it_is_sent_again(
    office: Ticketing, stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    door, pillars = await today(office), stand.gateway.pillars
    officer = await reader(stand, SELLER)
    path, kode = f"/petugas/gerbang/{door.gate}", door.ticket.code

    async def lost(asked: Any, caller: Caller, **more: Any) -> Any:
        answer = await pillars.send(asked, caller, **more)
        if isinstance(asked, pb.UploadScansRequest):
            raise AioRpcError(StatusCode.DEADLINE_EXCEEDED, Metadata(), Metadata())
        return answer

    with monkeypatch.context() as away:
        away.setattr(pillars, "call", lost)
        (form,) = (await officer.send(path, "scan-form", kode=kode)).xpath("//form[@id='scan-form']")
    assert dict(form.form_values())["kode"] == kode
    assert "COME IN" in said(await officer.submit(form), "verdict")
    assert "USED ALREADY" in said(await officer.send(path, "scan-form", kode=kode), "verdict"), "another scan"
    left = await officer.send(path, "scan-form", kode=kode, arah="keluar")
    assert left.xpath("//input[@name='arah'][@checked]/@value") == ["keluar"], "the next one leaves as well"
    assert left.xpath("//input[@name='kode']/@value") == [""]
    await officer.client.aclose()


async def test_what_was_unticked_of_a_type_stays_so_when_the_desk_refuses(office: Ticketing, stand: Stand) -> None:
    door = await today(office, gates=["utara", "Timur"])
    officer = await reader(stand, SELLER)
    desk = await officer.page(f"/petugas/tiket/{door.sale}")
    (form,) = desk.xpath("//form[@data-type]")
    entered = {"quota": "5o", "gate": ["Utara"], "open": []}
    wrong = await officer.submit(form, **entered)
    assert wrong.xpath("//form[@data-type]//input[@type='checkbox'][@checked]/@value") == ["Utara"]
    (again,) = wrong.xpath("//form[@data-type]")
    saved = await officer.submit(again, quota="50")
    ((type_),) = (await office.call(sales.GetTicketSaleRequest(id=door.sale), SELLER)).ticket_sale.types
    assert "It is changed." in said(saved, "done")
    assert (type_.open, list(type_.gates), type_.quota) == (False, ["Utara"], 50)
    await officer.client.aclose()


async def second(office: Ticketing, door: Entrance) -> str:
    """The code of the other ticket of the order."""
    sql = "SELECT code FROM branding.ticket WHERE code <> $1 ORDER BY id LIMIT 1"
    return str(await office.served.admin.fetchval(sql, door.ticket.code))


async def the_day_before(office: Ticketing, passing: tickets_pb2.TransferTicketRequest, caller: Caller) -> Any:
    """A ticket is passed on before gates let it in: from then on it stays as it is."""
    office.served.pass_time(days=-1)
    passed = await office.call(passing, caller)
    office.served.pass_time(days=1)
    return passed


async def tab_of(chromium: Chromium, stand: Stand) -> Tab:
    """The seller's phone."""
    token, _ = await stand.gateway.sessions.create(SELLER, "Siti", "")
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780}, locale="en")
    name = stand.gateway.settings.cookie(SESSION_COOKIE)
    host = urlsplit(stand.url).hostname or ""
    await context.add_cookies([{"name": name, "value": token, "domain": host, "path": "/"}])
    return await context.new_page()


async def bought(office: Ticketing, door: Entrance) -> tuple[str, ...]:
    """Where a ticket that was passed on (to both), its order, and a waiting place are shown to who has them."""
    ordered = await office.order(door.sale, door.ticket.type, caller=NOBODY, day=door.ticket.first_day)
    placed = await office.place(*await room(office, opens=1))
    (ticket,) = ordered.order.tickets
    passing = tickets_pb2.TransferTicketRequest(code=ticket.code, etag=ticket.etag, link_key=ticket.link_key)
    passed = await the_day_before(office, passing, NOBODY)
    return (
        f"/wisata/tiket/{ticket.code}?k={ticket.link_key}",
        f"/wisata/tiket/{ticket.code}?k={passed.link_key}",
        f"/wisata/pesanan/{ordered.order.code}?k={ordered.link_key}",
        f"/wisata/antre/{placed.place.id}?k={placed.link_key}",
    )


async def scan(tab: Tab, text: str) -> None:
    """Scans."""
    await tab.evaluate("document.getElementById('verdict').dataset.verdict = ''")
    await tab.fill("#kode", text)
    await tab.press("#kode", "Enter")


async def shown(tab: Tab, text: str, verdict: str) -> None:
    """Scans, and waits for the verdict."""
    await scan(tab, text)
    await tab.wait_for_selector(f"#verdict[data-verdict={verdict}]")


async def shown_in_time(tab: Tab, text: str, verdict: str) -> None:
    """Scans until the platform gives the verdict: of one that is busy for three seconds the phone's list does."""

    async def given() -> bool:
        await scan(tab, text)
        found = await tab.wait_for_selector("#verdict:not([data-verdict=''])")
        return found is not None and await found.get_attribute("data-verdict") == verdict

    await until(given, 60, verdict)


async def kept(tab: Tab) -> set[str]:
    """What a phone keeps of the portal, by its address."""
    script = """async () => (await Promise.all((await caches.keys()).map(async (name) =>
        (await (await caches.open(name)).keys()).map((one) => new URL(one.url).pathname)))).flat()"""
    return set(await tab.evaluate(script))


async def sees(tab: Tab, text: str, verdict: str) -> None:
    """There is no camera; then there is one, which sees a QR code that this browser cannot read by itself."""
    await tab.click("#camera")
    await tab.wait_for_selector("#camera-state:has-text('no camera')")
    picture = segno.make(text, error="m").png_data_uri(scale=5, border=4)
    await tab.evaluate(
        """async (picture) => {
            const image = Object.assign(new Image(), { src: picture });
            await image.decode();
            const canvas = document.createElement("canvas"), { width, height } = image;
            Object.assign(canvas, { width, height });
            setInterval(() => canvas.getContext("2d").drawImage(image, 0, 0), 50);
            navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(20);
        }""",
        picture,
    )
    await tab.click("#camera")
    await tab.wait_for_selector(f"#verdict[data-verdict={verdict}]")


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_a_phone_admits_by_its_list_when_the_connection_is_gone(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await tab_of(chromium, stand)
    held = f"/wisata/tiket/{door.ticket.code}?k={door.ticket.link_key}"
    sold = (f"/petugas/tiket/{door.sale}", f"/wisata/tiket/beli/{door.sale}", "/wisata/tiket", "/petugas/tiket")
    for path in (f"/petugas/gerbang/{door.gate}", held, *sold, *await bought(office, door), "/petugas/uang-tiket"):
        looked = await tab.context.new_page()
        await looked.goto(path)
        # Pages that wait for something load themselves again: not while they are looked at.
        await looked.route("**/*", lambda route: route.fulfill(status=204))
        assert await faults(looked) == [], path
        await looked.close()
    await tab.goto(f"/petugas/gerbang/{door.gate}")
    await tab.click("#take")
    await tab.wait_for_selector("#list-state:has-text('3 (')")
    assert "signature" not in (await tab.text_content("#list-state") or "")
    await tab.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    whole = await kept(tab)
    assert f"/petugas/gerbang/{door.gate}" in whole
    assert all(one.startswith("/static/") for one in whole - {f"/petugas/gerbang/{door.gate}"})
    other = await second(office, door)
    await shown(tab, other, "admitted")
    await shown(tab, other, "used")
    assert re.search("Adults · let in .*[0-9]", await tab.text_content("#what") or ""), "as much as without a script"
    await sees(tab, f"{door.ticket.token[:-6]}AAAAAA", "forged")
    await tab.context.set_offline(True)
    await tab.reload()
    with pytest.raises(Error):
        await (await tab.context.new_page()).goto("/petugas/tiket")
    token = door.ticket.token
    await shown(tab, token[:-6] + "AAAAAA", "forged")
    await shown(tab, token, "admitted")
    await shown(tab, f" {door.ticket.code.lower().replace('-', ' ')} ", "used")
    assert "let in" in (await tab.text_content("#what") or "")
    await shown(tab, other.replace("-", ""), "used")
    await shown(tab, "SMGE-11111111-11", "unknown")
    await shown(tab, "SMGB-11111111-11", "no_ticket")
    assert await tab.input_value("#kode") == "SMGB-11111111-11"
    assert "1" in (await tab.text_content("#queue-state") or "")
    assert await door.says() == "admitted", "meanwhile another gate lets the same ticket in"
    office.served.pass_time(minutes=1)  # the phone's clock is no longer ahead
    cookies = await tab.context.cookies()
    await tab.context.clear_cookies()
    await tab.context.set_offline(False)
    await shown_in_time(tab, token, "no_login")
    await tab.click("#send")
    await tab.wait_for_selector("#queue-state:has-text('your login has ended')")
    assert await tab.is_visible("#again"), "a login that has ended is no lack of a connection"
    await tab.context.add_cookies([{**one} for one in cookies])  # type: ignore[typeddict-item]
    await tab.reload()  # what was kept is uploaded when the page is opened, too
    await tab.wait_for_selector("#queue-state:has-text('twice')")
    assert len(await door.amiss()) == 1
    assert await kept(tab) == whole
    await tab.click("form[action='/auth/logout'] button")
    await tab.wait_for_url(lambda address: "gerbang" not in address)
    assert await kept(tab) == set()
    assert await tab.evaluate("Object.keys(localStorage)") == []
    await tab.context.close()


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_an_old_phone_asks_the_platform_and_uploads_by_itself_when_it_is_back(
    chromium: Chromium, office: Ticketing, stand: Stand
) -> None:
    door = await today(office)
    tab = await tab_of(chromium, stand)
    await tab.clock.install(time=office.served.now)
    await tab.add_init_script("delete AbortSignal.timeout")
    await tab.goto(f"/petugas/gerbang/{door.gate}")
    await shown(tab, door.ticket.code, "admitted")
    assert await door.says() == "used", "the platform was asked"
    await tab.click("#take")
    await tab.wait_for_selector("#list-state:has-text('2 (')")
    await tab.route("**/unggah", lambda route: route.fulfill(status=503))
    other = await second(office, door)
    await shown(tab, other, "admitted")
    assert "1" in (await tab.text_content("#queue-state") or "")
    await tab.unroute("**/unggah")
    await tab.clock.fast_forward(61_000)
    await tab.wait_for_selector("#queue-state:not(:has-text('1'))")
    assert await door.says(other) == "used", "the platform has heard of it"
    await tab.context.close()


def test_scans_that_are_no_list_of_scans_are_none() -> None:
    assert [_scans(text) for text in ("[" * 100_000, '{"scan": 1}', "x", "[1]")] == [[], [], [], []]
