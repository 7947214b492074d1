"""A day that is asked for with the button that orders is shown first; that nothing is ordered yet is told once."""

from datetime import timedelta

from tests.branding.tickets.buying import browser
from tests.branding.tickets.ticketing import Ticketing
from tests.gateway.portal.pages import Browser

__all__ = ["browser"]


async def test_back_from_an_order_does_not_say_that_nothing_is_ordered_yet(browser: Browser, office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    other = str(office.served.now.date() + timedelta(days=3))
    shown = await browser.send(page.forms["order-form"], hari=other, **{f"n-{type_}": "2"})
    assert "unordered" in shown.ids
    assert dict(shown.answer.url.params) == {"hari": other, f"n-{type_}": "2"}
    order = await browser.send(shown.forms["order-form"])
    assert "Your tickets are here" in order.answer.text
    back = await browser.open(str(shown.answer.url))
    assert "unordered" not in back.ids
    assert back.forms["order-form"].filled()[f"n-{type_}"] == "2"


async def test_nobody_is_told_to_order_what_is_not_sold(browser: Browser, office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    far = str(office.served.now.date() + timedelta(days=120))
    for name in ({}, {"holder": "Budi"}):
        shown = await browser.send(page.forms["order-form"], hari=far, **{f"n-{type_}": "2"}, **name)
        assert ("no-day" in shown.ids, "unordered" in shown.ids) == (True, False)
