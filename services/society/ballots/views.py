"""Ballots as their messages show them."""

from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from services.society.ballots.model import Ballot, State
from services.society.counting.counts import rule
from smartcity.society.v1 import ballots_pb2 as pb
from smartcity.types.v1.money_pb2 import Money


def money(tx: Transaction, units: int) -> Money | None:
    """An amount; None for none."""
    return Money(currency=tx.runtime.city.currency, units=units) if units else None


def ballot(tx: Transaction, one: Ballot, turnout: tuple[int, int]) -> pb.Ballot:
    """One of them, with how many have voted online and on paper."""
    asked_by = one.asked_by(tx.now) if one.state is not State.CANCELLED else ""
    options = zip(one.names, one.names_en, one.costs, one.proposals, strict=True)
    return pb.Ballot(
        id=str(one.id),
        state=protos.number(pb.BallotState, one.shown(tx.now)),
        agency=one.agency,
        process=one.process,
        title=one.title,
        title_en=one.title_en,
        method=protos.number(pb.BallotMethod, one.method),
        rule=rule(one.method),
        options=[
            pb.BallotOption(number=number, title=title, title_en=title_en, cost=cost, proposal=proposal)
            for number, (title, title_en, cost, proposal) in enumerate(options, 1)
        ],
        winners=one.winners,
        most_choices=one.most_choices,
        budget=money(tx, one.budget),
        min_age=one.min_age,
        areas=one.areas,
        cut_off=str(one.cut_off),
        regulation=one.regulation,
        advisory=not one.regulation,
        open_time=protos.timestamp(one.opens_at),
        close_time=protos.timestamp(one.closes_at),
        online=turnout[0],
        paper=turnout[1],
        cancel_reason=one.cancel_reason if one.state is State.CANCELLED else "",
        cancel_asked=asked_by != "",
        cancel_own=asked_by != "" and asked_by == tx.caller.subject,
        etag=etag.of(one.version),
    )
