"""Whom a permit concerns: who applied, the kecamatan that checks, the agency that decides, the administrators."""

from typing import Any

from services.kit.ids import uuid7
from smartcity.economy.v1 import permit_documents_pb2 as documents
from smartcity.economy.v1 import permit_followers_pb2 as followers
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import BUDI, LURAH, MARKETS, OTHERS, ROADS, SRI, Applying
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _fresh(served: Served) -> Applying:
    await served.admin.execute("UPDATE economy.permit SET owner = '' WHERE owner <> ''")
    return Applying(served)


async def _create(served: Served) -> Any:
    wanted = (await _fresh(served)).wanted()
    wanted.request_id = request_id()
    return wanted


async def _update(served: Served) -> Any:
    applying = await _fresh(served)
    one, wanted = await applying.begun(), applying.wanted()
    return pb.UpdatePermitRequest(
        request_id=request_id(), code=one.code, etag=one.etag, name=wanted.name, holder=wanted.holder, area=wanted.area,
        place=wanted.place,
    )  # fmt: skip


async def _get(served: Served) -> Any:
    return pb.GetPermitRequest(code=(await (await _fresh(served)).sent()).code)


async def _list(_: Served) -> Any:
    return pb.ListPermitsRequest()


async def _transition(served: Served) -> Any:
    one = await (await _fresh(served)).sent()
    return pb.TransitionPermitRequest(
        request_id=request_id(), code=one.code, etag=one.etag, move=pb.PERMIT_MOVE_CHECK, note="Lengkap dan sesuai."
    )


async def _pay(served: Served) -> Any:
    one = await (await _fresh(served)).granted("bongkar-muat", ROADS)
    return pb.RequestPermitPaymentRequest(request_id=request_id(), code=one.code)


async def _follow(served: Served) -> Any:
    applying, runtime = await _fresh(served), served.runtime
    runtime.settings = runtime.settings.model_copy(update={"smtp_url": "smtp://mail.test:25"})  # no timer sends here
    one = await applying.granted()
    return followers.CreatePermitFollowerRequest(request_id=request_id(), code=one.code, email="sri@contoh.id")


async def _check(served: Served) -> Any:
    one = await (await _fresh(served)).begun()
    return documents.CheckPermitDocumentRequest(code=one.code, document="ktp", id=str(uuid7()))


async def _add(served: Served) -> Any:
    one = await (await _fresh(served)).begun()
    photo = documents.PermitDocument(id=str(uuid7()), content_type="image/jpeg", width=6, height=4, size=9)
    return documents.CreatePermitDocumentRequest(
        request_id=request_id(), code=one.code, document="ktp", photo=photo, path="permits/x.jpg", sha256="0" * 64
    )


async def _remove(served: Served) -> Any:
    applying = await _fresh(served)
    one = await applying.begun()
    photo = await applying.shown(one)
    return documents.DeletePermitDocumentRequest(request_id=request_id(), code=one.code, id=photo.id)


async def _document(served: Served) -> Any:
    applying = await _fresh(served)
    one = await applying.sent()
    found = (await applying.get(one)).documents[0]
    return documents.GetPermitDocumentRequest(code=one.code, id=found.id)


ROWS = {
    "PermitService.CreatePermit": Row(_create, (SRI, BUDI), own=True),
    "PermitService.UpdatePermit": Row(_update, (SRI,), (LURAH, MARKETS)),
    "PermitService.GetPermit": Row(_get, (SRI, LURAH, MARKETS, ADMIN), OTHERS),
    "PermitService.ListPermits": Row(_list, (SRI, LURAH, MARKETS, ADMIN, *OTHERS), own=True),
    "PermitService.TransitionPermit": Row(_transition, (LURAH, ADMIN), (MARKETS, *OTHERS)),
    "PermitService.RequestPermitPayment": Row(_pay, (SRI,), (LURAH, ROADS)),
    "PermitFollowerService.CreatePermitFollower": Row(_follow, (SRI,), (LURAH, MARKETS)),
    "PermitDocumentService.CheckPermitDocument": Row(_check, (SRI,), (LURAH, MARKETS)),
    "PermitDocumentService.CreatePermitDocument": Row(_add, (SRI,), (LURAH, MARKETS)),
    "PermitDocumentService.DeletePermitDocument": Row(_remove, (SRI,), (LURAH, MARKETS)),
    "PermitDocumentService.GetPermitDocument": Row(_document, (SRI, LURAH, MARKETS, ADMIN), OTHERS),
}
NOBODY_OWNS = {
    "PermitService.TransitionPermit": "refused to officers who applied; see test_permitting",
    "PermitFollowerService.ConfirmPermitFollower": "whoever holds the link",
    "PermitFollowerService.EndPermitFollower": "whoever holds the link",
    "PermitDocumentService.GetPermitDocument": "reads, and keeps that an officer looked",
    "PermitDocumentService.ForgetErasedPermitFiles": "takes note that files are gone",
}
