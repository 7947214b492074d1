"""The emergency number at the portal: the board, an incident's desk, a crew's phone, and everybody's page."""

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.local.process import free_ports
from gateway.city import dispatch_board
from gateway.portal.kit.paging import PAGE
from gateway.streams.desks import known, seen_of
from gateway.streams.dispatch import LOG
from tests.fixtures.house import new_key
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand, serving

SHOWN_WITHIN_S = 10.0
"""The home page is made anew each second, and of a busy pillar later."""


@pytest.fixture
async def desk(stand: Stand) -> AsyncIterator[Browser]:
    """A dispatcher."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("operator112"))


@pytest.fixture
async def crew(stand: Stand) -> AsyncIterator[Browser]:
    """A crew of the fire brigade."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("kru-damkar"))


async def _unit(stand: Stand) -> str:
    """A new fire engine."""
    letters = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(5))
    body = {"code": f"{letters}-{secrets.randbelow(90) + 10}", "name": "Mobil pompa", "service": "fire"}
    headers = await stand.bearer("admin") | {"idempotency-key": new_key()}
    async with stand.client() as client:
        made = await client.post("/v1/units", json=body, headers=headers)
    assert made.is_success, made.text
    return body["code"]


async def _incident(stand: Stand, **more: Any) -> Any:
    """An incident, opened over the API."""
    body = {"kind": "fire", "place": "Pasar Johar", **more}
    headers = await stand.bearer("operator112") | {"idempotency-key": new_key()}
    async with stand.client() as client:
        made = await client.post("/v1/incidents", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return made.json()


async def test_a_call_is_taken_becomes_an_incident_and_a_crew_goes_by_its_phone(
    stand: Stand, desk: Browser, crew: Browser
) -> None:
    code = await _unit(stand)
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
    assert told.json()["stored"] is True
    for state in ("en_route", "on_scene"):
        page = await crew.send(page.forms[f"move-{state}"])
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


async def test_half_a_telephone_number_stops_no_call_and_is_kept_and_told_as_heard(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    page = await desk.send(page.forms["call-form"], words="Asap tebal.", phone="081")
    assert (page.status, page.answer.url.path.startswith("/petugas/112/panggilan/")) == (200, True)
    assert ("note warm" in str(page.ids["done"]), "081" in page.words) == (True, False)
    page = await desk.send(page.forms["caller-form"], purpose="Menelepon kembali.")
    assert ("081 as heard" in page.words, 'href="tel:081"' in page.source) == (True, False)


async def test_who_called_is_shown_to_be_written_down_where_there_is_no_key_to_seal_them(
    desk: Browser, edge_database: str
) -> None:
    told = {"words": "Asap tebal.", "name": "Siti Contoh", "phone": "+62 812 0000 0000"}
    board, paper = await desk.open("/petugas/112"), await desk.open("/petugas/112/kertas")
    paper = await desk.send(paper.forms["reserve-form"], count="1")
    keys = await asyncpg.connect(edge_database)
    async with keys.transaction():
        await keys.execute("LOCK TABLE public.wrapped_key IN EXCLUSIVE MODE")
        live = await desk.send(board.forms["call-form"], **told)
        late = await desk.send(paper.forms["enter-form"], receive_time=f"{datetime.now(UTC):%Y-%m-%dT%H:%M}", **told)
    await keys.close()
    for page in (live, late):
        assert (page.status, "note bad" in str(page.ids["done"]), "open-form" in page.forms) == (200, True, True)
        assert ("Siti Contoh" in page.words, "+62 812 0000 0000" in page.words) == (True, True)
        assert ("caller-form" in page.forms, "reached-form" in page.forms) == (False, False), "nothing is kept"
        base = page.forms["close-form"].action.removesuffix("/tutup")
        assert "Siti Contoh" not in (await desk.open(base)).source


async def test_a_call_that_nobody_said_what_it_was_is_not_closed(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    call = await desk.send(page.forms["call-form"])
    assert "Nothing written down." in call.words
    form = call.forms["close-form"]
    assert "closing" not in form.filled()
    page = await desk.send(form)
    assert (page.status, page.words.count("Choose what the call was.")) == (422, 2), "above and beside the choices"
    assert "closing-error" in page.ids


async def test_an_incident_that_nobody_said_the_kind_of_is_not_opened(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    call = await desk.send(page.forms["call-form"], words="Asap tebal.", place="Pasar Johar")
    form = call.forms["open-form"]
    assert '<select id="kind" name="kind" required><option value="">' in call.source
    page = await desk.send(form, kind="", note="Asap dari lantai dua.")
    assert (page.status, page.words.count("Choose a kind of the protocol.")) == (422, 2), "above and beside the choice"
    page = await desk.send(page.forms["open-form"], kind="fire")
    assert ("The incident is open." in page.words, "Asap dari lantai dua." in page.words) == (True, True)


async def test_an_incident_is_opened_with_the_priority_that_is_chosen_or_that_of_the_protocol(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    call = await desk.send(page.forms["call-form"], words="Asap tebal.", place="Pasar Johar")
    page = await desk.send(call.forms["open-form"], kind="", priority="3", note="Asap tipis.")
    assert (page.status, page.forms["open-form"].filled()["priority"]) == (422, "3"), "it stays chosen"
    page = await desk.send(page.forms["open-form"], kind="fire")
    assert ("The incident is open." in page.words, ">P3</span>" in page.source) == (True, True)
    page = await desk.open("/petugas/112/insiden")
    assert "By the protocol" in page.words
    page = await desk.send(page.forms["open-form"], kind="order", priority="", place="Pasar Johar")
    assert ("The incident is open." in page.words, ">P2</span>" in page.source) == (True, True)


async def test_a_kelurahan_that_was_asked_for_meanwhile_is_told_as_the_incident_is_opened(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    call = await desk.send(page.forms["call-form"], words="Asap tebal.", place="di belakang rumah Pak Joko")
    assert call.forms["open-form"].filled()["place"] == "di belakang rumah Pak Joko"
    page = await desk.send(call.forms["open-form"], kind="fire", area="33.74.01.1010")
    assert ("di belakang rumah Pak Joko" in page.words, "Kauman" in page.words.partition("Actions")[0]) == (True, True)
    call = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Asap.", place="Pasar Johar")
    assert "place" not in call.forms["open-form"].filled(), "it is known"


async def test_the_place_of_an_incident_is_put_right_and_what_was_told_stays_when_it_is_refused(
    stand: Stand, desk: Browser
) -> None:
    one = await _incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    told = page.forms["pindah-form"].filled()
    assert (told["place"], told["area"]) == ("Pasar Johar", one["area"]["code"])
    page = await desk.send(page.forms["pindah-form"], area="33.74.01.1007", reason="Penelepon meralat.")
    assert (page.status, "A known place has a kelurahan of its own" in page.words) == (422, True)
    assert page.forms["pindah-form"].filled()["area"] == "33.74.01.1007"
    page = await desk.send(page.forms["pindah-form"], place="Kios pojok")
    assert ("The place is put right." in page.words, "Kios pojok Sekayu" in page.words) == (True, True)
    assert "Pasar Johar, Kauman → Kios pojok, Sekayu: Penelepon meralat." in page.words


async def test_the_place_of_an_incident_stays_on_the_map_in_other_words_and_is_where_a_point_is_chosen(
    stand: Stand, desk: Browser
) -> None:
    one = await _incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(page.forms["pindah-form"], place="Pasar Johar, pintu timur", reason="Penelepon meralat.")
    assert page.words.count(f"{one['location']['lat']:.5f}, {one['location']['lon']:.5f}") == 1
    chosen = {"lon": "110.409400", "lat": "-6.984300"}
    page = await desk.send(page.forms["pindah-form"], place="Kios pojok", reason="", **chosen)
    form = page.forms["pindah-form"].filled()
    assert (page.status, {each: form[each] for each in chosen}) == (422, chosen)
    page = await desk.send(page.forms["pindah-form"], reason="Penelepon meralat.")
    assert "-6.98430, 110.40940" in page.words


async def test_only_a_unit_with_a_crew_stands_in_green_and_its_last_word_is_not_the_age_of_its_position(
    stand: Stand, desk: Browser, crew: Browser
) -> None:
    code = await _unit(stand)
    row = re.compile(rf'<tr data-key="unit-{code}".*?</tr>', re.S)
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert ("badge still" in told, "badge good" in told, "<time" in told) == (True, False, False)
    page = await crew.open("/petugas/unit")
    page = await crew.send(page.forms["sign-form"], code=code)
    where = {"csrf": page.forms["sign-form"].filled()["csrf"], "lon": "110.4094", "lat": "-6.9843"}
    await crew.client.post(f"/petugas/unit/{code}/posisi", data=where, headers=crew.headers)
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert ("badge good" in told, "<time" in told, "position 0 minutes old" in told) == (True, True, True)


async def test_a_call_on_paper_that_is_yet_to_come_is_told_as_such_and_what_was_entered_stays(desk: Browser) -> None:
    page = await desk.send((await desk.open("/petugas/112/kertas")).forms["reserve-form"], count="1")
    page = await desk.send(page.forms["enter-form"], receive_time="2090-01-01T10:00", words="Pohon tumbang.")
    assert page.status == 422
    told = "Say when the call on the paper form came: within the last two weeks, and not to come."
    assert page.words.count(told) == 2, "above the form and beside its entry"
    assert page.forms["enter-form"].filled()["words"] == "Pohon tumbang."


@pytest.mark.parametrize("count", ["inf", "nan", "1e9", "-1", ""])
async def test_no_count_of_paper_numbers_is_told_as_none(desk: Browser, count: str) -> None:
    page = await desk.send((await desk.open("/petugas/112/kertas")).forms["reserve-form"], count=count)
    assert (page.status, "reserve-form" in page.forms) == (422, True)


async def test_the_next_paper_form_is_entered_where_its_number_stands_first(desk: Browser) -> None:
    paper = await desk.send((await desk.open("/petugas/112/kertas")).forms["reserve-form"], count=str(PAGE + 1))
    assert {"enter-form", "void-form"} <= set(paper.forms)
    (more,) = re.findall(r'href="(/petugas/112/kertas\?page=[^"]+)"', paper.source)
    later = await desk.open(more)
    assert ("numbers" in later.ids, {"enter-form", "void-form"} & set(later.forms)) == (True, set())


async def test_other_forms_of_the_desk_do_what_they_say(stand: Stand, desk: Browser) -> None:
    one, other = await _incident(stand), await _incident(stand)
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
    assert "The call is closed." in page.words


async def test_an_incident_says_what_was_known_of_what_was_merged_into_it(stand: Stand, desk: Browser) -> None:
    one, other = await _incident(stand, place="Kios pojok", note="Dua orang di atap."), await _incident(stand)
    into = {"idempotency-key": new_key(), "if-match": one["etag"]} | await stand.bearer("operator112")
    async with stand.client() as client:
        merged = await client.post(f"/v1/incidents/{one['id']}/merging", json={"into": other["id"]}, headers=into)
    assert merged.is_success, merged.text
    page = await desk.open(f"/petugas/112/insiden/{other['id']}")
    told = page.words.partition("Merged into this one")[2].partition("On its own page")[0]
    assert ("Kios pojok" in told, "Dua orang di atap." in told) == (True, True)


async def test_a_call_that_was_joined_to_the_wrong_incident_is_taken_out_and_waits_again(
    stand: Stand, desk: Browser
) -> None:
    one = await _incident(stand)
    call = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Kecelakaan di pertigaan.")
    await desk.send(call.forms["link-form"], incident=one["id"])
    page = await desk.open(call.answer.url.path)
    assert "link-form" not in page.forms
    page = await desk.send(page.forms["unlink-form"])
    assert "The call is taken out of the incident and waits again." in page.words
    assert ("link-form" in page.forms, "unlink-form" in page.forms) == (True, False)
    assert "Call taken out" in (await desk.open(f"/petugas/112/insiden/{one['id']}")).words


async def test_a_real_call_is_offered_no_drill_to_be_joined_to_nor_a_drill_what_is_real(
    stand: Stand, desk: Browser
) -> None:
    real, drill = await _incident(stand), await _incident(stand, exercise=True)
    for chosen, other, fields in ((real, drill, {}), (drill, real, {"exercise": "yes"})):
        page = await desk.open("/petugas/112")
        call = await desk.send(page.forms["call-form"], words="Asap.", **fields)
        offered = call.source.partition('id="link-form"')[2].partition("</form>")[0]
        assert (chosen["id"] in offered, other["id"] in offered) == (True, False)


async def test_a_number_of_hurt_that_is_none_is_told_beside_it(stand: Stand, desk: Browser) -> None:
    one = await _incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(
        page.forms["tutup-form"], outcome="resolved", report="Api padam dalam 20 menit.", hurt="dua", dead="0"
    )
    assert (page.status, page.ids["hurt"].get("aria-invalid"), page.ids["dead"].get("aria-invalid")) == (
        422, "true", None,
    )  # fmt: skip
    assert page.words.count("Hurt: write a number from 0 to 10,000") == 2, "above and beside it"
    assert page.forms["tutup-form"].filled()["hurt"] == "dua"


async def test_a_board_without_scripts_promises_no_log_that_grows(desk: Browser) -> None:
    page = await desk.open("/petugas/112")
    assert "needs-js" in str(page.ids["log"]["class"])


async def test_a_service_that_is_ticked_as_not_needed_any_more_stands_so_until_it_is_needed_again(
    stand: Stand, desk: Browser
) -> None:
    one = await _incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(page.forms["nilai-form"], unneeded_services="fire", service="fire", reason="Hanya gosong.")
    assert (page.status, "Choose a service as one more or" in page.words) == (422, True)
    assert page.forms["nilai-form"].all("unneeded_services") == ["fire"], "it stays ticked"
    page = await desk.send(page.forms["nilai-form"], service="medical")
    assert "Hanya gosong. (+Ambulance -Fire and rescue)" in page.words
    assert re.search(r"Fire and rescue not needed – – Ambulance", page.words)
    row = re.compile(rf'<tr data-key="incident-{one["id"]}".*?</tr>', re.S)
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert "Fire and rescue: not needed" in told
    page = await desk.send(page.forms["nilai-form"], service="fire", reason="Ada api.")
    assert "not needed – –" not in page.words


async def test_what_was_chosen_at_an_incident_stays_so_when_it_is_refused(stand: Stand, desk: Browser) -> None:
    one = await _incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    chosen = {"kind": "fire", "priority": "2", "service": "medical", "reason": "Ada korban."}
    await desk.send(page.forms["catat-form"], note="Jalan ditutup.")
    page = await desk.send(page.forms["nilai-form"], **chosen)
    left = page.forms["nilai-form"].filled()
    assert (page.status, {name: left.get(name) for name in chosen}) == (412, chosen)
    page = await desk.send(page.forms["nilai-form"])
    assert (">P2</span>" in page.source, "Ambulance" in page.words) == (True, True)
    again = await desk.send(page.forms["nilai-form"], kind="fire", priority="2", reason="Sekali lagi.")
    assert (again.status, "Choose what is different" in again.words) == (422, True)
    page = await desk.send(page.forms["serah-form"], party="pln", note="x" * 1001)
    assert (page.status, page.forms["serah-form"].filled()["party"]) == (422, "pln")
    page = await desk.send(page.forms["serah-form"], note="Kabel putus.")
    page = await desk.send(page.forms["terima-pln"], reference="x" * 101)
    assert (page.status, page.forms["terima-pln"].filled()["reference"]) == (422, "x" * 101)


async def test_a_board_that_holds_not_all_says_how_many_more_there_are(
    stand: Stand, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await _incident(stand)
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
    seen, first = str(page.ids["room"]["data-seen"]), [await _incident(stand)]
    told: list[str] = []
    headers = await stand.bearer("operator112")
    async with asyncio.timeout(20), _following(stand, seen, headers) as events:
        async for event in events:
            if event.get("event") == "entry":
                seen, told = event["id"], [*told, json.loads(event["data"])["href"]]
                break
    missed = [await _incident(stand) for _ in range(3)]  # while the gateway of this desk is away
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
                made = f"/petugas/112/insiden/{(await _incident(stand))['id']}"
            elif event.get("event") == "entry" and json.loads(event["data"])["href"] == made:
                break
