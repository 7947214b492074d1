"""Courses in a browser without scripts: somebody enrols, another waits and moves up; axe finds nothing."""

from datetime import UTC, datetime

from playwright.async_api import Browser as Chromium

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.society.browsing import a_tab, look
from tests.society.courses.teaching import DISBUDPAR, Teaching
from tests.society.taking_part import BUDI, SITI

pytestmark = IN_A_BROWSER
__all__ = ["chromium"]


async def test_a_seat_that_is_given_back_goes_to_who_waits_and_axe_finds_nothing(
    chromium: Chromium, teaching: Teaching
) -> None:
    teaching.served.now = datetime.now(UTC)  # pages look at the clock
    course = await teaching.course(seats=1, title_en="Guiding in the Old Town")
    draft = await teaching.draft()
    async with stand_before(teaching.served) as stand:
        addresses = {}
        for caller, said in ((SITI, "Anda mendapat tempat."), (BUDI, "Anda masuk daftar tunggu.")):
            async with a_tab(chromium, stand, caller, scripts=False) as tab:
                await tab.goto("/sosial/kursus")
                await tab.get_by_role("link", name="Pemandu wisata Kota Lama").click()
                await tab.fill("#name", "Siti Aminah")
                await tab.get_by_role("button", name="Daftar").click()
                assert said in await tab.inner_text("#done")
                addresses[caller] = tab.url.partition("?")[0]
        async with a_tab(chromium, stand, SITI, scripts=False) as tab:
            await tab.goto(addresses[SITI])
            await tab.get_by_role("button", name="Kembalikan tempat saya").click()
            assert "Anda tidak lagi terdaftar." in await tab.inner_text("#done")
        (row,) = (await teaching.participants(course)).enrolments
        await look(chromium, stand, BUDI, (addresses[BUDI], "/sosial/kursus-saya", f"/sosial/kursus/{course.id}"))
        assert row.id in addresses[BUDI]
        teaching.served.pass_time(days=8, hours=4)
        for session in (1, 2):
            await teaching.mark(course, session, row.id)
        await teaching.issue(course)
        code = (await teaching.enrolment(row, BUDI)).certificate
        await look(chromium, stand, None, ("/sosial/kursus", f"/sosial/sertifikat/{code}"), language="en")
        desk = (f"/petugas/kursus/{course.id}", f"/petugas/kursus/{course.id}/sesi/1", f"/petugas/kursus/{draft.id}")
        await look(chromium, stand, DISBUDPAR, ("/petugas/kursus", *desk))
