"""A story as people read it: who did what when, in which pillar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal.governance.dispatching import names, protocol
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
    kinds = await _kinds(request, it)
    return render(
        request, "governance/story.html", it=it, happened=lambda type_: _words(request, type_),
        facts=_facts, worded=lambda fact: _worded(request, fact, kinds),
        causes={one.id: place for place, one in enumerate(it.events, 1)},
    )  # fmt: skip


def _facts(one: views.StoryEvent) -> list[views.StoryFact]:
    """The particulars that say something to people: no identifiers."""
    return [fact for fact in one.facts if not _IDENTIFIER.fullmatch(fact.value)]


def _worded(request: Request, fact: views.StoryFact, kinds: Mapping[str, str]) -> str:
    """What a particular is in the reader's words: a place or kind by its name, a word of a contract translated."""
    if fact.name == "district" and (area := current_gateway(request).city.area(fact.value)) is not None:
        return area.name
    if fact.name == "kind" and fact.value in kinds:
        return kinds[fact.value]
    return texts_of(request).maybe(f"story_word.{fact.value}", fact.value.replace("_", " "))


async def _kinds(request: Request, it: views.Story) -> Mapping[str, str]:
    """How the city names its kinds of incidents and permits, where a story tells of some."""
    told = {one.type.rpartition(".")[2] for one in it.events}
    if any(name.startswith("Incident") for name in told):
        return names(request, await protocol(request))["kind"]
    if any(name.startswith("Permit") for name in told):
        known = permitting_of(current_gateway(request).city).kinds
        return {one.id: one.name(texts_of(request).language) for one in known.values()}
    return {}


def _words(request: Request, type_: str) -> Any:
    """What an event is in words: our own, else its name as words."""
    name = type_.rpartition(".")[2]
    return texts_of(request).maybe(f"story_event.{name}", _WORD.sub(" ", name).capitalize())
