"""The page on which anybody checks a receipt."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.portal import forms, receipts
from gateway.portal.forms import Fields
from gateway.portal.page import PageRoute, field_trouble, render, speaker
from gateway.session import csrf_checked

router = APIRouter(prefix="/receipts", route_class=PageRoute, include_in_schema=False)


@router.get("/check")
async def begin(request: Request) -> Response:
    """The empty form."""
    return render(request, "receipt_check.html", form=Fields())


@router.post("/check", dependencies=[Depends(csrf_checked)])
async def check(request: Request) -> Response:
    """The verdict on an uploaded or pasted receipt."""
    form, files = await forms.read(request), await forms.uploads(request, "file")
    text = (await files[0].read(receipts.LARGEST + 1)).decode("utf-8", "replace") if files else form["receipt"]
    receipt = receipts.parse(text)
    if receipt is None:
        texts = speaker(request)
        trouble = field_trouble(texts, receipt=texts("receipt.unreadable"))
        return render(request, "receipt_check.html", 422, form=form, **trouble.context())
    verdict = await receipts.check(request, receipt)
    return render(request, "receipt_check.html", form=form, verdict=verdict, private=True)
