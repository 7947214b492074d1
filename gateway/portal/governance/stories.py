"""A story as people read it: who did what when, in which pillar."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.page import PageRoute, render, texts_of
from smartcity.governance.v1 import stories_pb2 as pb
from smartcity.governance.v1 import stories_views as views

Correlation = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/cerita/{correlation}")
async def story(request: Request, correlation: Correlation) -> Response:
    """What happened, the earliest first; goes on by itself where there is JavaScript."""
    asked = pb.GetStoryRequest(correlation=correlation)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    it = views.story(answer.story)
    return render(
        request, "governance/story.html", it=it, happened=lambda type_: _words(request, type_),
        facts=_facts, causes={one.id: place for place, one in enumerate(it.events, 1)},
    )  # fmt: skip


def _facts(one: views.StoryEvent) -> list[views.StoryFact]:
    """The particulars that say something to people: no identifiers."""
    return [fact for fact in one.facts if not _IDENTIFIER.fullmatch(fact.value)]


def _words(request: Request, type_: str) -> Any:
    """What an event is in words: our own, else its name as words."""
    name = type_.rpartition(".")[2]
    return texts_of(request).maybe(f"story_event.{name}", _WORD.sub(" ", name).capitalize())
