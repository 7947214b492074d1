"""Proposals: the form for one, and its page with what officers answered, who supports it, and what became of it."""

from __future__ import annotations

import re
from typing import Annotated, Any

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import from_grpc
from gateway.callers.origins import origin_of
from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import FormState, attempted, tried
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.texts import offered
from gateway.portal.society import support_marks
from gateway.portal.society.author_keys import keep, key_of, link_of, path_of
from services.kit.caller import ANONYMOUS, Caller
from services.kit.city import Area, City
from smartcity.society.v1 import comments_pb2, comments_views, processes_pb2, processes_views
from smartcity.society.v1 import proposals_pb2 as pb
from smartcity.society.v1 import proposals_views as views

CHECKED = [Depends(csrf_checked)]
DONE = frozenset(
    {
        "proposal_made",
        "proposal_supported",
        "proposal_supported_before",
        "proposal_supported_mailed",
        "proposal_supported_before_mailed",
        "proposal_withdrawn",
        "proposal_followed",
        "comment_sent",
    }
)
POINT = re.compile(r"\s*(-?[0-9]{1,2}(?:\.[0-9]{1,12})?)\s*,\s*(-?[0-9]{1,3}(?:\.[0-9]{1,12})?)\s*")
_KEY = re.compile(r"[0-9A-Za-z_-]{1,100}")
_WRONG = "salah"
"""Of a key that was tried, in the address of the page that is shown then."""
_STAFF = frozenset({"officer", "verifier", "admin"})

OPENS = {"U": "/sosial/usulan"}
"""Codes that are opened here, by the letter after the city's own, and where."""
router = APIRouter(prefix="/sosial", route_class=PageRoute, include_in_schema=False)


def public_caller(request: Request) -> Caller:
    """Who reads a public page. Staff see there what everybody sees: their own pages are below /petugas."""
    caller = current_caller(request)
    return ANONYMOUS if caller.roles & _STAFF else caller


Writer = Annotated[Caller, Depends(current_caller)]
"""Who does something there: staff with their login, or nobody knew that it is theirs, and they decided on it."""


@router.get("/proses/{id}/usul")
async def blank(request: Request, id: Identifier) -> Response:  # noqa: A002
    """The form for a proposal."""
    return await _form(request, id, FormState())


@router.post("/proses/{id}/usul", dependencies=CHECKED)
async def create(request: Request, id: Identifier, caller: Writer) -> Response:  # noqa: A002
    """Makes it; the key of who has no login goes into the cookie of its page."""
    form = await forms.read(request)
    asked = pb.CreateProposalRequest(
        request_id=form["request_id"], process=id, title=form["title"], words=form["words"], area=form["area"][:13],
        origin=origin_of(request),
    )  # fmt: skip
    answer = await tried(request, caller, "create", form, asked, _fill(request, form, asked))
    if isinstance(answer, FormState):
        return await _form(request, id, answer)
    response = RedirectResponse(f"{path_of(answer.proposal.code)}?done=proposal_made", 303)
    if answer.link_key:
        keep(request, response, answer.proposal.code, answer.link_key)
    return response


@router.get("/usulan")
async def find(kode: str = "") -> Response:
    """The proposal of a code that somebody typed; the list of processes without one."""
    wanted = re.sub(r"[^0-9A-Za-z-]", "", kode)[:32].upper()
    return RedirectResponse(path_of(wanted) if wanted else "/sosial", 303)


@router.get("/usulan/{code}")
async def one(request: Request, code: Code, k: str = "", done: str = "", kunci: str = "") -> Response:
    """One proposal; a key in the address is kept and leaves it. What is not there asks for another code, or its key."""
    if k:
        return await _unlocked(request, code, k)
    try:
        return await show(request, code, FormState(done=done if done in DONE else ""))
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        if problem.reason != "PROPOSAL_NOT_FOUND":
            raise
    return render(
        request, "society/proposal_missing.html", 404, private=True, here="society", code=code,
        wrong_key=kunci == _WRONG,
    )  # fmt: skip


@router.post("/usulan/{code}/kunci", dependencies=CHECKED)
async def open_with_key(request: Request, code: Code) -> Response:
    """Takes the key that its author kept."""
    return await _unlocked(request, code, (await forms.read(request))["key"].strip())


async def _unlocked(request: Request, code: str, key: str) -> Response:
    """Its page, with the key kept where it is its author's: any other would take that one's place."""
    if not (_KEY.fullmatch(key) and await _opens(request, code, key)):
        return RedirectResponse(f"{path_of(code)}?kunci={_WRONG}", 303)
    response = RedirectResponse(path_of(code), 303)
    keep(request, response, code, key)
    return response


async def _opens(request: Request, code: str, key: str) -> bool:
    asked = pb.GetProposalRequest(code=code, link_key=key)
    try:
        return (await current_gateway(request).pillars.call(asked, ANONYMOUS)).proposal.own
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        return False


@router.post("/usulan/{code}/dukung", dependencies=CHECKED)
async def support(request: Request, code: Code, caller: Writer) -> Response:
    """Supports it."""
    form = await forms.read(request)
    asked = pb.SupportProposalRequest(
        request_id=form["request_id"], code=code, origin=origin_of(request), email=form["email"].strip(),
        language=form["language"] if form["language"] in offered(request) else "",
    )  # fmt: skip
    answer = await attempted(request, "support", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await show(request, code, answer)
    done = f"proposal_supported{'' if answer.counted else '_before'}{'_mailed' if asked.email else ''}"
    response = RedirectResponse(f"{path_of(code)}?done={done}", 303)
    if answer.counted:
        support_marks.keep(request, response, code, caller)
    return response


@router.post("/usulan/{code}/komentar", dependencies=CHECKED)
async def comment(request: Request, code: Code, caller: Writer) -> Response:
    """Says something of it."""
    form = await forms.read(request)
    asked = comments_pb2.CreateCommentRequest(
        request_id=form["request_id"], code=code, words=form["words"], origin=origin_of(request)
    )
    answer = await attempted(request, "comment", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await show(request, code, answer)
    return RedirectResponse(f"{path_of(code)}?done=comment_sent", 303)


@router.post("/usulan/{code}/tarik", dependencies=CHECKED)
async def withdraw(request: Request, code: Code, caller: Writer) -> Response:
    """Takes it back."""
    form = await forms.read(request)
    asked = pb.WithdrawProposalRequest(
        request_id=form["request_id"], code=code, link_key=key_of(request), note=form["note"]
    )
    answer = await attempted(request, "withdraw", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await show(request, code, answer)
    return RedirectResponse(f"{path_of(code)}?done=proposal_withdrawn", 303)


async def _form(request: Request, id_: str, shown: FormState) -> Response:
    asked = processes_pb2.GetProcessRequest(id=id_)
    answer = await current_gateway(request).pillars.call(asked, public_caller(request))
    found = processes_views.process(answer.process)
    city = city_words(request).city
    return render(
        request, "society/proposal_new.html", shown.status, private=True, here="society", process=found,
        areas=_below(city, found.area.code if found.area else ""), **shown.context(),
    )  # fmt: skip


async def _seen(request: Request, code: str, key: str) -> views.Proposal:
    """It as its author sees it, staff too, by their login or its key; else as everybody does."""
    asked, caller = pb.GetProposalRequest(code=code, link_key=key), current_caller(request)
    answer = await current_gateway(request).pillars.call(asked, caller)
    if not answer.proposal.own and public_caller(request) != caller:
        answer = await current_gateway(request).pillars.call(asked, ANONYMOUS)
    return views.proposal(answer.proposal)


async def show(request: Request, code: str, shown: FormState) -> Response:
    """A proposal's page, with what came of a form on it."""
    key = key_of(request)
    found = await _seen(request, code, key)
    said: Any = comments_pb2.ListCommentsResponse()
    if everybody := everybody_sees(found):
        said = await current_gateway(request).pillars.call(
            comments_pb2.ListCommentsRequest(code=code, page_size=PAGE, page_token=page_token(request)),
            public_caller(request),
        )
    return render(
        request, "society/proposal.html", shown.status, private=found.own, here="society", it=found, shown=everybody,
        link=link_of(request, found.code, key) if key and found.own else "",
        comments=[comments_views.comment(each) for each in said.comments],
        next_href=next_href(path_of(found.code), said.next_page_token),
        supported=found.state in ("open", "accepted") and support_marks.has(request, current_caller(request)),
        **shown.context(),
    )  # fmt: skip


def everybody_sees(found: views.Proposal) -> bool:
    """Whether anybody can have said something of it: not before it is published, nor where that never was."""
    if found.state in ("merged", "withdrawn"):
        return any(step.kind == "published" for step in found.steps)
    return found.state not in ("waiting", "refused")


def _fill(request: Request, form: Fields, asked: pb.CreateProposalRequest) -> dict[str, str]:
    """Puts point and cost into a request; answers with what is wrong by entry, as keys of texts."""
    wrong: dict[str, str] = {}
    if form["point"]:
        at = POINT.fullmatch(form["point"])
        if at is None:
            wrong["point"] = "proposal.point_wrong"
        else:
            asked.point.lat, asked.point.lon = float(at[1]), float(at[2])
    if form["cost"]:
        units = money.typed(form["cost"])
        if units is None:
            wrong["cost"] = "proposal.cost_wrong"
        else:
            asked.cost.CopyFrom(money.message(units, city_words(request).city.currency))
    return wrong


def _below(city: City, code: str) -> list[Area]:
    """The kelurahan or desa that lie in an area, by name; none where it is one itself."""
    below = city.children(code)
    lowest = [each for area in below for each in ((area,) if area.is_lowest else city.children(area.code))]
    return sorted(lowest, key=lambda area: area.name)
