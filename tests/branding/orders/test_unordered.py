"""A day that is asked for with the button that orders is shown first; that nothing is ordered yet is told once."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest

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


@pytest.mark.parametrize("typed", ["05-12-2026", "2026-02-31", "5 Desember 2026"])
async def test_a_day_that_cannot_be_read_is_asked_for_anew_and_nothing_is_offered_for_another(
    browser: Browser, office: Ticketing, typed: str
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    entered = {f"n-{type_}": "2", "holder": "Budi"}
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    opened = await browser.open(f"/wisata/tiket/beli/{sale}?{urlencode({'hari': typed})}")
    for shown in (opened, await browser.send(page.forms["order-form"], hari=typed, **entered)):
        assert (shown.status, "hari-error" in shown.ids, "wishes" in shown.ids) == (422, True, False)
        assert "Write the day such as" in shown.words
        assert shown.forms["order-form"].filled()["hari"] == typed
    other = str(office.served.now.date() + timedelta(days=3))
    mended = await browser.send(shown.forms["order-form"], hari=other)
    assert mended.forms["order-form"].filled().items() >= {**entered, "day": other}.items()


async def test_no_day_is_today_and_of_a_date_of_an_event_none_is_asked(browser: Browser, office: Ticketing) -> None:
    place, dated = (await office.sale(destination="tugu-muda")).id, (await office.on_sale())[0]
    today = office.served.now.astimezone(office.served.runtime.city.timezone).date()
    page = await browser.open(f"/wisata/tiket/beli/{place}?hari=")
    assert (page.status, page.forms["order-form"].filled()["day"]) == (200, str(today))
    page = await browser.open(f"/wisata/tiket/beli/{dated}?hari=besok")
    assert (page.status, "wishes" in page.ids) == (200, True)
