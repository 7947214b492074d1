"""One's own data: contact, words and photos erased; an address put right; a confirmation, a link sent again."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys
from gateway.portal.governance.case import CHECKED, act
from gateway.portal.kit import forms
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.page import PageRoute
from smartcity.governance.v1 import contacts_pb2, mail_pb2, redactions_pb2

router = APIRouter(prefix="/lapor/{code}", route_class=PageRoute, include_in_schema=False)


@router.post("/hapus-kontak", dependencies=CHECKED)
async def erase(request: Request, code: Code) -> Response:
    """Erases the contact (UU PDP 27/2022), of the reporter or of a supporter."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    def send(key: str) -> Awaitable[Any]:
        asked = contacts_pb2.EraseContactRequest(request_id=form["request_id"], code=code, link_key=key)
        return pillars.call(asked, link_keys.public_caller(request))

    return await act(request, code, "erase", "erased", form, send)


@router.post("/konfirmasi", dependencies=CHECKED)
async def ask_again(request: Request, code: Code) -> Response:
    """Sends the confirmation of an address again."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    def send(key: str) -> Awaitable[Any]:
        asked = mail_pb2.RequestConfirmationRequest(request_id=form["request_id"], code=code, link_key=key)
        return pillars.call(asked, link_keys.public_caller(request))

    return await act(request, code, "ask", "asked", form, send)


@router.post("/alamat", dependencies=CHECKED)
async def correct(request: Request, code: Code) -> Response:
    """Puts another e-mail address in the place of one with a mistake in it."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    def send(key: str) -> Awaitable[Any]:
        asked = mail_pb2.CorrectAddressRequest(
            request_id=form["request_id"], code=code, link_key=key, email=form["email"]
        )
        return pillars.call(asked, link_keys.public_caller(request))

    return await act(request, code, "correct", "corrected_address", form, send)


@router.post("/tautan", dependencies=CHECKED)
async def ask_link(request: Request, code: Code) -> Response:
    """Sends another link to the reporter's address; those mailed before end."""
    form, pillars = await forms.read(request), current_gateway(request).pillars

    def send(key: str) -> Awaitable[Any]:
        asked = mail_pb2.RequestMailLinkRequest(request_id=form["request_id"], code=code, link_key=key)
        return pillars.call(asked, link_keys.public_caller(request))

    return await act(request, code, "link", "link", form, send)


@router.post("/hapus-isi", dependencies=CHECKED)
async def redact(request: Request, code: Code) -> Response:
    """Takes the reporter's own words and photos out for good."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    photos = await forms.values(request, "photos")

    def send(key: str) -> Awaitable[Any]:
        asked = redactions_pb2.RedactComplaintRequest(
            request_id=form["request_id"], code=code, link_key=key, words=form.flag("words"), photos=photos,
            reason=redactions_pb2.REDACTION_REASON_AUTHOR,
        )  # fmt: skip
        return pillars.call(asked, link_keys.public_caller(request))

    return await act(request, code, "redact", "redacted", form, send)
