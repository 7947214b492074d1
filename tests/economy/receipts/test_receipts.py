"""Receipts that anybody can check: as issued, forged, after a rotation of keys, after somebody wrote past us."""

import json

import pytest
from joserfc.jwk import OKPKey

from services.economy.resources import resources
from services.kit import signing
from services.kit.signing import Signer
from smartcity.economy.v1 import payments_pb2
from tests.economy.conftest import refused
from tests.economy.levies.cases import Office


async def test_a_receipt_is_read_by_its_number_or_its_bills(office: Office) -> None:
    bill = await office.paid()
    receipt = await office.receipt(bill.number)
    assert receipt == await office.receipt(bill.receipt, receipt.seal)
    typed = f" {bill.receipt.lower().replace('-', ' ')}"
    assert receipt == await office.receipt(typed, receipt.seal.lower().replace("-", " "))
    assert (receipt.bill, receipt.amount, receipt.object, receipt.period) == (
        bill.number,
        bill.amount,
        bill.object,
        bill.period,
    )
    assert receipt.method == payments_pb2.PAYMENT_METHOD_QRIS_DYNAMIC
    assert (receipt.paid_time, receipt.exercise, receipt.HasField("refunded")) == (bill.paid_time, False, False)


async def test_a_receipt_checks_offline_with_its_text_signature_and_key(office: Office) -> None:
    receipt = await office.receipt((await office.paid()).number)
    key = signing.read_key_set(signing.parse_key_set(receipt.keys))[receipt.key_id]
    assert signing.signed(key, receipt.signature, receipt.text.encode())
    assert not signing.signed(key, receipt.signature, receipt.text.replace("3000", "30000").encode())
    assert receipt.text.splitlines()[1:3] == [receipt.number, receipt.bill]


async def test_a_genuine_receipt_is_genuine_however_its_seal_is_typed(office: Office) -> None:
    receipt = await office.receipt((await office.paid()).number)
    for seal in (receipt.seal, receipt.seal.lower().replace("-", " "), receipt.seal.replace("-", "")):
        verdict = await office.check(receipt.number, 3000, seal)
        assert (verdict.genuine, verdict.reason, verdict.receipt) == (True, "", receipt)


async def test_a_forged_receipt_gets_a_verdict_and_never_an_error(office: Office) -> None:
    receipt = await office.receipt((await office.paid()).number)
    other = await office.receipt((await office.paid(period="2026-12")).number)
    forged = {
        ("SMG-2026-0000009-8", 3000, receipt.seal): "RECEIPT_UNKNOWN",
        (receipt.number[:-1] + "Z", 3000, receipt.seal): "RECEIPT_UNKNOWN",
        ("🧾" * 300, 3000, receipt.seal): "RECEIPT_UNKNOWN",
        (receipt.bill, 3000, receipt.seal): "RECEIPT_UNKNOWN",
        (receipt.number, 30_000, receipt.seal): "AMOUNT_DIFFERS",
        (receipt.number, 0, receipt.seal): "AMOUNT_DIFFERS",
        (receipt.number, 10**12, receipt.seal): "AMOUNT_DIFFERS",
        (receipt.number, 3000, other.seal): "SEAL_DIFFERS",
        (receipt.number, 3000, "-"): "SEAL_DIFFERS",
        (receipt.number, 3000, "ſeal" * 500): "SEAL_DIFFERS",
    }
    for held, reason in forged.items():
        verdict = await office.check(*held)
        assert (verdict.genuine, verdict.reason, verdict.HasField("receipt")) == (False, reason, False)


@pytest.mark.parametrize(
    ("held", "field"),
    [
        (("", 3000, "7K4P-2M8Q-1RTB-93ZC"), "number"),
        (("SMG-2026-0000009-8", -3000, "7K4P-2M8Q-1RTB-93ZC"), "units"),
        (("SMG-2026-0000009-8", 10**12 + 1, "7K4P-2M8Q-1RTB-93ZC"), "units"),
        (("SMG-2026-0000009-8", 3000, ""), "seal"),
    ],
)
async def test_what_stands_on_no_receipt_cannot_be_checked(
    office: Office, held: tuple[str, int, str], field: str
) -> None:
    with refused("INVALID_REQUEST") as caught:
        await office.check(*held)
    assert caught.value.metadata["field"] == field


async def test_an_unpaid_bill_has_no_receipt(office: Office) -> None:
    bill = await office.bill()
    for number in (bill.number, "SMG-2026-0000009-8", "SMGT-7K4P2M8-92", "", "x" * 500):
        with refused("RECEIPT_NOT_FOUND"):
            await office.receipt(number, "7K4P-2M8Q-1RTB-93ZC")


async def test_numbers_have_no_gaps_and_begin_anew_each_year(office: Office) -> None:
    numbers = [(await office.paid(period=f"2026-{month:02}")).receipt for month in range(1, 4)]
    office.economy.pass_time(days=60)
    numbers.append((await office.paid(period="2026-12")).receipt)
    assert [number.rpartition("-")[0] for number in numbers] == [
        "SMG-2026-0000001",
        "SMG-2026-0000002",
        "SMG-2026-0000003",
        "SMG-2027-0000001",
    ]


async def test_a_receipt_that_fails_gives_its_number_back(office: Office) -> None:
    bill = await office.bill()
    await office.pay(bill.number)
    admin = office.economy.served.admin
    await admin.execute("ALTER TABLE economy.receipt ADD CONSTRAINT broken CHECK (false)")
    with pytest.raises(Exception, match="broken"):
        await office.economy.settle_events()
    await admin.execute("ALTER TABLE economy.receipt DROP CONSTRAINT broken")
    await office.economy.settle_events()
    assert (await office.get(bill.number)).receipt.startswith("SMG-2026-0000001-")


async def test_drills_have_a_series_of_their_own(office: Office) -> None:
    drill = await office.paid(exercise=True)
    real = await office.paid(period="2026-12")
    assert drill.receipt.startswith("SMGX-2026-0000001-")
    assert real.receipt.startswith("SMG-2026-0000001-")
    receipt = await office.receipt(drill.number)
    assert receipt.exercise
    assert receipt.text.splitlines()[-1] == "drill"
    assert all(row["exercise"] for row in await office.economy.outbox() if row["correlation"] == drill.correlation)


async def test_what_was_given_back_stands_on_the_receipt(office: Office) -> None:
    bill = await office.paid()
    issued = await office.receipt(bill.number)
    await office.city.refund(bill.payment, 1000)
    receipt = await office.receipt(bill.number)
    assert (receipt.refunded.units, receipt.amount.units) == (1000, 3000)
    assert (receipt.text, receipt.signature, receipt.seal) == (issued.text, issued.signature, issued.seal)
    checked = await office.check(receipt.number, 3000, receipt.seal)
    assert (checked.genuine, checked.receipt.refunded.units) == (True, 1000)


async def test_receipts_of_a_rotated_key_still_check(office: Office) -> None:
    old = await office.receipt((await office.paid()).number)
    jwk = OKPKey.generate_key("Ed25519", {"kid": "next"}, auto_kid=False).as_dict(private=True)
    resources(office.economy.runtime).signer = Signer.load(json.dumps(jwk))
    new = await office.receipt((await office.paid(period="2026-12")).number)
    assert (old.key_id, new.key_id) == ("test", "next")
    for receipt in (old, new):
        assert (await office.check(receipt.number, 3000, receipt.seal)).genuine
        assert json.loads(receipt.keys)["keys"][0]["kid"] == receipt.key_id


async def test_the_pillar_cannot_change_a_receipt_and_who_does_is_found_out(office: Office) -> None:
    receipt = await office.receipt((await office.paid()).number)
    for statement in ("UPDATE receipt SET seal = ''", "DELETE FROM receipt"):
        with pytest.raises(Exception, match="permission denied"):
            await office.economy.runtime.pool.execute(statement)
    await office.economy.served.admin.execute("UPDATE economy.bill SET amount = 30000")
    verdict = await office.check(receipt.number, 30_000, receipt.seal)
    assert (verdict.genuine, verdict.reason) == (False, "SEAL_DIFFERS")
