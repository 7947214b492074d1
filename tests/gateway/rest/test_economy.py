"""Money over the API: what is created, paid, given back, listed and refused."""

import csv
import io
import secrets
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from gateway.rest.by_hand import batch_csv
from tests.gateway.conftest import new_key
from tests.gateway.running import Stand
from tests.gateway.till import CASHIER, CITIZEN, OFFICE, OWNER, TREASURER, Till, rupiah


@pytest.fixture
def till(stand: Stand, client: httpx.AsyncClient) -> Till:
    """Somebody to send with."""
    return Till(stand, client)


async def test_a_payment_is_created_read_paid_in_cash_and_listed(till: Till) -> None:
    merchant = await till.counter()
    made = await till.send("POST", "/v1/payments", {"merchant": merchant, "amount": rupiah(4000)}, CASHIER)
    payment = made.json()
    assert (made.status_code, made.headers["location"]) == (201, f"/v1/payments/{payment['id']}")
    assert made.headers["etag"] == f'W/"{payment["etag"]}"'
    assert (payment["state"], payment["amount"], payment["purpose"]) == ("created", rupiah(4000), "sale")
    paid = await till.done("POST", f"/v1/payments/{payment['code']}/cash", user=CASHIER)
    assert (paid["state"], paid["method"]) == ("captured", "cash")
    query = f"?merchant={merchant}&state=captured"
    listed = (await till.done("GET", f"/v1/payments{query}", user=CASHIER))["payments"]
    assert payment["id"] in [each["id"] for each in listed]


async def test_who_knows_a_payment_sees_how_it_stands_and_only_the_payee_what_it_cost(till: Till) -> None:
    payment = await till.paid()
    seen = await till.done("GET", f"/v1/payments/{payment['id']}")
    assert seen["state"] == "captured"
    assert "fee" not in seen
    assert "fee" in await till.done("GET", f"/v1/payments/{payment['id']}", user=CASHIER)


@pytest.mark.parametrize(
    ("amount", "reason", "field"),
    [
        (rupiah(0), "AMOUNT_INVALID", "amount"),
        (rupiah(-4000), "AMOUNT_INVALID", "amount"),
        (rupiah(-(10**30)), "AMOUNT_INVALID", "amount"),
        (rupiah(10**12 + 1), "AMOUNT_TOO_LARGE", "amount"),
        (rupiah(10**30), "AMOUNT_TOO_LARGE", "amount"),
        ({"currency": "USD", "units": 4}, "CURRENCY_UNKNOWN", "amount"),
        ({"currency": "rupiah", "units": 4000}, "INVALID_REQUEST", "amount.currency"),
        ({"currency": "IDR", "units": 4000.5}, "INVALID_REQUEST", "amount.units"),
        ({"currency": "IDR", "units": 1e17}, "INVALID_REQUEST", "amount.units"),
        ({"currency": "IDR", "units": "4000"}, "INVALID_REQUEST", "amount.units"),
        ({"currency": "IDR", "units": True}, "INVALID_REQUEST", "amount.units"),
        ({"currency": "IDR"}, "INVALID_REQUEST", "amount.units"),
        (4000, "INVALID_REQUEST", "amount"),
    ],
    ids=str,
)
async def test_an_amount_that_is_none_is_refused_with_its_reason(
    till: Till, amount: Any, reason: str, field: str
) -> None:
    body = {"merchant": await till.counter(), "amount": amount}
    refused = await till.send("POST", "/v1/payments", body, CASHIER)
    assert (refused.status_code, refused.json()["reason"]) == (422, reason), refused.text
    assert refused.json()["errors"][0]["field"] == field


async def test_what_moves_money_needs_a_key_and_happens_once_for_it(till: Till, client: httpx.AsyncClient) -> None:
    body = {"merchant": await till.counter(), "amount": rupiah(7000)}
    cashier = await till.stand.bearer(CASHIER)
    refused = await client.post("/v1/payments", json=body, headers=cashier)
    assert (refused.status_code, refused.json()["reason"]) == (400, "IDEMPOTENCY_KEY_MISSING")
    headers = cashier | new_key()
    first, again = [await client.post("/v1/payments", json=body, headers=headers) for _ in range(2)]
    assert first.content == again.content
    other = await client.post("/v1/payments", json={**body, "amount": rupiah(7001)}, headers=headers)
    assert (other.status_code, other.json()["reason"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/payments/x/wallet-payment",
        "/v1/payments/x/cash",
        "/v1/payments/x/refunds",
        "/v1/wallets/me/top-ups",
        "/v1/bills",
        "/v1/bills/x/payment",
        "/v1/merchants",
    ],
)
async def test_a_write_with_effects_on_money_is_told_to_bring_a_key(client: httpx.AsyncClient, path: str) -> None:
    refused = await client.post(path, json={"amount": rupiah(1), "reason": "Salah tekan."})
    assert (refused.status_code, refused.json()["reason"]) == (400, "IDEMPOTENCY_KEY_MISSING")


async def test_without_an_acquirer_no_qris_is_presented_and_none_is_drawn(till: Till) -> None:
    payment = await till.payment()
    refused = await till.send("POST", f"/v1/payments/{payment['id']}/qr")
    assert refused.status_code in (409, 503), refused.text
    for kind in ("svg", "png"):
        drawn = await till.send("GET", f"/v1/payments/{payment['id']}/qr.{kind}")
        assert (drawn.status_code, drawn.json()["reason"]) == (404, "QR_NOT_PRESENTED")


async def test_a_counter_has_a_printed_qris(till: Till) -> None:
    merchant = await till.counter()
    drawn = await till.send("GET", f"/v1/merchants/{merchant}/qr.svg", user=CASHIER)
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert drawn.content.startswith(b"<?xml")
    printed = await till.send("GET", f"/v1/merchants/{merchant}/qr.png", user=CASHIER)
    assert printed.content.startswith(b"\x89PNG")
    assert printed.headers["cache-control"].startswith("private")


async def test_a_payment_is_withdrawn_by_whoever_saw_its_version(till: Till) -> None:
    payment = await till.payment()
    path = f"/v1/payments/{payment['id']}/cancellation"
    stale = await till.send("POST", path, user=CASHIER, etag="999")
    assert (stale.status_code, stale.json()["reason"]) == (412, "STALE_ETAG")
    cancelled = await till.done("POST", path, user=CASHIER, etag=payment["etag"])
    assert cancelled["state"] == "cancelled"
    late = await till.send("POST", f"/v1/payments/{payment['id']}/cash", user=CASHIER)
    assert late.status_code == 409, late.text


async def test_a_refund_shows_beforehand_how_it_is_possible_and_gives_back(till: Till) -> None:
    payment = await till.paid(12_000)
    check = await till.done("GET", f"/v1/payments/{payment['id']}/refund-check?units=5000", user=CASHIER)
    assert (check["possible"], check["way"], check["amount"]) == (True, "cash", rupiah(5000))
    body = {"amount": rupiah(5000), "reason": "Satu karcis tidak dipakai."}
    refund = await till.done("POST", f"/v1/payments/{payment['id']}/refunds", body, CASHIER)
    assert (refund["state"], refund["amount"]) == ("done", rupiah(5000))
    seen = await till.done("GET", f"/v1/payments/{payment['id']}")
    assert (seen["state"], seen["refunded"]) == ("partly_refunded", rupiah(5000))


async def test_a_large_refund_waits_for_a_second_person(till: Till) -> None:
    payment = await till.paid(900_000)
    body = {"reason": "Acara dibatalkan panitia."}
    refund = await till.done("POST", f"/v1/payments/{payment['id']}/refunds", body, CASHIER)
    assert refund["state"] == "requested"
    waiting = await till.done("GET", "/v1/refunds", user=TREASURER)
    assert refund["id"] in [each["id"] for each in waiting["refunds"]]
    approved = await till.done("POST", f"/v1/refunds/{refund['id']}/approval", user=TREASURER, etag=refund["etag"])
    assert (approved["state"], approved["at_counter"]) == ("requested", True), "its cash lies ready"
    done = await till.done("POST", f"/v1/refunds/{refund['id']}/approval", user=CASHIER, etag=approved["etag"])
    assert done["state"] == "done"


async def test_a_wallet_is_opened_filled_at_the_counter_and_paid_from(till: Till) -> None:
    wallet = await till.done("POST", "/v1/wallets", user=CITIZEN)
    before = wallet["balance"]["units"]  # the citizen of the whole suite
    top_up = await till.send("POST", "/v1/wallets/me/top-ups", {"amount": rupiah(50_000)}, CITIZEN)
    assert (top_up.status_code, top_up.headers["location"]) == (201, f"/v1/payments/{top_up.json()['id']}")
    await till.done("POST", f"/v1/payments/{top_up.json()['id']}/cash", user=TREASURER)
    payment = await till.payment(20_000)
    paid = await till.done("POST", f"/v1/payments/{payment['id']}/wallet-payment", user=CITIZEN)
    assert (paid["state"], paid["method"]) == ("captured", "wallet")
    assert (await till.done("GET", "/v1/wallets/me", user=CITIZEN))["balance"] == rupiah(before + 30_000)
    path = f"/v1/ledger/accounts/{wallet['account']}/statement"
    entries = (await till.done("GET", path, user=CITIZEN))["entries"]
    assert [each["amount"]["units"] for each in entries[:2]] == [-20_000, 50_000]
    first = await till.done("GET", f"{path}?page_size=1", user=CITIZEN)
    second = await till.done("GET", f"{path}?page_size=1&page_token={first['next_page_token']}", user=CITIZEN)
    assert [first["entries"][0], second["entries"][0]] == entries[:2]
    assert (await till.send("GET", path, user=OWNER)).status_code in (403, 404)
    sheet = await till.send("GET", f"{path}.csv", user=CITIZEN)
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    lines = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert [int(line["amount"]) for line in lines[:2]] == [-20_000, 50_000]
    assert {line["currency"] for line in lines} == {"IDR"}


async def test_the_takings_of_a_counter_come_as_days_and_as_a_sheet(till: Till) -> None:
    await till.paid(3_000)
    merchant = await till.counter()
    (today,) = (await till.done("GET", f"/v1/merchants/{merchant}/takings", user=CASHIER))["days"]
    assert today["payments"] >= 1
    sheet = await till.send("GET", f"/v1/merchants/{merchant}/takings.csv", user=CASHIER)
    (line,) = csv.DictReader(io.StringIO(sheet.text, newline=""))
    assert (line["day"], int(line["gross"])) == (today["day"], today["gross"]["units"])
    assert (await till.send("GET", f"/v1/merchants/{merchant}/takings.csv", user=OWNER)).status_code in (403, 404)


async def test_a_business_applies_is_taken_on_stopped_and_closed(till: Till) -> None:
    merchant = await till.business()
    path = f"/v1/merchants/{merchant['id']}"
    mine = await till.done("GET", "/v1/merchants?mine=true", user=OWNER)
    assert merchant["id"] in [each["id"] for each in mine["merchants"]]
    assert merchant["settlement_account"]["number"].endswith("5678")
    assert "1360012345678" not in str(merchant)
    await till.done("POST", f"{path}/terminals", {"label": "T01", "place": "Los B 12"}, OWNER)
    drawn = await till.send("GET", f"{path}/qr.png?terminal=T01", user=OWNER)
    assert drawn.status_code == 200, drawn.text
    merchant = await till.done("GET", path, user=OWNER)
    stopped = await till.done(
        "POST", f"{path}/suspension", {"reason": "Alamat usaha tidak sesuai."}, OFFICE, merchant["etag"]
    )
    assert stopped["state"] == "suspended"
    closed = await till.done("POST", f"{path}/closure", user=OWNER, etag=stopped["etag"])
    assert closed["state"] == "closed"


async def test_a_bill_is_issued_and_anybody_gets_its_payment(till: Till) -> None:
    tariffs = (await till.done("GET", "/v1/levies/tariffs"))["tariffs"]
    tariff = next(each for each in tariffs if each["id"] == "pasar-kios")
    body = {
        "tariff": "pasar-kios",
        "object": f"Pasar Johar, kios {secrets.token_hex(4)}",
        "period": "2026-11",
        "quantity": 180,
        "area": "33.74.01.1010",
    }
    bill = await till.done("POST", "/v1/bills", body, "petugas-disdag")
    assert bill["amount"]["units"] == 180 * tariff["amount"]["units"]
    payment = await till.done("POST", f"/v1/bills/{bill['number'].lower()}/payment")
    again = await till.done("POST", f"/v1/bills/{bill['number']}/payment")
    assert payment["id"] == again["id"]
    assert (payment["bill"], payment["amount"]) == (bill["number"], bill["amount"])
    listed = (await till.done("GET", "/v1/bills?page_size=200", user="petugas-disdag"))["bills"]
    assert bill["number"] in [each["number"] for each in listed]
    seen = await till.done("GET", f"/v1/bills/{bill['number']}")
    cancelled = await till.done(
        "POST", f"/v1/bills/{bill['number']}/cancellation", user="petugas-disdag", etag=seen["etag"]
    )
    assert cancelled["state"] == "cancelled"


async def test_a_receipt_that_the_city_never_issued_is_not_genuine(till: Till) -> None:
    body = {"number": "SMG-2026-9999999-Z", "units": 90_000, "seal": "7K4P-2M8Q-1RTB-93ZC"}
    checked = await till.done("POST", "/v1/levies/receipts/check", body)
    assert checked["genuine"] is False
    assert checked["reason"]


async def test_the_treasury_checks_the_ledger_and_freezes_an_account(till: Till) -> None:
    await till.paid(2_000)
    checked = await till.done("POST", "/v1/ledger/check", user=TREASURER)
    assert checked["problems"] == []
    assert checked["transfers"] >= 1
    business = await till.business()
    path = f"/v1/ledger/accounts/{business['account']}"
    account = await till.done("GET", path, user=OWNER)
    frozen = await till.done("POST", f"{path}/status", {"status": "frozen"}, TREASURER, account["etag"])
    assert frozen["status"] == "frozen"
    refused = await till.send("POST", f"{path}/status", {"status": "open"}, OWNER, frozen["etag"])
    assert refused.status_code == 403


async def test_a_day_is_settled_and_a_batch_read_and_downloaded(till: Till) -> None:
    await till.paid(3_000)
    takings = await till.done("GET", f"/v1/merchants/{await till.counter()}/takings", user=CASHIER)
    day = takings["days"][0]["day"]
    closed = await till.done("POST", f"/v1/settlement/days/{day}/closing", {"early": True}, TREASURER)
    assert set(closed) == {"batches", "net"}
    batches = (await till.done("GET", "/v1/settlement/batches", user=TREASURER))["batches"]
    assert batches
    batch = await till.done("GET", f"/v1/settlement/batches/{batches[0]['id']}", user=TREASURER)
    sheet = await till.send("GET", f"/v1/settlement/batches/{batches[0]['id']}.csv", user=TREASURER)
    assert sheet.headers["content-type"].startswith("text/csv"), sheet.text
    lines = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert len(lines) == len(batch["lines"])
    refused = await till.send("GET", f"/v1/settlement/batches/{batches[0]['id']}.csv", user=OWNER)
    assert refused.status_code in (403, 404)


async def test_a_batch_comes_whole_as_a_sheet_however_many_pages_it_is_read_in(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await till.paid(3_000)
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Jakarta")).date()
    await till.done("POST", f"/v1/settlement/days/{today}/closing", {"early": True}, TREASURER)
    query = f"merchant={await till.counter()}"
    batch = (await till.done("GET", f"/v1/settlement/batches?{query}", user=TREASURER))["batches"][0]
    path = f"/v1/settlement/batches/{batch['id']}"
    lines = (await till.done("GET", path, user=TREASURER))["lines"]
    assert len(lines) >= 3
    first = await till.done("GET", f"{path}?page_size=2", user=TREASURER)
    second = await till.done("GET", f"{path}?page_size=2&page_token={first['next_page_token']}", user=TREASURER)
    assert first["lines"] + second["lines"] == lines[:4]
    monkeypatch.setattr(batch_csv, "PAGE", 2)
    sheet = (await till.send("GET", f"{path}.csv", user=TREASURER)).text
    assert [line["payment"] for line in csv.DictReader(io.StringIO(sheet, newline=""))] == [
        line["payment_code"] for line in lines
    ]
    assert (await till.send("GET", f"{path}?page_size=10001", user=TREASURER)).status_code == 422


async def test_everybody_may_read_the_figures(till: Till) -> None:
    found = await till.done("GET", "/v1/indicators?group=area&first_day=2026-01-01&last_day=2026-01-31")
    assert found == {"indicators": []}
    refused = await till.send("GET", "/v1/indicators?first_day=2026-13-01")
    assert refused.status_code == 422
    assert (await till.send("GET", "/v1/indicators?group=person")).status_code == 422
