"""Proposals at the portal, through a gateway in front of the pillar."""

import re

import httpx

from smartcity.society.v1 import proposals_pb2 as pb
from tests.society.taking_part import BAPPEDA, Society


async def sent(visitor: httpx.AsyncClient, page: str, form: str, **fields: str) -> httpx.Response:
    """Fills in a form of a page and follows where it leads."""
    found = re.search(rf'<form method="post" action="([^"]+)"[^>]*id="{form}"(.*?)</form>', page, re.DOTALL)
    assert found is not None, page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[2]))
    return await visitor.post(found[1], data={**hidden, **fields}, follow_redirects=True)


async def test_somebody_without_a_login_proposes_and_follows_and_another_supports(
    visitor: httpx.AsyncClient, society: Society
) -> None:
    process = await society.process()
    page = await visitor.get(f"/sosial/proses/{process.id}/usul")
    wrong = await sent(visitor, page.text, "proposal-form", title="Lampu jalan", words="pendek", cost="banyak")
    assert wrong.status_code == 422
    assert "Write a whole amount" in wrong.text
    words = "Gang gelap sejak tiang tumbang bulan lalu."
    made = await sent(visitor, wrong.text, "proposal-form", title="Lampu <b>jalan</b>", words=words, cost="5.000.000")
    assert made.status_code == 200, made.text
    code = made.url.path.rpartition("/")[2]
    for shown in ("Waits to be read", "Keep this key", "Lampu &lt;b&gt;jalan&lt;/b&gt;", "IDR\u00a05,000,000"):
        assert shown in made.text, shown
    stranger = await visitor.get(f"/sosial/usulan/{code}", headers={"cookie": ""})
    visitor.cookies.clear()
    stranger = await visitor.get(f"/sosial/usulan/{code}")
    assert stranger.status_code == 404
    await society.review(
        (await society.call(pb.GetProposalRequest(code=code), BAPPEDA)).proposal, pb.PROPOSAL_STATE_OPEN
    )
    page = await visitor.get(f"/sosial/usulan/{code}")
    assert "Keep this key" not in page.text
    supported = await sent(visitor, page.text, "support-form")
    assert "1 supporter" in supported.text
    listed = await visitor.get(f"/sosial/proses/{process.id}")
    assert f'href="/sosial/usulan/{code}"' in listed.text
    found = await visitor.get("/sosial/usulan", params={"kode": code.lower()}, follow_redirects=True)
    assert found.url.path == f"/sosial/usulan/{code}"
