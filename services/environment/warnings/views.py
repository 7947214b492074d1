"""Warnings as the contract has them."""

from services.environment.bulletins import actions as bulletins
from services.environment.bulletins.model import Published
from services.environment.criteria.profile import criteria_of
from services.environment.warnings import actions
from services.environment.warnings.actions import Shown
from services.environment.warnings.model import FloodWarning, Proposal, State
from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from smartcity.environment.v1 import warnings_pb2 as pb


def view(tx: Transaction, shown: Shown) -> pb.Warning:
    """A warning, with its messages and what waits where they were read."""
    warning, city = shown.warning, tx.runtime.city
    return pb.Warning(
        id=str(warning.id),
        state=protos.number(pb.WarningState, warning.state),
        hazard=protos.number(pb.WarningHazard, warning.hazard),
        level=protos.number(pb.WarningLevel, warning.level),
        areas=protos.areas(city, warning.areas),
        zone=warning.zone,
        exercise=warning.exercise,
        story=warning.correlation,
        automatic=warning.automatic,
        note=warning.note,
        note_en=warning.note_en,
        unmeasured=warning.state is State.IN_FORCE and warning.automatic and warning.unmeasured,
        approved=warning.automatic and criteria_of(city).automatic.needs_officer(warning.level),
        words=_words(tx, warning),
        messages=[_message(one) for one in shown.messages],
        raise_time=protos.timestamp(warning.raised_at),
        expire_time=protos.timestamp(warning.expires_at),
        end_time=protos.timestamp(warning.ended_at),
        proposal=_proposal(tx, shown.proposal) if shown.proposal else None,
        create_time=protos.timestamp(warning.created_at),
        update_time=protos.timestamp(warning.published_at or warning.raised_at or warning.updated_at),
        etag=etag.of(warning.version),
    )


def _words(tx: Transaction, warning: FloodWarning) -> list[pb.WarningWords]:
    """What its newest message says; nothing while none was published."""
    if not warning.messages:
        return []
    return [
        pb.WarningWords(
            language=one.language, headline=one.headline, description=one.description, instruction=one.instruction
        )
        for one in bulletins.in_words(tx.runtime.city, actions.told(warning))
    ]


def _message(one: Published) -> pb.WarningMessage:
    return pb.WarningMessage(
        number=one.number,
        identifier=one.identifier,
        type=one.type,
        level=protos.number(pb.WarningLevel, one.level),
        step=protos.number(pb.WarningStep, one.step),
        sent=protos.timestamp(one.sent),
        signed=one.signed,
        path=one.path,
    )


def _proposal(tx: Transaction, one: Proposal) -> pb.WarningProposal:
    return pb.WarningProposal(
        step=protos.number(pb.WarningStep, one.step),
        level=protos.number(pb.WarningLevel, one.level),
        hours=one.hours,
        note=one.note,
        note_en=one.note_en,
        automatic=not one.by,
        mine=one.by == tx.caller.subject,
        create_time=protos.timestamp(one.created_at),
    )
