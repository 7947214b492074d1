"""A ticket of an event, from its order to its money back: one story, told by one command."""

import json
import re
from typing import Any

import httpx
import pytest

from deploy.operate.ticket_story import PRICE, QUANTITY
from tests.fixtures.house import House, until
from tests.gateway.portal.pages import Browser, Page

pytestmark = pytest.mark.timeout(240)

BRANDING, ECONOMY = "smartcity.branding.v1.", "smartcity.economy.v1."
STEPS = [
    "event", "buses", "sale", "order", "qris", "bank", "captured", "cashless", "ticket", "admitted", "refused", "visit",
    "cancelled", "refunded", "settlement", "books", "told", "story",
]  # fmt: skip


@pytest.fixture(scope="module")
def told(house: House) -> dict[str, Any]:
    """What the command told, by step."""
    done = house.smartcity("story", "ticket", "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr + house.logs()
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    assert [step["step"] for step in steps] == STEPS
    return {step["step"]: step["data"] for step in steps}


def test_a_ticket_is_paid_lets_in_once_counts_and_is_given_back(told: dict[str, Any]) -> None:
    assert told["captured"]["amount"]["units"] == PRICE * QUANTITY
    assert (told["admitted"]["verdict"], told["refused"]["verdict"]) == ("admitted", "used")
    assert told["visit"]["total"] == 1
    assert [one["cause"] for one in told["refunded"]["refunds"]] == ["cancelled"]
    assert told["refunded"]["tickets"][0]["token"] == ""
    assert told["settlement"]["captured"] == told["settlement"]["refunded"] == told["captured"]["amount"]
    assert not told["books"]["problems"]


def test_everybody_reads_that_it_was_paid_and_of_whom_or_how_much_nothing(house: House, told: dict[str, Any]) -> None:
    events = {one["type"].rpartition(".")[2]: one for one in told["told"]["events"]}
    for name in ("OrderPlaced", "PaymentCreated", "PaymentCaptured", "TicketsIssued", "PaymentRefunded"):
        assert events[name]["facts"] == [], name
    assert told["buses"]["origin"] == "event"
    assert told["cashless"]["after"][1] > told["cashless"]["before"][1]
    page = httpx.get(f"{house.url}/cerita/{told['story']['correlation']}", headers={"Accept-Language": "en"}).text
    assert "The payment was captured" in page
    assert "70.000" not in page


async def test_all_that_happens_to_an_order_carries_its_id(house: House, told: dict[str, Any]) -> None:
    wanted = {f"{BRANDING}{name}" for name in ("OrderPlaced", "TicketsIssued", "TicketAdmitted")}
    wanted |= {f"{ECONOMY}{name}" for name in ("PaymentCreated", "PaymentCaptured", "PaymentRefunded")}

    async def story() -> Any:
        async with httpx.AsyncClient(base_url=house.viewer) as viewer:
            found = await viewer.get(f"/api/stories/{told['story']['correlation']}")
        seen = json.dumps(found.json()) if found.status_code == 200 else ""
        return found.json() if all(name in seen for name in wanted) else None

    found = await until(story, 20, "the viewer shows every event of the story")
    assert found["correlation_ids"] == [told["story"]["correlation"]]


async def way(house: House, trace_id: str, expected: list[str]) -> list[int]:
    """Where the names stand among the spans that led to the last of them."""

    async def whole() -> Any:
        async with httpx.AsyncClient(base_url=house.viewer) as viewer:
            found = await viewer.get(f"/api/traces/{trace_id}")
        spans = found.json()["spans"] if found.status_code == 200 else []
        return spans if {span["name"] for span in spans} >= set(expected) else None

    spans = await until(whole, 20, f"the trace shows {expected[-1]}")
    by_id = {span["span_id"]: span for span in spans}
    span = next(span for span in spans if span["name"] == expected[-1])
    names = []
    while span is not None:
        names.append(span["name"])
        span = by_id.get(span.get("parent_span_id") or "")
    return [names[::-1].index(name) for name in expected]


async def test_a_scan_and_the_visit_that_it_counts_are_one_trace(house: House, told: dict[str, Any]) -> None:
    places = await way(
        house,
        told["admitted"]["trace_id"],
        [
            "POST /v1/gates/{id}/scans",
            f"{BRANDING}GateService/UploadScans",
            "transaction branding",
            f"send {BRANDING}TicketAdmitted",
            f"process {BRANDING}TicketAdmitted",
        ],
    )
    assert places == sorted(places)


async def test_calling_an_event_off_and_stopping_its_sale_are_one_trace(house: House, told: dict[str, Any]) -> None:
    places = await way(
        house,
        told["cancelled"]["trace_id"],
        [
            "POST /v1/events/{id}/cancellation",
            f"{BRANDING}CityEventService/CancelCityEvent",
            f"send {BRANDING}EventCancelled",
            f"process {BRANDING}EventCancelled",
        ],
    )
    assert places == sorted(places)


async def test_an_order_says_one_time_to_pay_by(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        browser = Browser(client)
        (sale, *_) = (await client.get("/v1/ticket-sales", params={"for_sale": True})).json()["ticket_sales"]
        page = await browser.open(f"/wisata/tiket/beli/{sale['id']}")
        order = await browser.send(page.forms["order-form"], **{f"n-{sale['types'][0]['id']}": "1"})

        async def payable() -> Page | None:
            found = await browser.open(order.answer.url.path)
            return found if "qr-form" in found.forms else None

        waiting = await until(payable, 20, "the order leads to its payment")
        shown = await browser.send(waiting.forms["qr-form"])
    times = re.findall(r"Pay by ([0-9:]+)", shown.words)
    assert (len(times), len(set(times)), "Valid until" in shown.words) == (2, 1, False)
