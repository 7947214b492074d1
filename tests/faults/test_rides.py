"""Economy dies again and again while people ride: no ride is lost, and each is paid once."""

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.caller import Caller, Minter
from smartcity.living.v1 import cards_pb2, cards_pb2_grpc, rides_pb2, rides_pb2_grpc
from tests.faults.books import faults
from tests.faults.payers import TOP_UP, Payers
from tests.fixtures.house import House, new_key, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

AWAY_S = float(os.environ.get("SMARTCITY_FAULT_AWAY", "60"))
RIDERS, FARE = 40, 3500
OFFICE = Caller("fault-office", frozenset({"officer"}), "dishub")
SETTLED_S = 120.0


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """One process per pillar, full fsync."""
    with tempfile.TemporaryDirectory(prefix="smartcity-rides-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, env={"SMARTCITY_DEMO": "off", "SMARTCITY_TRACE_RATIO": "0.01"})
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


class Living:
    """The living pillar, over gRPC."""

    def __init__(self, house: House) -> None:
        port = house.components()["living"]["ports"]["grpc"]
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        self.minter = Minter(json.dumps(house.secrets.signing_key("assertion")))

    async def call(self, stub: Any, rpc: str, request: Any, caller: Caller) -> Any:
        """Calls an RPC as somebody."""
        metadata = (("authorization", f"Bearer {self.minter.mint(caller, 'living')}"),)
        return await getattr(stub(self.channel), rpc)(request, metadata=metadata, timeout=30)

    async def card(self, rider: Caller) -> str:
        """The number of a new card."""
        asked = cards_pb2.CreateCardRequest(request_id=new_key())
        number: str = (await self.call(cards_pb2_grpc.CardServiceStub, "CreateCard", asked, rider)).card.number
        return number

    async def ride(self, taps: list[rides_pb2.Tap]) -> Any:
        """Uploads taps that were taken without a connection."""
        asked = rides_pb2.UploadTapsRequest(request_id=new_key(), taps=taps, offline=True)
        return await self.call(rides_pb2_grpc.RideServiceStub, "UploadTaps", asked, OFFICE)


async def killed(house: House, seconds: float) -> int:
    """Kills economy as soon as it is back, for so long; how often."""
    kills, ends = 0, asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < ends:
        kills += house.kill("economy") is not None
        await asyncio.sleep(0.3)
    return kills


async def test_no_ride_is_lost_and_each_is_paid_once_while_economy_is_away(house: House) -> None:
    payers, living = Payers(house), Living(house)
    await payers.open(RIDERS)
    numbers = [await living.card(rider) for rider in payers.wallets]
    killing = asyncio.create_task(killed(house, AWAY_S))
    rides, sequence = 0, 0
    for _ in range(5):
        taps = []
        for number in numbers:
            time = Timestamp()
            time.FromDatetime(datetime.now(UTC) - timedelta(minutes=1))
            sequence += 1
            taps.append(rides_pb2.Tap(card=number, validator="BUS-1", sequence=sequence, route="K1", time=time))
        for _ in range(2):  # the validator heard no answer, and sends them again
            rides += (await living.ride(taps)).rides
        await asyncio.sleep(AWAY_S / 6)
    print(f"economy was killed {await killing} times, {rides} rides")
    assert rides == 5 * RIDERS
    admin = await house.database()
    try:

        async def settled() -> bool:
            return not await admin.fetchval("SELECT count(*) FROM living.ride WHERE state <> 'paid'")

        await until(settled, SETTLED_S, "all rides are paid")
        assert await faults(admin) == []
        sql = "SELECT request, count(*), sum(amount) FROM economy.payment WHERE requester = 'living' GROUP BY request"
        asked = await admin.fetch(sql)
        assert len(asked) == rides
        assert {(row["count"], row["sum"]) for row in asked} == {(1, FARE)}
        sql = """SELECT a.balance FROM economy.wallet w JOIN economy.account a ON a.id = w.account
                 WHERE w.subject = ANY($1)"""
        balances = await admin.fetch(sql, [rider.subject for rider in payers.wallets])
        assert {row["balance"] for row in balances} == {TOP_UP - 5 * FARE}
        owed = await admin.fetchval("SELECT sum(due + refused) FROM living.travel_card")
        assert owed == 0
    finally:
        await admin.close()
        await payers.close()
        await living.channel.close()
