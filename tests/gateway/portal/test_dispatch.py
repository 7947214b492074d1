"""The emergency number at the portal: the board, an incident's desk, a crew's phone, and everybody's page."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from deploy.local.process import free_ports
from gateway.city import dispatch_board
from gateway.streams.desks import known, seen_of
from gateway.streams.dispatch import LOG
from tests.gateway.portal.dispatching import crew, desk, new_incident, new_unit
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand, serving

__all__ = ["crew", "desk"]

SHOWN_WITHIN_S = 10.0
"""The home page is made anew each second, and of a busy pillar later."""


async def test_a_call_is_taken_becomes_an_incident_and_a_crew_goes_by_its_phone(
    stand: Stand, desk: Browser, crew: Browser
) -> None:
    code = await new_unit(stand)
    page = await crew.open("/petugas/unit")
    assert re.search(r'<select id="code"[^>]* required><option value="">', page.source), "no unit is chosen for anybody"
    page = await crew.send(page.forms["sign-form"], code=code)
    assert f"<h1>{code}</h1>" in page.source
    where = {"csrf": page.forms["sign-form"].filled()["csrf"], "lon": "110.4094", "lat": "-6.9843"}
    page = await desk.open("/petugas/112")
    assert ("data-live" in page.source, "needs-js" in str(page.ids["keys"]["class"])) == (True, True)
    page = await desk.send(
        page.forms["call-form"], words="Asap tebal.", place="Pasar Johar", name="Siti Contoh", phone="+62 812 0000 0000"
    )
    assert "Siti Contoh" not in page.source
    shown = await desk.send(page.forms["caller-form"], purpose="Menanyakan lantai berapa.")
    assert ("Siti Contoh" in shown.words, "Menanyakan lantai berapa." in shown.words) == (True, True)
    page = await desk.send(page.forms["open-form"], kind="fire", note="Asap dari lantai dua.")
    assert (page.status, "P1" in page.words, f"kirim-{code}" in page.forms) == (200, True, True)
    incident = page.answer.url.path
    assert re.search(r'<a href="/petugas/112/panggilan/[0-9a-f-]{36}">\d+</a>', page.source), "the call is a link"
    page = await desk.send(page.forms[f"kirim-{code}"])
    assert ("Unit sent" in page.words, "The unit is sent." in page.words) == (True, True)
    page = await crew.open("/petugas/unit")
    assert ("Pasar Johar" in page.words, "Asap dari lantai dua." in page.words) == (True, True)
    told = await crew.client.post(f"/petugas/unit/{code}/posisi", data=where, headers=crew.headers)
    assert (told.json()["stored"], told.json()["asked"]) == (True, False)
    for state in ("en_route", "on_scene"):
        page = await crew.send(page.forms[f"move-{state}"])
    assert "Not there yet" in page.words, "a tap by mistake can be taken back"
    async with asyncio.timeout(SHOWN_WITHIN_S):  # governance says it, whoever else is away
        while "incidents" not in (await desk.open("/")).ids:
            await asyncio.sleep(0.1)
    refused = await desk.send(
        (await desk.open(incident)).forms["tutup-form"], outcome="resolved", report="Api padam, tidak ada korban."
    )
    assert (refused.status, "Units are still at work" in refused.words) == (409, True)
    page = await crew.send(page.forms["move-returning"])
    page = await desk.send(
        (await desk.open(incident)).forms["tutup-form"], outcome="resolved", report="Api padam, tidak ada korban."
    )
    assert ("report" in page.ids, "tutup-form" in page.forms) == (True, False)
    public = await desk.open("/112")
    assert ("times" in public.ids, "Pasar Johar" in public.words) == (True, False)
    assert not re.search(r"\d{4}-\d\d-\d\d", public.words), "days are told as everywhere"
    assert ("not decreed" in public.words, "belum ditetapkan" in public.words) == (True, False)


async def test_a_crew_signs_off_or_a_dispatcher_notes_that_nobody_is_there(
    stand: Stand, desk: Browser, crew: Browser
) -> None:
    code = await new_unit(stand)
    page = await crew.send((await crew.open("/petugas/unit")).forms["sign-form"], code=code)
    page = await crew.send(page.forms["off-form"])
    assert (page.status, "unit" in page.ids, "off-form" in page.forms) == (200, False, False)
    incident = f"/petugas/112/insiden/{(await new_incident(stand))['id']}"
    assert f"lepas-{code}" not in (await desk.open(incident)).forms
    await crew.send(page.forms["sign-form"], code=code)
    page = await desk.send((await desk.open(incident)).forms[f"lepas-{code}"])
    assert ("It is noted that nobody is in the unit." in page.words, f"kirim-{code}" in page.forms) == (True, True)
    assert "unit" not in (await crew.open("/petugas/unit")).ids


async def test_only_a_unit_with_a_crew_stands_in_green_and_its_last_word_is_not_the_age_of_its_position(
    stand: Stand, desk: Browser, crew: Browser
) -> None:
    code = await new_unit(stand)
    row = re.compile(rf'<tr data-key="unit-{code}".*?</tr>', re.S)
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert ("badge still" in told, "badge good" in told, "<time" in told) == (True, False, False)
    page = await crew.open("/petugas/unit")
    page = await crew.send(page.forms["sign-form"], code=code)
    where = {"csrf": page.forms["sign-form"].filled()["csrf"], "lon": "110.4094", "lat": "-6.9843"}
    await crew.client.post(f"/petugas/unit/{code}/posisi", data=where, headers=crew.headers)
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert ("badge good" in told, "<time" in told, "position 0 minutes old" in told) == (True, True, True)


async def test_other_forms_of_the_desk_do_what_they_say(stand: Stand, desk: Browser) -> None:
    one, other = await new_incident(stand), await new_incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(page.forms["serah-form"], party="pln", note="Kabel putus.")
    page = await desk.send(page.forms["terima-pln"], reference="PLN-7")
    page = await desk.send(page.forms["catat-form"], note="Jalan ditutup.")
    page = await desk.send(page.forms["nilai-form"], service="medical", reason="Ada korban.")
    assert all(words in page.words for words in ("PLN-7", "Jalan ditutup.", "Ambulance", "Ada korban."))
    assert ("PLN (electricity): Kabel putus." in page.words, "PLN (electricity): PLN-7" in page.words) == (True, True)
    page = await desk.send(page.forms[f"gabung-{other['number']}"])
    assert page.answer.url.path.endswith(other["id"])
    assert f'<a href="/petugas/112/insiden/{one["id"]}">Incident {one["number"]}: ' in page.source
    assert f"Merged into {other['number']} of incident {one['number']}" in page.words.replace(" · ", " ")
    page = await desk.send((await desk.open(f"/petugas/112/insiden/{one['id']}")).forms["pisah-form"])
    assert "nilai-form" in page.forms
    page = await desk.send((await desk.open("/petugas/112/kertas")).forms["reserve-form"], count="2")
    page = await desk.send(page.forms["void-form"], reason="Rusak")
    assert "numbers" in page.ids
    page = await desk.send((await desk.open("/petugas/112/giliran")).forms["shift-form"], note="AMB-02 di bengkel.")
    assert ("AMB-02 di bengkel." in page.words, "The shift is handed over." in page.words) == (True, True)
    page = await desk.open("/petugas/112")
    page = await desk.send(page.forms["call-form"], words="Lampu mati.")
    page = await desk.send(
        page.forms["close-form"], closing="complaint", complaint="Lampu jalan mati di pasar.", place="Pasar Johar"
    )
    assert "The call is closed as a complaint." in page.words


async def test_a_board_without_scripts_promises_no_log_that_grows(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    assert "needs-js" in str(page.ids["log"]["class"])


async def test_a_board_without_scripts_stands_still_while_a_call_is_written_down(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    refreshes, hidden = 'http-equiv="refresh"', "needs-js"
    assert (refreshes in page.source, hidden in str(page.ids["call-form"]["class"])) == (True, True)
    (still,) = re.findall(r'<noscript><p><a class="button" href="([^"]+)#call-form"', page.source)
    page = await desk.open(still)
    assert (refreshes in page.source, hidden in str(page.ids["call-form"]["class"])) == (False, False)
    page = await desk.send(page.forms["call-form"], words="Asap tebal.", area="33.74.99")
    assert (page.status, refreshes in page.source, page.forms["call-form"].filled()["words"]) == (
        422, False, "Asap tebal.",
    )  # fmt: skip


async def test_a_crews_page_that_says_what_was_refused_is_read_anew_where_a_page_is(
    stand: Stand, crew: Browser
) -> None:
    code = await new_unit(stand)
    page = await crew.open("/petugas/unit")
    page = await crew.send(page.forms["sign-form"], code=code)
    mine, again = page, await crew.open("/petugas/unit")
    await crew.send(mine.forms["move-out_of_service"])
    page = await crew.send(again.forms["move-out_of_service"])
    assert (page.status, 'content="30"' in again.source, 'content="30; url=/petugas/unit"' in page.source) == (
        412, True, True,
    )  # fmt: skip


async def test_a_board_that_holds_not_all_says_how_many_more_there_are(
    stand: Stand, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await new_incident(stand)
        page = await desk.open("/petugas/112")
        await desk.send(page.forms["call-form"], words="Asap tebal.")
    assert ("more-calls" in page.source, "more-incidents" in page.source) == (False, False)
    monkeypatch.setattr(dispatch_board, "PAGE", 1)
    monkeypatch.setattr(dispatch_board, "MOST_PAGES", 1)
    page = await desk.open("/petugas/112")
    assert re.search(r"\d+ more calls? waits? than", page.words)
    assert re.search(r"\d+ more incidents? (is|are) open than", page.words)


async def test_who_is_no_dispatcher_sees_no_board(stand: Stand, officer: Browser, crew: Browser, desk: Browser) -> None:
    for browser, path in (
        (officer, "/petugas/112"),
        (crew, "/petugas/112"),
        (officer, "/petugas/unit"),
        (desk, "/petugas/unit"),
    ):
        assert (await browser.open(path)).status == 403
    assert (await desk.open("/petugas")).answer.url.path == "/petugas/112"


@asynccontextmanager
async def _following(at: Stand, seen: str, headers: dict[str, str]) -> AsyncIterator[AsyncIterator[dict[str, str]]]:
    """The events of a desk that has ``seen``."""
    told = {**headers, **({"last-event-id": seen} if seen else {}), "accept-language": "en"}
    async with at.client() as client, client.stream("GET", "/petugas/112/events", headers=told) as answer:
        assert answer.status_code == 200, await answer.aread()
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[dict[str, str]]:
    found: dict[str, str] = {}
    async for line in answer.aiter_lines():
        name, _, value = line.partition(": ")
        if line:
            found[name] = value
        elif found:
            yield found
            found = {}


async def test_a_desk_goes_on_at_another_gateway_without_a_gap_and_nothing_twice(stand: Stand, desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    seen, first = str(page.ids["room"]["data-seen"]), [await new_incident(stand)]
    told: list[str] = []
    headers = await stand.bearer("operator112")
    async with asyncio.timeout(20), _following(stand, seen, headers) as events:
        async for event in events:
            if event.get("event") == "entry":
                seen, told = event["id"], [*told, json.loads(event["data"])["href"]]
                break
    missed = [await new_incident(stand) for _ in range(3)]  # while the gateway of this desk is away
    settings = stand.settings.model_copy(update={"port": free_ports(1)[0]})
    async with (
        asyncio.timeout(30),
        serving(settings, stand.provider) as other,
        _following(other, seen, headers) as events,
    ):
        async for event in events:
            if event.get("event") == "entry":
                told.append(json.loads(event["data"])["href"])
            if len(told) == 1 + len(missed):
                break
    assert told == [f"/petugas/112/insiden/{one['id']}" for one in (*first, *missed)]


async def test_a_desk_that_was_told_more_than_a_restored_journal_holds_hears_what_comes(
    stand: Stand, desk: Browser
) -> None:
    page = await desk.open("/petugas/112")
    has = known(str(page.ids["room"]["data-seen"]))
    has[LOG] = str(int(has[LOG]) + 1_000)
    headers, made = await stand.bearer("operator112"), ""
    async with asyncio.timeout(20), _following(stand, seen_of(has), headers) as events:
        async for event in events:
            if event.get("event") == "at" and not made:
                made = f"/petugas/112/insiden/{(await new_incident(stand))['id']}"
            elif event.get("event") == "entry" and json.loads(event["data"])["href"] == made:
                break
