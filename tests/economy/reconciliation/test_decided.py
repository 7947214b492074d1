"""Money that only the bank had: its difference is put right once the money is where it belongs."""

import runpy

from services.economy.captures.model import Notice, Outcome
from services.economy.pillar import PILLAR
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import TREASURER_2
from tests.economy.payments.cases import NMID
from tests.economy.settlement.cases import Treasury, kind


async def only_at_the_bank(treasury: Treasury) -> list[pb.SuspenseItem]:
    """Two payments that the bank's report brought, in suspense."""
    treasury.reports(*(treasury.line("", 7_000, provider_reference=f"STATIC-{number}") for number in (1, 2)))
    treasury.at(1, 0)
    assert await treasury.reconcile() == (2, 0, 2)
    return await treasury.city.suspense()


async def test_a_difference_is_put_right_once_its_money_went_to_a_merchant_or_back(treasury: Treasury) -> None:
    city = treasury.city
    for item, target in zip(await only_at_the_bank(treasury), (await city.counter(), ""), strict=True):
        await city.release(await city.propose(item, target), TREASURER_2)
    assert [(kind(one), one.mended) for one in await treasury.differences()] == [("only_bank", True)] * 2
    assert await treasury.reconcile() == (2, 2, 0)


async def test_a_difference_is_put_right_once_the_bank_tells_whose_printed_qris_was_paid(treasury: Treasury) -> None:
    city = treasury.city
    told, untold = await only_at_the_bank(treasury)
    notice = Notice(told.provider_reference, "", 7_000, "IDR", NMID, static=True)
    assert await city.notice(notice) is Outcome.CAPTURED
    assert {one.provider_reference: one.mended for one in await treasury.differences()} == {
        told.provider_reference: True,
        untold.provider_reference: False,
    }
    assert await treasury.reconcile() == (2, 2, 1)
    assert (await city.takings(), await city.balance("suspense"), await city.adds_up()) == (7_000, 7_000, True)


async def test_differences_of_money_that_left_suspense_before_are_put_right_by_the_upgrade(treasury: Treasury) -> None:
    city = treasury.city
    gone, kept = await only_at_the_bank(treasury)
    await city.release(await city.propose(gone, await city.counter()), TREASURER_2)
    fill = runpy.run_path(str(PILLAR.migrations / "2026_12_01_differences_decided.py"))["FILL"]
    await treasury.economy.served.admin.execute(
        f"SET search_path = economy; UPDATE difference SET mended = false; {fill}; RESET search_path"
    )
    assert {one.provider_reference: one.mended for one in await treasury.differences()} == {
        gone.provider_reference: True,
        kept.provider_reference: False,
    }
