"""Days on which a place is closed: what is known for certain is not sold, what its week says is told."""

from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta

import pytest

from services.branding.destinations.model import Content, Exceptional, text_of
from services.kit.city.opening_hours import DAYS
from smartcity.branding.v1 import ticket_sales_pb2, tickets_pb2
from smartcity.branding.v1.destinations_pb2 import HoursException
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.destinations.tour import Tour
from tests.branding.tickets.buying import browser, ticket_in
from tests.branding.tickets.ticketing import PRICE, Ticketing
from tests.gateway.portal.pages import Browser
from tests.governance.conftest import refused

__all__ = ["browser"]


async def test_days_on_which_a_place_is_closed_are_not_sold_and_those_of_its_week_are_told(
    browser: Browser, office: Ticketing
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    ticket = (await office.order(sale, type_, day=str(office.served.now.date() + timedelta(days=3)))).order.tickets[0]
    off, weekly = [office.served.now.date() + timedelta(days=ahead) for ahead in (8, 9)]
    week = f"Mo-Su 08:00-20:00; {DAYS[weekly.weekday()]},PH off"
    await say(office, Content(hours=week, exceptions=(Exceptional(str(off)),)))
    page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={off}")
    assert ("no-day" in page.ids, "closed" in page.ids, "wishes" in page.ids) == (True, False, False)
    for asked in (
        office.order(sale, type_, day=str(off)),
        office.call(tickets_pb2.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=type_, day=str(off))),
    ):
        with refused("SALE_DAY_CLOSED"):
            await asked
    page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={weekly}")
    assert ("no-day" in page.ids, "closed" in page.ids, "wishes" in page.ids) == (False, True, True)
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    assert "Your tickets are here" in order.words, "its week may be otherwise then, and who sells knows"


@pytest.mark.parametrize(
    ("content", "status", "sold"),
    [
        (Content(hours="Mo-Su 08:00-20:00"), "verified", False),
        (Content(hours="Mo-Su 08:00-20:00"), "memory", True),
        (Content(hours="Mo-Su 08:00-20:00", exceptions=(Exceptional("2026-11-24", "08:00-23:30"),)), "verified", True),
        (Content(hours="24/7", exceptions=(Exceptional("2026-11-24", "08:00-20:00"),)), "memory", False),
        (Content(hours="Mo-Su 18:00-02:00"), "verified", True),
        (Content(hours="24/7"), "verified", True),
        (Content(hours="Mo,We-Su 08:00-20:00"), "verified", True),
    ],
    ids=["checked-week", "supposed-week", "longer-day", "shorter-day", "past-midnight", "always", "weekly-off"],
)
async def test_a_day_is_sold_no_more_once_its_last_hour_is_known_to_be_over(
    office: Ticketing, content: Content, status: str, *, sold: bool
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    await say(office, content, status)
    office.served.pass_time(hours=10, minutes=59)
    await office.order(sale, type_, day="2026-11-24")
    office.served.pass_time(hours=2)  # two minutes to ten at night
    with nullcontext() if sold else refused("SALE_DAY_OVER"):
        await office.order(sale, type_, day="2026-11-24")
    await office.order(sale, type_, day="2026-11-25")


async def test_a_sale_says_of_a_day_what_an_order_of_it_would_be_refused_for(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    today = office.served.now.date()
    off = today + timedelta(days=8)
    await say(office, Content(hours="24/7", exceptions=(Exceptional(str(off)),)))
    for day, reason in {
        today - timedelta(days=1): "SALE_DAY_OVER",
        off: "SALE_DAY_CLOSED",
        today + timedelta(days=800): "SALE_DAY_TOO_FAR",
    }.items():
        found = await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale, day=str(day)))
        assert found.ticket_sale.day_refused == reason
        with refused(reason):
            await office.order(sale, type_, day=str(day))
    found = await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale, day=str(today)))
    assert found.ticket_sale.day_refused == ""


async def test_a_holiday_of_which_a_checked_week_says_nothing_is_sold_until_midnight(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    await say(office, Content(hours="Mo-Su 08:00-20:00"), "verified")
    office.served.now = datetime(2026, 12, 25, 14, tzinfo=UTC)
    await office.order(sale, type_, day="2026-12-25")


async def test_what_is_over_for_today_is_told_and_what_may_be_is_warned_of(browser: Browser, office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    await office.sort(sale, price=0)
    today = office.served.now.astimezone(office.served.runtime.city.timezone).date()
    early = Content(hours="Mo-Su 00:00-00:01; PH 00:00-00:01")
    for status, seen in (("verified", (True, False, False)), ("memory", (False, True, True))):
        await say(office, early, status)
        page = await browser.open(f"/wisata/tiket/beli/{sale}?hari={today}")
        assert ("no-day" in page.ids, "closed" in page.ids, "wishes" in page.ids) == seen
        assert ("its last opening hour" in page.words, "closed for today" in page.words) == (not seen[1], seen[1])


async def test_a_ticket_is_changed_for_no_day_whose_last_hour_is_over(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    ticket = (await office.order(sale, type_, day="2026-11-27")).order.tickets[0]
    await say(office, Content(hours="Mo-Su 08:00-20:00"), "verified")
    office.served.pass_time(hours=12)
    with refused("SALE_DAY_OVER"):
        await office.call(
            tickets_pb2.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=type_, day="2026-11-24")
        )


async def test_nobody_waits_for_a_day_whose_last_hour_is_over(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu", waiting_room=True)).id
    type_ = await office.sort(sale, price=0)
    await say(office, Content(hours="Mo-Su 08:00-20:00"), "verified")
    office.served.pass_time(hours=12)
    with refused("SALE_DAY_OVER"):
        await office.place(sale, type_, day="2026-11-24")


async def test_nothing_is_sold_of_a_place_that_is_closed_for_good(browser: Browser, office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu", waiting_room=True)).id
    type_ = await office.sort(sale, price=0)
    await say(office, Content(closed=True))
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    assert ("no-day" in page.ids, "wishes" in page.ids) == (True, False)
    with refused("SALE_DAY_CLOSED"):
        await office.place(sale, type_, day=str(office.served.now.date() + timedelta(days=1)))


async def test_a_place_is_not_on_sale_while_it_is_closed_for_good_and_is_again_after_that(
    browser: Browser, office: Ticketing
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, price=0)
    buy = f"/wisata/tiket/beli/{sale}"
    for closed in (True, False):
        await say(office, Content(closed=closed))
        for path in ("/wisata/tiket", "/wisata/tempat/lawang-sewu"):
            assert (buy in (await browser.open(path)).source) is not closed
        assert ("Closed for good" in (await browser.open(buy)).words) is closed
    order = (await office.order(sale, type_, day=str(office.served.now.date() + timedelta(days=1)))).order
    assert len(order.tickets) == 1


async def say(office: Ticketing, content: Content, status: str = "verified") -> None:
    """So much is known of Lawang Sewu, and so well."""
    sql = "UPDATE branding.destination SET content = $1, closed = $2, status = $3 WHERE code = 'lawang-sewu'"
    await office.served.admin.execute(sql, text_of(content), content.closed, status)


async def test_who_has_a_ticket_of_a_day_that_is_closed_since_has_all_of_the_price_back(office: Ticketing) -> None:
    ticket, day, _ = await closed_since(office)
    seen = await office.ticket(ticket)
    assert (seen.closed, seen.refund.units, seen.changeable) == (True, PRICE, True)
    office.served.now = datetime.combine(day, time(15), office.served.runtime.city.timezone).astimezone(UTC)
    await office.call(tickets_pb2.CancelTicketRequest(code=seen.code, etag=seen.etag))
    assert [one.amount.units for one in await office.told(PaymentRefundRequested)] == [PRICE]


async def test_who_has_a_ticket_of_a_day_that_is_closed_since_may_come_on_another(office: Ticketing) -> None:
    ticket, day, type_ = await closed_since(office)
    seen, later = await office.ticket(ticket), str(day + timedelta(days=1))
    await office.call(tickets_pb2.ChangeTicketRequest(code=seen.code, etag=seen.etag, type=type_, day=later))
    seen = await office.ticket(ticket)
    assert (seen.first_day, seen.closed, seen.HasField("refund")) == (later, False, False)


async def test_of_a_day_that_was_closed_nothing_goes_back_once_it_is_over(office: Ticketing) -> None:
    ticket, _, _ = await closed_since(office)
    office.served.pass_time(days=2)
    seen = await office.ticket(ticket)
    assert (seen.closed, seen.HasField("refund"), seen.changeable) == (False, False, False)


async def test_a_ticket_of_a_place_that_is_closed_for_good_is_changed_for_none_of_another_place(
    office: Ticketing,
) -> None:
    other = await office.sort((await office.sale(destination="kampoeng-semawis")).id, refund_percent=0)
    ticket, day, _ = await closed_since(office, Content(closed=True))
    seen = await office.ticket(ticket)
    request = tickets_pb2.ChangeTicketRequest(code=seen.code, etag=seen.etag, type=other, day=str(day))
    with refused("CHANGE_TOO_LATE"):
        await office.call(request)


async def bought(browser: Browser, office: Ticketing) -> tuple[str, date]:
    """The page of a paid order for tomorrow, at a place whose tickets do not go back otherwise; and that day."""
    sale = (await office.sale(destination="lawang-sewu")).id
    day = office.served.now.date() + timedelta(days=1)
    type_ = await office.sort(sale, refund_percent=0)
    form = (await browser.open(f"/wisata/tiket/beli/{sale}?hari={day}")).forms["order-form"]
    order = (await browser.send(form, **{f"n-{type_}": "1"})).answer.url.path
    await office.pay()
    return order, day


async def test_a_ticket_and_its_order_say_that_its_day_is_closed_since(browser: Browser, office: Ticketing) -> None:
    order, day = await bought(browser, office)
    await say(office, Content(exceptions=(Exceptional(str(day)),)))
    page = await browser.open(order)
    way = ticket_in(page)
    for shown in (page, await browser.open(way)):
        assert f"It is closed on {day:%a, %-d %b %Y}" in shown.words
        assert "all of its price goes back" in shown.words


async def test_of_a_place_that_is_closed_for_good_since_the_money_back_is_offered_alone(
    browser: Browser, office: Ticketing
) -> None:
    order, _ = await bought(browser, office)
    await say(office, Content(closed=True))
    way = ticket_in(await browser.open(order))
    page = await browser.open(way)
    assert ("closed for good" in page.words, "change-form" in page.forms, "cancel-form" in page.forms) == (
        True, False, True,
    )  # fmt: skip


async def closed_since(office: Ticketing, told: Content | None = None) -> tuple[str, date, str]:
    """The code, the day and the type of a paid ticket that is not taken back, whose day was said to be closed since; or
    what else is ``told`` of the place.
    """
    sale = (await office.sale(destination="lawang-sewu")).id
    type_ = await office.sort(sale, refund_percent=0)
    day = office.served.now.date() + timedelta(days=1)
    code = (await office.order(sale, type_, day=str(day))).order.code
    await office.pay()
    await say(office, told or Content(exceptions=(Exceptional(str(day)),)))
    return (await office.read(code)).tickets[0].code, day, type_


async def test_a_day_that_is_closed_stays_unsold_when_another_is_told_later(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    type_, tour = await office.sort(sale), Tour(office.served)
    days = [str(office.served.now.date() + timedelta(days=ahead)) for ahead in (8, 31)]
    for day in days:
        await tour.decide(await tour.correct(exceptions=[HoursException(day=day)]))
    for day in days:
        with refused("SALE_DAY_CLOSED"):
            await office.order(sale, type_, day=day)
