"""Shorthand for the tests of governance's records, on top of the running pillar."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.kit.caller import ANONYMOUS, Caller
from services.kit.runtime import Runtime
from smartcity.governance.v1 import (
    complaints_pb2,
    contacts_pb2,
    mail_pb2,
    own_records_pb2,
    photos_pb2,
    receipts_pb2,
    redactions_pb2,
    routing_pb2,
)
from tests.governance.conftest import Governance, officer, request_id

TEXT = "Jalan berlubang di depan rumah, sudah dua motor jatuh."
DPU, DLH = officer("dpu"), officer("dlh")
OTHER = Caller("citizen-2", frozenset({"citizen"}))


@dataclass
class Filed:
    """A complaint that was filed by a test."""

    id: UUID
    code: str
    link_key: str

    @property
    def owner(self) -> dict[str, Any]:
        """The fields by which the reporter asks."""
        return {"code": self.code, "link_key": self.link_key}


@dataclass
class Records:
    """Governance at work, called by the name of an RPC and its fields."""

    governance: Governance

    @property
    def runtime(self) -> Runtime:
        """The pillar's runtime."""
        return self.governance.runtime

    async def complaint(self, rpc: str, caller: Caller = ANONYMOUS, **fields: Any) -> Any:
        """Calls ComplaintService."""
        return await self._call("ComplaintService", complaints_pb2, rpc, caller, fields)

    async def contact(self, rpc: str, caller: Caller = ANONYMOUS, **fields: Any) -> Any:
        """Calls ContactService."""
        return await self._call("ContactService", contacts_pb2, rpc, caller, fields)

    async def mail(self, rpc: str, caller: Caller = ANONYMOUS, **fields: Any) -> Any:
        """Calls MailService."""
        return await self._call("MailService", mail_pb2, rpc, caller, fields)

    async def own(self, caller: Caller) -> Any:
        """What governance keeps of somebody, for their export."""
        return await self._call("OwnRecordService", own_records_pb2, "ListOwnRecords", caller, {})

    async def redaction(self, rpc: str, caller: Caller = ANONYMOUS, **fields: Any) -> Any:
        """Calls RedactionService."""
        return await self._call("RedactionService", redactions_pb2, rpc, caller, fields)

    async def photo(self, rpc: str, caller: Caller = ANONYMOUS, **fields: Any) -> Any:
        """Calls PhotoService."""
        return await self._call("PhotoService", photos_pb2, rpc, caller, fields)

    async def receipt(self, rpc: str, caller: Caller = ANONYMOUS, **fields: Any) -> Any:
        """Calls ReceiptService."""
        return await self._call("ReceiptService", receipts_pb2, rpc, caller, fields)

    async def routing(self, rpc: str, caller: Caller = ANONYMOUS, **fields: Any) -> Any:
        """Calls RoutingService."""
        return await self._call("RoutingService", routing_pb2, rpc, caller, fields)

    async def file(self, caller: Caller = ANONYMOUS, **fields: Any) -> Filed:
        """Files a complaint, one that goes to the DPU unless said otherwise."""
        wanted = {"text": TEXT, "category": "jalan-rusak", "area_code": "33.74.01.1001", **fields}
        answer = await self.complaint("CreateComplaint", caller, request_id=request_id(), **wanted)
        found = answer.complaint
        return Filed(UUID(found.correlation_id), found.code, answer.link_key)

    async def transition(self, filed: Filed, transition: str, caller: Caller, **fields: Any) -> None:
        """Takes an edge of the state table, having read the case just before."""
        seen = await self.complaint("GetComplaint", caller, code=filed.code)
        edge = complaints_pb2.Transition.Value(f"TRANSITION_{transition.upper()}")
        await self.complaint(
            "TransitionComplaint",
            caller,
            request_id=request_id(),
            code=filed.code,
            etag=seen.complaint.etag,
            transition=edge,
            **fields,
        )

    async def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Runs a statement behind the application's back."""
        rows: list[asyncpg.Record] = await self.runtime.pool.fetch(statement, *arguments)
        return rows

    async def _call(self, service: str, module: Any, rpc: str, caller: Caller, fields: dict[str, Any]) -> Any:
        return await self.governance.call(f"{service}.{rpc}", getattr(module, f"{rpc}Request")(**fields), caller)


@pytest.fixture
def records(governance: Governance) -> Records:
    """Governance with empty tables."""
    return Records(governance)
