"""The emergency number in headless Chromium: a call taken by keyboard alone, told live to another desk; accessible."""

import asyncio

from playwright.async_api import Browser as Chromium
from playwright.async_api import Route, expect

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.house import new_key
from tests.gateway.portal.dispatching import new_incident, new_unit
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER
AT, OVER = 'retry: 100\nevent: at\ndata: "17.45.09"\n\n', "event: over\ndata: \n\n"
"""What the board's stream tells: that it goes on, and that the login has ended."""


async def test_a_call_is_taken_by_keyboard_alone_and_another_desk_hears_of_it(chromium: Chromium, stand: Stand) -> None:
    mine, other = await _tab(chromium, stand, "operator112"), await _tab(chromium, stand, "operator112-pengganti")
    await other.goto("/petugas/112")
    await expect(other.locator("#room-state")).to_have_class("badge good", timeout=20_000)
    await mine.goto("/petugas/112")
    await mine.keyboard.press("n")
    await mine.keyboard.type("Asap tebal dari kios pojok.")
    await mine.keyboard.press("Tab")
    await mine.keyboard.type("Pasar Johar")
    await mine.keyboard.press("Enter")
    await mine.wait_for_url("**/panggilan/*")
    assert await mine.evaluate("document.activeElement.id") == "done"
    await mine.focus("#open-form select")
    await mine.keyboard.type("Kebakaran")
    for _ in ("priority", "place", "area", "note", "button"):
        await mine.keyboard.press("Tab")
    await mine.keyboard.press("Enter")
    await mine.wait_for_url("**/insiden/*")
    await expect(other.locator("#room-log li").first).to_contain_text("Panggilan digabungkan", timeout=20_000)
    await expect(other.locator('[data-part="incidents"]')).to_contain_text("Pasar Johar", timeout=20_000)
    await other.keyboard.press("i")
    await other.keyboard.press("j")
    assert await other.evaluate("document.activeElement.closest('tr[data-key]') !== null")
    for tab in (mine, other):
        await tab.context.close()


async def test_a_desk_that_wants_it_hears_of_an_urgent_incident_and_sees_it_on_the_map(
    chromium: Chromium, stand: Stand
) -> None:
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto("/petugas/112")
    await expect(desk.locator("#room-state")).to_have_class("badge good", timeout=20_000)
    sound = desk.locator("#sound")
    silent = await new_incident(stand, priority=1)
    row = desk.locator(f'tr[data-key="incident-{silent["id"]}"]')
    await expect(row).to_have_attribute("data-urgent", "", timeout=20_000)
    assert (await sound.get_attribute("aria-pressed"), await sound.get_attribute("data-played")) == ("false", None)
    await desk.keyboard.press("s")
    await expect(sound).to_have_attribute("aria-pressed", "true")
    await new_incident(stand, priority=3)
    where = {"lon": 110.4245, "lat": -6.9721}
    heard = await new_incident(stand, priority=1, location=where)
    await expect(sound).to_have_attribute("data-played", "1", timeout=20_000)
    await desk.keyboard.press("m")
    await desk.evaluate("document.getElementById('open-map').dataset.freshSeconds = '600'")
    await desk.click("#open-map")
    urgent = desk.locator("#live-map path.thing.incident_urgent")
    await expect(urgent.first).to_be_attached(timeout=20_000)
    shown = await urgent.count()
    await new_incident(stand, priority=1, location=where)  # the board tells of it, and the map does not wait
    await expect(urgent).to_have_count(shown + 1, timeout=20_000)
    points = await desk.evaluate("fetch('/petugas/112/peta.json').then((answer) => answer.json())")
    (told,) = [one for one in points if one["href"].endswith(heard["id"])]
    assert (told["kind"], told["lon"]) == ("incident_urgent", where["lon"])
    assert await faults(desk) == []
    await desk.context.close()


async def test_j_and_k_go_on_from_where_one_is_and_enter_opens_an_incident(chromium: Chromium, stand: Stand) -> None:
    code, incidents = await new_unit(stand), [await new_incident(stand, priority=1) for _ in range(2)]
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto("/petugas/112")
    row = "document.activeElement.closest('tr[data-key]')?.dataset.key ?? ''"
    keys = await desk.evaluate(
        "[...document.querySelectorAll('[data-part] tr[data-key]')].map((one) => one.dataset.key)"
    )
    shown = [[key for key in keys if key.startswith(part)] for part in ("incident-", "unit-")]
    assert {f"unit-{code}", *(f"incident-{one['id']}" for one in incidents)} <= {*shown[0], *shown[1]}
    for pressed, there in (
        ("i", shown[0][0]), ("j", shown[0][1]), ("k", shown[0][0]), ("u", shown[1][0]), ("k", shown[0][-1]),
        ("j", shown[1][0]), ("m", ""), ("j", ""), ("k", shown[1][-1]),
    ):  # fmt: skip
        await desk.keyboard.press(pressed)
        assert await desk.evaluate(row) == there, pressed
    assert await faults(desk) == []
    await desk.keyboard.press("i")
    await desk.keyboard.press("Enter")
    await desk.wait_for_url(f"**/insiden/{shown[0][0].removeprefix('incident-')}")
    await desk.context.close()


async def test_keys_work_again_after_escape_and_enter_alone_closes_no_call(chromium: Chromium, stand: Stand) -> None:
    await new_unit(stand)
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto("/petugas/112")
    await desk.keyboard.press("n")
    await desk.keyboard.type("Uji p")
    assert await desk.evaluate("document.activeElement.value") == "Uji p"
    await desk.keyboard.press("Escape")
    await desk.keyboard.press("u")
    assert await desk.evaluate("document.activeElement.matches('#room-units tr, #room-units tr a')")
    await desk.click("#call-form button")
    await desk.wait_for_url("**/panggilan/*")
    for form in ("close-form", "open-form"):
        await desk.focus(f"#{form} button")
        await desk.keyboard.press("Enter")
        assert await desk.evaluate(f"document.querySelector('#{form} :invalid') !== null")
    await desk.reload()
    await expect(desk.locator("#close-form")).to_be_visible()
    await desk.context.close()


async def test_who_switches_the_letter_keys_off_sets_nothing_off_by_a_letter(chromium: Chromium, stand: Stand) -> None:
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto("/petugas/112")
    await desk.click("#keys-on")
    await expect(desk.locator("#keys-on")).to_have_text("Tombol huruf mati")
    await desk.reload()
    await desk.keyboard.press("n")
    assert await desk.evaluate("document.activeElement === document.body"), "the browser remembers it"
    await desk.click("#keys-on")
    await desk.keyboard.press("n")
    assert await desk.evaluate("document.activeElement.id") == "words"
    await desk.context.close()


async def test_the_key_that_reloads_keeps_a_call_that_is_being_written_down(chromium: Chromium, stand: Stand) -> None:
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto("/petugas/112")
    await desk.evaluate("window.before = true")
    await desk.keyboard.press("n")
    await desk.keyboard.type("Asap dari kios.")
    await desk.keyboard.press("Escape")
    await desk.keyboard.press("r")
    await expect(desk.locator("#call-kept")).to_contain_text("belum dicatat")
    assert await desk.evaluate("[window.before, words.value]") == [True, "Asap dari kios."]
    await desk.fill("#words", "")
    await desk.keyboard.press("Escape")
    async with desk.expect_navigation():
        await desk.keyboard.press("r")
    assert await desk.evaluate("window.before") is None
    await desk.context.close()


async def test_a_board_that_stands_still_says_so_of_a_call_that_is_kept_and_the_link_keeps_it_too(
    chromium: Chromium, stand: Stand
) -> None:
    desk, ended, told = await _tab(chromium, stand, "operator112"), asyncio.Event(), [AT]

    async def stream(route: Route) -> None:
        body = told.pop() if told else OVER
        if body == OVER:
            await ended.wait()
        await route.fulfill(content_type="text/event-stream", body=body)

    await desk.route("**/petugas/112/events*", stream)
    await desk.goto("/petugas/112")
    kept, link = desk.locator("#call-kept"), desk.locator("#reload")
    await desk.fill("#words", "Asap dari kios.")
    await link.click()
    await expect(kept).to_contain_text("Papan tetap diperbarui")
    ended.set()
    await desk.wait_for_selector("#room[data-state=over]")
    await expect(kept).to_have_text(
        "Tidak dimuat ulang: panggilan ini belum dicatat. "
        "Papan tidak diperbarui lagi: tulis panggilan di kertas, lalu masuk kembali."
    )
    await link.click()
    assert await desk.input_value("#words") == "Asap dari kios."
    await desk.fill("#words", "")
    async with desk.expect_navigation():
        await link.click()
    await desk.context.close()


async def test_the_keyboard_stands_at_what_was_done_and_at_what_was_not(chromium: Chromium, stand: Stand) -> None:
    code, incident = await new_unit(stand), await new_incident(stand)
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto(f"/petugas/112/insiden/{incident['id']}")
    # Units of other tests may be suggested before it.
    await desk.eval_on_selector_all("#spare", "all => all.forEach((one) => { one.open = true; })")
    await desk.focus(f"#kirim-{code} button")
    await desk.keyboard.press("Enter")
    await desk.wait_for_selector("#done")
    assert await desk.evaluate("document.activeElement.id") == "done"
    await desk.goto("/petugas/112/kertas")
    await desk.fill("#count", "tidak")
    await desk.keyboard.press("Enter")
    await desk.wait_for_selector("#problem")
    assert await desk.evaluate("document.activeElement.id") == "problem"
    assert await faults(desk) == []
    await desk.keyboard.press("Tab")
    await desk.keyboard.press("Enter")
    assert await desk.evaluate("document.activeElement.id") == "count", "what is wrong leads to its field"
    await desk.context.close()


async def test_axe_finds_nothing_on_the_pages_of_the_emergency_number(chromium: Chromium, stand: Stand) -> None:
    code, incident = await new_unit(stand), await new_incident(stand)
    desk, crew = await _tab(chromium, stand, "operator112"), await _tab(chromium, stand, "kru-damkar")
    await crew.goto("/petugas/unit")
    await crew.select_option("#code", code)
    await crew.click("#sign-form button")
    await crew.wait_for_url("**/petugas/unit")
    barred = await crew.get_attribute("#unit", "data-barred")  # no page of this browser may read where it is
    await expect(crew.locator("#unit-told")).to_have_text(barred or "")
    await desk.goto("/petugas/112")
    await desk.fill("#words", "Uji.")
    await desk.fill("#phone", "081")
    await desk.click("#call-form button")
    await desk.wait_for_url("**/panggilan/*")
    await desk.fill("#purpose", "Menelepon kembali.")
    await desk.click("#caller-form button")
    await desk.wait_for_selector("#who:focus")
    assert await faults(desk) == []
    paths = (desk.url, f"/petugas/112/insiden/{incident['id']}", "/petugas/112", "/petugas/112/panggilan")
    listed = ("/petugas/112/insiden/semua", "/petugas/112/giliran", "/112")
    for path in (*paths, "/petugas/112/insiden", "/petugas/112/kertas", *listed):
        await desk.goto(path)
        assert await faults(desk) == [], path
    assert await faults(crew) == []
    for tab in (desk, crew):
        await tab.context.close()


async def test_where_an_incident_is_is_chosen_on_the_map_as_its_place_is_put_right(
    chromium: Chromium, stand: Stand
) -> None:
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto(f"/petugas/112/insiden/{(await new_incident(stand))['id']}")
    was = await desk.inner_text("dl.facts .quiet")
    await desk.click("summary:has-text('Betulkan tempat')")
    assert await faults(desk) == []
    await desk.click("#open-map")
    await desk.wait_for_selector("#live-map path.area")
    box = await desk.locator("#live-map").bounding_box()
    assert box is not None
    await desk.click("#live-map", position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert "Titik dipilih" in await desk.inner_text("#place-said")
    await desk.fill("#reason-place", "Penelepon meralat.")
    await desk.click("#pindah-form button[type=submit]")
    await expect(desk.locator("#done")).to_have_text("Tempat kejadian dibetulkan.")
    assert await desk.inner_text("dl.facts .quiet") != was
    await desk.context.close()


async def test_a_closing_report_outlives_what_else_is_done_on_its_page(chromium: Chromium, stand: Stand) -> None:
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto(f"/petugas/112/insiden/{(await new_incident(stand))['id']}")
    await desk.eval_on_selector_all("details", "all => all.forEach((one) => { one.open = true; })")
    await desk.select_option("#outcome", "resolved")
    await desk.fill("#report", "Api padam,\ndua orang dirawat.")
    await desk.fill("#hurt", "2")
    for note in ("Pompa kedua siap.", "Warga diungsikan."):
        await desk.eval_on_selector_all("details", "all => all.forEach((one) => { one.open = true; })")
        await desk.fill("#note-line", note)
        await desk.click("#catat-form button")
        await expect(desk.locator("#timeline")).to_contain_text(note, timeout=20_000)
        assert await desk.evaluate("[outcome.value, report.value, hurt.value, dead.value]") == [
            "resolved", "Api padam,\ndua orang dirawat.", "2", "0",
        ]  # fmt: skip
    await desk.context.close()


async def test_what_is_written_of_a_call_outlives_looking_up_whom_to_call_back(
    chromium: Chromium, stand: Stand
) -> None:
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto("/petugas/112")
    await desk.fill("#words", "Asap dari kios.")
    await desk.fill("#place", "Pasar Johar")
    await desk.fill("#phone", "+62 812 0000 0000")
    await desk.click("#call-form button")
    await desk.wait_for_url("**/panggilan/*")
    await desk.select_option("#kind", "fire")
    await desk.fill("#note", "Dua orang di atap.")
    await desk.fill("#complaint", "Lampu jalan mati.")
    written = "[kind.value, note.value, complaint.value]"
    await desk.fill("#purpose", "Menelepon kembali.")
    await desk.click("#caller-form button")
    await desk.wait_for_selector("#who")
    assert await desk.evaluate(written) == ["fire", "Dua orang di atap.", "Lampu jalan mati."]
    await desk.fill("#note", "Tiga orang di atap.")
    await desk.click("#missed-form button")
    await desk.wait_for_selector("#done")
    assert await desk.evaluate(written) == ["fire", "Tiga orang di atap.", "Lampu jalan mati."]
    assert await faults(desk) == []
    await desk.click("#open-form button")
    await desk.wait_for_url("**/insiden/*")
    await desk.context.close()


async def test_the_keyboard_goes_on_at_the_next_row_where_a_colleague_dealt_with_its_own(
    chromium: Chromium, stand: Stand
) -> None:
    incidents = [await new_incident(stand, priority=1) for _ in range(3)]
    desk = await _tab(chromium, stand, "operator112")
    await desk.goto("/petugas/112")
    await expect(desk.locator("#room-state")).to_have_class("badge good", timeout=20_000)
    gone = f"incident-{incidents[1]['id']}"
    await desk.focus(f'tr[data-key="{gone}"] a')
    headers = {"idempotency-key": new_key(), "if-match": incidents[1]["etag"]} | await stand.bearer("operator112")
    body = {"outcome": "called_off", "report": "Penelepon meralat."}
    async with stand.client() as client:
        closed = await client.post(f"/v1/incidents/{incidents[1]['id']}/closure", json=body, headers=headers)
    assert closed.is_success, closed.text
    await expect(desk.locator(f'tr[data-key="{gone}"]')).to_have_count(0, timeout=20_000)
    there = "document.activeElement.closest('tr[data-key]')?.dataset.key ?? ''"
    assert await desk.evaluate(there) == f"incident-{incidents[2]['id']}"
    await desk.context.close()
