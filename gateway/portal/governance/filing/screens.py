"""The three screens as pages, each with an address of its own, so that the browser's Back finds it as it was left."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import grpc.aio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import FieldError, Problem
from gateway.drafts import model
from gateway.drafts.model import Draft, Said
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys
from gateway.portal.governance.filing import entries
from gateway.portal.governance.filing.entries import STEPS
from gateway.portal.governance.likeness import alike
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import render, texts_of
from gateway.portal.kit.texts import Texts, offered
from gateway.portal.kit.trouble import Trouble, field_trouble
from services.kit.city import City
from smartcity.governance.v1 import complaints_views as views
from smartcity.governance.v1 import routing_pb2, routing_views

WORDS = {"what": "apa", "where": "tempat", "check": "periksa"}
"""Of each screen, in its address."""
NAMES = {word: step for step, word in WORDS.items()}


def path_of(draft: UUID, step: str) -> str:
    """The address of a screen of a draft."""
    return f"/lapor/draf/{draft}/{WORDS[step]}"


def go_to(request: Request, draft: UUID, step: str, *, language: str = "", at: str = "") -> Response:
    """Redirects to a screen, in a language that was just chosen, to the element ``at``."""
    query = f"?lang={language}" if language in offered(request) else ""
    return RedirectResponse(f"{path_of(draft, step)}{query}{at and f'#{at}'}", 303)


async def screen(
    request: Request, identity: UUID, draft: Draft, step: str, *, status: int = 200, resumed: bool = False
) -> Response:
    """One of the three screens, with what is wrong on it."""
    gateway, texts = current_gateway(request), texts_of(request)
    form = Fields(draft.fields)
    more: dict[str, Any] = await _check(request, form, draft) if step == "check" else {}
    wrong = draft.trouble if draft.trouble and draft.trouble.step == step else None
    return render(
        request, f"governance/report_{step}.html", wrong.status if wrong else status, private=True, here="report",
        step=step, step_number=STEPS.index(step) + 1, form=form | {"request_id": str(identity)}, resumed=resumed,
        kept_photos=draft.photos, photos_most=model.PHOTOS_MOST, photo_base=f"/lapor/draf/{identity}/foto",
        emergency=gateway.city.emergency.concerns(form["text"], entries.category_of(form) or more.get("likely", "")),
        **more, **(_told(wrong, texts).context() if wrong else {}),
    )  # fmt: skip


def _told(wrong: model.Trouble, texts: Texts) -> Trouble:
    """What is wrong, in the page's language."""
    said = {name: " ".join(_words(each, texts) for each in given) for name, given in wrong.errors.items()}
    if not wrong.reason:
        return field_trouble(texts, **said)
    errors = [FieldError(name, words) for name, words in said.items()]
    return Trouble.of(Problem(wrong.status, wrong.reason, wrong.detail, errors=errors), texts)


def _words(said: Said, texts: Texts) -> str:
    words = texts(said.key, **said.values) if said.key else said.words
    return f"{said.file}: {words}" if said.file else words


async def _check(request: Request, form: Fields, draft: Draft) -> dict[str, Any]:
    """The last screen: what we make of it, and what may already be known."""
    city = current_gateway(request).city
    suggestions, similar = await asyncio.gather(_suggestions(request, form, city), _similar(request, form, city))
    first = city.category(suggestions[0].category.id) if suggestions and suggestions[0].category else None
    if first is not None and first.private and not draft.checked:
        form["secret"] = entries.TICKED
    likely, place = first.id if first is not None else "", _place_words(request, form, city)
    return {
        "suggestions": suggestions, "similar": similar, "place_words": place, "likely": likely,
        "contact_days": city.clocks.contact_days,
    }  # fmt: skip


async def _suggestions(request: Request, form: Fields, city: City) -> list[routing_views.CategorySuggestion]:
    """The likely categories; none when the pillar does not answer, which costs the suggestion only."""
    pillars = current_gateway(request).pillars
    asked = routing_pb2.SuggestCategoriesRequest(text=form["text"], area_code=entries.area_of(form, city))
    try:
        answer = await pillars.call(asked, link_keys.public_caller(request))
    except grpc.aio.AioRpcError:
        return []
    return [routing_views.category_suggestion(each) for each in answer.suggestions]


async def _similar(request: Request, form: Fields, city: City) -> list[views.SimilarComplaint]:
    """What looks like the same matter."""
    return await alike(
        request, link_keys.public_caller(request), text=form["text"], category=entries.category_of(form),
        area_code=entries.area_of(form, city), point=entries.point_of(form),
    )  # fmt: skip


def _place_words(request: Request, form: Fields, city: City) -> str:
    area, point, texts = city.area(entries.area_of(form, city)), entries.point_of(form), texts_of(request)
    parts = [form["landmark"], f"{area.name}, {area.district}" if area else ""]
    if point:
        parts.append(texts("report.point_words", lat=f"{point[1]:.5f}", lon=f"{point[0]:.5f}"))
    return " · ".join(filter(None, parts))
