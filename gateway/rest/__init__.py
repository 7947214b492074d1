"""The REST surface: one module per noun, all below /v1."""

from fastapi import FastAPI

from gateway.rest import city, cleanups, complaints, contacts, me, officers, photos, receipts, routing


def mount(app: FastAPI) -> None:
    """Adds every route; the hot ones first, since routes are tried in order."""
    city.mount(app)
    for module in (complaints, officers, photos, contacts, receipts, routing, cleanups, me):
        app.include_router(module.router)
