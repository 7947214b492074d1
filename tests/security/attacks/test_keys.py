"""All who have no login are one caller to a pillar: nobody gets another's answer, or takes a key away, by guessing."""

import httpx
import pytest

from services.kit.database.idempotency import Claim, recall
from services.kit.errors import DomainError
from smartcity.governance.v1 import complaints_pb2 as pb
from tests.economy.conftest import refused
from tests.economy.levies.cases import Office, office
from tests.economy.payments.cases import city
from tests.gateway.conftest import WASTE
from tests.gateway.running import Stand
from tests.governance.calls import Records, records

__all__ = ["city", "office", "records"]
GUESSED = [
    "1", "key-1", "2026-11-27", "20261127080000", "1764230400000", "order-0000001", "0" * 36, "ab" * 18, "-" * 36,
    "00000000-0000-0000-0000-000000000000", "11111111-1111-1111-1111-111111111112",
]  # fmt: skip


@pytest.mark.parametrize("key", GUESSED)
async def test_a_key_that_anybody_could_guess_files_nothing(client: httpx.AsyncClient, key: str) -> None:
    """Before: 201, and whoever filed the same words under the same key got the first one's link key."""
    for _ in range(2):
        answer = await client.post("/v1/complaints", json=WASTE, headers={"idempotency-key": key})
        assert (answer.status_code, answer.json()["reason"]) == (422, "REQUEST_ID_GUESSABLE"), answer.text
        assert "link_key" not in answer.text


@pytest.mark.parametrize(
    "key", ["0b0e6f3c-5a1d-4c8e-9f2b-7d3a1c5e8f90", "5f3c1b9a7e2d4860b1c3d5e7f9a2b4c6", "V1StGXR8_Z5jdHi6B-myT2"]
)
async def test_a_phone_that_changes_its_address_still_gets_its_answer(client: httpx.AsyncClient, key: str) -> None:
    headers = {"idempotency-key": key}
    first = await client.post("/v1/complaints", json=WASTE, headers=headers)
    again = await client.post("/v1/complaints", json=WASTE, headers=headers | {"x-forwarded-for": "203.0.113.77"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["link_key"] == first.json()["link_key"]


async def test_who_has_a_login_may_count_since_the_key_is_theirs_alone(stand: Stand) -> None:
    async with stand.client() as client:
        codes = []
        for user in ("warga", "pedagang"):
            headers = {"idempotency-key": "1", **await stand.bearer(user)}
            answer = await client.post("/v1/complaints", json=WASTE, headers=headers)
            assert answer.status_code == 201, answer.text
            codes.append(answer.json()["code"])
    assert codes[0] != codes[1]


async def test_nobody_takes_the_key_of_a_payment_away_by_guessing_it(office: Office) -> None:
    bill = await office.bill()
    with refused("REQUEST_ID_GUESSABLE") as caught:
        await office.ask(bill.number, key="pay-1")
    assert caught.value.metadata["field"] == "request_id"
    assert (await office.ask(bill.number)).id


async def test_a_batch_refuses_it_alike(records: Records) -> None:
    request = pb.CreateComplaintRequest(text="Jalan berlubang di depan pasar.")
    async with records.runtime.transaction() as tx:
        masking = records.runtime.masking
        claims = [Claim(subject, "key-1", request, masking) for subject in ("anonymous", "citizen-1")]
        found = await recall(tx, claims)
    assert isinstance(found[0], DomainError)
    assert (found[0].reason, found[1]) == ("REQUEST_ID_GUESSABLE", None)
