"""Every fault is switched on, its direct effect is seen, it is switched off, and all is as before."""

import json
from typing import Any

import pytest

from deploy.faults import kept, switch
from deploy.faults.means import Flag
from deploy.faults.table import BY_NAME
from tests.alerts.conftest import quiet_house
from tests.alerts.effects import EFFECTS
from tests.alerts.town import Town, town
from tests.fixtures.house import House, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]

WITHIN_S = 45.0
LASTING = (
    "slow-query", "slow-pillar", "consumer-stuck", "relay-stopped", "section-stale", "lock-held",
    "bank-slow", "disk-full", "mail-down",
)  # fmt: skip
"""One of each kind; what cannot start with them starts again and again until they are off."""


@pytest.mark.parametrize("name", list(BY_NAME))
async def test_a_fault_breaks_what_it_says_and_leaves_nothing(broken_house: House, people: Town, name: str) -> None:
    home = broken_house.home

    async def broken() -> Any:
        return await EFFECTS[name](people)

    async def mended() -> Any:
        return not await EFFECTS[name](people)

    await until(mended, WITHIN_S, f"nothing is wrong before {name}")
    try:
        await switch.on(home, name)
        assert name in kept.read(home)
        await until(broken, WITHIN_S, f"{name} has an effect")
    finally:
        await switch.off_all(home)
    await until(mended, WITHIN_S, f"nothing is left of {name}")
    assert kept.read(home) == {}


async def test_the_status_names_the_faults_that_are_on(broken_house: House) -> None:
    assert broken_house.smartcity("fault", "on", "mail-down").returncode == 0
    try:
        state = json.loads(broken_house.smartcity("status", "-o", "json").stdout)
        assert state["faults"] == ["mail-down"]
        listed = json.loads(broken_house.smartcity("fault", "list", "-o", "json").stdout)
        assert [each["name"] for each in listed if each["on"]] == ["mail-down"]
    finally:
        done = broken_house.smartcity("fault", "off", "--all")
    assert (done.returncode, done.stdout) == (0, "off: mail-down\n")


async def test_an_unknown_fault_is_answered_with_those_there_are(broken_house: House) -> None:
    done = broken_house.smartcity("fault", "on", "earthquake")
    assert done.returncode == 1
    assert "slow-query" in done.stderr


async def test_two_faults_that_share_a_flag_do_not_end_each_other(broken_house: House) -> None:
    home = broken_house.home
    first, second = BY_NAME["pillar-flapping"].means, BY_NAME["pillar-down"].means
    assert isinstance(first, Flag)
    assert isinstance(second, Flag)
    try:
        await switch.on(home, "slow-pillar")
        await switch.on(home, "event-loop-blocked")
        await switch.off(home, ["event-loop-blocked"])
        assert (home / "flags" / "environment.block").read_text() == "0.8"
    finally:
        await switch.off_all(home)
    assert not list((home / "flags").iterdir())


async def test_what_is_on_outlives_the_platform_and_is_ended_by_off_on_the_next_one() -> None:
    with quiet_house() as house:
        for name in LASTING:
            await switch.on(house.home, name)
        house.stop()
        house.start()
        assert list(kept.read(house.home)) == list(LASTING)
        done = house.smartcity("fault", "off", "--all")
        assert (done.returncode, done.stderr) == (0, "")
        assert kept.read(house.home) == {}

        async def ready() -> bool:
            return house.smartcity("status").returncode == 0

        await until(ready, 2 * WITHIN_S, "all is well again")
        async with town(house) as people:
            for name in LASTING:

                async def mended(name: str = name) -> Any:
                    return not await EFFECTS[name](people)

                await until(mended, WITHIN_S, f"nothing is left of {name}")
