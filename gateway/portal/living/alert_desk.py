"""The desk of service alerts: drafts with what they touch, what is published, and its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, tried, wanting
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import shown_again
from gateway.portal.kit.staff import staff
from gateway.portal.living import alert_entries as entries
from gateway.portal.living.all_lines import all_lines
from services.kit.caller import Caller
from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import alerts_views as views
from smartcity.living.v1 import routes_views

PATH = "/petugas/gangguan"
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
STATES = ("draft", "published", "ended")
DONE = frozenset({"alert_drafted", "alert_changed", "alert_published", "alert_ended", "alert_dropped"})


@router.get("")
async def listed(request: Request, caller: Staff, keadaan: str = "", done: str = "") -> Response:
    """Alerts in a state, or all of them; and where a new one is written."""
    state = keadaan if keadaan in STATES else ""
    asked = pb.ListServiceAlertRecordsRequest(page_size=PAGE, page_token=page_token(request))
    if state:
        asked.state = views.SERVICE_ALERT_STATE_NUMBERS[state]
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "living/officer_alerts.html", private=True, here="officer", view="alerts", state=state, states=STATES,
        found=[views.service_alert(one) for one in answer.alerts], done=done if done in DONE else "",
        writes=caller.has("officer"), next_href=next_href(PATH, answer.next_page_token, keadaan=state),
    )  # fmt: skip


@router.get("/baru")
async def blank(request: Request, caller: Staff) -> Response:
    """The form for another, for who may write one: administrators only look."""
    if not caller.has("officer"):
        raise Problem(403, "ALERT_AGENCY_ONLY", "Alerts are written by officers of the agencies that run transport.")
    await current_gateway(request).pillars.call(pb.ListServiceAlertRecordsRequest(page_size=1), caller)
    return await _new(request, FormState())


@router.post("/baru", dependencies=CHECKED)
async def create(request: Request, caller: Staff) -> Response:
    """Saves a draft."""
    form = await forms.read(request)
    asked = pb.CreateServiceAlertRequest(request_id=form["request_id"])
    answer = await tried(request, caller, "create", form, asked, await entries.fill(request, form, asked))
    if isinstance(answer, FormState):
        return await _new(request, entries.placed(answer, texts_of(request)))
    return RedirectResponse(f"{PATH}/{answer.alert.id}?done=alert_drafted", 303)


@router.get("/{id}")
async def alert(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One alert: what it touches, who did what, and what can be done with it."""
    return await _alert(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id}/ubah", dependencies=CHECKED)
async def update(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Writes it anew."""
    form = await forms.read(request)
    asked = pb.UpdateServiceAlertRequest(request_id=form["request_id"], id=id, etag=form["etag"], reason=form["reason"])
    wrong = await entries.fill(request, form, asked)
    if wants := wanting(request, "update", form, asked, wrong):
        return await _alert(request, id, caller, wants)
    return await _act(request, id, caller, "update", form, asked, "alert_changed")


@router.post("/{id}/terbitkan", dependencies=CHECKED)
async def publish(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Publishes it."""
    form = await forms.read(request)
    asked = pb.PublishServiceAlertRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    return await _act(request, id, caller, "publish", form, asked, "alert_published")


@router.post("/{id}/akhiri", dependencies=CHECKED)
async def end(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Ends it."""
    form = await forms.read(request)
    asked = pb.EndServiceAlertRequest(request_id=form["request_id"], id=id, etag=form["etag"], reason=form["reason"])
    return await _act(request, id, caller, "end", form, asked, _ended)


def _ended(answer: pb.EndServiceAlertResponse) -> str:
    """A draft that is ended was never told to anybody."""
    return "alert_ended" if answer.alert.HasField("publish_time") else "alert_dropped"


async def _act(
    request: Request, id_: str, caller: Caller, doing: str, form: Fields, asked: Any, done: str | Callable[[Any], str]
) -> Response:  # fmt: skip
    answer = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _alert(request, id_, caller, entries.placed(answer, texts_of(request)))
    return RedirectResponse(f"{PATH}/{id_}?done={done if isinstance(done, str) else done(answer)}", 303)


async def _new(request: Request, shown: FormState) -> Response:
    chosen = shown.form.all("routes") if shown.form else []
    return render(
        request, "living/officer_alert_new.html", shown.status, private=True, here="officer", view="alerts",
        **await _choices(request), chosen=chosen, **shown.context(),
    )  # fmt: skip


async def _alert(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetServiceAlertRequest(id=id_), caller)
    one, zone = views.service_alert(answer.alert), city_words(request).city.timezone
    choices, (present, _) = await _choices(request), entries.of(one, zone)
    words = _chosen(request, present, choices["routes"])
    context = shown_again(shown, "update", present, together=entries.TOGETHER, words=words)
    chosen = context["entered"].all("routes")
    return render(
        request, "living/officer_alert.html", shown.status, private=True, here="officer", view="alerts", one=one,
        base=f"{PATH}/{one.id}", chosen=chosen, whole=entries.whole(answer.alert, zone), **choices,
        **context,
    )  # fmt: skip


def _chosen(request: Request, entered: Fields, lines: Sequence[routes_views.Route]) -> dict[str, str]:
    """The words of what is chosen in an alert's form."""
    texts, names = texts_of(request), {one.id: one.short_name or one.long_name or one.id for one in lines}
    said = {name: texts.maybe(f"alert_{name}.{entered[name]}", "") for name in ("cause", "effect", "severity")}
    routes = ", ".join(names.get(each, each) for each in entered.all("routes"))
    return {**said, "routes": routes, "detour_route": names.get(entered["detour_route"], entered["detour_route"])}


async def _choices(request: Request) -> dict[str, Any]:
    """What can be chosen in the form."""
    return {
        "routes": await all_lines(request),
        "causes": list(views.SERVICE_ALERT_CAUSE_NUMBERS),
        "effects": list(views.SERVICE_ALERT_EFFECT_NUMBERS),
        "severities": list(views.SERVICE_ALERT_SEVERITY_NUMBERS),
    }
