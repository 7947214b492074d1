"""Links in mails that act, and one's own reports: opened by GET, which changes nothing, in a fresh browser."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest
import structlog

from services.governance.keys.acting import EVERYTHING, Act, Grant, MailKeys
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_filing import TEXT, code_of
from tests.gateway.running import MAIL_KEY, Stand

REPLY = Act.READ | Act.REPLY


@dataclass
class Case:
    """A case whose reporter confirmed an address and was asked something."""

    id: UUID
    code: str
    email: str
    database: str

    def token(self, acts: Act = REPLY, *, days: float = 30, round_: int = 0) -> str:
        """The token of a link that was mailed to its reporter."""
        return MailKeys.load(MAIL_KEY, b"").token(
            Grant(self.id, acts, round_, datetime.now(UTC) + timedelta(days=days))
        )

    async def sql(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Runs a statement behind the application's back."""
        connection = await asyncpg.connect(self.database)
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            await connection.close()


@pytest.fixture
async def case(stand: Stand, edge_database: str, citizen: Browser, verifier: Browser) -> Case:
    """Filed by one browser, asked about by a verifier."""
    email = f"siti-{secrets.token_hex(6)}@contoh.id"
    code = code_of(await citizen.report(TEXT, email=email))
    made = Case(UUID(int=0), code, email, edge_database)
    (row,) = await made.sql("SELECT id FROM governance.complaint WHERE code = $1", code)
    made.id = row["id"]
    await made.sql("UPDATE governance.contact SET mail = 'confirmed' WHERE subject = $1", made.id)
    for transition in ("verify", "ask"):
        page = await verifier.open(f"/petugas/{code}")
        page = await verifier.send(page.forms[f"{transition}-form"], note="Di dekat tiang mana?")
        assert page.status == 200, page.words
    return made


@pytest.fixture
async def fresh(stand: Stand) -> AsyncIterator[Browser]:
    """A browser that never saw the case."""
    async with stand.client() as client:
        yield Browser(client)


async def state(case: Case) -> str:
    (row,) = await case.sql("SELECT state FROM governance.complaint WHERE code = $1", case.code)
    return str(row["state"])


def cookies(answer: httpx.Response) -> str:
    return "\n".join(answer.headers.get_list("set-cookie"))


async def test_the_token_leaves_the_address_at_once_for_a_cookie_of_the_cases_pages(fresh: Browser, case: Case) -> None:
    token = case.token()
    with structlog.testing.capture_logs() as lines:
        answer = await fresh.client.get(f"/surat/laporan/{token}", headers=fresh.headers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/lapor/{case.code}")
    assert f"Path=/lapor/{case.code}; SameSite=lax" in cookies(answer)
    assert "HttpOnly" in cookies(answer)
    assert "max-age" not in cookies(answer).lower()
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    page = await fresh.open(f"/lapor/{case.code}")
    assert token not in page.source + str(lines)
    assert page.answer.headers["cache-control"] == "no-store"


async def test_whoever_comes_by_a_mail_sees_the_case_as_its_reporter_but_not_the_contact(
    fresh: Browser, case: Case
) -> None:
    page = await fresh.open(f"/surat/laporan/{case.token()}")
    assert TEXT in page.words
    assert "reply-form" in page.forms
    assert not {"erase-form", "withdraw-form", "redact-form", "join-form", "rate-form"} & set(page.forms)
    assert case.email not in page.source
    receipt = await fresh.client.get(f"/lapor/{case.code}/tanda-terima.json")
    assert receipt.status_code == 200


async def test_opening_acts_not_and_the_form_does(fresh: Browser, case: Case) -> None:
    for _ in range(3):
        page = await fresh.open(f"/surat/laporan/{case.token()}")
    for way in ("balas", "nilai", "buka-lagi", "tautan"):
        assert (await fresh.client.get(f"/lapor/{case.code}/{way}", headers=fresh.headers)).status_code == 405
    assert await state(case) == "waiting_for_reporter"
    page = await fresh.send(page.forms["reply-form"], note="Tiang nomor 14.")
    assert (page.status, await state(case)) == (200, "in_progress")
    assert "Tiang nomor 14." in page.words


async def test_another_sites_form_acts_not_through_the_cookie(fresh: Browser, case: Case) -> None:
    await fresh.open(f"/surat/laporan/{case.token()}")
    answer = await fresh.client.post(
        f"/lapor/{case.code}/balas", headers=fresh.headers, data={"csrf": "x", "note": "Bukan saya", "request_id": "y"}
    )
    assert (answer.status_code, await state(case)) == (403, "waiting_for_reporter")


@pytest.mark.parametrize("way", ["hapus-kontak", "hapus-isi", "tarik"])
async def test_what_takes_the_key_is_refused_to_who_came_by_a_mail(fresh: Browser, case: Case, way: str) -> None:
    page = await fresh.open(f"/surat/laporan/{case.token(EVERYTHING)}")
    fields = page.forms["reply-form"].filled(words="yes")
    answer = await fresh.client.post(f"/lapor/{case.code}/{way}", headers=fresh.headers, data=fields)
    assert (answer.status_code, await state(case)) == (403, "waiting_for_reporter")


async def test_a_link_for_something_else_says_so_and_offers_another(fresh: Browser, case: Case) -> None:
    page = await fresh.open(f"/surat/laporan/{case.token(Act.READ)}")
    assert "reply-form" not in page.forms
    assert "for reading" in page.words
    page = await fresh.send(page.forms["link-form"])
    assert "A new link is on its way" in page.words
    (row,) = await case.sql(
        "SELECT kind FROM governance.news WHERE complaint_id = $1 ORDER BY id DESC LIMIT 1", case.id
    )
    assert row["kind"] == "link"


async def test_a_link_that_is_too_old_sends_another_from_its_own_page(fresh: Browser, case: Case) -> None:
    token = case.token(days=-1)
    page = await fresh.open(f"/surat/laporan/{token}")
    assert (page.status, "too old" in page.words, TEXT in page.words) == (200, True, False)
    page.forms["link-form"].action = f"/surat/laporan/{token}"
    page = await fresh.send(page.forms["link-form"])
    assert "on its way to the same" in page.words
    again = await fresh.client.post(f"/surat/laporan/{token}", headers=fresh.headers)
    assert (again.status_code, "less than ten minutes ago" in again.text) == (429, True)


async def test_a_link_that_ended_while_its_page_was_open_opens_no_more(fresh: Browser, case: Case) -> None:
    token = case.token()
    page = await fresh.open(f"/surat/laporan/{token}")
    await case.sql("UPDATE governance.contact SET link_round = 1 WHERE subject = $1", case.id)
    refused = await fresh.send(page.forms["reply-form"], note="Tiang nomor 14.")
    assert (refused.status, await state(case)) == (409, "waiting_for_reporter")
    assert "replaced" in refused.words
    public = await fresh.open(f"/lapor/{case.code}")
    assert TEXT not in public.words
    assert public.ids["stale"]
    ended = await fresh.open(f"/surat/laporan/{token}")
    assert "replaced" in ended.words
    assert "link-form" not in ended.forms


@pytest.mark.parametrize("token", ["a" * 64, "a" * 52, "7" * 64, "x"])
@pytest.mark.parametrize("kind", ["laporan", "laporan-saya"])
async def test_what_is_no_link_of_ours_leads_nowhere(fresh: Browser, kind: str, token: str) -> None:
    page = await fresh.open(f"/surat/{kind}/{token}")
    assert (page.status, "leads nowhere" in page.words) == (404, True)


async def test_a_browser_that_has_the_key_keeps_it(citizen: Browser, case: Case) -> None:
    page = await citizen.open(f"/surat/laporan/{case.token()}")
    assert {"reply-form", "withdraw-form", "erase-form"} <= set(page.forms)


async def filled(database: str, code: str) -> None:
    """The address of a case's reporter got as many confirmations as it gets today."""
    await Case(UUID(int=0), code, "", database).sql(
        """
        INSERT INTO governance.mail_address (address, day, confirmations, mails)
        SELECT contact.address, (now() AT TIME ZONE 'Asia/Jakarta')::date, 3, 3
        FROM governance.contact JOIN governance.complaint ON complaint.id = complaint_id WHERE code = $1
        """,
        code,
    )


async def test_the_page_does_not_say_that_a_confirmation_was_sent_which_comes_tomorrow(
    citizen: Browser, edge_database: str
) -> None:
    filed = await citizen.report(TEXT, email=f"siti-{secrets.token_hex(6)}@contoh.id")
    assert "We have sent a confirmation" in filed.words
    code = code_of(filed)
    await filled(edge_database, code)
    page = await citizen.open(f"/lapor/{code}")
    assert "We have sent a confirmation" not in page.words
    assert "We send the confirmation" in page.words


async def test_who_joins_is_not_told_that_a_confirmation_was_sent_which_comes_tomorrow(
    citizen: Browser, fresh: Browser, edge_database: str
) -> None:
    email = f"siti-{secrets.token_hex(6)}@contoh.id"
    code = code_of(await citizen.report(TEXT, email=email))
    await filled(edge_database, code)
    await fresh.send((await fresh.open(f"/lapor/{code}")).forms["join-form"])  # the one of their network who counts
    fresh.client.cookies.clear()
    page = await fresh.send((await fresh.open(f"/lapor/{code}")).forms["join-form"], email=email)
    assert "only then do you count too" in page.words, page.words
    assert "have sent" not in page.words
    assert "tomorrow" in page.words


async def test_asking_for_ones_links_shows_the_same_page_for_every_address(fresh: Browser, case: Case) -> None:
    pages = []
    for email in (case.email, f"tidak-ada-{case.email}"):
        page = await fresh.open("/laporan-saya")
        page = await fresh.send(page.forms["mine-form"], email=email)
        assert (page.status, "sent" in page.ids) == (200, True)
        pages.append(page.words)
    assert pages[0] == pages[1]
    page = await fresh.open("/laporan-saya")
    page = await fresh.send(page.forms["mine-form"], email="bukan surel")
    assert (page.status, "email-error" in page.ids) == (422, True)


async def test_who_reads_the_mail_has_the_list_and_the_key_again(fresh: Browser, case: Case) -> None:
    page = await fresh.open(f"/surat/laporan-saya/{case.token(Act.MINE, days=1)}")
    assert page.answer.url.path == "/laporan-saya"
    assert case.code in page.words
    page = await fresh.send(page.forms["/laporan-saya/kunci"])
    assert page.answer.url.path == f"/lapor/{case.code}"
    assert {"reply-form", "withdraw-form", "erase-form"} <= set(page.forms)
    assert f"{case.code}?k=" in page.source


async def test_a_supporters_key_that_is_had_again_takes_the_place_of_no_reporters(citizen: Browser, case: Case) -> None:
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text=TEXT)
    page = await citizen.send(page.forms["report-form"], go="check", landmark="depan Lawang Sewu")
    await citizen.send(page.forms["report-form"], email=f"budi-{secrets.token_hex(6)}@contoh.id", join=case.code)
    sql = "UPDATE governance.contact SET mail = 'confirmed' WHERE complaint_id = $1 AND supporter RETURNING subject"
    (row,) = await case.sql(sql, case.id)
    joined = replace(case, id=row["subject"])
    page = await citizen.open(f"/surat/laporan-saya/{joined.token(Act.MINE, days=1)}")
    page = await citizen.send(page.forms["/laporan-saya/kunci"])
    assert page.answer.url.path == f"/lapor/{case.code}"
    assert ("redact-form" in page.forms, "supporter" in page.ids) == (True, False)


async def test_who_ends_all_links_ends_the_one_in_use_too(fresh: Browser, case: Case) -> None:
    token = case.token(Act.MINE, days=1)
    page = await fresh.open(f"/surat/laporan-saya/{token}")
    page = await fresh.send(page.forms["end-form"])
    assert "have ended" in page.words
    page = await fresh.open(f"/surat/laporan-saya/{token}")
    assert page.ids["stale"]
    assert "end-form" not in page.forms


async def test_a_login_sees_what_it_reported(payer: Browser, fresh: Browser) -> None:
    code = code_of(await payer.report(TEXT))
    page = await payer.open("/laporan-saya")
    assert code in page.words
    assert "/laporan-saya/kunci" not in page.forms  # its pages open by the login
    assert code not in (await fresh.open("/laporan-saya")).words


async def test_a_link_that_does_not_hold_any_more_is_no_proof_for_a_survey(case: Case, fresh: Browser) -> None:
    """Before: that it was refused counted as that the case takes no more photos."""
    answer = await fresh.client.get(
        f"/v1/complaints/{case.code}/survey-invitation", headers={"x-link-key": case.token(EVERYTHING, days=-1)}
    )
    assert (answer.status_code, answer.json()["reason"]) == (409, "MAIL_LINK_EXPIRED")
