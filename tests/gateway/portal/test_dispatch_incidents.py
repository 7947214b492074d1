"""Incidents of the emergency number at the portal."""

import re

from tests.fixtures.house import new_key
from tests.gateway.portal.dispatching import desk, new_incident, new_unit
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand

__all__ = ["desk"]


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


async def test_a_place_is_put_right_as_the_incident_is_opened_also_where_one_is_known(desk: Browser) -> None:
    call = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Asap.", place="Pasar Johar")
    told = call.forms["open-form"].filled()
    assert (told["place"], told["area"]) == ("Pasar Johar", "33.74.01.1010")
    page = await desk.send(call.forms["open-form"], kind="fire", area="33.74.01.1007")
    assert "Pasar Johar Sekayu" in page.words


async def test_a_point_that_was_taken_from_words_is_said_to_be_a_guess(desk: Browser) -> None:
    told, guess = "jalan tol arah Stasiun Tawang km 8", "The point on the map was taken from a name in the words"
    call = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Tabrakan.", place=told)
    assert f"{guess}: Stasiun Semarang Tawang" in call.words
    page = await desk.send(call.forms["open-form"], kind="traffic")
    assert guess in page.words
    page = await desk.send(page.forms["pindah-form"], lon="110.409400", lat="-6.984300", reason="Ditunjuk di peta.")
    assert guess not in page.words


async def test_the_place_of_an_incident_is_put_right_and_what_was_told_stays_when_it_is_refused(
    stand: Stand, desk: Browser
) -> None:
    one = await new_incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    told = page.forms["pindah-form"].filled()
    assert (told["place"], told["area"]) == ("Pasar Johar", one["area"]["code"])
    page = await desk.send(page.forms["pindah-form"], reason="Penelepon meralat.")
    assert (page.status, "This is where the incident is already." in page.words) == (422, True)
    assert page.forms["pindah-form"].filled()["reason"] == "Penelepon meralat."
    page = await desk.send(page.forms["pindah-form"], place="Kios pojok", area="33.74.01.1007")
    assert ("The place is put right." in page.words, "Kios pojok Sekayu" in page.words) == (True, True)
    assert "Pasar Johar, Kauman → Kios pojok, Sekayu: Penelepon meralat." in page.words


async def test_the_place_of_an_incident_stays_on_the_map_in_other_words_and_is_where_a_point_is_chosen(
    stand: Stand, desk: Browser
) -> None:
    one = await new_incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(page.forms["pindah-form"], place="Pasar Johar, pintu timur", reason="Penelepon meralat.")
    assert page.words.count(f"{one['location']['lat']:.5f}, {one['location']['lon']:.5f}") == 1
    chosen = {"lon": "110.409400", "lat": "-6.984300"}
    page = await desk.send(page.forms["pindah-form"], place="Kios pojok", reason="", **chosen)
    form = page.forms["pindah-form"].filled()
    assert (page.status, {each: form[each] for each in chosen}) == (422, chosen)
    page = await desk.send(page.forms["pindah-form"], reason="Penelepon meralat.")
    assert "-6.98430, 110.40940" in page.words


async def test_a_unit_in_a_drill_is_marked_on_the_board_and_can_be_sent_to_what_is_real(
    stand: Stand, desk: Browser
) -> None:
    code, drill, real = await new_unit(stand), await new_incident(stand, exercise=True), await new_incident(stand)
    page = await desk.send((await desk.open(f"/petugas/112/insiden/{drill['id']}")).forms[f"kirim-{code}"])
    row = re.compile(rf'<tr data-key="unit-{code}".*?</tr>', re.S)
    assert "Drill" in row.findall((await desk.open("/petugas/112")).source)[0]
    page = await desk.send((await desk.open(f"/petugas/112/insiden/{real['id']}")).forms[f"kirim-{code}"])
    assert "The unit is sent." in page.words
    assert "Drill" not in row.findall((await desk.open("/petugas/112")).source)[0]


async def test_an_incident_says_what_was_known_of_what_was_merged_into_it(stand: Stand, desk: Browser) -> None:
    one, other = await new_incident(stand, place="Kios pojok", note="Dua orang di atap."), await new_incident(stand)
    into = {"idempotency-key": new_key(), "if-match": one["etag"]} | await stand.bearer("operator112")
    async with stand.client() as client:
        merged = await client.post(f"/v1/incidents/{one['id']}/merging", json={"into": other["id"]}, headers=into)
    assert merged.is_success, merged.text
    page = await desk.open(f"/petugas/112/insiden/{other['id']}")
    told = page.words.partition("Merged into this one")[2].partition("On its own page")[0]
    assert ("Kios pojok" in told, "Dua orang di atap." in told) == (True, True)


async def test_a_number_of_hurt_that_is_none_is_told_beside_it(stand: Stand, desk: Browser) -> None:
    one = await new_incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    page = await desk.send(
        page.forms["tutup-form"], outcome="resolved", report="Api padam dalam 20 menit.", hurt="dua", dead="0"
    )
    assert (page.status, page.ids["hurt"].get("aria-invalid"), page.ids["dead"].get("aria-invalid")) == (
        422, "true", None,
    )  # fmt: skip
    assert page.words.count("Hurt: write a number from 0 to 10,000") == 2, "above and beside it"
    assert page.forms["tutup-form"].filled()["hurt"] == "dua"


async def test_a_service_that_is_ticked_as_not_needed_any_more_stands_so_until_it_is_needed_again(
    stand: Stand, desk: Browser
) -> None:
    one = await new_incident(stand)
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
    one = await new_incident(stand)
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


async def test_a_report_on_what_was_closed_or_merged_meanwhile_is_shown_once_more(stand: Stand, desk: Browser) -> None:
    one = await new_incident(stand)
    mine, theirs = [await desk.open(f"/petugas/112/insiden/{one['id']}") for _ in range(2)]
    await desk.send(theirs.forms["tutup-form"], outcome="called_off", report="Penelepon meralat.")
    page = await desk.send(mine.forms["tutup-form"], outcome="resolved", report="Api padam dalam 20 menit.")
    assert (page.status, "This incident has ended or was merged." in page.words) == (412, True)
    assert "if you still need it: Closing report Api padam dalam 20 menit." in page.words
    assert "Send that again" not in page.words
    page = await desk.send(mine.forms["serah-form"], party="police", note="Tutup jalannya.")
    assert (page.status, "if you still need it: Note Tutup jalannya." in page.words) == (409, True)


async def test_an_incident_is_merged_into_one_that_nobody_knows_the_place_of_on_the_map(
    stand: Stand, desk: Browser
) -> None:
    one, other = await new_incident(stand), await new_incident(stand, kind="collapse", place="di belakang kios")
    drill = await new_incident(stand, exercise=True)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    offered = page.source.partition('id="gabung-form"')[2].partition("</form>")[0]
    assert (other["id"] in offered, one["id"] in offered, drill["id"] in offered) == (True, False, False)
    page = await desk.send(page.forms["gabung-form"], into=other["id"])
    assert ("The incident is merged into this one." in page.words, other["id"] in page.answer.url.path) == (True, True)


async def test_the_page_of_a_merged_incident_says_where_its_units_are_and_not_that_none_was_sent(
    stand: Stand, desk: Browser
) -> None:
    one, other, code = await new_incident(stand), await new_incident(stand), await new_unit(stand)
    by = await stand.bearer("operator112")
    async with stand.client() as client:
        units = (await client.get("/v1/units?page_size=200", headers=by)).json()["units"]
        etag = next(each["etag"] for each in units if each["code"] == code)
        body = {"incident": one["id"]}
        sent = await client.post(f"/v1/units/{code}/assignment", json=body, headers=by | {"if-match": etag})
    assert sent.is_success, sent.text
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    await desk.send(page.forms["gabung-form"], into=other["id"])
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    assert ("No unit sent yet" in page.words, "went along to that incident" in page.words) == (False, True)
    page = await desk.open(f"/petugas/112/insiden/{other['id']}")
    assert f"gerak-{code}-on_scene" in page.forms


async def test_a_place_that_was_told_in_words_is_not_said_to_be_unknown(stand: Stand, desk: Browser) -> None:
    one = await new_incident(stand, place="di belakang kios")
    assert "Place not known" not in (await desk.open(f"/petugas/112/insiden/{one['id']}")).words
    row = re.compile(rf'<tr data-key="incident-{one["id"]}".*?</tr>', re.S)
    (told,) = row.findall((await desk.open("/petugas/112")).source)
    assert ("di belakang kios" in told, "Place not known" in told) == (True, False)
    call = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Asap.", place="Kios")
    assert "Place not known" not in call.words
    call = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Asap.")
    assert "Place not known" in call.words


async def test_another_kind_brings_its_priority_unless_one_is_chosen_and_the_form_says_so(
    stand: Stand, desk: Browser
) -> None:
    one = await new_incident(stand, kind="order", priority=3)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    form = page.source.partition('id="nilai-form"')[2].partition("</form>")[0]
    assert '<option value="">As it is, or that of another kind</option>' in form
    page = await desk.send(page.forms["nilai-form"], kind="fire", reason="Ada api.")
    assert ">P1</span>" in page.source
    assert "Ada api. (Public disorder→Fire P3→P1 +Fire and rescue)" in page.words
    page = await desk.send(page.forms["nilai-form"], kind="order", priority="3", reason="Padam.")
    assert ">P3</span>" in page.source


async def test_an_incident_that_has_ended_is_found_again_and_what_is_heard_later_is_noted(
    stand: Stand, desk: Browser
) -> None:
    one = await new_incident(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    await desk.send(page.forms["tutup-form"], outcome="nothing_found", report="Tidak ada api di sana.")
    board = await desk.open("/petugas/112")
    assert (one["id"] in board.source, 'href="/petugas/112/insiden/semua"' in board.source) == (False, True)
    page = await desk.open("/petugas/112/insiden/semua")
    assert (f'href="/petugas/112/insiden/{one["id"]}"' in page.source, "Nothing found" in page.words) == (True, True)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    assert "tutup-form" not in page.forms
    page = await desk.send(page.forms["catat-form"], note="Asapnya dari kompor tetangga.")
    assert ("The note is added." in page.words, "Asapnya dari kompor tetangga." in page.words) == (True, True)


async def test_a_free_unit_is_sent_that_is_not_among_those_suggested(stand: Stand, desk: Browser) -> None:
    one, code = await new_incident(stand, kind="medical"), await new_unit(stand)
    page = await desk.open(f"/petugas/112/insiden/{one['id']}")
    suggested, _, spare = page.source.partition('id="spare"')
    assert (f'id="kirim-{code}"' in suggested, f'id="kirim-{code}"' in spare) == (False, True), "a fire engine"
    page = await desk.send(page.forms[f"kirim-{code}"])
    assert ("The unit is sent." in page.words, f"kirim-{code}" in page.forms) == (True, False)


async def test_a_closing_report_that_was_refused_outlives_what_its_refusal_asks_for(
    stand: Stand, desk: Browser
) -> None:
    code, one = await new_unit(stand), await new_incident(stand)
    page = await desk.send((await desk.open(f"/petugas/112/insiden/{one['id']}")).forms[f"kirim-{code}"])
    told = {"outcome": "resolved", "report": "Api padam,\ndua orang dirawat.", "hurt": "2", "dead": "0"}
    page = await desk.send(page.forms["tutup-form"], **told)
    assert page.status == 409
    page = await desk.send(page.forms["catat-form"], note="")
    assert page.status == 422
    page = await desk.send(page.forms[f"gerak-{code}-available"])
    form = page.forms["tutup-form"].filled()
    assert (page.status, {name: form[name].strip() for name in told}) == (200, told)
    assert "done" in page.ids
    page = await desk.send(page.forms["tutup-form"])
    assert ("report" in page.ids, "tutup-form" in page.forms) == (True, False)
