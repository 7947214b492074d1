"""Pages of a business in front of a process of the version before, which knows no changes of accounts."""

import time
from dataclasses import replace

import services.economy.account_changes.api as account_changes
from services.economy.pillar import PILLAR
from tests.economy.conftest import BUSINESS_OFFICE, NOW, OWNER, RECEIPT_KEY, Economy
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
