"""An officer who asks a reporter something knows whether the question is heard, and until when it is waited for."""

import secrets

import asyncpg
import pytest

from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_filing import TEXT, code_of

UNHEARD, UNKNOWN = "This question may not be read", "you are not shown whether the question reaches them"


async def asking(citizen: Browser, verifier: Browser, officer: Browser, **details: str) -> str:
    """The words of an officer's page of a report that was filed with these details."""
    code = code_of(await citizen.report(TEXT, **details))
    await verifier.send((await verifier.open(f"/petugas/{code}")).forms["verify-form"])
    page = await officer.open(f"/petugas/{code}")
    assert "ask-form" in page.forms, page.words
    return page.words


@pytest.mark.parametrize("details", [{}, {"phone": "+62 24 3513366"}, {"email": "siti@example.org"}])
async def test_who_asks_a_reporter_without_a_confirmed_address_is_warned(
    citizen: Browser, verifier: Browser, officer: Browser, details: dict[str, str]
) -> None:
    words = await asking(citizen, verifier, officer, **details)
    assert (UNHEARD in words, UNKNOWN in words) == (True, False)


async def test_who_asks_a_reporter_without_mail_is_told_all_that_may_be_why(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    words = await asking(citizen, verifier, officer)
    assert "no mail goes to the reporter (no address given, not confirmed, unsubscribed, or it came back)" in words


async def test_who_asks_an_unnamed_reporter_is_told_that_it_is_not_shown(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    words = await asking(citizen, verifier, officer, email="siti@example.org", anonymous="yes")
    assert (UNHEARD in words, UNKNOWN in words) == (False, True)


async def test_who_asks_a_reporter_with_a_confirmed_address_is_not_warned(
    citizen: Browser, verifier: Browser, officer: Browser, edge_database: str
) -> None:
    code = code_of(await citizen.report(TEXT, email=f"siti-{secrets.token_hex(6)}@contoh.id"))
    connection = await asyncpg.connect(edge_database)
    await connection.execute(
        """
        UPDATE governance.contact SET mail = 'confirmed'
         WHERE complaint_id = (SELECT id FROM governance.complaint WHERE code = $1)
        """,
        code,
    )
    await connection.close()
    await verifier.send((await verifier.open(f"/petugas/{code}")).forms["verify-form"])
    words = (await officer.open(f"/petugas/{code}")).words
    assert (UNHEARD in words, UNKNOWN in words) == (False, False)


async def test_until_when_an_answer_is_awaited_is_said_before_and_after_the_question(
    citizen: Browser, verifier: Browser, officer: Browser
) -> None:
    code = code_of(await citizen.report(TEXT))
    await verifier.send((await verifier.open(f"/petugas/{code}")).forms["verify-form"])
    page = await officer.open(f"/petugas/{code}")
    assert "Without an answer the work goes on after 10 working days." in page.words
    page = await officer.send(page.forms["ask-form"], note="Di sebelah mana?")
    assert "waiting-until" in page.ids
    assert "waiting-until" in (await citizen.open(f"/lapor/{code}")).ids
