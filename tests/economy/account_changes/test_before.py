"""Pages of a business in front of a process of the version before, which knows no changes of accounts."""

import time
from dataclasses import replace
from functools import partial

import pytest

import services.economy.account_changes.api as account_changes
from services.economy.pillar import PILLAR
from services.economy.settlement import paying
from tests.economy.account_changes.asking import Asking, with_takings
from tests.economy.conftest import BUSINESS_OFFICE, NOW, OWNER, RECEIPT_KEY, TREASURER, Economy
from tests.economy.payments.cases import Bank, City
from tests.fixtures.edge import stand_before
from tests.fixtures.pillars import standing
from tests.society.pages import reader


async def test_a_business_and_the_list_of_its_office_are_shown_while_the_pillar_is_upgraded(
    economy_database: str,
) -> None:
    before = replace(PILLAR, serves=tuple(one for one in PILLAR.serves if one is not account_changes))
    async with (
        standing(before, economy_database, {"receipt_key": RECEIPT_KEY}) as process,
        process.fresh(NOW) as served,
        stand_before(served) as stand,
    ):
        business = await City(Economy(served), Bank()).business()
        for caller, path in ((OWNER, f"/usaha/{business}"), (BUSINESS_OFFICE, "/petugas/usaha?state=active")):
            one = await reader(stand, caller)
            began = time.monotonic()
            assert "Lumpia Bu Sri" in (await one.page(path)).text_content()
            assert time.monotonic() - began < 2, "nobody waits for what is not there"
            await one.client.aclose()


@pytest.mark.parametrize("before", [False, True])
async def test_the_treasury_is_told_of_a_payout_that_is_not_kept_as_one_to_the_former_account(
    economy: Economy, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = Asking(economy.served)
    treasury, business = await with_takings(economy, asking)
    (batch,) = await treasury.batches()
    economy.pass_time(seconds=1)
    await asking.approve(await asking.asked(business))
    if before:  # it takes the flag for one that is not there
        confirm = partial(paying.confirm_payout)
        monkeypatch.setattr(paying, "confirm_payout", lambda *given, to_former, why: confirm(*given))
    async with stand_before(economy.served) as stand:
        officer = await reader(stand, TREASURER)
        page = await officer.send("/petugas/kas/hari", f"former-{batch.id}")
        assert ("being upgraded" in page.text_content()) is before
        assert not page.xpath(f"//form[@id='former-{batch.id}']"), "it is paid out"
        await officer.client.aclose()
