"""The desk of pump stations: how many pumps are to run and why, and what became of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.environment.desk_forms import acted, whole
from gateway.portal.environment.pumps import stations
from gateway.portal.environment.things import runs, words
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.staff import staff
from gateway.portal.kit.trouble import field_trouble
from services.kit.caller import Caller
from smartcity.environment.v1 import pumps_pb2 as pb
from smartcity.environment.v1 import pumps_views as views

router = APIRouter(prefix="/petugas/pompa", route_class=PageRoute, include_in_schema=False)
PATH = "/petugas/pompa"
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
DONE = frozenset({"pumps_told", "pumps_drilled"})
LIVE = ("waiting", "sent")


@router.get("")
async def listed(request: Request, caller: Staff) -> Response:
    """The agency's stations with what they do and their latest command; all of them for administrators."""
    mine = "" if caller.has("admin") else caller.agency
    found: list[views.PumpStation] = []
    token = ""
    if mine or caller.has("admin"):
        found, token = await stations(request, page_token(request), mine)
    return render(
        request, "environment/officer_pumps.html", private=True, here="officer", view="pumps", stations=found,
        everybodys=caller.has("admin"),
        next_href=next_href(PATH, token), **words(request),
    )  # fmt: skip


@router.get("/{code}")
async def station(request: Request, code: Identifier, caller: Staff, done: str = "") -> Response:
    """One station: the form, and who switched what and why."""
    return await _station(request, code, caller, FormState(done=done if done in DONE else ""))


@router.post("/{code}", dependencies=CHECKED)
async def switch(request: Request, code: Identifier, caller: Staff) -> Response:
    """Tells a station how many pumps are to run."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    async def send() -> Any:
        asked = pb.SwitchPumpsRequest(
            request_id=form["request_id"], id=code, pumps=whole(form, "pumps", 0, 1_000), reason=form["reason"],
            exercise=form.flag("exercise"),
        )  # fmt: skip
        return await pillars.call(asked, caller)

    answer = await acted(request, "switch", form, send())
    if isinstance(answer, FormState):
        return await _station(request, code, caller, answer)
    done = "pumps_drilled" if answer.command.exercise else "pumps_told"
    return RedirectResponse(f"{PATH}/{code}?done={done}", 303)


async def _station(request: Request, code: str, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    found = views.pump_station((await pillars.call(pb.GetPumpRequest(id=code), caller)).station)
    mine = runs(caller, found.agency)
    commands: list[views.PumpCommand] = []
    token = ""
    if mine:
        asked = pb.ListPumpCommandsRequest(id=code, page_size=PAGE, page_token=page_token(request))
        answer = await pillars.call(asked, caller)
        commands, token = [views.pump_command(one) for one in answer.commands], answer.next_page_token
    return render(
        request, "environment/officer_pump.html", shown.status, private=True, here="officer", view="pumps",
        station=found, commands=commands, mine=mine, switches=mine and caller.has("officer"),
        under_way=any(one.state in LIVE for one in commands), next_href=next_href(f"{PATH}/{code}", token),
        me=caller.subject, **words(request), **_bounded(request, shown, found).context(),
    )  # fmt: skip


def _bounded(request: Request, shown: FormState, one: views.PumpStation) -> FormState:
    """Of too many pumps it is said how many can be told to run: no fixed text knows that of a station."""
    if shown.trouble is None or shown.trouble.reason != "PUMPS_INVALID":
        return shown
    texts = texts_of(request)
    said = texts("pump_desk.most", n=one.most_pumps)
    return replace(shown, trouble=field_trouble(texts, pumps=said))
