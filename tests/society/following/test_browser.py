"""Taking part in a browser: somebody proposes without scripts, another supports and follows; on a phone and a desk."""

from datetime import UTC, datetime

from playwright.async_api import Browser as Chromium

from gateway.portal.society.proposals import POINT
from services.kit.caller import Caller
from services.society.demo import seed
from services.society.following import timers
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.society.v1 import proposals_pb2
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.browsing import DESK, PHONE, a_tab, look
from tests.society.following.followers import SITI, Followers, token_of

pytestmark = IN_A_BROWSER
__all__ = ["chromium"]


async def test_somebody_proposes_another_supports_and_follows_and_axe_finds_nothing(
    chromium: Chromium, followers: Followers
) -> None:
    served = followers.served
    served.now = datetime.now(UTC)  # pages look at the clock
    await seed(served.runtime)
    async with stand_before(served) as stand:
        code = await _propose(chromium, stand, followers)
        await _point(chromium, stand)
        await _support_and_follow(chromium, stand, followers, code)
        done = (await followers.society.call(
            proposals_pb2.ListProposalsRequest(states=[proposals_pb2.PROPOSAL_STATE_DONE])
        )).proposals[0]  # fmt: skip
        officer = Caller("demo", frozenset({"officer"}), done.agency)
        await look(chromium, stand, None, (
            "/sosial", f"/sosial/proses/{done.process}", f"/sosial/usulan/{done.code}", f"/sosial/usulan/{code}",
            f"/surat/usulan/berhenti/{token_of(followers.catcher.mails[-1], 'berhenti')}",
        ))  # fmt: skip
        await look(chromium, stand, officer, (
            f"/petugas/usulan/{done.code}", f"/petugas/partisipasi/{done.process}",
        ))  # fmt: skip
        siti = Caller("citizen-siti", frozenset({"citizen"}))
        await followers.society.support(code, siti)
        await look(chromium, stand, siti, ("/sosial/data-saya", "/sosial/dukungan-saya"), (PHONE,))
        await look(chromium, stand, siti, ("/sosial/dukungan-saya",), (DESK,), language="en")


async def _propose(chromium: Chromium, stand: Stand, followers: Followers) -> str:
    """Without an account and without scripts; an officer publishes it. Answers with its code."""
    async with a_tab(chromium, stand, scripts=False) as tab:
        await tab.goto("/sosial")
        await tab.get_by_role("link", name="Musrenbang kelurahan: usulan tahun depan").click()
        await tab.get_by_role("link", name="Buat usulan").click()
        await tab.fill("#title", "Bangku di halte dekat pasar")
        await tab.fill("#words", "Orang tua menunggu bus sambil berdiri setiap pagi.")
        await tab.get_by_role("button", name="Kirim usulan").click()
        assert "Simpan tautan ini" in await tab.inner_text("#key")
        code = tab.url.partition("?")[0].rpartition("/")[2]
    known = (await followers.society.call(pb.ListProcessesRequest(phases=[pb.PROCESS_PHASE_COLLECT]))).processes
    agency = {one.agency.id for one in known}
    for name in agency:
        officer = Caller("demo", frozenset({"officer"}), name)
        waiting = proposals_pb2.ListProposalsRequest(states=[proposals_pb2.PROPOSAL_STATE_WAITING])
        for one in (await followers.society.call(waiting, officer)).proposals:
            await followers.society.review(one, proposals_pb2.PROPOSAL_STATE_OPEN, officer)
    return code


async def _point(chromium: Chromium, stand: Stand) -> None:
    """With scripts the place of a proposal is picked on the map, and outlives the switch of the language."""
    async with a_tab(chromium, stand) as tab:
        await tab.goto("/sosial")
        await tab.get_by_role("link", name="Musrenbang kelurahan: usulan tahun depan").click()
        await tab.get_by_role("link", name="Buat usulan").click()
        await tab.fill("#title", "Bangku di halte")
        await tab.click("#open-map")
        await tab.wait_for_selector("#live-map path.area")
        assert await faults(tab) == []
        box = await tab.locator("#live-map").bounding_box()
        assert box is not None
        await tab.click("#live-map", position={"x": box["width"] / 2, "y": box["height"] / 2})
        picked = await tab.input_value("#point")
        assert POINT.fullmatch(picked), picked
        await tab.click(".lang a")
        await tab.wait_for_selector("html[lang=en]")
        assert [await tab.input_value(f"#{name}") for name in ("title", "point")] == ["Bangku di halte", picked]


async def _support_and_follow(chromium: Chromium, stand: Stand, followers: Followers, code: str) -> None:
    """Another browser supports it and asks for news; the link of the confirmation works in a third one."""
    async with a_tab(chromium, stand, scripts=False) as tab:
        await tab.goto(f"/sosial/usulan/{code}")
        await tab.get_by_role("button", name="Dukung usulan ini").click()
        await tab.get_by_text("1 pendukung").first.wait_for()
        await tab.fill("#email", SITI)
        await tab.get_by_role("button", name="Kirim konfirmasi").click()
        await tab.get_by_text("Periksa e-mail Anda").first.wait_for()
    await timers.deliver(followers.served.runtime)
    async with a_tab(chromium, stand, scripts=False) as tab:
        await tab.goto(f"/surat/usulan/konfirmasi/{token_of(followers.catcher.to(SITI)[-1], 'konfirmasi')}")
        await tab.get_by_role("button", name="Ya, kirim kabar ke alamat ini").click()
        await tab.get_by_text("Mulai sekarang kabar dikirim").first.wait_for()
