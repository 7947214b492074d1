"""Processes at the portal, through a gateway in front of the pillar."""

import httpx

from smartcity.society.v1 import processes_pb2 as pb
from tests.society.taking_part import PLEBURAN, SELATAN, Society, at


async def test_the_list_leads_to_each_with_its_phases_and_who_votes(
    visitor: httpx.AsyncClient, society: Society
) -> None:
    assert 'id="none"' in (await visitor.get("/sosial")).text
    voters = pb.ProcessVoters(min_age=17, areas=[PLEBURAN], cut_off="2026-12-31")
    made = await society.process(
        "musrenbang-kelurahan", SELATAN, area=PLEBURAN, voters=voters, title_en="Planning meeting of Pleburan",
        dates=pb.ProcessDates(review=at(days=9)),
    )  # fmt: skip
    listed = await visitor.get("/sosial", params={"wilayah": PLEBURAN})
    assert f'<a href="/sosial/proses/{made.id}">Planning meeting of Pleburan</a>' in listed.text
    page = (await visitor.get(f"/sosial/proses/{made.id}")).text
    for words in ("Taking proposals", "Residents of Pleburan from the age of 17", "Advisory", "Perwal Kota Semarang"):
        assert words in page
    assert "no-such" not in page


async def test_a_draft_and_what_nobody_knows_are_not_found(visitor: httpx.AsyncClient, society: Society) -> None:
    made = await society.draft()
    for address in (made.id, "unknown"):
        answer = await visitor.get(f"/sosial/proses/{address}")
        assert answer.status_code == 404
        assert "There is no process at this address." in answer.text
