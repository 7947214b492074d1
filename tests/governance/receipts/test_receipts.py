"""Receipts as the city hands them out: sealed once a day, checked by anybody, and honest even against the operator."""

import asyncio
import json
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from services.governance.history import store
from services.governance.history.model import Entry, chain
from services.governance.receipts import api
from services.governance.receipts.verify import verify, verify_leaves
from services.governance.seals import merkle, timers
from smartcity.governance.v1 import events_pb2, receipts_pb2, receipts_views
from tests.governance.calls import DPU, Filed, Records
from tests.governance.conftest import CITIZEN, VERIFIER, refused


def printed(message: receipts_pb2.Receipt | receipts_pb2.Seal) -> dict[str, Any]:
    """JSON as the gateway's view prints it, parsed again."""
    view = (
        receipts_views.receipt(message) if isinstance(message, receipts_pb2.Receipt) else receipts_views.seal(message)
    )
    parsed: dict[str, Any] = json.loads(msgspec.json.encode(view))
    return parsed


async def receipt_of(records: Records, filed: Filed) -> dict[str, Any]:
    answer = await records.receipt("GetReceipt", **filed.owner)
    return printed(answer.receipt)


async def published(records: Records) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    answer = await records.receipt("ListSeals", page_size=400)
    return json.loads(answer.keys), [printed(seal) for seal in answer.seals]


async def next_day(records: Records) -> date:
    """Moves to the next day, after the seal's time, and seals; answers with the day that ended."""
    zone = records.runtime.city.timezone
    ended = records.governance.now.astimezone(zone).date()
    records.governance.now = datetime.combine(ended + timedelta(days=1), datetime.min.time(), zone).astimezone(UTC)
    records.governance.pass_time(minutes=6)
    await timers.seal_due_days(records.runtime)
    records.governance.pass_time(hours=10)
    return ended


async def test_a_receipt_of_today_holds_and_has_no_seal_yet(records: Records) -> None:
    filed = await records.file()
    document = await receipt_of(records, filed)
    assert verify(document) == []
    assert (document["inclusions"], document["keys"]) == ([], '{"keys":[]}')


async def test_a_case_of_several_days_holds_against_the_published_seals(
    records: Records,
) -> None:
    filed = await records.file()
    days = [await next_day(records)]
    await records.transition(filed, "verify", VERIFIER)
    await records.transition(filed, "start", DPU, note="Tim berangkat.")
    days.append(await next_day(records))
    await next_day(records)  # nothing happened to the case
    document = await receipt_of(records, filed)
    keys, seals = await published(records)
    assert verify(document, keys, seals) == []
    assert [inclusion["seal"]["day"] for inclusion in document["inclusions"]] == [day.isoformat() for day in days]
    assert document["inclusions"][-1]["number"] == len(document["entries"])


async def test_the_seals_leaves_lead_to_its_root(records: Records) -> None:
    await records.file()
    day = await next_day(records)
    answer = await records.receipt("GetSeal", day=day.isoformat())
    assert verify_leaves(printed(answer.seal), list(answer.leaves)) == []


async def test_a_day_is_sealed_once_and_not_before_it_is_over(records: Records) -> None:
    await records.file()
    before = await records.sql("SELECT day FROM seal ORDER BY day")
    await timers.seal_due_days(records.runtime)
    assert await records.sql("SELECT day FROM seal ORDER BY day") == before
    day = await next_day(records)
    await timers.seal_due_days(records.runtime)
    after = await records.sql("SELECT day FROM seal ORDER BY day")
    assert [row["day"] for row in after] == [*(row["day"] for row in before), day]


async def test_two_processes_that_seal_at_once_make_one_seal(records: Records) -> None:
    await records.file()
    records.governance.pass_time(days=1)
    await asyncio.gather(*(timers.seal_due_days(records.runtime) for _ in range(4)))
    assert len(await records.sql("SELECT 1 FROM seal")) == 1
    assert len(await records.sql("SELECT 1 FROM outbox WHERE type LIKE '%ReceiptDaySealed'")) == 1


async def test_sealing_tells_the_world(records: Records) -> None:
    await records.file()
    day = await next_day(records)
    rows = await records.sql("SELECT payload FROM outbox WHERE correlation = $1", f"seal-{day}")
    event = events_pb2.ReceiptDaySealed.FromString(rows[0]["payload"])
    seal = printed((await records.receipt("GetSeal", day=day.isoformat())).seal)
    assert len(rows) == 1
    assert (event.day, event.root, event.signature) == (seal["day"], seal["root"], seal["signature"])


async def test_what_was_written_before_midnight_and_committed_after_the_seal_is_in_the_next_one(
    records: Records,
) -> None:
    early, late = await records.file(), await records.file()
    evening = records.governance.now
    day = await next_day(records)
    last = (await _history(records, late))[-1]
    at = evening + timedelta(seconds=1)
    straggler = chain(last, code=late.code, at=at, type="late", by="system", state="filed", note="", salt=bytes(16))
    await _insert(records, late, [straggler])
    second = await next_day(records)
    document = await receipt_of(records, late)
    keys, seals = await published(records)
    assert [inclusion["seal"]["day"] for inclusion in document["inclusions"]] == [str(day), str(second)]
    assert verify(document, keys, seals) == []
    assert verify(await receipt_of(records, early), keys, seals) == []


@pytest.mark.parametrize("caller", [CITIZEN, DPU, VERIFIER], ids=lambda caller: caller.subject)
async def test_only_the_reporter_gets_the_receipt(records: Records, caller: Any) -> None:
    filed = await records.file()
    with refused("LINK_KEY_REQUIRED"):
        await records.receipt("GetReceipt", caller, code=filed.code)


async def test_the_logged_in_reporter_needs_no_link_key(records: Records) -> None:
    filed = await records.file(CITIZEN)
    assert (await records.receipt("GetReceipt", CITIZEN, code=filed.code)).receipt.code == filed.code


async def test_anybody_checks_a_receipt_through_the_pillar(records: Records) -> None:
    filed = await records.file()
    day = await next_day(records)
    receipt = (await records.receipt("GetReceipt", **filed.owner)).receipt
    good = await records.receipt("CheckReceipt", receipt=receipt)
    assert (list(good.problems), good.sealed_until) == ([], day.isoformat())
    receipt.entries[0].state = "closed"
    bad = await records.receipt("CheckReceipt", receipt=receipt)
    assert [problem.where for problem in bad.problems] == ["entry 1"]
    assert bad.problems[0].what_id != bad.problems[0].what_en


async def test_an_impossible_time_in_a_receipt_is_refused_and_not_a_crash(records: Records) -> None:
    receipt = receipts_pb2.Receipt(version="1", code="x")
    receipt.inclusions.add().seal.at.seconds = 2**60
    with refused("RECEIPT_INVALID"):
        await records.receipt("CheckReceipt", receipt=receipt)
    assert (await records.receipt("CheckReceipt")).problems


async def test_what_is_longer_than_any_receipt_is_refused_before_it_is_checked(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before: what anybody made up was gone through, entries times seals, and nobody else was served meanwhile."""
    monkeypatch.setattr(api, "verify", None)
    step = receipts_pb2.ProofStep(hash="0")
    for receipt in (
        receipts_pb2.Receipt(entries=[receipts_pb2.ReceiptEntry(number=1)] * 501),
        receipts_pb2.Receipt(inclusions=[receipts_pb2.Inclusion(number=1)] * 201),
        receipts_pb2.Receipt(inclusions=[receipts_pb2.Inclusion(number=1, path=[step] * 33)]),
        receipts_pb2.Receipt(keys="x" * 20_001),
    ):
        with refused("RECEIPT_INVALID"):
            await records.receipt("CheckReceipt", receipt=receipt)


async def test_seals_are_listed_newest_first_page_by_page(records: Records) -> None:
    for _ in range(3):
        await records.file()
        await next_day(records)
    first = await records.receipt("ListSeals", page_size=2)
    second = await records.receipt("ListSeals", page_size=1, page_token=first.next_page_token)
    days = [seal.day for seal in (*first.seals, *second.seals)]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) == 3


@pytest.mark.parametrize(
    ("rpc", "reason", "fields"),
    [
        ("GetSeal", "DAY_INVALID", {"day": "soon"}),
        ("GetSeal", "DAY_INVALID", {"day": "20260302"}),
        ("GetSeal", "DAY_INVALID", {"day": "2026-02-31"}),
        ("GetSeal", "DAY_INVALID", {"day": ""}),
        ("ListSeals", "PAGE_TOKEN_INVALID", {"page_token": "x"}),
        ("ListSeals", "PAGE_SIZE_INVALID", {"page_size": -1}),
        ("ListSeals", "PAGE_SIZE_INVALID", {"page_size": 401}),
    ],
)
async def test_a_bad_day_or_page_is_named(records: Records, rpc: str, reason: str, fields: dict[str, Any]) -> None:
    with refused(reason) as caught:
        await records.receipt(rpc, **fields)
    assert caught.value.metadata["field"] in fields


async def test_a_day_without_a_seal_is_not_found(records: Records) -> None:
    with refused("SEAL_NOT_FOUND"):
        await records.receipt("GetSeal", day="2020-01-01")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET state = 'closed' WHERE complaint_id = $1",
        "UPDATE entry SET note = 'lain' WHERE complaint_id = $1",
        "UPDATE entry SET sealed_on = '2020-01-01' WHERE complaint_id = $1 AND sealed_on IS NOT NULL",
        "DELETE FROM entry WHERE complaint_id = $1",
    ],
)
async def test_a_history_only_grows(records: Records, statement: str) -> None:
    filed = await records.file()
    await next_day(records)
    with pytest.raises(Exception, match="only grows"):
        await records.sql(statement, filed.id)


async def test_a_note_can_be_redacted_and_the_receipt_still_holds(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "reject", VERIFIER, note="Nomor telepon 0812 tidak boleh di sini.")
    await next_day(records)
    await records.sql("UPDATE entry SET note = '', salt = '' WHERE complaint_id = $1 AND number = 2", filed.id)
    document = await receipt_of(records, filed)
    keys, seals = await published(records)
    assert document["entries"][1]["note"] == ""
    assert verify(document, keys, seals) == []


async def test_an_operator_who_rewrites_case_hashes_and_seals_is_found_by_the_published_seals(records: Records) -> None:
    filed = await records.file()
    await records.transition(filed, "reject", VERIFIER, note="Bukan kewenangan kota.")
    for _ in range(4):
        await next_day(records)
        await records.file()  # the city goes on
    keys, seals = await published(records)
    kept = await receipt_of(records, filed)
    assert verify(kept, keys, seals) == []

    await _rewrite(records, filed, {2: "Sudah ditindaklanjuti."})
    rewritten = await receipt_of(records, filed)
    assert rewritten["entries"][1]["note"] == "Sudah ditindaklanjuti."
    assert verify(rewritten) == []  # no proof fits any more, so none is handed out
    assert reasons(rewritten, keys, seals) == {"SEAL_MISSING"}
    assert reasons(rewritten, earlier=kept) == {"EARLIER_RECEIPT"}

    # Even with the signing key and access to everything: the days are sealed anew, as if it had always been so.
    await _seal_anew(records)
    forged = await receipt_of(records, filed)
    own_keys, own_seals = await published(records)
    assert verify(forged, own_keys, own_seals) == []
    assert reasons(forged, keys, seals) == {"SEAL_REPLACED"}


def reasons(*arguments: Any, **options: Any) -> set[str]:
    return {problem.reason for problem in verify(*arguments, **options)}


async def _history(records: Records, filed: Filed) -> list[Entry]:
    async with records.runtime.transaction() as tx:
        return await store.history(tx, filed.id)


async def _insert(records: Records, filed: Filed, entries: list[Entry]) -> None:
    async with records.runtime.transaction() as tx:
        await store.append(tx, filed.id, entries)


async def _rewrite(records: Records, filed: Filed, notes: dict[int, str]) -> None:
    """What an operator with the database's superuser can do: another history with hashes that fit."""
    rewritten: list[Entry] = []
    for entry in await _history(records, filed):
        rewritten.append(
            chain(
                rewritten[-1] if rewritten else None,
                code=filed.code,
                at=entry.at,
                type=entry.type,
                by=entry.by,
                state=entry.state,
                note=notes.get(entry.number, entry.note),
                salt=entry.salt,
            )
        )
    (sealed,) = await records.sql("SELECT max(sealed_on) AS day FROM entry WHERE complaint_id = $1", filed.id)
    await records.governance.admin.execute("ALTER TABLE governance.entry DISABLE TRIGGER ALL")
    await records.sql("DELETE FROM entry WHERE complaint_id = $1", filed.id)
    await _insert(records, filed, rewritten)
    await records.sql("UPDATE entry SET sealed_on = $2 WHERE complaint_id = $1", filed.id, sealed["day"])
    await records.governance.admin.execute("ALTER TABLE governance.entry ENABLE TRIGGER ALL")


async def _seal_anew(records: Records) -> None:
    await records.governance.admin.execute("ALTER TABLE governance.entry DISABLE TRIGGER ALL")
    await records.sql("UPDATE entry SET sealed_on = NULL")
    await records.governance.admin.execute("ALTER TABLE governance.entry ENABLE TRIGGER ALL")
    await records.sql("DELETE FROM seal")
    await timers.seal_due_days(records.runtime)


async def test_who_lists_or_compares_seals_reads_nothing_of_what_is_under_their_roots(records: Records) -> None:
    filed = await records.file()
    await next_day(records)
    answer = await records.receipt("GetReceipt", **filed.owner)
    admin = records.governance.admin
    await admin.execute("UPDATE governance.seal_size SET heads = 77")
    assert [one.heads for one in (await records.receipt("ListSeals", page_size=1)).seals] == [77]
    assert (await records.receipt("CheckReceipt", receipt=answer.receipt)).problems
    await admin.execute("TRUNCATE governance.seal_size")
    assert [one.heads for one in (await records.receipt("ListSeals", page_size=1)).seals] == [1], "sealed before"
    assert not (await records.receipt("CheckReceipt", receipt=answer.receipt)).problems


async def test_the_proofs_of_large_days_hold_no_loop(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    filed = await records.file()
    await next_day(records)
    found: list[int] = []
    path = merkle.path

    def proven(leaves: Sequence[bytes], index: int) -> list[merkle.Step]:
        found.append(threading.get_ident())
        return path(leaves, index)

    monkeypatch.setattr(merkle, "path", proven)
    await records.receipt("GetReceipt", **filed.owner)
    assert found
    assert threading.get_ident() not in found
