"""The way through the three screens: each form is kept and leads on to a page, so that Back and reload do no harm.

What was entered is a draft of ours (``gateway.drafts``), which this browser alone can open, until it is sent or a day
has passed.
"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.bodies.kinds import PHOTOS
from gateway.callers.origins import origin_of
from gateway.callers.session import FormChecked
from gateway.drafts.model import Draft, Said, Trouble
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys
from gateway.portal.governance.filing import chosen, entries, screens, sending
from gateway.portal.governance.filing.entries import STEPS
from gateway.portal.kit import forms
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.own_values import new_key, own_key
from gateway.portal.kit.page import PageRoute
from services.kit.city import City

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Step = Annotated[str, Path(pattern=f"^({'|'.join(screens.NAMES)})$")]


@router.get("/lapor")
async def begin(request: Request) -> Response:
    """The first screen, with the report that this browser began and has not sent."""
    visitor = _visitor(request)
    try:
        found = await current_gateway(request).drafts.latest(visitor) if visitor else None
    except Problem:
        found = None  # a new one can be begun all the same
    return await (screens.screen(request, *found, "what", resumed=True) if found else _blank(request))


@for_crowds()
async def _blank(request: Request) -> Response:
    return await screens.screen(request, UUID(own_key(request)), Draft(), "what")


@router.get("/lapor/draf/{draft}/{word}")
async def show(request: Request, draft: UUID, word: Step) -> Response:
    """A screen of a draft as it was left."""
    step, visitor = screens.NAMES[word], _visitor(request)
    found = await current_gateway(request).drafts.find(visitor, draft) if visitor else None
    if found is None:
        gone = Draft()
        gone.wrong("what", text=Said("problem.draft_gone"))
        return await screens.screen(request, UUID(new_key()), gone, "what")  # 422: it is asked for again
    if found.code:
        return _filed(found.code)
    if not found.trouble and entries.is_wanting(found, step, current_gateway(request).city) and found.trouble:
        return screens.go_to(request, draft, found.trouble.step)
    return await screens.screen(request, draft, found, step)


@router.get("/lapor/draf/{draft}/foto/{photo}")
async def photo(request: Request, draft: UUID, photo: Identifier) -> Response:
    """A photo of a draft; with ``?kecil=1`` its small picture."""
    gateway, visitor = current_gateway(request), _visitor(request)
    found = await gateway.drafts.find(visitor, draft) if visitor else None
    for each in found.photos if found else ():
        if each.id == photo:
            headers = {"cache-control": "no-store"}  # who sits at the browser next may be somebody else
            if request.query_params.get("kecil") == "1":
                picture, kind = await gateway.draft_photos.small(each)
            else:
                picture, kind = await gateway.draft_photos.data(each), each.content_type
            return Response(picture, media_type=kind, headers=headers)
    raise Problem(404, "FILE_MISSING", "There is no such photo.")


@router.post("/lapor", dependencies=[Depends(FormChecked(PHOTOS))])
async def step(request: Request) -> Response:
    """Keeps a screen's entries and photos, and leads on to where its reader wants to go."""
    gateway, form, visitor = current_gateway(request), await forms.read(request), _visitor(request)
    here, identity, network = _here(form), _identity(form), origin_of(request).network
    if form["go"] == "anew":
        await gateway.drafts.drop(visitor, identity)
        return RedirectResponse("/lapor", 303)
    before = await gateway.drafts.find(visitor, identity) or Draft()
    new = await chosen.take(request, identity, len(before.photos), network)
    async with gateway.drafts.changing(visitor, identity, network) as draft:
        to = "" if draft.code else _change(draft, here, form, new, gateway.city)
    for each in new.unwanted:
        await gateway.draft_photos.drop(each)
    if draft.code:
        return _filed(draft.code)
    if to in ("send", "join"):
        return await (sending.send if to == "send" else sending.join)(request, identity, draft, form["join"])
    at = "problem" if draft.trouble else "photo-box" if form["drop"] or form["go"] == "photos" else ""
    return screens.go_to(request, identity, to, language=form["lang"], at=at)


def _change(draft: Draft, here: str, form: Fields, new: chosen.Chosen, city: City) -> str:
    """Takes everything into the draft; where to go on: a screen, ``send`` or ``join``."""
    lost = draft.is_empty and here != "what"
    draft.key, draft.trouble = draft.key or new_key(), None
    entries.enter(draft, here, form)
    new.into(draft, without=form["drop"])
    wanted = _wanted(here, form)
    if lost:
        draft.wrong("what", text=Said("problem.draft_gone"))
    elif new.refused:
        draft.trouble = Trouble(here, errors={"photos": tuple(new.refused)})
    else:
        entries.is_wanting(draft, wanted, city)
    return draft.trouble.step if draft.trouble else wanted


def _wanted(here: str, form: Fields) -> str:
    if form["lang"] or form["drop"]:
        return here
    if form["join"]:
        return "join"
    go = form["go"]
    return go if go in STEPS or (go == "send" and here == STEPS[-1]) else here


def _here(form: Fields) -> str:
    return form["step"] if form["step"] in STEPS else STEPS[0]


def _identity(form: Fields) -> UUID:
    """The draft that the form is of; a form that names none begins one."""
    try:
        return UUID(form["request_id"])
    except ValueError:
        return UUID(new_key())


def _visitor(request: Request) -> str:
    """The browser's cookie; empty before it has one."""
    return "" if getattr(request.state, "new_visitor", "") else getattr(request.state, "visitor", "")


def _filed(code: str) -> Response:
    return RedirectResponse(f"{link_keys.path_of(code)}/diterima", 303)
