"""RideService over gRPC: proto -> action -> proto."""

from collections.abc import Sequence

from services.kit.database import Transaction
from services.kit.rpc import etag, protos, rpc
from services.living.cards import model as card_model
from services.living.cards import store as card_store
from services.living.cards.views import money, view
from services.living.rides import actions, boarding
from services.living.rides.model import Ride, State, Tap, Verdict
from smartcity.living.v1 import rides_pb2 as pb


@rpc
async def upload(tx: Transaction, request: pb.UploadTapsRequest) -> pb.UploadTapsResponse:
    """Takes taps of validators."""
    taps = [
        Tap(one.card, one.validator, one.sequence, one.route, one.stop, protos.instant(one.time))
        for one in request.taps
    ]
    verdicts, rides = await actions.upload(tx, taps, offline=request.offline)
    results = [
        pb.TapResult(
            validator=tap.validator,
            sequence=tap.sequence,
            verdict=protos.number(pb.TapVerdict, judged.verdict),
            ride=str(judged.ride or ""),
            fare=money(tx, judged.fare) if judged.ride else None,
        )
        for tap, judged in zip(taps, verdicts, strict=True)
    ]
    repeated = sum(judged.verdict is Verdict.REPEATED for judged in verdicts)
    return pb.UploadTapsResponse(results=results, rides=rides, repeated=repeated)


@rpc
async def board(tx: Transaction, request: pb.BoardVehicleRequest) -> pb.BoardVehicleResponse:
    """Boards a vehicle with the caller's card."""
    ride, repeated = await boarding.board(tx, request.vehicle, request.route, request.after)
    (shown,) = await _views(tx, [ride])
    return pb.BoardVehicleResponse(ride=shown, repeated=repeated)


@rpc
async def read(tx: Transaction, request: pb.GetRideRequest) -> pb.GetRideResponse:
    """Reads a ride."""
    (shown,) = await _views(tx, [await actions.get(tx, request.id)])
    return pb.GetRideResponse(ride=shown)


@rpc
async def page(tx: Transaction, request: pb.ListRidesRequest) -> pb.ListRidesResponse:
    """Lists rides."""
    state = protos.member(pb.RideState, request.state, State) if request.state else None
    found = await actions.page(tx, state, request.page_size, request.page_token, own=request.own)
    return pb.ListRidesResponse(rides=await _views(tx, found.rows), next_page_token=found.token)


@rpc
async def settle(tx: Transaction, request: pb.SettleCardRequest) -> pb.SettleCardResponse:
    """Asks once more for what could not be paid."""
    return pb.SettleCardResponse(card=await view(tx, await actions.settle(tx, request.number)))


@rpc
async def write_off(tx: Transaction, request: pb.WriteOffRideRequest) -> pb.WriteOffRideResponse:
    """Gives up on a ride."""
    (shown,) = await _views(tx, [await actions.write_off(tx, request.id, request.etag, request.note)])
    return pb.WriteOffRideResponse(ride=shown)


@rpc
async def takings(tx: Transaction, request: pb.ListRideTakingsRequest) -> pb.ListRideTakingsResponse:
    """Adds up a day's rides by line."""
    day, found = await actions.takings(tx, request.day)
    shown = [
        pb.RideTakings(
            route=one.route,
            rides=one.rides,
            fares=money(tx, one.fares),
            paid=money(tx, one.paid),
            refused=money(tx, one.refused),
            refunded=money(tx, one.refunded),
            written_off=money(tx, one.written_off),
            due=money(tx, one.due),
        )
        for one in found
    ]
    return pb.ListRideTakingsResponse(day=str(day), takings=shown)


async def _views(tx: Transaction, rides: Sequence[Ride]) -> list[pb.Ride]:
    """Rides; of others' cards the end of the number alone: whoever has one can ride on it."""
    numbers = await card_store.numbers(tx, {one.card for one in rides if one.card is not None})
    shown = []
    for one in rides:
        number = numbers[one.card] if one.card else ""
        hidden = number and one.owner != tx.caller.subject
        shown.append(_view(tx, one, card_model.masked(number) if hidden else number))
    return shown


def _view(tx: Transaction, one: Ride, card: str) -> pb.Ride:
    return pb.Ride(
        id=str(one.id),
        state=protos.number(pb.RideState, one.state),
        route=one.route,
        stop=one.stop,
        time=protos.timestamp(one.tapped_at),
        rider=one.rider,
        fare=money(tx, one.fare),
        basis=protos.number(pb.FareBasis, one.basis),
        offline=one.offline,
        reason=one.reason,
        payment=one.payment,
        card=card,
        validator=one.validator,
        own=one.owner == tx.caller.subject,
        note=one.note,
        etag=etag.of(one.version),
        card_id=str(one.card or ""),
        refunded=money(tx, one.refunded),
    )
