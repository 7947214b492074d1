"""The page of a refund says why one is not possible now, and when it will be."""

from tests.economy.conftest import OWNER
from tests.economy.payments.cases import City
from tests.fixtures.edge import stand_before
from tests.society.pages import reader, said


async def test_what_the_account_does_not_hold_is_said_with_how_much_it_holds_and_when_it_works_again(
    city: City,
) -> None:
    shop = await city.business()
    paid = await city.paid(600_000, caller=OWNER, merchant=shop)
    async with stand_before(city.economy.served) as stand:
        owner = await reader(stand, OWNER)
        told = said(await owner.page(f"/usaha/{shop}/kembalikan/{paid.id}"), "check")
        assert "holds no more than IDR 598,200; IDR 600,000 are to go back" in told
        assert "as soon as more is taken" in told
        await owner.client.aclose()
