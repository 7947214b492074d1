"""RuleService over gRPC: proto -> action -> proto."""

from services.environment.alarms.model import Kind
from services.environment.rules import actions, trials
from services.environment.rules.actions import Added, Shown
from services.environment.rules.engine import Clock, Terms
from services.environment.rules.model import Version
from services.environment.rules.trials import Episode
from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from smartcity.environment.v1 import rules_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetRuleRequest) -> pb.GetRuleResponse:
    """Reads a rule."""
    return pb.GetRuleResponse(rule=_view(await actions.get(tx, request.id)))


@rpc
async def page(tx: Transaction, request: pb.ListRulesRequest) -> pb.ListRulesResponse:
    """Lists rules."""
    found = await actions.page(tx, request.thing, request.datastream, request.page_size, request.page_token)
    return pb.ListRulesResponse(rules=map(_view, found.rows), next_page_token=found.token)


@rpc
async def add(tx: Transaction, request: pb.AddRuleRequest) -> pb.AddRuleResponse:
    """Adds a rule."""
    kind = protos.member(pb.RuleKind, request.kind, Kind)
    added = Added(request.name, kind, _terms(request.terms), request.paused, request.reason)
    return pb.AddRuleResponse(rule=_view(await actions.add(tx, request.datastream, added)))


@rpc
async def change(tx: Transaction, request: pb.ChangeRuleRequest) -> pb.ChangeRuleResponse:
    """Changes what a rule says."""
    shown = await actions.change(
        tx, request.id, request.etag, _terms(request.terms), paused=request.paused, reason=request.reason,
        confirmed=request.confirmed,
    )  # fmt: skip
    return pb.ChangeRuleResponse(rule=_view(shown))


@rpc
async def versions(tx: Transaction, request: pb.ListRuleVersionsRequest) -> pb.ListRuleVersionsResponse:
    """Lists what a rule has said."""
    found = await actions.versions(tx, request.id, request.page_size, request.page_token)
    return pb.ListRuleVersionsResponse(versions=map(_version, found.rows), next_page_token=found.token)


@rpc
async def try_(tx: Transaction, request: pb.SimulateRuleRequest) -> pb.SimulateRuleResponse:
    """Tries terms on readings of the past."""
    kind = protos.member(pb.RuleKind, request.kind, Kind)
    start = protos.instant(request.start_time) if request.HasField("start_time") else None
    end = protos.instant(request.end_time) if request.HasField("end_time") else None
    trial = await trials.tried(tx, request.datastream, kind, _terms(request.terms), start, end)
    return pb.SimulateRuleResponse(
        episodes=map(_episode, trial.episodes),
        readings=trial.readings,
        start_time=protos.timestamp(trial.start),
        end_time=protos.timestamp(trial.end),
        unit=trial.datastream.unit,
    )


def _view(shown: Shown) -> pb.Rule:
    rule, datastream, thing = shown
    return pb.Rule(
        id=str(rule.id),
        datastream=str(datastream.id),
        datastream_name=datastream.name,
        thing=str(thing.id),
        thing_code=thing.code,
        name=rule.name,
        kind=protos.number(pb.RuleKind, rule.kind),
        terms=_terms_view(rule.terms),
        paused=rule.paused,
        unit=datastream.unit,
        reason=rule.reason,
        made_up=rule.made_up,
        source=rule.source,
        create_time=protos.timestamp(rule.created_at),
        update_time=protos.timestamp(rule.updated_at),
        etag=etag.of(rule.version),
    )


def _version(one: Version) -> pb.RuleVersion:
    return pb.RuleVersion(
        version=one.version,
        terms=_terms_view(one.terms),
        paused=one.paused,
        reason=one.reason,
        by=one.by,
        create_time=protos.timestamp(one.created_at),
    )


def _episode(one: Episode) -> pb.Episode:
    return pb.Episode(
        open_time=protos.timestamp(one.opened_at),
        value=one.value or 0.0,
        clear_time=protos.timestamp(one.cleared_at),
    )


def _terms(given: pb.RuleTerms) -> Terms:
    return Terms(
        clock=protos.member(pb.RuleClock, given.clock, Clock),
        bound=given.limit,
        below=given.below,
        hysteresis=given.hysteresis,
        dwell=given.dwell_seconds,
        calm=given.calm_seconds,
        span=given.window_seconds,
    )


def _terms_view(terms: Terms) -> pb.RuleTerms:
    return pb.RuleTerms(
        clock=protos.number(pb.RuleClock, terms.clock),
        limit=terms.bound,
        below=terms.below,
        hysteresis=terms.hysteresis,
        dwell_seconds=terms.dwell,
        calm_seconds=terms.calm,
        window_seconds=terms.span,
    )
