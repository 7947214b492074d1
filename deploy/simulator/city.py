"""What the simulator asks the local platform: which gauges there are, passwords for its devices, room for the past.

It calls the pillar as the local administrator, whose key lies in the platform's home; a real device has nothing but its
password.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import grpc.aio

from deploy.local.secrets import Secrets
from deploy.operate.access import Access, AccessError
from deploy.simulator.world import Stream, World, middles, moments
from services.kit.caller import Caller, Minter
from smartcity.environment.v1 import (
    datastreams_pb2,
    datastreams_pb2_grpc,
    devices_pb2,
    devices_pb2_grpc,
    observations_pb2,
    observations_pb2_grpc,
    pumps_pb2,
    pumps_pb2_grpc,
    rules_pb2,
    rules_pb2_grpc,
    things_pb2,
    things_pb2_grpc,
)

PILLAR = "environment"
ADMIN = Caller("simulator", frozenset({"admin"}))
DEADLINE_S = 30.0
PAGE = 200
MOST = 4_000
"""Readings of one upload."""
STEP_S = 300
"""Between readings of the past: fewer than a device sends, which is enough for a curve."""
TIDE_DAYS = 90
"""Of history of tide gauges, by the hour, which forecasts are fitted to. Readings are kept a little longer."""
_SUFFIX = "-sim"
_LONGEST = 40


@dataclass
class City:
    """The pillar, as the administrator calls it."""

    channel: grpc.aio.Channel
    minter: Minter

    async def streams(self) -> tuple[list[Stream], dict[str, datetime]]:
        """All datastreams of things in service, and when the newest reading of each thing was measured."""
        things = await self._all(things_pb2_grpc.ThingServiceStub, "ListThings", things_pb2.ListThingsRequest())
        rules = await self._all(rules_pb2_grpc.RuleServiceStub, "ListRules", rules_pb2.ListRulesRequest())
        pumps = await self._all(pumps_pb2_grpc.PumpServiceStub, "ListPumps", pumps_pb2.ListPumpsRequest())
        request = datastreams_pb2.ListDatastreamsRequest()
        streams = await self._all(datastreams_pb2_grpc.DatastreamServiceStub, "ListDatastreams", request)
        kinds, marks = {one.code: _name(things_pb2.ThingKind, one.kind) for one in things}, _marks(rules)
        counts = {one.code: one.pumps for one in pumps if one.HasField("pumps")}
        found: list[Stream] = []
        newest: dict[str, datetime] = {}
        for one in (each for each in streams if each.thing_code in kinds):
            made = Stream(
                thing=one.thing_code,
                kind=kinds[one.thing_code],
                name=one.name,
                observed=_name(datastreams_pb2.ObservedProperty, one.property),
                unit=one.unit,
                least=one.least,
                most=one.most,
                period=one.period_seconds,
                marks=tuple(marks[one.id]),
            )
            found.append(replace(made, pumps=counts.get(made.thing, made.pumps)))
            if one.HasField("latest"):
                at = one.latest.time.ToDatetime(UTC)
                newest[made.thing] = max(at, newest.get(made.thing, at))
        return found, newest

    async def password(self, thing: str) -> tuple[str, str] | None:
        """Name of the simulator's device of a thing and a new password; None: it was revoked, or the thing retired.

        Whoever simulated before has a password that counts no more.
        """
        name = thing[: _LONGEST - len(_SUFFIX)].rstrip("-") + _SUFFIX
        stub = devices_pb2_grpc.DeviceServiceStub
        try:
            issue = devices_pb2.IssueDeviceRequest(request_id=str(uuid4()), thing=thing, name=name)
            return name, (await self._ask(stub, "IssueDevice", issue)).password
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.ALREADY_EXISTS:
                _refused(error)
                return None
        etag = (await self._ask(stub, "GetDevice", devices_pb2.GetDeviceRequest(id=name))).device.etag
        try:
            rotate = devices_pb2.RotateDeviceRequest(request_id=str(uuid4()), id=name, etag=etag)
            return name, (await self._ask(stub, "RotateDevice", rotate)).password
        except grpc.aio.AioRpcError as error:
            _refused(error)
            return None

    async def fill(self, world: World, streams: list[Stream], since: Mapping[str, datetime], days: int) -> int:
        """Uploads what the last days would have measured, from each thing's newest reading on; how many readings.

        Tide gauges have months before that, a reading in the middle of each hour.
        """
        now = datetime.now(UTC)
        things: dict[str, list[Stream]] = defaultdict(list)
        for one in streams:
            things[one.thing].append(one)
        first, brought = now - timedelta(days=days), 0
        for thing, measured in things.items():
            start = max(first, since.get(thing, first))
            rows = [(one, at) for one in measured for at in moments(start, now, max(one.period, STEP_S))]
            if measured[0].kind == "tide_gauge":
                start = max(now - timedelta(days=TIDE_DAYS), since.get(thing, now - timedelta(days=TIDE_DAYS)))
                rows = [(one, at) for one in measured for at in middles(start, first)] + rows
            try:
                for begin in range(0, len(rows), MOST):
                    await self._upload(world, thing, rows[begin : begin + MOST])
            except grpc.aio.AioRpcError as error:
                _refused(error)
                continue
            brought += len(rows)
        return brought

    async def _upload(self, world: World, thing: str, rows: list[tuple[Stream, float]]) -> None:
        request = observations_pb2.UploadObservationsRequest(request_id=str(uuid4()), thing=thing)
        series: dict[str, Any] = {}
        for stream, at in rows:
            if stream.name not in series:
                series[stream.name] = request.series.add(name=stream.name, unit=stream.unit)
            reading = series[stream.name].readings.add(value=world.value(stream, at))
            reading.time.FromMilliseconds(int(at * 1000))
        await self._ask(observations_pb2_grpc.ObservationServiceStub, "UploadObservations", request)

    async def _all(self, stub: Any, rpc: str, request: Any) -> list[Any]:
        """The rows of all pages of a list."""
        found: list[Any] = []
        request.page_size = PAGE
        while True:
            page = await self._ask(stub, rpc, request)
            found += getattr(page, page.DESCRIPTOR.fields[0].name)
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def _ask(self, stub: Any, rpc: str, request: Any) -> Any:
        metadata = (("authorization", f"Bearer {self.minter.mint(ADMIN, PILLAR)}"),)
        call = getattr(stub(self.channel), rpc)
        return await call(request, metadata=metadata, timeout=DEADLINE_S, wait_for_ready=True)


def _name(enum: Any, number: int) -> str:
    """A member as the contract names it, in lower case and without what all its members begin with."""
    return str(enum.Name(number)).removeprefix(enum.Name(0).removesuffix("UNSPECIFIED")).lower()


def _marks(rules: list[Any]) -> dict[str, list[float]]:
    """The thresholds of each datastream that its values may go above."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in rules:
        if one.kind == rules_pb2.RULE_KIND_THRESHOLD and not one.terms.below and not one.paused:
            found[one.datastream].append(one.terms.limit)
    return found


def _refused(error: grpc.aio.AioRpcError) -> None:
    """What is out of service is left alone; anything else is a fault."""
    if error.code() is not grpc.StatusCode.FAILED_PRECONDITION:
        raise error


@asynccontextmanager
async def city_of(access: Access) -> AsyncIterator[City]:
    """The city of a local platform. Raises AccessError where there is none."""
    if not access.run or access.home is None:
        raise AccessError("devices are simulated on a local platform: start one with `smartcity up`")
    port = next(each for each in access.run["components"] if each["name"] == PILLAR)["ports"]["grpc"]
    key = json.dumps(Secrets(access.home).signing_key("assertion"))
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        with answering(PILLAR):
            yield City(channel, Minter(key))


@contextmanager
def answering(pillar: str) -> Iterator[None]:
    """A pillar that does not answer, or refuses, is told in a line. Raises AccessError."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        why = error.details() or error.code().name
        raise AccessError(f"{pillar} does not answer ({why}): see `smartcity status` and its log") from error
