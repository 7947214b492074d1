"""The REST surface: one module per noun, all below /v1."""

from fastapi import FastAPI

from gateway.rest import (
    bills,
    city,
    cleanups,
    complaints,
    contacts,
    indicators,
    ledger,
    me,
    merchants,
    officers,
    payments,
    photos,
    receipts,
    refunds,
    routing,
    settlement,
    snap,
    suspense,
    wallets,
)

ROUTED = (
    complaints,
    payments,
    officers,
    photos,
    contacts,
    receipts,
    routing,
    cleanups,
    bills,
    refunds,
    suspense,
    merchants,
    wallets,
    ledger,
    settlement,
    indicators,
    me,
    snap,
)
"""Every noun's module; those whose routes are hot come first, since routes are tried in order."""


def mount(app: FastAPI) -> None:
    """Adds every route."""
    city.mount(app)
    for module in ROUTED:
        app.include_router(module.router)
