"""Checking a receipt somebody brought: the one seam between the page and whoever can verify."""

from __future__ import annotations

import json
from dataclasses import dataclass

from google.protobuf.json_format import ParseDict, ParseError
from starlette.requests import Request

from gateway.gateway import current_gateway
from gateway.portal.page import speaker
from gateway.session import current_caller
from smartcity.governance.v1 import receipts_pb2

LARGEST = 1_000_000
"""Characters; a case of a hundred entries has less than 100,000."""


@dataclass(frozen=True)
class Verdict:
    """What a check found; no problems means that the receipt holds."""

    code: str
    sealed_until: str
    problems: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        """Whether everything adds up."""
        return not self.problems


def parse(text: str) -> receipts_pb2.Receipt | None:
    """The receipt in a text; None when it is none. Not a hot path: reading by the contract's own JSON is enough."""
    if len(text) > LARGEST:
        return None
    try:
        found = json.loads(text)
        receipt = ParseDict(found, receipts_pb2.Receipt(), ignore_unknown_fields=False, max_recursion_depth=20)
    except (ValueError, ParseError, RecursionError, TypeError, AttributeError):
        return None
    return receipt if receipt.entries else None


async def check(request: Request, receipt: receipts_pb2.Receipt) -> Verdict:
    """Lets the pillar check it by the same code that works offline; nobody needs a login for that."""
    pillars = current_gateway(request).pillars
    asked = receipts_pb2.CheckReceiptRequest(receipt=receipt)
    answer = await pillars.call(asked, current_caller(request))
    pick = speaker(request).pick
    problems = tuple((each.where, pick(each.what_id, each.what_en)) for each in answer.problems)
    return Verdict(receipt.code, answer.sealed_until, problems)
