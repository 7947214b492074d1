"""How pages name permits: their kinds, their documents, and where one stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.requests import Request

from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal.kit.page import texts_of
from smartcity.economy.v1 import permits_views as views

_HOLDING = frozenset({"granted", "deemed_granted"})


def named(request: Request) -> dict[str, Any]:
    """What templates name them by. What holds from a later day on is ``coming``, and help that was given ``helped``."""
    city, language = current_gateway(request).city, texts_of(request).language
    known, today = permitting_of(city), str(datetime.now(city.timezone).date())
    names = {one.id: one.name(language) for one in known.kinds.values()}
    helps = {one.id for one in known.kinds.values() if one.service}

    def shown_state(it: views.Permit) -> str:
        if it.state in _HOLDING and it.first_day > today:
            return "coming"
        return "helped" if it.state == "ended" and it.kind in helps else it.state or ""

    return {
        "kind_names": names,
        "document_name": lambda name: known.document(name, language),
        "shown_state": shown_state,
    }
