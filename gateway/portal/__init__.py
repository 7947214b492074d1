"""The portal: the pages of citizens, merchants and officers, rendered on the server, usable without JavaScript."""

from fastapi import FastAPI

from gateway.portal import (
    routes_business,
    routes_case,
    routes_home,
    routes_levies,
    routes_merchant_money,
    routes_merchants,
    routes_pay,
    routes_payment_receipts,
    routes_queue,
    routes_receipts,
    routes_report,
    routes_treasury,
    routes_wallet,
    routes_work,
)
from gateway.portal.page import problem_page

_PAGES = (
    routes_home,
    routes_report,
    routes_receipts,
    routes_payment_receipts,  # before the bills, whose number may be any word
    routes_pay,
    routes_wallet,
    routes_merchants,
    routes_merchant_money,
    routes_queue,
    routes_treasury,
    routes_business,
    routes_levies,
    routes_case,
    routes_work,  # last of the officers' pages: its code may be any word
)


def mount(app: FastAPI) -> None:
    """Adds the pages, and makes problems of other pages readable for people."""
    for module in _PAGES:
        app.include_router(module.router)
    app.state.error_page = problem_page
