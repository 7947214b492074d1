"""Permits at work in this process, for the tests of several rooms: who applies, checks and decides."""

import hashlib
from dataclasses import dataclass
from typing import Any

from services.economy.permits.model import Move
from services.economy.permitting import reactions, timers
from services.kit.caller import Caller
from services.kit.ids import uuid7
from smartcity.economy.v1 import events_pb2, payments_pb2, permit_documents_pb2
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.economy.v1 import permits_views as views
from smartcity.types.v1.money_pb2 import Money
from tests.fixtures.arriving import arrived
from tests.fixtures.pillars import Served
from tests.governance.conftest import officer
from tests.society.taking_part import Society

SRI = Caller("citizen-sri", frozenset({"citizen"}))
BUDI = Caller("citizen-budi", frozenset({"citizen"}))
LURAH = officer("kec-semarang-tengah")
CAMAT = Caller("camat-1", frozenset({"officer"}), "kec-semarang-tengah")
MARKETS, ROADS = officer("disdag"), officer("dishub")
DISDAG_2 = Caller("disdag-2", frozenset({"officer"}), "disdag")
OTHERS = (officer("dlh"), officer("kec-gunungpati"))
SEKAYU = "33.74.01.1007"
WHY = "Lokasi sesuai ketentuan dan dokumen lengkap."


@dataclass
class Applying:
    """The running pillar."""

    served: Served

    async def call(self, request: Any, caller: Caller = SRI) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        return await Society(self.served).call(request, caller)

    def wanted(self, kind: str = "kios-pasar", **more: Any) -> pb.CreatePermitRequest:
        """An application."""
        good = {"name": "Warung Bu Sri", "holder": "Sri Wahyuni", "area": SEKAYU, "place": "Pasar Johar, kios 12"}
        if kind == "bongkar-muat":
            good |= {"first_day": f"{self.served.now:%Y-%m-%d}", "last_day": f"{self.served.now:%Y-%m-%d}"}
        return pb.CreatePermitRequest(kind=kind, **{**good, **more})

    async def begun(self, kind: str = "kios-pasar", caller: Caller = SRI, **more: Any) -> pb.Permit:
        """A draft."""
        made: pb.Permit = (await self.call(self.wanted(kind, **more), caller)).permit
        return made

    async def shown(self, one: pb.Permit, document: str = "ktp", caller: Caller = SRI, sha256: str = "") -> Any:
        """A photo of a document is added, of each its own unless it is told which."""
        photo = permit_documents_pb2.PermitDocument(
            id=str(uuid7()), content_type="image/jpeg", width=640, height=480, size=9_000
        )
        request = permit_documents_pb2.CreatePermitDocumentRequest(
            code=one.code,
            document=document,
            photo=photo,
            path=f"permits/{one.code}/{photo.id}.jpg",
            sha256=sha256 or hashlib.sha256(photo.id.encode()).hexdigest(),
        )
        return (await self.call(request, caller)).document

    async def move(self, one: pb.Permit, move: str, caller: Caller, note: str = WHY, **more: Any) -> pb.Permit:
        """It after a move."""
        request = pb.TransitionPermitRequest(
            code=one.code, etag=one.etag, move=views.PERMIT_MOVE_NUMBERS[move], note=note, **more
        )
        done: pb.Permit = (await self.call(request, caller)).permit
        return done

    async def sent(self, kind: str = "kios-pasar", caller: Caller = SRI, **more: Any) -> pb.Permit:
        """One that is sent, with all documents."""
        one = await self.begun(kind, caller, **more)
        for document in one.missing:
            await self.shown(one, document, caller)
        return await self.move(one, "submit", caller, "")

    async def deciding(self, kind: str = "kios-pasar", caller: Caller = SRI, **more: Any) -> pb.Permit:
        """One that is checked, where its kind is."""
        one = await self.sent(kind, caller, **more)
        return await self.move(one, "check", LURAH) if one.state == pb.PERMIT_STATE_CHECKING else one

    async def granted(self, kind: str = "kios-pasar", by: Caller = MARKETS, **more: Any) -> pb.Permit:
        """One that is granted."""
        return await self.move(await self.deciding(kind, **more), "grant", by)

    async def get(self, one: pb.Permit, caller: Caller = SRI) -> pb.Permit:
        """It as somebody reads it."""
        found: pb.Permit = (await self.call(pb.GetPermitRequest(code=one.code), caller)).permit
        return found

    async def paper(self, one: pb.Permit, signature: str = "", caller: Caller = BUDI) -> pb.PermitPaper:
        """What anybody is told of its paper."""
        request = pb.GetPermitPaperRequest(code=one.code, signature=signature)
        found: pb.PermitPaper = (await self.call(request, caller)).paper
        return found

    async def due(self, **later: float) -> None:
        """Time passes, and what falls due by itself is done."""
        self.served.pass_time(**later)
        await timers.due(self.served.runtime)

    async def paid(self, one: pb.Permit, event: str = "captured", asked: int = 1) -> None:
        """The payment of its fee moves, as economy's own events tell."""
        told = payments_pb2.PaymentSummary(
            id=str(uuid7()), code="SMGP-7K4P-92", purpose="permit", requester="economy",
            request=f"{one.code}/{asked}", amount=Money(currency="IDR", units=50_000),
        )  # fmt: skip
        made: dict[str, tuple[Any, Any]] = {
            "created": (events_pb2.PaymentCreated, reactions.on_payment_created),
            "captured": (events_pb2.PaymentCaptured, reactions.on_payment_captured),
            "expired": (events_pb2.PaymentExpired, reactions.on_payment_expired),
            "cancelled": (events_pb2.PaymentCancelled, reactions.on_payment_cancelled),
        }  # fmt: skip
        kind, react = made[event]
        async with self.served.runtime.transaction() as tx:
            await react(tx, arrived(self.served, kind(payment=told), "economy"))

    async def told(self) -> list[str]:
        """Events in the order told."""
        return [row["type"].rpartition(".")[2] for row in await self.served.outbox()]


def moves(one: pb.Permit) -> set[str]:
    """What the caller can do with it."""
    return {str(views.PERMIT_MOVE_NAMES[each]) for each in one.moves} & {each.value for each in Move}
