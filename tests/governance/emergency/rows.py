"""Whom the emergency number concerns: dispatchers, crews of their own units, and administrators for what is no call."""

from collections.abc import Awaitable, Callable
from typing import Any

from services.kit.caller import Caller
from smartcity.governance.v1 import units_pb2 as units
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.emergency.room import ADMIN, CREW, DISPATCHER, JOHAR, OFFICER, OTHER_CREW, Room, key

Make = Callable[[Served], Awaitable[Any]]


def _row(make: Callable[[Room], Awaitable[Any]], *concerned: Caller, others: tuple[Caller, ...] = ()) -> Row:
    async def made(served: Served) -> Any:
        return await make(Room(served))

    kept_out = {one.subject: one for one in (OFFICER, OTHER_CREW, *others)}
    return Row(made, concerned or (DISPATCHER,), tuple(kept_out.values()))


async def _signing(room: Room) -> Any:
    return units.SignOnUnitRequest(request_id=key(), code=(await room.unit(crew=None)).code)


async def _signing_off(room: Room) -> Any:
    return units.SignOffUnitRequest(request_id=key(), code=(await room.unit()).code)


async def _own(room: Room) -> Any:
    return units.GetOwnUnitRequest()


async def _moving(room: Room) -> Any:
    unit = await room.sent(await room.unit(), await room.opened())
    return units.MoveUnitRequest(request_id=key(), code=unit.code, etag=unit.etag, state=units.UNIT_STATE_EN_ROUTE)


async def _confirming(room: Room) -> Any:
    return units.ConfirmUnitRequest(request_id=key(), code=(await room.unit()).code)


async def _telling(room: Room) -> Any:
    return units.ReportUnitPositionRequest(code=(await room.unit()).code, location=JOHAR, time=room.now())


async def _listing(room: Room) -> Any:
    return units.ListUnitsRequest()


ROWS = {
    "UnitService.SignOnUnit": _row(_signing, CREW),
    "UnitService.SignOffUnit": _row(_signing_off, CREW, DISPATCHER),
    "UnitService.GetOwnUnit": Row(lambda served: _own(Room(served)), (CREW, OTHER_CREW), (OFFICER,), own=True),
    "UnitService.MoveUnit": _row(_moving, CREW, DISPATCHER),
    "UnitService.ConfirmUnit": _row(_confirming, CREW, DISPATCHER),
    "UnitService.ReportUnitPosition": _row(_telling, CREW),
    "UnitService.ListUnits": Row(
        lambda served: _listing(Room(served)), (CREW, OTHER_CREW, DISPATCHER, ADMIN), (OFFICER,)
    ),
}
NOBODY_OWNS = {"UnitService.CreateUnit": "names a vehicle, never a person"}
