"""Photos of a permit's documents while the store or the pillar fails: nobody is told what nobody knows."""

from typing import Any

import grpc.aio
import pytest
from google.protobuf.message import Message
from lxml import html

from gateway.answers.problems import Problem
from services.kit.caller import Caller
from smartcity.economy.v1 import permit_documents_pb2 as documents
from tests.economy.permits.applying import SRI, Applying
from tests.economy.permits.test_pages import add, photo
from tests.fixtures.edge import stand_before
from tests.society.pages import reader, said


async def test_the_photo_that_a_page_names_can_be_sent_alone(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with stand_before(applying.served) as stand:
        sri, put, asked = await reader(stand, SRI), stand.gateway.files.put, 0

        async def second_fails(file: str, data: bytes) -> None:
            nonlocal asked
            asked += file.startswith("permits/")
            if asked == 2:
                raise Problem(503, "FILE_STORE_UNAVAILABLE", "The store does not answer.")
            await put(file, data)

        async with sri.client:
            (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
            with monkeypatch.context() as broken:
                broken.setattr(stand.gateway.files, "put", second_fails)
                answer = await add(sri, form, "ktp", photo(1), photo(250))
            page = html.fromstring(answer.text)
            assert (answer.status_code, said(page, "photos-error")[:9]) == (503, "ktp-2.jpg")
            (form,) = page.xpath("//form[@id='add-form']")
            assert (await add(sri, form, "ktp", photo(250))).status_code == 303
            assert len((await sri.page(path)).xpath("//ul[@id='documents']/li")) == 2


async def test_of_photos_that_may_be_stored_nobody_says_that_none_is(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with stand_before(applying.served) as stand:
        sri, call = await reader(stand, SRI), stand.gateway.pillars.call

        async def unheard(request: Message, caller: Caller, /, **more: Any) -> Any:
            answer: Message = await call(request, caller, **more)  # type: ignore[call-overload]
            if isinstance(request, documents.CreatePermitDocumentRequest):
                raise grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata())
            return answer

        async with sri.client:
            (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
            with monkeypatch.context() as broken:
                broken.setattr(stand.gateway.pillars, "call", unheard)
                answer = await add(sri, form, "ktp", photo())
            page = html.fromstring(answer.text)
            assert answer.status_code == 503
            assert "None of these photos" not in said(page, "problem")
            assert "The list of documents has those that are stored." in said(page, "problem")
            (form,) = page.xpath("//form[@id='add-form']")
            assert (await add(sri, form, "ktp", photo())).status_code == 303
            assert len((await sri.page(path)).xpath("//ul[@id='documents']/li")) == 1
