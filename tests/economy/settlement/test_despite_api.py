"""Payouts in spite of differences over HTTP: whoever asks or confirms names what they saw by If-Match."""

from typing import Any

from gateway.answers.etags import version_of
from services.kit.caller import Caller
from smartcity.economy.v1 import settlement_pb2 as pb
from tests.economy.conftest import TREASURER, TREASURER_2, request_id
from tests.economy.settlement.cases import Treasury, differing, state
from tests.economy.settlement.test_despite import WHY
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.pages import reader


async def pays(stand: Stand, caller: Caller, batch: pb.Batch, etag: str) -> Any:
    """What a payout of a batch, as it was seen, is answered with."""
    who = await reader(stand, caller)
    async with who.client:
        csrf, *_ = (await who.page("/petugas/kas")).xpath("//input[@name='csrf']/@value")
        headers = {"if-match": etag, "idempotency-key": request_id(), "x-csrf-token": str(csrf)}
        path = f"/v1/settlement/batches/{batch.id}/payout"
        return await who.client.post(path, json={"despite": WHY}, headers=headers)


async def seen(stand: Stand, caller: Caller, batch: pb.Batch) -> str:
    """The ETag that a batch is read with."""
    who = await reader(stand, caller)
    async with who.client:
        return str((await who.client.get(f"/v1/settlement/batches/{batch.id}")).headers["etag"])


async def test_a_stale_mark_is_refused_over_http_and_the_right_one_goes_through(treasury: Treasury) -> None:
    batch = await differing(treasury)
    async with stand_before(treasury.economy.served) as stand:
        before = await seen(stand, TREASURER, batch)
        assert version_of(before) == batch.etag
        version, _, mark = batch.etag.partition(".")
        for stale in (f'"{version}"', f'"{version}.{mark[::-1]}"', f'W/"{version}.{"0" * 16}"'):
            refused = await pays(stand, TREASURER, batch, stale)
            assert (refused.status_code, refused.json()["reason"]) == (412, "STALE_ETAG"), stale
        await treasury.economy.served.admin.execute("UPDATE economy.difference SET bank = 70000, kind = 'amount'")
        refused = await pays(stand, TREASURER, batch, before)
        assert (refused.status_code, refused.json()["reason"]) == (412, "STALE_ETAG"), "it differs otherwise now"
        asked = await pays(stand, TREASURER, batch, await seen(stand, TREASURER, batch))
        assert (asked.status_code, asked.json()["state"]) == (200, "closed"), asked.text
        assert version_of(asked.headers["etag"]) == asked.json()["etag"]
        paid = await pays(stand, TREASURER_2, batch, f'W/"{asked.json()["etag"]}"')
        assert (paid.status_code, paid.json()["state"]) == (200, "paid"), paid.text
    (now,) = await treasury.batches()
    assert (state(now), now.despite.reason) == ("paid", WHY)
