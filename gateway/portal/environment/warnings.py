"""Flood warnings for everybody: what is in force, what was, what to do, and by which criteria the city warns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.environment.sections import chosen, section
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.crowds import for_crowds
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.texts import language_of
from gateway.portal.kit.warned import LEVELS, holds
from services.kit.caller import Caller
from smartcity.environment.v1 import warnings_pb2 as pb
from smartcity.environment.v1 import warnings_views as views

router = APIRouter(prefix="/lingkungan/peringatan", route_class=PageRoute, include_in_schema=False)
TAGS = {"id": "id-ID", "en": "en-GB"}
"""Languages of the portal as warnings name them."""


@section("warnings")
async def on_start(request: Request) -> dict[str, Any]:
    """What is in force, on the pillar's start page: from memory, as at the head of every page."""
    gateway = current_gateway(request)
    part = gateway.home.section("environment")
    found = [one for one in getattr(part.overview, "warnings", None) or () if holds(one)]
    known = {"as_of": part.as_of, "status": part.status, "warns": gateway.bulletins.warns}
    return {"warnings": graver_first(found), **known}


@router.get("")
@for_crowds()
async def listed(request: Request) -> Response:
    """All that was published, in force first, and the criteria. What is in force may fill several pages."""
    pillars, caller, token = current_gateway(request).pillars, current_caller(request), page_token(request)
    told = current_gateway(request).bulletins
    asked = pb.ListWarningsRequest(page_size=PAGE, page_token=token)
    answer, criteria, weather = await asyncio.gather(
        pillars.call(asked, caller),
        criteria_for(request, caller),
        chosen(request, *([] if token else ["nowcasts"])),
    )
    found = [views.warning(each) for each in answer.warnings]
    return render(
        request, "environment/warnings.html", here="environment",
        now_in_force=graver_first([one for one in found if one.state == "in_force"]),
        past=[one for one in found if one.state != "in_force"], criteria=criteria, asleep=asleep(criteria),
        said=spoken(request),
        sections=weather, first=not token, by_mail=told.by_mail, warns=told.warns,
        next_href=next_href("/lingkungan/peringatan", answer.next_page_token),
    )  # fmt: skip


@router.get("/{warning}")
@for_crowds()
async def warning(request: Request, warning: Identifier) -> Response:
    """One warning, with what it says and its messages."""
    found = await current_gateway(request).pillars.call(pb.GetWarningRequest(id=warning), current_caller(request))
    return render(
        request, "environment/warning.html", here="environment", warning=views.warning(found.warning),
        said=spoken(request), by_mail=current_gateway(request).bulletins.by_mail,
    )  # fmt: skip


def asleep(criteria: Any) -> list[Any]:
    """The zones that no gauge can warn: all of their rules are."""
    return [zone for zone in criteria.zones if zone.criteria and all(one.asleep for one in zone.criteria)]


async def criteria_for(request: Request, caller: Caller) -> Any:
    """The criteria that the city has published."""
    answer = await current_gateway(request).pillars.call(pb.GetWarningCriteriaRequest(), caller)
    return views.get_warning_criteria_response(answer)


def graver_first(found: Sequence[Any]) -> list[Any]:
    """Real ones before drills, the gravest first."""
    return sorted(found, key=lambda one: (bool(one.exercise), -LEVELS.index(one.level)))


def spoken(request: Request) -> Any:
    """What a warning says in the reader's language; None while it has said nothing."""
    tag = TAGS[language_of(request)]

    def said(one: Any) -> Any:
        return next((words for words in one.words or () if words.language == tag), None)

    return said
