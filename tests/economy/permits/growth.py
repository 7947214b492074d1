"""Permits going all the ways that they can, so that each statement is looked at."""

from services.economy.merchants.reactions import on_permit_advanced
from services.economy.permit_following import gauges as permit_following
from services.economy.permit_following import timers
from services.economy.permits import gauges
from services.economy.personal import reactions
from services.economy.returns import gauges as return_gauges
from services.economy.returns import reactions as returns
from services.economy.returns import timers as return_timers
from smartcity.economy.v1 import events_pb2, own_records_pb2, own_records_pb2_grpc, payments_pb2
from smartcity.economy.v1 import permit_documents_pb2 as documents
from smartcity.economy.v1 import permit_followers_pb2 as followers
from smartcity.economy.v1 import permit_kinds_pb2 as kinds
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import BUDI, LURAH, MARKETS, ROADS, SRI, WHY, Applying
from tests.economy.permits.reminding import Reminding, token_of
from tests.fixtures.arriving import arrived
from tests.fixtures.personal import asked, exported
from tests.fixtures.pillars import Served
from tests.governance.mails import catching


async def _live(served: Served) -> None:
    applying = Applying(served)
    await applying.call(kinds.ListPermitKindsRequest())
    await applying.call(kinds.GetPermitKindRequest(id="pkl"))
    draft, wanted = await applying.begun(), applying.wanted()
    changed = pb.UpdatePermitRequest(
        code=draft.code, etag=draft.etag, name=wanted.name, holder=wanted.holder, area=wanted.area, place=wanted.place
    )
    await applying.call(changed)
    photo = await applying.shown(draft)
    await applying.call(documents.CheckPermitDocumentRequest(code=draft.code, document="ktp", id=photo.id))
    await applying.call(documents.DeletePermitDocumentRequest(code=draft.code, id=photo.id))
    one, sent = await applying.granted(), await applying.sent()
    found = (await applying.get(sent)).documents[0]
    await applying.call(documents.GetPermitDocumentRequest(code=sent.code, id=found.id), LURAH)
    await applying.call(documents.ListPermitDocumentPathsRequest(ids=[found.id]))
    await applying.paper(one, (await applying.get(one)).signature)
    await _lists(applying)
    await gauges.read(served.runtime)
    for state in (pb.PERMIT_STATE_SUSPENDED, pb.PERMIT_STATE_GRANTED):
        told = events_pb2.PermitAdvanced(code=one.code, state=state)
        async with served.runtime.transaction() as tx:
            await on_permit_advanced(tx, arrived(served, told, "economy"))
    await asked(served, reactions, SRI.subject, erase=True)
    payable = await applying.granted("bongkar-muat", ROADS)
    for event in ("created", "cancelled"):
        await applying.paid(payable, event)
    await applying.call(pb.RequestPermitPaymentRequest(code=payable.code))
    await applying.paid(payable, "captured", asked=2)
    await applying.move(await applying.move(await applying.deciding(), "refuse", MARKETS, WHY), "object", SRI)
    await applying.due(days=15)
    await applying.due(days=690)
    await _given_back(applying, await applying.move(await applying.granted("bongkar-muat", ROADS), "withdraw", SRI, ""))
    await _reminded(applying, one)
    longer = await applying.begun(extends=one.code)
    for document in longer.missing:
        await applying.shown(longer, document)
    longer = await applying.move(await applying.move(longer, "submit", SRI, ""), "check", LURAH)
    await applying.move(await applying.move(await applying.get(one), "suspend", MARKETS), "resume", MARKETS)
    await applying.move(longer, "grant", MARKETS)
    await applying.due(days=1200)
    await applying.due(days=400)
    paths = (await applying.call(documents.ListErasedPermitFilesRequest())).paths
    await applying.call(documents.ForgetErasedPermitFilesRequest(paths=paths))
    served.pass_time(days=-(15 + 690 + 1200 + 400))


async def _reminded(applying: Applying, one: pb.Permit) -> None:
    """While it can be extended: asked for, told, ended."""
    served, before = applying.served, applying.served.runtime.settings
    async with catching(served.runtime) as catcher:
        reminding = Reminding(applying, catcher)
        await reminding.reminded(one, "kedua@contoh.id")
        await reminding.mails()
        await reminding.ask(one)
        (mail,) = await reminding.mails()
        link = followers.GetPermitFollowerRequest(
            link=followers.PERMIT_FOLLOWER_LINK_CONFIRM, token=token_of(mail, "konfirmasi")
        )
        await applying.call(link)
        await reminding.confirm(mail)
        await reminding.mails()
        await permit_following.GAUGES.read(served.runtime)
        own = own_records_pb2.ListOwnRecordsRequest()
        await exported(served, own_records_pb2_grpc.OwnRecordServiceStub, own, SRI)
        await reminding.end(mail)
        await reminding.reminded(one, "ketiga@contoh.id")
        await asked(served, reactions, SRI.subject, erase=True)
        await timers.prune(served.runtime)
    served.runtime.settings = before


async def _given_back(applying: Applying, one: pb.Permit) -> None:
    """What was paid for nothing: refused, asked for again, done."""
    served = applying.served
    await applying.paid(one, "captured")
    payment = payments_pb2.PaymentSummary(requester="economy", request=f"{one.code}/1")
    refused = events_pb2.RefundRejected(payment=payment, reference=f"{one.code}/1/back")
    async with served.runtime.transaction() as tx:
        await returns.on_refund_rejected(tx, arrived(served, refused, "economy"))
    await return_gauges.GAUGES.read(served.runtime)
    await applying.get(one)
    served.pass_time(hours=1)
    await return_timers.ask_again(served.runtime)
    async with served.runtime.transaction() as tx:
        await returns.on_payment_refunded(tx, arrived(served, events_pb2.PaymentRefunded(payment=payment), "economy"))
    served.pass_time(hours=-1)


async def _lists(applying: Applying) -> None:
    several = [pb.PERMIT_STATE_GRANTED, pb.PERMIT_STATE_SUSPENDED]
    for caller, more in (
        (SRI, {}), (BUDI, {"states": several}), (LURAH, {"checking": True}), (MARKETS, {"states": several}),
        (LURAH, {"own": True}),
    ):  # fmt: skip
        for size in (1, 0):
            page = await applying.call(pb.ListPermitsRequest(page_size=size, **more), caller)
            if page.next_page_token:
                further = pb.ListPermitsRequest(page_size=size, page_token=page.next_page_token, **more)
                await applying.call(further, caller)


LIVES = {"permits": _live}
