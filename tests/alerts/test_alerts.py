"""Each fault on the live platform: its alert fires and no other page, the traces show the service, and it resolves."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.faults import switch
from deploy.faults.table import ALL, Fault, Trace
from tests.alerts import traces
from tests.alerts.demand import DEMAND, Demand
from tests.alerts.scaled import scaled
from tests.alerts.town import Town
from tests.fixtures.house import House, until
from tests.observability import prometheus
from tests.observability.prometheus import RULES, Prometheus, needs_prometheus

pytestmark = [pytest.mark.alerts, needs_prometheus, pytest.mark.timeout(600)]

CALM_WITHIN_S, FIRES_WITHIN_S, SHOWN_WITHIN_S, RESOLVES_WITHIN_S = 150.0, 180.0, 45.0, 180.0
PENDING_S = 3.0
"""Longer than a scaled alert that pages is pending, and a look of Prometheus; what is pending for longer is over
by then or is no page (``scaled.PENDING``)."""
SERVICES = 8
TOLD = [fault for fault in ALL if fault.alert]
ALIVE = f"count(time() - max by (service_name) (smartcity_heartbeat_seconds) < 20) == {SERVICES}"


class Watch:
    """Looks at the alerts without a pause; `seen` are all pages there were."""

    def __init__(self, at: Prometheus, fault: Fault) -> None:
        self._at = at
        self._fault = fault
        self.seen: set[str] = set()

    async def run(self) -> None:
        while True:
            self.seen |= {each["alertname"] for each in await self._pages()}
            await asyncio.sleep(0.5)

    async def fires(self) -> bool:
        """The named alert, for the service where it says one."""
        found = await asyncio.to_thread(self._at.alerts)
        return any(self._is_it(each) for each in found)

    async def is_over(self) -> bool:
        """Neither the named alert nor any page."""
        return not await self.fires() and not await self._pages()

    async def is_calm(self) -> bool:
        """Over, and every service is there. What its first words set off, such as a job that nobody does yet, has fired
        by then.
        """
        if not await asyncio.to_thread(self._at.query, ALIVE):
            return False
        await asyncio.sleep(PENDING_S)
        return await self.is_over()

    async def unrest(self) -> str:
        """What keeps it from being calm."""
        alive = await asyncio.to_thread(self._at.query, ALIVE.partition(" == ")[0])
        return f"services alive {alive}, pages {await self._pages()}, all {await asyncio.to_thread(self._at.alerts)}"

    def _is_it(self, labels: dict[str, str]) -> bool:
        if labels["alertname"] != self._fault.alert:
            return False
        if labels["alertname"].endswith("BudgetBurn") and labels["severity"] != "page":
            return False  # the slow burns go on for as long as their windows, which is as it should be
        whose = labels.get("service_name") or labels.get("smartcity_pillar") or self._fault.service
        return self._fault.service in (whose, "viewer")

    async def _pages(self) -> list[dict[str, str]]:
        return await asyncio.to_thread(self._at.alerts, "page")


@pytest.mark.parametrize("fault", TOLD, ids=lambda fault: fault.name)
async def test_the_alert_of_a_fault_fires_alone_and_resolves(
    broken_house: House, people: Town, fault: Fault, tmp_path: Path
) -> None:
    rules = scaled(RULES, tmp_path)
    with prometheus.running(tmp_path, broken_house.viewer, rules=rules) as started:
        watch = Watch(started, fault)
        await _calm(watch)
        watching = asyncio.create_task(watch.run())
        try:
            await _suffer(broken_house, people, fault, watch)
            await _mend(people, fault)
            await until(watch.is_over, RESOLVES_WITHIN_S, f"{fault.alert} resolves")
        finally:
            await switch.off_all(broken_house.home)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        assert watch.seen <= {fault.alert}, "only one page at a time"


async def _calm(watch: Watch) -> None:
    try:
        await until(watch.is_calm, CALM_WITHIN_S, "all is calm before")
    except AssertionError as error:
        raise AssertionError(f"{error}: {await watch.unrest()}") from None


async def _suffer(house: House, people: Town, fault: Fault, watch: Watch) -> None:
    """The fault is on until its alert fires and its trace is there."""
    began = time.time_ns()
    await switch.on(house.home, fault.name)
    using = asyncio.create_task(DEMAND.get(fault.name, Demand(_nothing)).run(people))
    try:
        await until(watch.fires, FIRES_WITHIN_S, f"{fault.alert} fires")
        if fault.trace is not Trace.NONE:
            await until(_shown(house, fault, began), SHOWN_WITHIN_S, f"a trace shows {fault.service}")
    finally:
        using.cancel()
        with suppress(asyncio.CancelledError):
            await using
        await switch.off(house.home, [fault.name])


def _shown(house: House, fault: Fault, since_ns: int) -> Callable[[], object]:
    async def look() -> bool:
        return await traces.shows(house.viewer, fault, since_ns)

    return look


async def _nothing(town: Town) -> None:
    """Nobody needs to do anything."""


async def _mend(people: Town, fault: Fault) -> None:
    """What people must do besides: money in suspense waits for the treasury, whatever the bank does now; devices come
    again by themselves.
    """
    if fault.alert == "SuspenseOld":
        await people.give_back()
    if fault.alert == "DevicesRefused":
        await until(people.knock, CALM_WITHIN_S, "all devices are let in")
