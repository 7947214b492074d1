"""The desk of alarms: those that are open first, and the rules that an agency's datastreams are held to."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.calls.pages import pages
from gateway.gateway import current_gateway
from gateway.portal.environment.desk_forms import Refused, acted, number, whole
from gateway.portal.environment.readings import typed
from gateway.portal.environment.things import runs, words
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import opened, shown_again
from gateway.portal.kit.staff import staff
from gateway.portal.kit.texts import Texts
from services.kit.caller import Caller
from smartcity.environment.v1 import (
    alarms_pb2,
    alarms_views,
    datastreams_pb2,
    datastreams_views,
    rules_pb2,
    things_pb2,
    things_views,
)
from smartcity.environment.v1 import rules_views as views

router = APIRouter(prefix="/petugas/alarm", route_class=PageRoute, include_in_schema=False)
PATH = "/petugas/alarm"
CHECKED = [Depends(csrf_checked)]
Staff = Annotated[Caller, Depends(staff)]
DONE = frozenset({"rule_added", "rule_changed"})
MOST, MOST_PAGES, DAYS = 200, 5, 7
FIELDS: Mapping[str, tuple[str, ...]] = {
    "threshold": ("limit", "hysteresis", "dwell_seconds", "calm_seconds"),
    "rate": ("limit", "window_seconds", "hysteresis", "dwell_seconds", "calm_seconds"),
    "silence": ("window_seconds",),
    "stuck": ("limit", "window_seconds"),
}
"""What a rule of each kind is asked for."""


@router.get("")
async def listed(request: Request, caller: Staff) -> Response:
    """Alarms, those that are open first."""
    asked = alarms_pb2.ListAlarmsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "environment/officer_alarms.html", private=True, here="officer", view="alarms",
        alarms=[alarms_views.alarm(one) for one in answer.alarms], next_href=next_href(PATH, answer.next_page_token),
        **words(request),
    )  # fmt: skip


@router.get("/{code}")
async def rules(
    request: Request, code: Identifier, caller: Staff, done: str = "", deret: str = "", jenis: str = ""
) -> Response:
    """The rules of a thing's datastreams; with the form for another one of a kind, where one was asked for."""
    shown = FormState(done=done if done in DONE else "", doing=f"add-{deret}" if jenis in FIELDS else "")
    return await _rules(request, code, caller, shown, kind=jenis)


async def _rules(request: Request, code: str, caller: Caller, shown: FormState, **more: Any) -> Response:
    pillars = current_gateway(request).pillars
    thing, streams, held, alarms = await asyncio.gather(
        pillars.call(things_pb2.GetThingRequest(id=code), caller),
        pillars.call(datastreams_pb2.ListDatastreamsRequest(things=[code], page_size=MOST), caller),
        _held(request, code, caller),
        pillars.call(alarms_pb2.ListAlarmsRequest(thing=code, page_size=10), caller),
    )
    found = things_views.thing(thing.thing)
    by_stream: dict[str, list[views.Rule]] = defaultdict(list)
    for one in held:
        by_stream[one.datastream].append(one)
    for rows in by_stream.values():
        rows.sort(key=lambda one: (list(FIELDS).index(one.kind or "threshold"), one.terms.limit if one.terms else 0))
    texts = texts_of(request)
    present = {f"change-{one.id}": _entered(texts, one) for one in held}
    context = shown.context()
    if shown.doing in present:
        words_of = {"clock": texts.maybe(f"alarm_desk.clock_{present[shown.doing]['clock']}", "")}
        context = shown_again(shown, shown.doing, present[shown.doing], words=words_of)
    return render(
        request, "environment/officer_rules.html", shown.status, private=True, here="officer", view="alarms",
        thing=found, streams=[datastreams_views.datastream(one) for one in streams.datastreams], rules=by_stream,
        alarms=[alarms_views.alarm(one) for one in alarms.alarms], fields=FIELDS, days=DAYS,
        mine=not found.retire_time and runs(caller, found.agency),
        opened_of={doing: opened(fields) for doing, fields in present.items()}, **words(request), **{**context, **more},
    )  # fmt: skip


def _entered(texts: Texts, rule: views.Rule) -> Fields:
    """A rule as its form has it."""
    found = Fields(below="", clock="", paused="yes" if rule.paused else "")
    if rule.terms is not None:
        found |= {name: typed(texts, getattr(rule.terms, name)) for name in FIELDS.get(rule.kind or "", ())}
        found |= {"below": "yes" if rule.terms.below else "", "clock": rule.terms.clock or ""}
    return found


async def _held(request: Request, code: str, caller: Caller) -> list[views.Rule]:
    """All rules of a thing, which has more than a page of them where each of its series has as many as it may."""
    pillars, asked = current_gateway(request).pillars, rules_pb2.ListRulesRequest(thing=code, page_size=MOST)
    found: list[views.Rule] = []
    async for answer in pages(lambda more: pillars.call(more, caller), asked, MOST_PAGES):
        found += map(views.rule, answer.rules)
    return found


@router.get("/{code}/aturan/{rule}")
async def versions(request: Request, code: Identifier, rule: Identifier, caller: Staff) -> Response:
    """What a rule has said, by whom and why."""
    pillars = current_gateway(request).pillars
    asked = rules_pb2.ListRuleVersionsRequest(id=rule, page_size=PAGE, page_token=page_token(request))
    found, answer = await asyncio.gather(
        pillars.call(rules_pb2.GetRuleRequest(id=rule), caller), pillars.call(asked, caller)
    )
    return render(
        request, "environment/officer_rule.html", private=True, here="officer", view="alarms",
        rule=views.rule(found.rule), versions=[views.rule_version(one) for one in answer.versions],
        next_href=next_href(f"{PATH}/{code}/aturan/{rule}", answer.next_page_token),
        fields=FIELDS, me=caller.subject, **words(request),
    )  # fmt: skip


@router.post("/{code}/aturan", dependencies=CHECKED)
async def add(request: Request, code: Identifier, caller: Staff) -> Response:
    """Holds a datastream to a rule more, or tries it."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    stream, doing = form["datastream"], f"add-{form['datastream']}"
    if form["act"] == "try":
        return await _tried(request, code, caller, doing, form)

    async def send() -> Any:
        asked = rules_pb2.AddRuleRequest(
            request_id=form["request_id"], datastream=stream, name=form["name"], kind=_kind(form),
            terms=_terms(request, form), paused=form.flag("paused"), reason=form["reason"],
        )  # fmt: skip
        return await pillars.call(asked, caller)

    return await _act(request, code, caller, doing, "rule_added", form, send())


@router.post("/{code}/aturan/{rule}", dependencies=CHECKED)
async def change(request: Request, code: Identifier, rule: Identifier, caller: Staff) -> Response:
    """Changes what a rule says, or tries it."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    doing = f"change-{rule}"
    if form["act"] == "try":
        return await _tried(request, code, caller, doing, form)

    async def send() -> Any:
        asked = rules_pb2.ChangeRuleRequest(
            request_id=form["request_id"], id=rule, etag=form["etag"], terms=_terms(request, form),
            paused=form.flag("paused"), reason=form["reason"], confirmed=form.flag("confirmed"),
        )  # fmt: skip
        return await pillars.call(asked, caller)

    return await _act(request, code, caller, doing, "rule_changed", form, send())


async def _tried(request: Request, code: str, caller: Caller, doing: str, form: Fields) -> Response:
    """The page with the alarms that the entries would have opened; the entries are kept."""

    async def send() -> Any:
        asked = rules_pb2.SimulateRuleRequest(
            datastream=form["datastream"], kind=_kind(form), terms=_terms(request, form)
        )
        return await current_gateway(request).pillars.call(asked, caller)

    answer = await acted(request, doing, form, send())
    if isinstance(answer, FormState):
        return await _rules(request, code, caller, answer, kind=form["kind"])
    trial = views.simulate_rule_response(answer)
    return await _rules(request, code, caller, FormState(doing=doing, form=form), kind=form["kind"], trial=trial)


async def _act(
    request: Request, code: str, caller: Caller, doing: str, done: str, form: Fields, call: Any
) -> Response:  # fmt: skip
    answer = await acted(request, doing, form, call)
    if isinstance(answer, FormState):
        return await _rules(request, code, caller, answer, kind=form["kind"])
    return RedirectResponse(f"{PATH}/{code}?done={done}", 303)


def _kind(form: Fields) -> rules_pb2.RuleKind.ValueType:
    return views.RULE_KIND_NUMBERS.get(form["kind"], rules_pb2.RULE_KIND_UNSPECIFIED)


def _terms(request: Request, form: Fields) -> rules_pb2.RuleTerms:
    """What the form says, as far as a rule of its kind is asked for it. Raises Refused for all that are no numbers."""
    terms = rules_pb2.RuleTerms(
        clock=views.RULE_CLOCK_NUMBERS.get(form["clock"], rules_pb2.RULE_CLOCK_UNSPECIFIED), below=form.flag("below")
    )
    wrong: dict[str, str] = {}
    for name in FIELDS.get(form["kind"], ()):
        try:
            value = whole(form, name) if name.endswith("_seconds") else number(request, form, name)
            setattr(terms, name, value)
        except Refused as refused:
            wrong |= refused.errors
    if wrong:
        raise Refused(**wrong)
    return terms
