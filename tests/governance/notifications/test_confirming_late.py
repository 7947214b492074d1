"""Who confirms an address after the report that they joined was found to be a duplicate."""

from typing import Any

import pytest

from services.governance.notifications import timers
from smartcity.types.v1.origin_pb2 import Origin
from tests.governance.calls import Filed, Records
from tests.governance.conftest import VERIFIER, request_id
from tests.governance.mails import Catcher, follow, is_confirmation, token_of


async def join(records: Records, filed: Filed, number: int, **fields: Any) -> None:
    """Somebody without a login joins, all from one network: only the first counts at once."""
    origin = Origin(session=f"browser-{number}", network="kampung")
    await records.complaint("JoinComplaint", code=filed.code, request_id=request_id(), origin=origin, **fields)


async def supporters(records: Records, *filed: Filed) -> list[int]:
    """How many stand behind each."""
    return [(await records.complaint("GetComplaint", VERIFIER, code=one.code)).complaint.supporters for one in filed]


@pytest.mark.parametrize("first", [True, False], ids=["confirmed before", "confirmed after"])
async def test_a_supporter_counts_at_every_original_whenever_their_address_is_confirmed(
    records: Records, catcher: Catcher, first: bool
) -> None:
    one, middle, last = [await records.file() for _ in range(3)]
    await join(records, one, 1)
    await join(records, one, 2, contact={"email": "budi@contoh.id"})
    await timers.send_due(records.runtime)
    (mail,) = [each for each in catcher.mails if is_confirmation(each)]
    if first:
        await follow(records, "ConfirmAddress", token_of(mail, "konfirmasi"))
    for duplicate, original in ((one, middle), (middle, last)):
        await records.transition(duplicate, "mark_duplicate", VERIFIER, duplicate_of=original.code)
    if not first:
        await follow(records, "ConfirmAddress", token_of(mail, "konfirmasi"))
    assert await supporters(records, one, middle, last) == [2, 3, 4]
