"""What is written while a login ends is found again by the same person, in the same browser, and by nobody else."""

import re
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.gateway.callers.test_auth import log_in
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.portal.test_filing import assigned
from tests.gateway.running import Stand

QUESTION = "TPS yang mana, yang di sebelah pasar?"


def browsing(stand: Stand, client: httpx.AsyncClient) -> Browser:
    """A browser that says whose its forms are, as all do."""
    return Browser(client, {"origin": stand.settings.origin})


@pytest.fixture
async def desk(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the waste agency, logged in at the portal."""
    async with stand.client() as client:
        await log_in(stand, client, "petugas-dlh")
        yield browsing(stand, client)


async def end_logins(stand: Stand) -> None:
    """Ends all logins, on our side."""
    await stand.gateway.pool.execute("DELETE FROM session")
    stand.gateway.sessions._cache.clear()


def onward(page: Page) -> str:
    """Where the login of a page leads to."""
    return parse_qs(urlsplit(page.ids["action"]["href"] or "").query)["next"][0]


async def held(stand: Stand) -> int:
    """How many forms are held."""
    found: int = await stand.gateway.pool.fetchval("SELECT count(*) FROM draft WHERE network LIKE 'held %'")
    return found


async def log_out(desk: Browser) -> None:
    """Logs out, as in another tab."""
    token = (await desk.client.get("/v1/me")).json()["csrf_token"]
    answer = await desk.client.post("/auth/logout", data={"csrf": token})
    assert answer.status_code == 303, answer.text


async def sent_too_late(stand: Stand, desk: Browser, code: str) -> Page:
    """The answer to a question that was written while the login ended."""
    page = await desk.open(f"/petugas/{code}")
    await end_logins(stand)
    return await desk.send(page.forms["ask-form"], note=QUESTION)


async def test_what_was_written_while_the_login_ended_is_sent_after_logging_in_again(
    stand: Stand, desk: Browser, citizen: Browser, verifier: Browser
) -> None:
    code = await assigned(citizen, verifier)
    refused = await sent_too_late(stand, desk, code)
    assert (refused.status, "kept for an hour" in refused.words, QUESTION in refused.words) == (401, True, True)
    await log_in(stand, desk.client, "petugas-dlh", onward(refused))
    found = await desk.open(onward(refused))
    assert (found.status, QUESTION in found.words) == (200, True)
    assert found.ids["page"]["href"] == "/", "no page was named as that it was sent from"
    assert found.answer.headers["cache-control"] == "no-store"
    done = await desk.send(found.forms["again-form"])
    assert done.ids["state"]["data-state"] == "waiting_for_reporter", done.words


async def test_nobody_else_finds_it_neither_in_the_same_browser_nor_with_its_address(
    stand: Stand, desk: Browser, citizen: Browser, verifier: Browser
) -> None:
    path = onward(await sent_too_late(stand, desk, await assigned(citizen, verifier)))
    visitor = stand.settings.cookie("visitor")
    async with stand.client() as client:
        await log_in(stand, client, "petugas-dpu")
        client.cookies.set(visitor, desk.client.cookies[visitor])
        other = await browsing(stand, client).open(path)
        assert (other.status, QUESTION in other.words) == (404, False), "who logs in there next is somebody else"
    async with stand.client() as client:
        await log_in(stand, client, "petugas-dlh")
        elsewhere = await browsing(stand, client).open(path)
        assert (elsewhere.status, QUESTION in elsewhere.words) == (404, False)
        nobody = await desk.open(path)
        assert (nobody.status, QUESTION in nobody.words) == (401, False)


async def test_a_form_with_a_secret_in_it_and_one_of_another_site_are_not_held(stand: Stand, desk: Browser) -> None:
    page = await desk.open("/saya")
    await end_logins(stand)
    token = re.search(r'name="csrf" value="([^"]+)"', page.source)
    assert token is not None
    before = await held(stand)
    for headers, fields in (
        ({}, {"csrf": token[1], "nik": "3374014102800000"}),
        ({}, {"csrf": "made-up", "note": QUESTION}),
        ({"origin": "https://evil.example"}, {"csrf": token[1], "note": QUESTION}),
    ):
        answer = await desk.client.post("/petugas/warga/kode", data=fields, headers=desk.headers | headers)
        assert answer.status_code == 401
        assert "kept for an hour" not in answer.text
    assert await held(stand) == before


async def test_of_one_browser_the_five_newest_are_held(stand: Stand, desk: Browser) -> None:
    page = await desk.open("/saya")
    await end_logins(stand)
    token = re.search(r'name="csrf" value="([^"]+)"', page.source)
    assert token is not None
    before = await held(stand)
    for number in range(7):
        data = {"csrf": token[1], "note": f"{QUESTION} {number}"}
        answer = await desk.client.post("/petugas/SMG-0000-00/tanya", data=data, headers=desk.headers)
        assert "kept for an hour" in answer.text
    assert await held(stand) == before + 5


async def test_what_was_written_before_logging_out_in_another_tab_is_sent_after_logging_in_again(
    stand: Stand, desk: Browser, citizen: Browser, verifier: Browser
) -> None:
    page = await desk.open(f"/petugas/{await assigned(citizen, verifier)}")
    await log_out(desk)
    refused = await desk.send(page.forms["ask-form"], note=QUESTION)
    assert (refused.status, "kept for an hour" in refused.words, QUESTION in refused.words) == (401, True, True)
    await log_in(stand, desk.client, "petugas-dlh", onward(refused))
    done = await desk.send((await desk.open(onward(refused))).forms["again-form"])
    assert done.ids["state"]["data-state"] == "waiting_for_reporter", done.words


async def test_who_has_logged_out_in_another_tab_already_is_let_out_without_a_word(stand: Stand, desk: Browser) -> None:
    token = (await desk.client.get("/v1/me")).json()["csrf_token"]
    await log_out(desk)
    answer = await desk.client.post("/auth/logout", data={"csrf": token})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{stand.settings.origin}/"), answer.text


@pytest.mark.parametrize("logins", [1, 2])
async def test_nobody_who_logged_in_after_its_writer_sends_it_as_their_own(
    stand: Stand, desk: Browser, citizen: Browser, verifier: Browser, logins: int
) -> None:
    page = await desk.open(f"/petugas/{await assigned(citizen, verifier)}")
    await log_out(desk)
    async with stand.client() as client:
        await log_in(stand, client, "petugas-dpu")
        for name in map(stand.settings.cookie, ("visitor", "left")):
            client.cookies.set(name, desk.client.cookies[name])
        for _ in range(1, logins):
            await log_in(stand, client, "petugas-dpu")
        other = await browsing(stand, client).send(page.forms["ask-form"], note=QUESTION)
    assert (other.status, "again-form" in other.forms) == (403, False), other.words
    assert "under another login" in other.words


async def test_whoever_logged_in_again_meanwhile_sends_it_once_more_at_once(
    stand: Stand, desk: Browser, citizen: Browser, verifier: Browser
) -> None:
    page = await desk.open(f"/petugas/{await assigned(citizen, verifier)}")
    await log_out(desk)
    await log_in(stand, desk.client, "petugas-dlh")
    again = await desk.send(page.forms["ask-form"], note=QUESTION)
    assert "sent-as" in again.ids, "who was logged in twice before is not known: whoever sends it sees as whom"
    done = await desk.send(again.forms["again-form"])
    assert done.ids["state"]["data-state"] == "waiting_for_reporter", done.words


async def test_nobody_who_logs_in_over_a_login_sends_its_forms_as_their_own(
    stand: Stand, desk: Browser, citizen: Browser, verifier: Browser
) -> None:
    page = await desk.open(f"/petugas/{await assigned(citizen, verifier)}")
    async with stand.client() as client:
        for name in map(stand.settings.cookie, ("visitor", "session")):
            client.cookies.set(name, desk.client.cookies[name])
        await log_in(stand, client, "petugas-dpu")
        other = await browsing(stand, client).send(page.forms["ask-form"], note=QUESTION)
    assert (other.status, "again-form" in other.forms) == (403, False), other.words


async def test_an_application_that_was_typed_while_the_login_ended_is_sent_after_logging_in_again(stand: Stand) -> None:
    """With the name on it, which is the applicant's own or of their business."""
    async with stand.client() as client:
        await log_in(stand, client, "warga")
        sri = browsing(stand, client)
        page = await sri.open("/izin/jenis/bongkar-muat/ajukan")
        await end_logins(stand)
        typed = {"name": "Warung Bu Sri", "holder": "Sri Wahyuni", "area": "33.74.01.1007", "first_day": "2026-12-10"}
        refused = await sri.send(page.forms["permit-form"], **typed, last_day="2026-12-12", place="Pasar Johar")
        assert (refused.status, "kept for an hour" in refused.words) == (401, True)
        await log_in(stand, client, "warga", onward(refused))
        found = await sri.open(onward(refused))
        assert ("Sri Wahyuni" in found.words, "2026-12-12" in found.words) == (True, True)
        assert typed.items() <= found.forms["again-form"].filled().items()


async def test_a_form_that_is_sent_once_more_without_a_login_leads_back_to_its_page(
    stand: Stand, desk: Browser, citizen: Browser, verifier: Browser
) -> None:
    """Not to where it was sent, which takes forms alone: that a browser without its cookie sends it says nobody."""
    code = await assigned(citizen, verifier)
    page = await desk.open(f"/petugas/{code}")
    desk.client.cookies.delete(stand.settings.cookie("session"))
    again = await desk.send(page.forms["ask-form"], note=QUESTION)
    desk.headers["referer"] = f"{stand.settings.origin}{urlsplit(str(again.answer.url)).path}"
    refused = await desk.send(again.forms["again-form"])
    assert (refused.status, onward(refused)) == (401, f"/petugas/{code}")
