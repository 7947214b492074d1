"""Answers of the treasury's long runs, kept by their key: such a run has many transactions, and its answer one more."""

from typing import TypeVar

from google.protobuf.message import Message

from services.economy import access
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.kit.database.idempotency import Claim, once, recall
from services.kit.errors import DomainError
from services.kit.rpc import Call

M = TypeVar("M", bound=Message)


async def known(call: Call, request: Message, request_id: str, answer: type[M]) -> M | None:
    """What a request of the treasury was answered with before. Errors: TREASURY_ONLY, and what was refused before."""
    async with call.snapshot() as tx:
        access.require_treasury(tx)
        (found,) = await recall(tx, [Claim(tx.caller.subject, request_id, request, tx.runtime.masking)])
    if isinstance(found, DomainError):
        raise found
    return answer.FromString(found) if found is not None else None


async def keep(call: Call, request: Message, request_id: str, answer: M, what: What, about: str) -> M:
    """Keeps the answer, and who had it done; when another process was faster, its answer."""
    async with call.transaction() as tx:

        async def act() -> M:
            await acts.note(tx, what, about)
            return answer

        return await once(tx, request_id, request, act, type(answer), permanent=True)
