"""Takes note of what the acquirer says, once."""

import hashlib
from zoneinfo import ZoneInfo

from services.economy.captures import actions as captures
from services.economy.notifications import store
from services.economy.notifications.model import SnapAnswer, SnapRequest, answered, read_notice, refused
from services.kit.database import Transaction


async def take_notice(
    tx: Transaction, partner: str, zone: ZoneInfo, external_id: str, request: SnapRequest
) -> SnapAnswer:
    """Captures what a notification tells, in the transaction that remembers the notification.

    The same external id on the same day, in the bank's ``zone``, with the same body gets the first answer again, with
    another body a conflict. The same money under another external id is told apart by the acquirer's reference.
    Raises RefusedError.
    """
    day = tx.now.astimezone(zone).date()
    body_hash = hashlib.sha256(request.body).digest()
    notice = read_notice(request)
    if not await store.claim(tx, partner, day, external_id, body_hash):
        known = await store.known(tx, partner, day, external_id)
        if known.body_hash != body_hash:
            raise refused(request, 409, 0, "Conflict")
        return SnapAnswer(known.status, known.answer)
    if notice is not None:
        await captures.capture(tx, notice)
    answer = answered(request, 200, 0, "Successful")
    await store.keep(tx, partner, day, external_id, answer.status, answer.body)
    return answer
