"""A stallholder's market levy, from the bill to the figures of the kelurahan: one story, told by one command."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from deploy.local.stories import TARIFF, levy
from deploy.operate.levy_story import UNITS, pay
from deploy.operate.visitor import Visitor
from tests.fixtures.house import House, until
from tests.stories.judging import judge_from

pytestmark = pytest.mark.timeout(240)

ECONOMY = "smartcity.economy.v1."
STEPS = ["bill", "qris", "bank", "captured", "receipt", "settlement", "indicator", "story"]


@pytest.fixture(scope="module")
def told(house: House) -> dict[str, Any]:
    """What the command told, by step."""
    done = house.smartcity("story", "levy", "-o", "json", seconds=120)
    assert done.returncode == 0, done.stdout + done.stderr + house.logs()
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [step["step"] for step in steps] == STEPS
    return {step["step"]: step["data"] for step in steps}


async def test_a_levy_is_billed_paid_receipted_settled_and_counted(told: dict[str, Any]) -> None:
    bill, receipt = told["story"], told["receipt"]
    assert bill["state"] == "paid"
    assert receipt["bill"] == bill["number"]
    assert receipt["amount"] == bill["amount"] == told["captured"]["amount"]
    assert told["settlement"]["batches"] >= 1
    assert told["indicator"]["cashless_payments"] >= 1


async def test_the_whole_story_has_one_correlation_id_in_the_viewer(house: House, told: dict[str, Any]) -> None:
    wanted = {f"{ECONOMY}{name}" for name in ("BillIssued", "PaymentCreated", "PaymentCaptured", "BillPaid")}

    async def story() -> Any:
        async with httpx.AsyncClient(base_url=house.viewer) as viewer:
            found = await viewer.get(f"/api/stories/{told['story']['number']}")
        seen = json.dumps(found.json()) if found.status_code == 200 else ""
        return found.json() if all(name in seen for name in wanted) else None

    found = await until(story, 20, "the viewer shows every event of the story")
    assert found["correlation_ids"] == [told["story"]["correlation"]]
    assert told["captured"]["correlation"] in (told["story"]["correlation"], "")


async def test_the_events_of_the_story_carry_one_correlation_to_settlement(house: House, told: dict[str, Any]) -> None:
    admin = await house.database()
    try:
        sql = "SELECT type FROM economy.outbox WHERE correlation = $1 ORDER BY position"
        types = [row["type"] for row in await admin.fetch(sql, told["story"]["correlation"])]
    finally:
        await admin.close()
    names = ("BillIssued", "PaymentCreated", "PaymentCaptured", "BillPaid", "PaymentSettled")
    assert types == [f"{ECONOMY}{name}" for name in names]


async def test_the_ledger_adds_up_after_the_story(house: House, told: dict[str, Any]) -> None:
    token = await house.token("bendahara")
    async with httpx.AsyncClient(base_url=house.url, timeout=15) as api:
        checked = await api.post("/v1/ledger/check", headers={"Authorization": f"Bearer {token}"})
    assert checked.status_code == 200, checked.text
    assert not checked.json()["problems"]


async def test_the_story_is_told_to_people_step_by_step(house: House) -> None:
    done = house.smartcity("story", "levy", seconds=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("✓")] == STEPS


async def test_who_waits_for_a_payment_hears_of_it_when_the_bank_has_told(house: House) -> None:
    """Bank, notification, outbox, bus, nudge, stream: the whole way to an open page."""
    async with httpx.AsyncClient(base_url=house.url, timeout=15) as client:
        somebody = Visitor(house.about["urls"], client, house.secrets)
        month = datetime.now(UTC).strftime("%Y-%m")
        terms = levy("semarang")
        assert terms is not None
        stall = {"object": "Pasar Johar, kios A-1", "area": terms.area}
        wanted = {"tariff": TARIFF, "period": month, "quantity": UNITS, **stall}
        bill = await somebody.post("/v1/bills", wanted, f"petugas-{terms.agency}")
        payment = await somebody.post(f"/v1/bills/{bill['number']}/payment", user="warga")
        payment = await somebody.post(f"/v1/payments/{payment['id']}/qr")
        async with client.stream("GET", f"/v1/payments/{payment['id']}/events") as stream:
            told = (json.loads(line.removeprefix("data: ")) async for line in stream.aiter_lines() if "data: " in line)
            assert (await anext(told))["state"] == "pending"
            await pay(somebody, payment["qr"])
            assert (await anext(told))["state"] == "captured"
            assert [each async for each in told] == [], "nobody need wait any more"
    await judge_from(house, f"/bayar/{bill['number']}", "warga")
