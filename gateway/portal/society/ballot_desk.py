"""The desk of ballots: announcing one, marking who votes on paper, entering what was counted in booths, the count."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import Desk, FormState, incomplete, tried
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.forms import Fields, lines
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.staff import staff
from gateway.portal.society.ballots import terms
from services.kit.caller import Caller
from services.kit.numbers import grouped, typed
from smartcity.society.v1 import ballots_pb2 as pb
from smartcity.society.v1 import ballots_views as views

PATH = "/petugas/suara"
CHECKED = [Depends(csrf_checked)]
DONE = frozenset(
    {"paper_marked", "booth_entered", "counts_aside", "ballot_counting", "ballot_cancel_asked", "ballot_cancelled"}
)
_MOST_OPTIONS, _MOST_LINES = 40, 2_000
"""Of a ballot, and of the count of a booth."""
_LEAST_LETTERS, _MOST_LETTERS = 3, 200
"""Of an option."""

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff) -> Response:
    """All ballots, and the form for another."""
    return await _desk(request, caller, FormState())


@router.post("", dependencies=CHECKED)
async def announce(request: Request, caller: Staff) -> Response:
    """Announces one."""
    form = await forms.read(request)
    asked = pb.CreateBallotRequest(
        request_id=form["request_id"], process=form["process"], title=form["title"], title_en=form["title_en"],
        cut_off=form["cut_off"], areas=[form["areas"]] if form["areas"] else [], regulation=form["regulation"],
    )  # fmt: skip
    if wrong := _fill(request, form, asked):
        return await _desk(request, caller, incomplete(request, "announce", form, **wrong))
    answer: Any = await tried(request, caller, "announce", form, asked)
    if isinstance(answer, FormState):
        return await _desk(request, caller, _placed(answer))
    return RedirectResponse(f"{PATH}/{answer.ballot.id}", 303)


async def _desk(request: Request, caller: Caller, shown: FormState) -> Response:
    asked = pb.ListBallotsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "society/officer_ballots.html", shown.status, private=True, here="officer", view="ballots",
        found=[views.ballot(one) for one in answer.ballots], next_href=next_href(PATH, answer.next_page_token),
        **shown.context(),
    )  # fmt: skip


@router.get("/{id}")
async def one(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One of them, with its booths."""
    return await _show(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id}/pemilih", dependencies=CHECKED)
async def mark(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Marks somebody as voting on paper."""
    form = await forms.read(request)
    asked = pb.MarkPaperVoterRequest(
        request_id=form["request_id"], id=id, booth=form["booth"].upper(), nik="".join(form["nik"].split()),
        birth_date=form["birth_date"],
    )  # fmt: skip
    return await _DESK.do(request, id, caller, "mark", form, asked, "paper_marked")


@router.post("/{id}/hitungan", dependencies=CHECKED)
async def enter(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Enters what the caller has counted in a booth: a line for each kind of paper, ``12: 1, 3``."""
    form = await forms.read(request)
    papers = _lines(form["lines"])
    if papers is None:
        return await _show(request, id, caller, incomplete(request, "enter", form, lines="ballot_desk.no_lines"))
    asked = pb.EnterBoothCountRequest(
        request_id=form["request_id"], id=id, booth=form["booth"].upper(), lines=papers
    )  # fmt: skip
    answer = await tried(request, caller, "enter", form, asked)
    if isinstance(answer, FormState):
        answer = _placed(answer, lines=texts_of(request)("ballot_desk.lines_wrong"))
    return await _DESK.after(request, id, caller, answer, "booth_entered")


@router.post("/{id}/ulang", dependencies=CHECKED)
async def set_aside(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Has a booth counted from nothing whose two counts do not agree."""
    form = await forms.read(request)
    asked = pb.SetBoothCountsAsideRequest(
        request_id=form["request_id"], id=id, booth=form["booth"].upper(), reason=form["reason"]
    )
    return await _DESK.do(request, id, caller, "aside", form, asked, "counts_aside")


@router.post("/{id}/hitung", dependencies=CHECKED)
async def count(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Has it counted."""
    form = await forms.read(request)
    asked = pb.CountBallotRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    return await _DESK.do(request, id, caller, "count", form, asked, "ballot_counting")


@router.post("/{id}/batal", dependencies=CHECKED)
async def cancel(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Asks for it to be cancelled, or confirms that."""
    form = await forms.read(request)
    asked = pb.CancelBallotRequest(request_id=form["request_id"], id=id, etag=form["etag"], reason=form["reason"])
    answer = await tried(request, caller, "cancel", form, asked)
    over = not isinstance(answer, FormState) and answer.ballot.state == pb.BALLOT_STATE_CANCELLED
    return await _DESK.after(request, id, caller, answer, "ballot_cancelled" if over else "ballot_cancel_asked")


async def _show(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    found = views.ballot((await pillars.call(pb.GetBallotRequest(id=id_), caller)).ballot)
    own = caller.has("admin") or caller.agency == found.agency
    booths = (await pillars.call(pb.ListBoothsRequest(id=id_), caller)).booths if own else []
    listed = [views.booth(each) for each in booths]
    return render(
        request, "society/officer_ballot.html", shown.status, private=True, here="officer", view="ballots", it=found,
        own=own, booths=listed, countable=[each.name for each in listed if _countable(each)],
        settable=[each.name for each in listed if each.may_set_aside],
        base=f"{PATH}/{found.id}", **terms(request, found), **shown.context(),
    )  # fmt: skip


def _countable(booth: views.Booth) -> bool:
    """Whether the caller may enter a count of it: as one of the two, and again where these differ. Who may set aside
    what two have counted is neither of them.
    """
    if booth.may_set_aside:
        return False
    return booth.state == "uncounted" or (booth.state, booth.own) in {("counted_once", False), ("differs", True)}


def _placed(shown: FormState, **at: str) -> FormState:
    """Choices that cannot be, told at the entries that they are about, and there alone: the words of the reason are for
    who votes.
    """
    trouble = shown.trouble
    if trouble is None or trouble.reason != "CHOICES_INVALID":
        return shown
    return replace(shown, trouble=replace(trouble, message="", errors=at or trouble.errors))


def _fill(request: Request, form: Fields, asked: pb.CreateBallotRequest) -> dict[str, str]:
    """Puts numbers, options and times into a request; answers with what is wrong by entry, as keys of texts.

    What is no number or time is none that was left out: a ballot cannot be stopped once it is open.
    """
    wrong: dict[str, str] = {}
    numbers = {"winners": "course_desk.number_wrong", "most_choices": "course_desk.number_wrong"}
    for name, error in (numbers | {"min_age": "process_desk.age_wrong"}).items():
        number = typed(form[name] or "0", 3)
        if number is None:
            wrong[name] = error
        else:
            setattr(asked, name, number)
    budget = money.entered(form["budget"])
    if budget is None:
        wrong["budget"] = "process_desk.budget_wrong"
    options = _options(form["options"])
    if options is None:
        wrong["options"] = "ballot_desk.no_options"
    elif any(not _LEAST_LETTERS <= len(each.title) <= _MOST_LETTERS for each in options):
        wrong["options"] = "ballot_desk.option_words"
    else:
        asked.options.extend(options)
    asked.budget = budget or 0
    for name, time, error in (
        ("open_time", asked.open_time, "process_desk.time_wrong"),
        ("close_time", asked.close_time, "ballot_desk.no_time"),
    ):
        at = moment_of(form[name], city_words(request).city.timezone)
        if at is not None:
            time.FromDatetime(at)
        elif form[name] or name == "close_time":
            wrong[name] = error
    return wrong


def _options(text: str) -> list[pb.BallotOption] | None:
    """Options as officers write them: a line each, with its cost behind a semicolon; None where that is no amount."""
    found = []
    for line in lines(text, _MOST_OPTIONS):
        title, priced, entered = line.rpartition(";") if ";" in line else (line, "", "")
        cost = money.entered(entered) if priced else 0
        if cost is None:
            return None
        found.append(pb.BallotOption(title=title.strip(), cost=cost))
    return found


def _lines(text: str) -> list[pb.PaperLine] | None:
    """Papers as they are counted; None where a line is none."""
    found = []
    for line in lines(text, _MOST_LINES):
        before, colon, chosen = line.partition(":")
        papers, numbers = grouped(before.strip(), 6), [typed(each, 2) for each in chosen.replace(",", " ").split()]
        if papers is None or not colon or None in numbers:  # a number left out would make another vote of it
            return None
        found.append(pb.PaperLine(papers=papers, options=[each for each in numbers if each is not None]))
    return found


_DESK = Desk(PATH, _show)
