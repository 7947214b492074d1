"""Taking part: what residents can take part in now, and a page of each process with its phases and dates."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.way_back import NAME, public_trail, way_back
from services.kit.caller import Caller
from smartcity.society.v1 import ballots_pb2, ballots_views, overview_views, proposals_pb2, proposals_views
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.society.v1 import processes_views as views

PATH = "/sosial"
PHASES = ("draft", "collect", "review", "vote", "carry_out", "done")
GOING_ON = ("collect", "review", "vote", "carry_out")
_AREA = re.compile(r"[0-9.]{5,13}")

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
@for_crowds()
async def home(request: Request, wilayah: str = "", tahap: str = "") -> Response:
    """What goes on, or all that there was in a phase; of an area or of all."""
    area = wilayah if _AREA.fullmatch(wilayah) and city_words(request).city.area(wilayah) else ""
    phase = tahap if tahap in PHASES[1:] else ""
    asked = pb.ListProcessesRequest(
        page_size=PAGE,
        page_token=page_token(request),
        phases=[views.PROCESS_PHASE_NUMBERS[one] for one in ((phase,) if phase else GOING_ON)],
        area=area,
    )
    caller, pillars = current_caller(request), current_gateway(request).pillars
    found, known = await asyncio.gather(
        pillars.call(asked, caller), pillars.call(pb.ListProcessKindsRequest(), caller)
    )  # fmt: skip
    return render(
        request, "society/home.html", here="society", area=area, phase=phase, phases=PHASES[1:],
        found=[views.process(one) for one in found.processes],
        kinds=[views.process_kind(one) for one in known.kinds], made_up=bool(known.made_up),
        ballots=open_ballots(request),
        next_href=next_href(PATH, found.next_page_token, wilayah=area, tahap=phase),
        trail=public_trail(PATH, wilayah=area, tahap=phase, page=page_token(request)),
    )  # fmt: skip


def open_ballots(request: Request) -> list[overview_views.OpenBallot]:
    """Ballots in which voters vote now, of the city's home in memory."""
    told, now = current_gateway(request).home.section("society").overview, datetime.now(UTC)
    return [one for one in (told.open_ballots if told else ()) if one.close_time and one.close_time > now]


@router.get("/proses/{id}")
async def one(request: Request, id: Identifier) -> Response:  # noqa: A002
    """One process."""
    caller, pillars = current_caller(request), current_gateway(request).pillars
    proposals = proposals_pb2.ListProposalsRequest(
        page_size=PAGE, page_token=page_token(request), process=id, most_supported=True
    )
    answer, proposed = await asyncio.gather(
        pillars.call(pb.GetProcessRequest(id=id), caller), pillars.call(proposals, caller)
    )
    found, back = views.process(answer.process), way_back(request, PATH)
    return render(
        request, "society/process.html", here="society", it=found, back=back, **phases_of(found),
        ballot=await ballot_of(request, found, caller),
        voters=areas_of(request, found), private=found.phase == "draft",
        proposals=[proposals_views.proposal(each) for each in proposed.proposals],
        next_href=next_href(
            f"{PATH}/proses/{found.id}", proposed.next_page_token, **({NAME: back} if back else {})
        ),
    )  # fmt: skip


async def ballot_of(request: Request, found: views.Process, caller: Caller) -> ballots_views.Ballot | None:
    """The ballot of a process; None while it has none."""
    if not found.ballot:
        return None
    answer = await current_gateway(request).pillars.call(ballots_pb2.GetBallotRequest(id=found.ballot), caller)
    return ballots_views.ballot(answer.ballot)


def phases_of(found: views.Process) -> dict[str, Any]:
    """The phases that a process has, and how many of them it has gone through."""
    phases = [one for one in PHASES[1:] if found.votes or one != "vote"]
    return {"phases": phases, "passed": phases.index(found.phase) if found.phase in phases else -1}


def areas_of(request: Request, found: views.Process) -> list[str]:
    """Names of the areas whose residents vote."""
    city = city_words(request).city
    codes = found.voters.areas if found.voters else []
    return [city.told_apart(code) or code for code in codes]
