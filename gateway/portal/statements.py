"""A page of an account's statement."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

from gateway.gateway import current_gateway
from services.kit.caller import Caller
from smartcity.economy.v1 import ledger_pb2 as pb
from smartcity.economy.v1 import ledger_views as views

PAGE = 25


@dataclass(frozen=True)
class Statement:
    """Entries, newest first, and where the older ones are."""

    entries: list[views.Entry]
    next_href: str


async def statement_of(request: Request, account: str, path: str, caller: Caller) -> Statement:
    """The part of an account's statement that the query's ``page`` names; ``path`` is the page's own address."""
    pillars = current_gateway(request).pillars
    asked = pb.ListEntriesRequest(account=account, page_size=PAGE, page_token=page_token(request))
    answer = await pillars.call(asked, caller)
    return Statement([views.entry(each) for each in answer.entries], next_href(path, answer.next_page_token))


def page_token(request: Request) -> str:
    """Which page is asked for."""
    return request.query_params.get("page", "")[:500]


def next_href(path: str, token: str, **query: str) -> str:
    """The address of the next page; empty on the last."""
    return f"{path}?{urlencode({**query, 'page': token})}" if token else ""
