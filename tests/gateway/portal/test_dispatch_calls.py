"""Calls to the emergency number at the portal, and those that were written on paper."""

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.gateway.portal.dispatching import desk, new_incident
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

__all__ = ["desk"]


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


async def test_a_call_on_paper_that_is_yet_to_come_is_told_as_such_and_what_was_entered_stays(desk: Browser) -> None:
    page = await desk.send((await desk.open("/petugas/112/kertas")).forms["reserve-form"], count="1")
    page = await desk.send(page.forms["enter-form"], receive_time="2090-01-01T10:00", words="Pohon tumbang.")
    assert page.status == 422
    told = "Say when the call on the paper form came: within the last two weeks, and not to come."
    assert page.words.count(told) == 2, "above the form and beside its entry"
    assert page.forms["enter-form"].filled()["words"] == "Pohon tumbang."


async def test_what_was_written_of_a_paper_form_never_stands_under_the_number_of_another(desk: Browser) -> None:
    path, came = "/petugas/112/kertas", f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"
    mine = await desk.send((await desk.open(path)).forms["reserve-form"], count="4")
    enter, void = mine.forms["enter-form"], mine.forms["void-form"]
    number = enter.filled()["number"]
    await desk.send((await desk.open(path)).forms["enter-form"], receive_time=came, words="Asap.")
    page = await desk.send(enter, receive_time=came, words="Asap tebal dari kios.")
    assert (page.status, f"Form {number} was entered or given up already." in page.words) == (409, True)
    fresh = page.forms["enter-form"].filled()
    assert (fresh["number"] == number, fresh["words"], fresh["receive_time"]) == (False, "", "")
    assert "Asap tebal dari kios." in page.words, "to be copied"
    page = await desk.send(void, reason="Formulir sobek semua.")
    assert (page.status, page.forms["void-form"].filled()["reason"]) == (409, "")
    assert "Formulir sobek semua." in page.words


async def test_nobody_is_asked_to_ask_again_for_half_a_number_of_a_paper_form(desk: Browser) -> None:
    page = await desk.send((await desk.open("/petugas/112/kertas")).forms["reserve-form"], count="1")
    came = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"
    page = await desk.send(page.forms["enter-form"], receive_time=came, words="Asap.", phone="081")
    assert ("note warm" in str(page.ids["done"]), "sealed as it stands there" in page.words) == (True, True)
    assert "while they are on the line" not in page.words


@pytest.mark.parametrize("count", ["inf", "nan", "1e9", "-1", ""])
async def test_no_count_of_paper_numbers_is_told_as_none(desk: Browser, count: str) -> None:
    page = await desk.send((await desk.open("/petugas/112/kertas")).forms["reserve-form"], count=count)
    assert (page.status, "reserve-form" in page.forms) == (422, True)


async def test_all_numbers_of_paper_forms_that_wait_stand_on_the_page_that_is_printed(desk: Browser) -> None:
    paper = await desk.open("/petugas/112/kertas")
    for _ in range(3):  # a page of the pillar holds fewer
        paper = await desk.send(paper.forms["reserve-form"], count="100")
    waiting = re.findall(r'<span class="badge still mono">(\d+)</span>', paper.source)
    assert (len(waiting) >= 300, len(set(waiting)) == len(waiting)) == (True, True)
    assert {"enter-form", "void-form"} <= set(paper.forms)


async def test_the_code_of_a_complaint_is_there_to_be_read_out_as_soon_as_a_call_is_closed_as_one(
    desk: Browser,
) -> None:
    call = await desk.send(
        (await desk.open("/petugas/112")).forms["call-form"], words="Lampu mati.", place="Lawang Sewu"
    )
    page = await desk.send(call.forms["close-form"], closing="complaint", complaint="Lampu taman mati sejak kemarin.")
    (code,) = re.findall(r'href="/lapor/(SMG-[^"]+)"', page.source)
    assert f"Complaint {code}: read it out to the caller" in page.words


async def test_a_call_that_was_closed_by_mistake_is_opened_again_from_its_page(desk: Browser) -> None:
    call = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Asap.", place="Lawang Sewu")
    closed = await desk.send(call.forms["close-form"], closing="complaint", complaint="Asap dari tempat sampah.")
    (code,) = re.findall(r'href="/lapor/(SMG-[^"]+)"', closed.source)
    assert "close-form" not in closed.forms
    page = await desk.send(closed.forms["reopen-form"])
    assert ("open again and waits" in page.words, "complaint" in page.forms["close-form"].filled()) == (True, False)
    assert f"This call is a report already; add there what was told since: {code}" in page.words
    board = await desk.send(page.forms["close-form"], closing="prank")
    assert ("The call is closed." in board.words, "Read its code out" in board.words) == (True, False)


async def test_what_a_paper_form_told_of_looks_like_no_live_call_on_the_board(desk: Browser) -> None:
    paper, came = await desk.open("/petugas/112/kertas"), datetime.now(UTC) - timedelta(days=9)
    paper = await desk.send(paper.forms["reserve-form"], count="1")
    call = await desk.send(
        paper.forms["enter-form"], receive_time=f"{came:%Y-%m-%dT%H:%M}", words="Asap.", place="Kios"
    )
    row = _row((await desk.open("/petugas/112")).source, "call", call)
    assert ("from a paper form" in row, f"{came:%-d %B %Y}" in row) == (True, True)


async def test_an_incident_of_a_paper_form_says_so_and_of_which_day_it_is_on_the_board(desk: Browser) -> None:
    paper, came = await desk.open("/petugas/112/kertas"), datetime.now(UTC) - timedelta(days=9)
    paper = await desk.send(paper.forms["reserve-form"], count="1")
    call = await desk.send(
        paper.forms["enter-form"], receive_time=f"{came:%Y-%m-%dT%H:%M}", words="Asap.", place="Kios"
    )
    incident = await desk.send(call.forms["open-form"], kind="fire", priority="1")
    row = _row((await desk.open("/petugas/112")).source, "incident", incident)
    told = ("from a paper form" in row, f"{came:%-d %B %Y}" in row, "data-urgent" in row)
    assert told == (True, True, False), "nor does it sound"


def _row(board: str, what: str, page: Page) -> str:
    """Of the board, what a call or an incident stands in that has this page."""
    (row,) = re.findall(rf'<tr data-key="{what}-{page.answer.url.path.rpartition("/")[2]}".*?</tr>', board, re.S)
    return str(row)


async def test_a_call_that_was_joined_to_the_wrong_incident_is_taken_out_and_waits_again(
    stand: Stand, desk: Browser
) -> None:
    one = await new_incident(stand)
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
    real, drill = await new_incident(stand), await new_incident(stand, exercise=True)
    for chosen, other, fields in ((real, drill, {}), (drill, real, {"exercise": "yes"})):
        page = await desk.open("/petugas/112")
        call = await desk.send(page.forms["call-form"], words="Asap.", **fields)
        offered = call.source.partition('id="link-form"')[2].partition("</form>")[0]
        assert (chosen["id"] in offered, other["id"] in offered) == (True, False)


async def test_who_opens_an_incident_of_a_call_that_has_become_one_is_led_to_that(desk: Browser) -> None:
    mine = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Asap tebal.", place="Kios")
    theirs = await desk.open(mine.answer.url.path)
    theirs = await desk.send(theirs.forms["open-form"], kind="fire")
    page = await desk.send(mine.forms["open-form"], kind="medical", note="Seorang ibu sesak napas.")
    assert (page.status, "Somebody has dealt with this call meanwhile" in page.words) == (409, True)
    assert (theirs.answer.url.path in page.source, "open-form" in page.forms) == (True, False), "it goes on there"
    assert "if you still need it: Note Seorang ibu sesak napas." in page.words


async def test_what_was_written_of_a_call_that_somebody_else_closed_is_shown_once_more(desk: Browser) -> None:
    mine = await desk.send((await desk.open("/petugas/112")).forms["call-form"], words="Lampu jalan.")
    theirs = await desk.open(mine.answer.url.path)
    await desk.send(theirs.forms["close-form"], closing="prank")
    page = await desk.send(mine.forms["close-form"], closing="complaint", complaint="Lampu jalan mati sepekan.")
    assert (page.status, "Somebody has dealt with this call meanwhile" in page.words) == (412, True)
    assert ("Lampu jalan mati sepekan." in page.words, "Send that again" in page.words) == (True, False)


async def test_a_report_that_came_of_a_drill_is_marked_as_one_for_everybody(desk: Browser, officer: Browser) -> None:
    board = await desk.open("/petugas/112")
    call = await desk.send(board.forms["call-form"], words="Sampah.", place="Pasar Johar", exercise="yes")
    await desk.send(call.forms["close-form"], closing="complaint", complaint="Sampah menumpuk di pasar, latihan saja.")
    code = re.findall(r'href="/lapor/([^"]+)"', (await desk.open(call.answer.url.path)).source)[0]
    marked = '<span class="badge still">Drill</span>'
    assert marked in (await desk.open(f"/lapor/{code}")).source
    assert marked in (await officer.open(f"/petugas/{code}")).source
    row = re.compile(rf'<tr data-code="{code}".*?</tr>', re.S)
    (told,) = row.findall((await officer.open(f"/petugas?code={code}")).source)
    assert marked in told
