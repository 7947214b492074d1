"""Honest receipts hold; every change, however small, is found."""

import json
import subprocess
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.governance.history import canonical
from services.governance.history.model import Entry, chain
from services.governance.receipts.verify import _sealed_late, sealed_until, verify, verify_leaves
from services.governance.seals import merkle
from tests.governance.receipts.cases import SIGNER, START, history, receipt, seals, sign

KEYS = {"keys": [SIGNER.public_jwk()]}


def reasons(*arguments: Any, **options: Any) -> set[str]:
    return {found.reason for found in verify(*arguments, **options)}


def test_an_honest_receipt_holds_against_everything() -> None:
    entries = history()
    published, inclusions = seals(entries)
    earlier = receipt(entries[:2], inclusions[:1])
    document = receipt(entries, inclusions)
    assert verify(document) == []
    assert verify(document, KEYS, published, earlier) == []
    assert verify({"receipt": document}) == []
    assert sealed_until(document) == "2026-11-24"


def test_a_receipt_of_today_holds_without_a_seal() -> None:
    document = receipt(history(length=2))
    assert verify(document) == []
    assert sealed_until(document) == ""


def test_an_erased_note_leaves_the_receipt_valid() -> None:
    entries = history()
    _, inclusions = seals(entries)
    assert verify(receipt([entry.redacted() for entry in entries], inclusions)) == []


def leaves_of(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths to every scalar of a JSON document."""
    if isinstance(document, dict):
        return [found for key, value in document.items() for found in leaves_of(value, (*path, key))]
    if isinstance(document, list):
        return [found for index, value in enumerate(document) for found in leaves_of(value, (*path, index))]
    return [path]


@settings(max_examples=400)
@given(st.data())
def test_any_single_change_of_a_value_is_found(data: st.DataObject) -> None:
    entries = history()
    document = receipt(entries, seals(entries)[1])
    *parents, last = data.draw(st.sampled_from(leaves_of(document)))
    holder: Any = document
    for step in parents:
        holder = holder[step]
    holder[last] = changed(holder[last], data)
    assert verify(document) != []


def changed(value: Any, data: st.DataObject) -> Any:
    """Another value, one character or one step away."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + data.draw(st.sampled_from([-1, 1]))
    position = data.draw(st.integers(0, len(value)))
    character = data.draw(st.sampled_from("0aAbfgz9 \n.Z_-é"))
    kept = data.draw(st.sampled_from([0, 1]))
    other = value[:position] + character + value[position + kept :]
    return other if other != value else value + character


def test_every_flipped_bit_of_the_file_is_found() -> None:
    entries = history(length=2)
    document = receipt(entries, seals(entries, others=2)[1])
    text = json.dumps(document, separators=(",", ":")).encode()
    for position in range(len(text)):
        for bit in range(8):
            damaged = bytearray(text)
            damaged[position] ^= 1 << bit
            try:
                read = json.loads(bytes(damaged))
            except ValueError:
                continue  # no longer JSON: found before we look
            assert read == document or verify(read) != [], (position, bit)


@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_missing_entry_is_found(number: int) -> None:
    entries = history()
    document = receipt(entries, seals(entries)[1])
    del document["entries"][number - 1]
    assert reasons(document) & {"ENTRY_NUMBER", "TRUNCATED"}


def test_a_history_cut_short_of_its_seal_is_named_so() -> None:
    entries = history()
    document = receipt(entries[:3], seals(entries)[1])
    assert "TRUNCATED" in reasons(document)


def test_two_swapped_inclusions_are_found() -> None:
    entries = history()
    document = receipt(entries, seals(entries)[1])
    document["inclusions"].reverse()
    assert "SEAL_ORDER" in reasons(document)


def test_a_receipt_of_another_case_is_found() -> None:
    entries = history()
    document = receipt(entries, seals(entries)[1])
    document["code"] = "SMG-AAAA-22"
    assert reasons(document) >= {"ENTRY_HASH", "SEAL_PROOF"}


def test_a_history_rewritten_with_fresh_hashes_does_not_meet_its_seals() -> None:
    _, inclusions = seals(history())
    assert "SEAL_PROOF" in reasons(receipt(history(note="Tidak perlu ditambal."), inclusions))


def test_an_operator_who_seals_a_rewritten_history_again_is_found_by_the_published_seals() -> None:
    published, _ = seals(history())
    rewritten = history(note="Tidak perlu ditambal.")
    document = receipt(rewritten, seals(rewritten)[1])
    assert verify(document) == []  # consistent in itself: the operator has the key
    assert "SEAL_REPLACED" in reasons(document, KEYS, published)


def test_an_operator_who_leaves_the_rewritten_days_unsealed_is_found() -> None:
    published, _ = seals(history())
    rewritten = history(note="Tidak perlu ditambal.")
    document = receipt(rewritten)
    assert verify(document) == []
    assert "SEAL_MISSING" in reasons(document, KEYS, published)


def test_an_operator_who_seals_a_rewritten_history_under_a_later_day_is_found_from_the_receipt_alone() -> None:
    rewritten = history(note="Tidak perlu ditambal.")
    last = rewritten[-1]
    own = merkle.leaf(canonical.head(code="SMG-7K4P-92", number=last.number, hash=last.hash.hex()))
    seal = sign((last.at + timedelta(days=1)).date(), [own], "0" * 64)
    document = receipt(rewritten, [{"number": last.number, "seal": seal, "path": []}])
    assert reasons(document) == {"SEAL_LATE"}


def test_an_earlier_receipt_finds_a_history_that_did_not_only_grow() -> None:
    earlier = receipt(history(length=3))
    assert reasons(receipt(history(length=2)), earlier=earlier) == {"EARLIER_RECEIPT"}
    assert reasons(receipt(history(note="Lain.")), earlier=earlier) == {"EARLIER_RECEIPT"}


def test_a_key_that_is_not_the_trusted_one_is_found() -> None:
    entries = history()
    document = receipt(entries, seals(entries)[1])
    assert "KEY_UNKNOWN" in reasons(document, {"keys": []})


def test_a_gap_in_the_published_seals_is_found() -> None:
    entries = history()
    published, inclusions = seals(entries)
    assert "SEAL_CHAIN" in reasons(receipt(entries, inclusions), KEYS, [*published[:2], *published[3:]])


def test_the_leaves_of_a_seal_lead_to_its_root() -> None:
    leaves = [merkle.leaf(bytes([number])) for number in range(5)]
    seal = sign(history()[0].at.date(), leaves, "0" * 64)
    texts = [leaf.hex() for leaf in leaves]
    assert verify_leaves(seal, texts) == []
    assert verify_leaves(seal, texts[::-1]) != []
    assert verify_leaves(seal, texts[:-1]) != []


@pytest.mark.parametrize("document", [{}, [], {"receipt": None}, {"version": "1"}, {"receipt": {"code": 3}}])
def test_what_is_no_receipt_is_a_problem_and_not_a_crash(document: Any) -> None:
    assert reasons(document) == {"UNREADABLE"}


def test_a_half_surrogate_is_a_problem_and_not_a_crash() -> None:
    document = receipt(history())
    document["entries"][0]["note"] = "\ud800"
    assert reasons(document) == {"UNREADABLE"}


def test_an_entry_checks_with_sha256sum_alone() -> None:
    entry = history(length=1)[0]
    text = canonical.entry(
        code="SMG-7K4P-92",
        number=1,
        at=canonical.instant(entry.at),
        type=entry.type,
        by=entry.by,
        state=entry.state,
        note_digest=entry.note_digest.hex(),
        previous_hash="0" * 64,
    )
    printed = subprocess.run(["sha256sum"], input=text, capture_output=True, check=True).stdout.decode()
    assert printed.split()[0] == entry.hash.hex()


@given(st.sampled_from(["code", "type", "by", "state", "note"]), st.text(min_size=1, max_size=5))
def test_every_field_of_an_entry_is_in_its_hash(field: str, suffix: str) -> None:
    fields: dict[str, Any] = {"code": "A", "type": "b", "by": "c", "state": "d", "note": "e"}
    first = made(fields)
    suffix = suffix.replace("\n", "x")
    assert made({**fields, field: fields[field] + suffix}).hash != first.hash


def made(fields: dict[str, Any]) -> Entry:
    return chain(None, at=history(length=1)[0].at, salt=bytes(16), **fields)


def test_a_line_break_cannot_make_two_entries_alike() -> None:
    with pytest.raises(ValueError, match="line break"):
        made({"code": "A", "type": "b\nc", "by": "", "state": "d", "note": ""})


class _Inclusion:
    """One that counts how often it was looked at."""

    looked = 0

    def __init__(self, number: int, day: str) -> None:
        self._number, self.seal = number, SimpleNamespace(day=day)

    @property
    def number(self) -> int:
        """Of the entry that it holds."""
        type(self).looked += 1
        return self._number


def test_what_was_sealed_late_is_found_by_looking_at_each_seal_once_and_not_once_for_each_entry() -> None:
    days = [(START + timedelta(days=number)).date().isoformat() for number in range(400)]
    entries = [SimpleNamespace(number=number + 1, at=f"{day}T00:00:00.000000Z") for number, day in enumerate(days)]
    inclusions = [_Inclusion(number + 1, day) for number, day in enumerate(days)]
    inclusions[7].seal.day = days[30]  # the seal of a later entry holds it as well
    inclusions[-1].seal.day = "2099-01-01"
    found = list(_sealed_late(SimpleNamespace(entries=entries, inclusions=inclusions)))  # type: ignore[arg-type]
    assert [(one.where, one.reason) for one in found] == [("entry 400", "SEAL_LATE")]
    assert _Inclusion.looked <= 4 * len(inclusions)
