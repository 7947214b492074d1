"""A story as people read it: who did what when, in which pillar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.governance.story_names import Names, names_of, subject
from gateway.portal.kit import dates
from gateway.portal.kit.page import PageRoute, render, texts_of
from smartcity.governance.v1 import stories_pb2 as pb
from smartcity.governance.v1 import stories_views as views

Correlation = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")
_RESOLVED = "ComplaintResolved"
_DAYS = frozenset({"day", "first_day", "last_day"})
_ELSEWHERE = {"level": ("warned", "advisory_level"), "rule_name": ("level",), "complaint_state": ("state",)}
"""Tables of texts in which the portal has words for a particular already."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/cerita/{correlation}")
async def story(request: Request, correlation: Correlation) -> Response:
    """What happened, the earliest first; goes on by itself where there is JavaScript."""
    asked = pb.GetStoryRequest(correlation=correlation)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    it = views.story(answer.story)
    names = await names_of(request, it)
    return render(
        request, "governance/story.html", it=it, happened=lambda one: _words(request, one),
        facts=lambda one: _facts(request, one, names),
        causes={one.id: place for place, one in enumerate(it.events, 1)},
    )  # fmt: skip


def _facts(request: Request, one: views.StoryEvent, names: Mapping[str, Names]) -> list[tuple[str, str]]:
    """The particulars that say something to people, each with what it is called: no identifier without a name, and no
    unit, since numbers with a unit are not told.
    """
    texts, said = texts_of(request), []
    for fact in one.facts:
        about = subject(one.type, fact.name)
        named = names.get(about, {}).get(fact.value, "")
        if named or (about != "unit" and not _IDENTIFIER.fullmatch(fact.value)):
            words = named or _worded(request, about, fact.value)
            said.append((texts.maybe(f"story_fact.{about}", about.replace("_", " ")), words))
    return said


def _worded(request: Request, about: str, value: str) -> str:
    """What a particular without a name of its own is in the reader's words."""
    texts = texts_of(request)
    if about == "priority":
        return f"P{value}"
    if about in _DAYS:
        with suppress(ValueError):
            return dates.plain_day(value, texts, current_gateway(request).city.timezone)
    known = (f"{table}.{value}" for table in (*_ELSEWHERE.get(about, ()), "story_word"))
    return next(filter(None, (texts.maybe(key, "") for key in known)), value.replace("_", " "))


def _words(request: Request, one: views.StoryEvent) -> Any:
    """What an event is in words: our own, else its name as words."""
    name = one.type.rpartition(".")[2]
    if name == _RESOLVED and any(fact.value == "refused" for fact in one.facts):
        name = f"{name}Not"
    return texts_of(request).maybe(f"story_event.{name}", _WORD.sub(" ", name).capitalize())
