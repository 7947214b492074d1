"""What all pillars keep of somebody, gathered from each of them: pillars ask each other nothing."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import grpc.aio
from google.protobuf.message import Message

from gateway.calls.pillars import AWAY, Pillars
from services.kit.caller import Caller
from smartcity.branding.v1 import own_records_pb2 as branding
from smartcity.economy.v1 import own_records_pb2 as economy
from smartcity.environment.v1 import own_records_pb2 as environment
from smartcity.governance.v1 import own_records_pb2 as governance
from smartcity.living.v1 import own_records_pb2 as living
from smartcity.society.v1 import own_records_pb2 as society

ASKED: Mapping[str, type[Message]] = {
    "governance": governance.ListOwnRecordsRequest,
    "economy": economy.ListOwnRecordsRequest,
    "living": living.ListOwnRecordsRequest,
    "environment": environment.ListOwnRecordsRequest,
    "society": society.ListOwnRecordsRequest,
    "branding": branding.ListOwnRecordsRequest,
}
_NOT_NOW = (*AWAY, grpc.StatusCode.DEADLINE_EXCEEDED)


async def gathered(pillars: Pillars, caller: Caller) -> dict[str, Any]:
    """Everything by pillar and kind; ``missing`` names pillars that do not answer now."""
    answers = await asyncio.gather(*(_part(pillars, ask(), caller) for ask in ASKED.values()))
    parts = dict(zip(ASKED, answers, strict=True))
    return {
        "as_of": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "missing": [name for name, part in parts.items() if part is None],
        "pillars": {name: part for name, part in parts.items() if part is not None},
    }


async def _part(pillars: Pillars, request: Message, caller: Caller) -> dict[str, list[dict[str, str]]] | None:
    try:
        answer: Any = await pillars.send(request, caller)
    except grpc.aio.AioRpcError as error:
        if error.code() in _NOT_NOW:
            return None
        raise
    kinds: dict[str, list[dict[str, str]]] = {}
    for one in answer.records:
        kinds.setdefault(one.kind, []).append({each.name: each.value for each in one.fields})
    return kinds
