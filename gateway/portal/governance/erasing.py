"""One's own data: contact, words and photos erased; a contact put right; a confirmation, a link sent again."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.portal.governance.case import CHECKED, ask
from gateway.portal.kit import forms
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.page import PageRoute
from smartcity.governance.v1 import complaints_pb2, contacts_pb2, mail_pb2, redactions_pb2

router = APIRouter(prefix="/lapor/{code}", route_class=PageRoute, include_in_schema=False)


@router.post("/hapus-kontak", dependencies=CHECKED)
async def erase(request: Request, code: Code) -> Response:
    """Erases the contact (UU PDP 27/2022), of the reporter or of a supporter."""
    form = await forms.read(request)
    return await ask(request, code, "erase", "erased", form, contacts_pb2.EraseContactRequest())


@router.post("/konfirmasi", dependencies=CHECKED)
async def ask_again(request: Request, code: Code) -> Response:
    """Sends the confirmation of an address again."""
    form = await forms.read(request)
    return await ask(request, code, "ask", "asked", form, mail_pb2.RequestConfirmationRequest())


@router.post("/alamat", dependencies=CHECKED)
async def correct(request: Request, code: Code) -> Response:
    """Puts a contact right, such as an address with a mistake in it."""
    form = await forms.read(request)
    asked = mail_pb2.CorrectAddressRequest(email=form["email"])
    if "phone" in form:  # a page of the version before has the address alone
        told = complaints_pb2.Contact(name=form["name"], email=form["email"], phone=form["phone"])
        asked.contact.CopyFrom(told)
    return await ask(request, code, "correct", "corrected_address", form, asked)


@router.post("/tautan", dependencies=CHECKED)
async def ask_link(request: Request, code: Code) -> Response:
    """Sends another link to the reporter's address; those mailed before end."""
    form = await forms.read(request)
    return await ask(request, code, "link", "link", form, mail_pb2.RequestMailLinkRequest())


@router.post("/hapus-isi", dependencies=CHECKED)
async def redact(request: Request, code: Code) -> Response:
    """Takes the reporter's own words and photos out for good."""
    form = await forms.read(request)
    asked = redactions_pb2.RedactComplaintRequest(
        words=form.flag("words"),
        photos=form.all("photos"),
        reason=redactions_pb2.REDACTION_REASON_AUTHOR,
    )
    return await ask(request, code, "redact", "redacted", form, asked)
