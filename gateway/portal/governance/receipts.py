"""The page on which anybody checks a receipt."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends
from google.protobuf.descriptor import Descriptor
from google.protobuf.json_format import ParseDict, ParseError
from starlette.requests import Request
from starlette.responses import Response

from gateway.bodies.kinds import DOCUMENT
from gateway.callers.session import FormChecked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.trouble import field_trouble
from services.kit.rpc.rules import fields_of
from smartcity.governance.v1 import receipts_pb2

router = APIRouter(prefix="/receipts", route_class=PageRoute, include_in_schema=False)

LARGEST = 500_000
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


@router.get("/check")
async def begin(request: Request) -> Response:
    """The empty form."""
    return render(request, "governance/receipt_check.html", form=Fields())


@router.post("/check", dependencies=[Depends(FormChecked(DOCUMENT))])
async def check(request: Request) -> Response:
    """The verdict on an uploaded or pasted receipt."""
    form, files = await forms.read(request), await forms.uploads(request, "file")
    text = files[0].data.decode("utf-8", "replace") if files else form["receipt"]
    receipt = await asyncio.to_thread(_parse, text)
    if receipt is None:
        texts = texts_of(request)
        trouble = field_trouble(texts, receipt=texts("receipt.unreadable"))
        return render(request, "governance/receipt_check.html", 422, form=form, **trouble.context())
    verdict = await _verdict(request, receipt)
    return render(request, "governance/receipt_check.html", form=form, verdict=verdict, private=True)


def _parse(text: str) -> receipts_pb2.Receipt | None:
    """The receipt in a text; None when it is none. Not a hot path: reading by the contract's own JSON is enough."""
    if len(text) > LARGEST:
        return None
    try:
        found = json.loads(text)
        if not _fits(found, receipts_pb2.Receipt.DESCRIPTOR):
            return None
        receipt = ParseDict(found, receipts_pb2.Receipt(), ignore_unknown_fields=False, max_recursion_depth=20)
    except (ValueError, ParseError, RecursionError, TypeError, AttributeError):
        return None
    return receipt if receipt.entries else None


def _fits(given: Any, kind: Descriptor) -> bool:
    """Whether no list is longer than the contract takes: what is longer is not read any further."""
    if not isinstance(given, dict):
        return True
    for field in fields_of(kind):
        items = given.get(field.name)
        if field.descriptor.is_repeated and isinstance(items, list):
            inner = field.descriptor.message_type
            if field.miscounted(len(items)) or (inner and not all(_fits(each, inner) for each in items)):
                return False
    return True


async def _verdict(request: Request, receipt: receipts_pb2.Receipt) -> Verdict:
    """Lets the pillar check it by the same code that works offline; nobody needs a login for that."""
    pillars = current_gateway(request).pillars
    asked = receipts_pb2.CheckReceiptRequest(receipt=receipt)
    answer = await pillars.call(asked, current_caller(request))
    pick = texts_of(request).pick
    problems = tuple((each.where, pick(each.what_id, each.what_en)) for each in answer.problems)
    return Verdict(receipt.code, answer.sealed_until, problems)
