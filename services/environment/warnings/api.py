"""WarningService over gRPC: proto -> action -> proto."""

from typing import Any

from services.environment.criteria.model import Hazard, Level, Step, Zone
from services.environment.criteria.profile import criteria_of
from services.environment.warnings import actions
from services.environment.warnings.actions import Shown, Wish
from services.environment.warnings.model import Change
from services.environment.warnings.views import view
from services.kit.database import Transaction
from services.kit.rpc import one_statement, protos, rpc
from smartcity.environment.v1 import warnings_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetWarningRequest) -> pb.GetWarningResponse:
    """Reads a warning."""
    return pb.GetWarningResponse(warning=view(tx, await actions.get(tx, request.id)))


@rpc
@one_statement
async def page(tx: Transaction, request: pb.ListWarningsRequest) -> pb.ListWarningsResponse:
    """Lists published warnings, those in force first."""
    found = await actions.page(tx, request.page_size, request.page_token)
    return pb.ListWarningsResponse(warnings=[view(tx, Shown(one)) for one in found.rows], next_page_token=found.token)


@rpc
async def waiting(tx: Transaction, request: pb.ListWarningProposalsRequest) -> pb.ListWarningProposalsResponse:
    """Lists warnings about which something waits."""
    found = await actions.waiting(tx, request.page_size, request.page_token)
    overtaken = [] if request.page_token else await actions.overtaken(tx)
    return pb.ListWarningProposalsResponse(
        warnings=[view(tx, one) for one in found.rows],
        next_page_token=found.token,
        overtaken=[view(tx, one) for one in overtaken],
    )


@rpc
@one_statement
async def criteria(tx: Transaction, request: pb.GetWarningCriteriaRequest) -> pb.GetWarningCriteriaResponse:
    """Tells by which criteria the city warns."""
    found = criteria_of(tx.runtime.city)
    night = found.night
    awake = await actions.awake(tx, found.zones)
    return pb.GetWarningCriteriaResponse(
        agencies=found.agencies,
        raises=_levels(found.automatic.raises),
        lowers=_levels(found.automatic.lowers),
        night_since=f"{night.since:%H:%M}" if night else "",
        night_until=f"{night.until:%H:%M}" if night else "",
        night_steps=[protos.number(pb.WarningStep, one) for one in Step if night and one in night.steps],
        night_levels=_levels(night.levels if night else frozenset()),
        zones=[_zone(tx, one, awake) for one in found.zones],
    )


@rpc
async def propose(tx: Transaction, request: pb.ProposeWarningRequest) -> pb.ProposeWarningResponse:
    """Proposes a warning."""
    hazard = protos.member(pb.WarningHazard, request.hazard, Hazard) if request.hazard else None
    level = protos.member(pb.WarningLevel, request.level, Level)
    wanted = Change(Step.RAISE, level, request.hours, request.note, request.note_en)
    wish = Wish(hazard, request.zone, request.areas, request.exercise, wanted)
    return pb.ProposeWarningResponse(warning=view(tx, await actions.propose(tx, wish)))


@rpc
async def approve(tx: Transaction, request: pb.ApproveWarningRequest) -> pb.ApproveWarningResponse:
    """Approves what is proposed."""
    return pb.ApproveWarningResponse(warning=view(tx, await actions.approve(tx, request.id, request.etag)))


@rpc
async def reject(tx: Transaction, request: pb.RejectWarningRequest) -> pb.RejectWarningResponse:
    """Rejects what is proposed."""
    left = await actions.reject(tx, request.id, request.etag, request.reason)
    return pb.RejectWarningResponse(warning=view(tx, left))


@rpc
async def update(tx: Transaction, request: pb.UpdateWarningRequest) -> pb.UpdateWarningResponse:
    """Changes a warning in force, or proposes to."""
    level = protos.member(pb.WarningLevel, request.level, Level)
    wanted = Change(Step.UPDATE, level, request.hours, request.note, request.note_en)
    return pb.UpdateWarningResponse(warning=view(tx, await actions.change(tx, request.id, request.etag, wanted)))


@rpc
async def clear(tx: Transaction, request: pb.ClearWarningRequest) -> pb.ClearWarningResponse:
    """Gives the all clear, or proposes to."""
    done = await actions.end(tx, request.id, request.etag, Step.CLEAR, request.note, request.note_en)
    return pb.ClearWarningResponse(warning=view(tx, done))


@rpc
async def cancel(tx: Transaction, request: pb.CancelWarningRequest) -> pb.CancelWarningResponse:
    """Takes a warning back, or proposes to."""
    done = await actions.end(tx, request.id, request.etag, Step.CANCEL, request.note, request.note_en)
    return pb.CancelWarningResponse(warning=view(tx, done))


def _levels(levels: frozenset[Level]) -> list[Any]:
    return [protos.number(pb.WarningLevel, one) for one in Level if one in levels]


def _zone(tx: Transaction, zone: Zone, awake: set[tuple[str, str, str]]) -> pb.WarningZone:
    return pb.WarningZone(
        id=zone.id,
        hazard=protos.number(pb.WarningHazard, zone.hazard),
        name=zone.name_id,
        name_en=zone.name_en,
        areas=protos.areas(tx.runtime.city, zone.areas),
        criteria=[
            pb.WarningCriterion(
                thing=one.thing,
                datastream=one.datastream,
                rule=one.rule,
                level=protos.number(pb.WarningLevel, one.level),
                asleep=one.names not in awake,
            )
            for one in zone.criteria
        ],
        source=zone.source,
        made_up=zone.made_up,
    )
