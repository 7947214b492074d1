"""Ballots that are open: counted and named on the city's home and where people take part, of a process or not."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.city.home import Section
from services.kit.ids import uuid7
from services.kit.rpc import protos
from smartcity.society.v1 import overview_pb2
from smartcity.society.v1 import overview_views as views
from smartcity.society.v1.overview_pb2_grpc import OverviewServiceStub
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.ballots.voting import BAPPEDA, Voting
from tests.society.pages import Reader, reader, said
from tests.society.residents.people import SITI


async def test_the_city_home_counts_a_ballot_of_no_process_while_it_is_open_and_taking_part_leads_to_it(
    voting: Voting,
) -> None:
    voting.served.now = datetime.now(UTC)
    ballot = await voting.held()
    async with stand_before(voting.served) as stand:
        somebody = await reader(stand, SITI)
        async with somebody.client:
            page = await counting(somebody, "1")
            assert page.xpath("//dt[a[@href='/sosial/suara']]")
            taking_part = await somebody.page("/sosial")
            (link,) = taking_part.xpath("//*[@id='open-ballots']//a/@href")
            assert link == f"/sosial/suara/{ballot.id}"
            assert said(taking_part, "open-ballots").endswith("WIB"), "by which clock it closes"
            voting.served.pass_time(days=2)
            await counting(somebody, "0")
            assert not (await somebody.page("/sosial")).xpath("//*[@id='open-ballots']")


async def test_of_a_pillar_of_the_version_before_the_city_home_counts_the_processes_in_which_residents_vote(
    voting: Voting,
) -> None:
    before = overview_pb2.GetOverviewResponse(nouns=["processes", "residents"], voting=2)
    async with stand_before(voting.served) as stand:
        somebody = await reader(stand, SITI)
        async with somebody.client:
            await _last_said(stand, before)
            assert said(await somebody.page("/"), "votes-open") == "2"


async def test_a_ballot_that_has_closed_since_the_pillar_answered_last_is_counted_on_no_page(voting: Voting) -> None:
    now = datetime.now(UTC)
    closed, open_ = (
        overview_pb2.OpenBallot(
            id=str(uuid7()), title="Nama taman", close_time=protos.timestamp(now + timedelta(minutes=minutes))
        )
        for minutes in (-1, 60)
    )
    last = overview_pb2.GetOverviewResponse(nouns=["ballots", "processes"], voting=2, open_ballots=[closed, open_])
    async with stand_before(voting.served) as stand:
        somebody = await reader(stand, SITI)
        async with somebody.client:
            await _last_said(stand, last)
            assert said(await somebody.page("/"), "votes-open") == "1"
            links = (await somebody.page("/sosial")).xpath("//*[@id='open-ballots']//a/@href")
            assert links == [f"/sosial/suara/{open_.id}"]


async def _last_said(stand: Stand, overview: overview_pb2.GetOverviewResponse) -> None:
    """The pillar said so a while ago, and has not answered since."""
    await stand.gateway.home.stop()
    stand.gateway.home.sections["society"] = Section("stale", datetime.now(UTC), views.get_overview_response(overview))


async def test_the_overview_names_ballots_that_are_open_the_next_to_close_first(voting: Voting) -> None:
    longer, sooner, ahead = voting.plan(), voting.plan(title="Nama taman"), voting.plan(title="Besok")
    sooner.close_time.FromDatetime(voting.served.now + timedelta(hours=30))
    ahead.open_time.FromDatetime(voting.served.now + timedelta(hours=1))
    made = [(await voting.call(one, BAPPEDA)).ballot.id for one in (longer, sooner, ahead)]
    assert await named(voting) == [made[1], made[0]], "what is only announced is not open"
    voting.served.pass_time(hours=31)
    assert await named(voting) == [made[0], made[2]]
    voting.served.pass_time(hours=20)
    assert await named(voting) == []


async def named(voting: Voting) -> list[str]:
    """The ids of those that the overview names."""
    asked = overview_pb2.GetOverviewRequest()
    found = await voting.served.call(OverviewServiceStub, "GetOverview", asked, SITI)
    return [one.id for one in found.open_ballots]


async def counting(somebody: Reader, votes: str) -> Any:
    """The city's home, once it counts so many."""
    page = await somebody.page("/")
    async with asyncio.timeout(10):
        while said(page, "votes-open") != votes:
            await asyncio.sleep(0.2)
            page = await somebody.page("/")
    return page
