"""Whoever logs out leaves no key to who sits there next; whoever never had a login keeps theirs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import gateway.portal
from gateway.callers.session import SESSION_COOKIE
from tests.gateway.callers.test_auth import log_in
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.portal.test_filing import TEXT, code_of, link_of
from tests.gateway.portal.test_held import browsing, end_logins, log_out
from tests.gateway.portal.test_mailed import Case, case
from tests.gateway.running import Stand

__all__ = ["case"]


@pytest.fixture
async def shared(stand: Stand) -> AsyncIterator[Browser]:
    """A browser that several people use, somebody logged in at first."""
    async with stand.client() as client:
        await log_in(stand, client, "warga")
        yield browsing(stand, client)


def own(page: Page) -> bool:
    """Whether a report's page is its reporter's."""
    return "withdraw-form" in page.forms


async def test_who_logs_out_leaves_no_report_open(shared: Browser) -> None:
    code = code_of(await shared.report(TEXT, name="Siti Rahma"))
    assert own(await shared.open(f"/lapor/{code}"))
    await log_out(shared)
    assert not own(await shared.open(f"/lapor/{code}"))


async def test_a_login_that_is_ended_elsewhere_leaves_no_report_open(stand: Stand, shared: Browser) -> None:
    code = code_of(await shared.report(TEXT, name="Siti Rahma"))
    await end_logins(stand)
    assert not own(await shared.open(f"/lapor/{code}"))


async def test_who_logs_in_next_has_no_key_of_who_was_there_before(stand: Stand, shared: Browser) -> None:
    code = code_of(await shared.report(TEXT, name="Siti Rahma"))
    async with stand.client() as client:  # the provider's own login would be warga's here
        await log_in(stand, client, "pedagang")
        name = stand.settings.cookie(SESSION_COOKIE)
        session = client.cookies[name]
    shared.client.cookies.delete(name)
    shared.client.cookies.set(name, session)
    assert not own(await shared.open(f"/lapor/{code}"))


async def test_a_link_still_opens_a_report_after_the_logout(shared: Browser) -> None:
    path = link_of(await shared.report(TEXT))
    await log_out(shared)
    assert own(await shared.open(path))


async def test_who_had_no_login_keeps_the_key_through_the_login_of_another(stand: Stand, citizen: Browser) -> None:
    code = code_of(await citizen.report(TEXT))
    await log_in(stand, citizen.client, "pedagang")
    assert own(await citizen.open(f"/lapor/{code}"))
    await log_out(citizen)
    assert own(await citizen.open(f"/lapor/{code}"))


async def test_a_mailed_link_that_was_opened_under_a_login_opens_nothing_after_it(shared: Browser, case: Case) -> None:
    assert "reply-form" in (await shared.open(f"/surat/laporan/{case.token()}")).forms
    await log_out(shared)
    assert "reply-form" not in (await shared.open(f"/lapor/{case.code}")).forms


async def test_a_mailed_link_opens_the_case_again_after_the_logout(shared: Browser, case: Case) -> None:
    await shared.open(f"/surat/laporan/{case.token()}")
    await log_out(shared)
    assert "reply-form" in (await shared.open(f"/surat/laporan/{case.token()}")).forms


def test_every_key_that_a_browser_keeps_is_kept_here() -> None:
    portal = Path(gateway.portal.__file__).parent
    found = {path.stem for path in portal.rglob("*.py") if ".path_cookie(" in path.read_text()}
    assert found == {"kept", "link_keys", "support_marks"}, "of the last two one says 'sent', one that login's support"
