"""What organisers and officers do with an event: write it, and call it off; shared by their pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.gateway import current_gateway
from gateway.portal.branding import event_entries as entries
from gateway.portal.branding import event_words, ticket_sales
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import shown_again
from services.kit.caller import Caller
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1 import city_events_views as views

DONE = frozenset({"event_drafted", "event_changed", "event_published", "event_cancelled", "occasion_cancelled"})
STATES = ("draft", "published", "cancelled")


async def listed(request: Request, caller: Caller, path: str, template: str, state: str, done: str) -> Response:
    """Events in a state, those of which something waits (``waiting``), or all."""
    asked = pb.ListCityEventRecordsRequest(page_size=PAGE, page_token=page_token(request), waiting=state == "waiting")
    if state in STATES:
        asked.state = views.CITY_EVENT_STATE_NUMBERS[state]
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, template, private=True, state=state, states=("waiting", *STATES), base=path,
        found=[views.city_event(one) for one in answer.events], done=done if done in DONE else "",
        next_href=next_href(path, answer.next_page_token, keadaan=state), **_here(template),
        **event_words.words(request),
    )  # fmt: skip


async def blank(request: Request, path: str, template: str, shown: FormState) -> Response:
    """The form for another."""
    context = shown.context()
    return render(
        request, template, shown.status, private=True, base=path, entered=context["form"],
        repeats=list(entries.REPEATS), **_here(template), **event_words.words(request), **context,
    )  # fmt: skip


async def create(request: Request, caller: Caller, path: str, template: str) -> Response:
    """Saves a draft."""
    form = await forms.read(request)
    said, wrong = entries.content(form)
    asked = pb.CreateCityEventRequest(request_id=form["request_id"], content=said)
    answer = await _tried(request, caller, "create", form, asked, wrong)
    if isinstance(answer, FormState):
        return await blank(request, path, template, answer)
    return RedirectResponse(f"{path}/{answer.event.id}?done=event_drafted", 303)


async def shown(request: Request, id_: str, caller: Caller, path: str, template: str, state: FormState) -> Response:
    """One event with all that can be done with it."""
    answer = await current_gateway(request).pillars.call(pb.GetCityEventRequest(id=id_), caller)
    event = views.city_event(answer.event)
    now = datetime.now(UTC)
    sales = await ticket_sales.every_of_event(request, event.id) if "officer" in template else {}
    said = event.written or event.content
    assert said is not None
    # Of what is published another day in its place would call the date off: it is moved, and stands in the list.
    filled = entries.of(said, single=not event.publish_time)
    context = shown_again(state, "update", filled, together=entries.TOGETHER, words=event_words.chosen(request, filled))
    coming = [one for one in event.occasions if one.ends_at and one.ends_at > now]
    return render(
        request, template, state.status, private=True, event=event, base=f"{path}/{event.id}", list=path,
        repeats=list(entries.REPEATS), coming=coming,
        off=[one for one in coming if one.dropped], stays=_stays([event, *coming]),
        cancellable=[one for one in coming if one.state == "planned" and not one.cancel_refused],
        all_dates=bool(request.query_params.get("semua")), sales=sales,
        **_here(template), **event_words.words(request), **context,
    )  # fmt: skip


async def act(request: Request, id_: str, caller: Caller, path: str, template: str, doing: str) -> Response:
    """Writes it anew, publishes it, or calls it or one of its dates off."""
    form = await forms.read(request)
    wrong: dict[str, str] = {}
    asked: Any
    if doing == "update":
        said, wrong = entries.content(form)
        asked = pb.UpdateCityEventRequest(request_id=form["request_id"], id=id_, etag=form["etag"], content=said)
    elif doing == "publish":
        asked = pb.PublishCityEventRequest(request_id=form["request_id"], id=id_, etag=form["etag"])
    elif form["occasion"]:
        asked = pb.CancelOccasionRequest(
            request_id=form["request_id"], id=form["occasion"], etag=form["etag"], reason=form["reason"]
        )
    else:
        asked = pb.CancelCityEventRequest(
            request_id=form["request_id"], id=id_, etag=form["etag"], reason=form["reason"]
        )  # fmt: skip
    answer = await _tried(request, caller, doing, form, asked, wrong)
    if isinstance(answer, FormState):
        return await shown(request, id_, caller, path, template, answer)
    done = {"update": "event_changed", "publish": "event_published"}.get(doing, "event_cancelled")
    if form["occasion"] and doing == "cancel":
        done = "occasion_cancelled"
    return RedirectResponse(f"{path}/{id_}?done={done}", 303)


async def _tried(
    request: Request, caller: Caller, doing: str, form: Fields, asked: Message, wrong: Mapping[str, str]
) -> Any:  # fmt: skip
    """The answer, or what to show of a refusal, marked at what was written."""
    if wrong:
        return incomplete(request, doing, form, **wrong)
    answer = await attempted(request, doing, form, current_gateway(request).pillars.send(asked, caller))
    if not isinstance(answer, FormState) or answer.trouble is None:
        return answer
    marks = entries.marks(form)
    errors = {marks.get(name, name): said for name, said in answer.trouble.errors.items()}
    return replace(answer, trouble=replace(answer.trouble, errors=errors))


def _stays(what: Sequence[views.CityEvent | views.Occasion]) -> list[tuple[str, str]]:
    """Why the caller cannot call off something of it, each reason once, with the agency that is to be asked."""
    return list(dict.fromkeys((one.cancel_refused, one.cancel_agency) for one in what if one.cancel_refused))


def _here(template: str) -> dict[str, Any]:
    return {"here": "officer", "view": "events"} if "officer" in template else {"here": "branding"}
