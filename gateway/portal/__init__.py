"""The portal: the pages of citizens and officers, rendered on the server, usable without JavaScript."""

from fastapi import FastAPI

from gateway.portal import routes_case, routes_home, routes_queue, routes_receipts, routes_report, routes_work
from gateway.portal.page import problem_page


def mount(app: FastAPI) -> None:
    """Adds the pages, and makes problems of other pages readable for people."""
    for module in (routes_home, routes_report, routes_receipts, routes_queue, routes_case, routes_work):
        app.include_router(module.router)
    app.state.error_page = problem_page
