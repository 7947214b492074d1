"""A report that was joined and is kept secret since: who joined it still erases what they gave, and reads nothing."""

import re
from dataclasses import dataclass

import pytest

from tests.gateway.portal.pages import Browser, Page
from tests.gateway.portal.test_filing import TEXT, code_of

EMAIL = "siti@example.org"


@dataclass
class Joined:
    """Somebody who joined a report that was kept secret then."""

    browser: Browser
    code: str
    key: str

    async def again(self) -> Page:
        """The page opened in another browser, by the link with their key."""
        self.browser.client.cookies.clear()
        return await self.browser.open(f"/lapor/{self.code}?k={self.key}")


@pytest.fixture
async def joined(citizen: Browser, verifier: Browser) -> Joined:
    """They joined while everybody could read it."""
    code = code_of(await citizen.report(TEXT))
    citizen.client.cookies.clear()
    page = await citizen.open(f"/lapor/{code}")
    page = await citizen.send(page.forms["join-form"], email=EMAIL)
    found = re.search(r'id="link-key">([^<]+)<', page.source)
    assert found is not None, page.words
    page = await verifier.open(f"/petugas/{code}")
    page = await verifier.send(page.forms["correct-form"], category="perilaku-asn")
    assert page.status == 200, page.words
    return Joined(citizen, code, found[1])


async def test_who_joined_opens_the_page_by_their_key_and_sees_what_they_gave(joined: Joined) -> None:
    page = await joined.again()
    assert (page.status, "erase-form" in page.forms, EMAIL in page.words) == (200, True, True)
    assert page.answer.headers["cache-control"] == "no-store"
    assert "k=" not in str(page.answer.url)


async def test_the_page_of_who_joined_holds_nothing_of_the_case(joined: Joined) -> None:
    page = await joined.again()
    assert not {"state", "words", "agency", "join-form", "ask-form"} & {*page.ids, *page.forms}
    main = page.source.partition("<main")[2].partition("</main>")[0]
    assert joined.code in main
    assert not re.search(r"waste|conduct|Environment|Inspectorate|Sewu|Sekayu", main)


async def test_the_browser_in_which_they_joined_still_shows_it(joined: Joined) -> None:
    page = await joined.browser.open(f"/lapor/{joined.code}")
    assert (page.status, "erase-form" in page.forms) == (200, True)


async def test_a_key_that_is_typed_opens_it_too(joined: Joined) -> None:
    form = (await joined.again()).forms["erase-form"]
    joined.browser.client.cookies.clear()
    await joined.browser.open("/")
    form.action = f"/lapor/{joined.code}/kunci"
    csrf = (await joined.browser.open("/laporan-saya")).forms["mine-form"].filled()["csrf"]
    page = await joined.browser.send(form, csrf=csrf, key=joined.key)
    assert (page.status, "erase-form" in page.forms) == (200, True)


async def test_what_they_gave_is_erased_by_its_form(joined: Joined) -> None:
    page = await joined.browser.send((await joined.again()).forms["erase-form"])
    assert (page.status, EMAIL in page.source, "erase-form" in page.forms) == (200, False, False)
    assert "Your contact is erased" in page.words


async def test_whoever_has_no_key_of_it_finds_no_such_report(joined: Joined) -> None:
    for key in ("", f"?k={'A' * 26}"):
        joined.browser.client.cookies.clear()
        assert (await joined.browser.open(f"/lapor/{joined.code}{key}")).status == 404
