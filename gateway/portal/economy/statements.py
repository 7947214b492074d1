"""A page of an account's statement."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.kit.paging import PAGE, next_href, page_token
from services.kit.caller import Caller
from smartcity.economy.v1 import ledger_pb2 as pb
from smartcity.economy.v1 import ledger_views as views


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
