"""Permits of kinds that the city has taken out of its profile: what was applied for goes on."""

import msgspec
import pytest

from services.economy.permit_kinds import profile
from services.kit.caller import Caller
from smartcity.economy.v1 import permit_documents_pb2
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.economy.permits.applying import CAMAT, LURAH, MARKETS, ROADS, SRI, Applying
from tests.governance.conftest import refused

CAMAT_2 = Caller("camat-2", frozenset({"officer"}), "kec-semarang-tengah")


def _gone(applying: Applying, monkeypatch: pytest.MonkeyPatch) -> None:
    """The city takes out all kinds but one."""
    terms = profile.terms_of_permits(applying.served.runtime.city)
    assert terms is not None
    left = msgspec.structs.replace(terms, kinds=tuple(each for each in terms.kinds if each.id == "acara"))
    monkeypatch.setattr(profile, "terms_of_permits", lambda _: left)


async def test_permits_of_a_kind_that_the_profile_has_no_more_are_moved_and_end(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, waits, draft = await applying.granted(), await applying.deciding(), await applying.begun()
    silent, help_ = await applying.sent("pkl"), await applying.deciding("bantu-nib")
    _gone(applying, monkeypatch)
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.begun()
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.move(draft, "submit", SRI, "")
    waits = await applying.move(waits, "grant", MARKETS)
    assert (waits.state, waits.last_day) == (pb.PERMIT_STATE_GRANTED, "2027-11-23")
    help_ = await applying.move(help_, "grant", CAMAT)
    assert (help_.state, help_.has_paper) == (pb.PERMIT_STATE_ENDED, False)
    stopped = await applying.move(waits, "suspend", MARKETS)
    assert (await applying.move(stopped, "resume", MARKETS)).state == pb.PERMIT_STATE_GRANTED
    await applying.due(days=8)
    assert (await applying.get(silent)).state == pb.PERMIT_STATE_DEEMED_GRANTED
    await applying.due(days=735)
    for each in (one, waits, silent):
        assert (await applying.get(each)).state == pb.PERMIT_STATE_ENDED
        assert (await applying.paper(each)).validity == pb.PERMIT_VALIDITY_ENDED


@pytest.mark.parametrize("told", [True, False])
async def test_help_of_a_kind_that_is_gone_stays_help_and_no_silence_grants_it(
    applying: Applying, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    asked = await applying.move(await applying.sent("bantu-nib"), "ask", LURAH)
    refusal = await applying.move(await applying.deciding("bantu-nib"), "refuse", CAMAT)
    if not told:  # as it was written before
        await applying.served.runtime.pool.execute("UPDATE permit SET service = NULL")
    _gone(applying, monkeypatch)
    asked = await applying.move(asked, "submit", SRI, "")
    objected = await applying.move(refusal, "object", SRI)
    await applying.due(days=20)
    assert (await applying.get(asked)).state == pb.PERMIT_STATE_CHECKING
    objected = await applying.get(objected)
    assert objected.state == pb.PERMIT_STATE_OBJECTED
    done = await applying.move(objected, "uphold", CAMAT_2)
    assert (done.state, done.has_paper) == (pb.PERMIT_STATE_ENDED, False)
    assert "PermitGranted" not in await applying.told()


async def test_an_objection_to_a_refusal_of_help_waits_for_an_officer_also_where_it_was_to_wake(
    applying: Applying,
) -> None:
    refusal = await applying.move(await applying.deciding("bantu-nib"), "refuse", CAMAT)
    await applying.move(refusal, "object", SRI)
    await applying.served.runtime.pool.execute("UPDATE permit SET wake_at = due_at")  # as before
    await applying.due(days=20)
    assert (await applying.get(refusal)).state == pb.PERMIT_STATE_OBJECTED


async def test_who_is_asked_about_a_permit_of_a_kind_that_is_gone_corrects_it_and_never_sends_less(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await applying.move(await applying.sent(), "ask", LURAH)
    dated = await applying.move(await applying.sent("bongkar-muat"), "ask", LURAH)
    _gone(applying, monkeypatch)
    taking_out = [permit_documents_pb2.DeletePermitDocumentRequest(code=one.code, id=each.id) for each in one.documents]
    for request in taking_out:
        with refused("PERMIT_DOCUMENTS_MISSING"):
            await applying.call(request)
    with refused("PERMIT_DOCUMENT_UNKNOWN"):
        await applying.shown(one, "ijazah")
    for each, request in zip(one.documents, taking_out, strict=True):
        await applying.shown(one, each.document)
        await applying.call(request)
    one = await applying.get(one)
    wanted = applying.wanted()
    rewriting = {"name": "Warung Baru", "holder": wanted.holder, "area": wanted.area, "place": wanted.place}
    one = (await applying.call(pb.UpdatePermitRequest(code=one.code, etag=one.etag, **rewriting))).permit
    assert (one.name, len(one.documents)) == ("Warung Baru", len(taking_out))
    days = {"first_day": dated.first_day, "last_day": dated.last_day}
    changed = pb.UpdatePermitRequest(code=dated.code, etag=dated.etag, **rewriting, **days)
    assert (await applying.call(changed)).permit.last_day == dated.last_day


async def test_a_fee_is_asked_for_again_as_before_where_its_kind_is_gone(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, before = await applying.granted("bongkar-muat", ROADS), await applying.granted("bongkar-muat", ROADS)
    await applying.served.runtime.pool.execute("UPDATE permit SET fee = NULL WHERE code = $1", before.code)
    _gone(applying, monkeypatch)
    await applying.call(pb.RequestPermitPaymentRequest(code=one.code))
    asked = [
        PaymentRequested.FromString(row["payload"])
        for row in await applying.served.outbox()
        if row["type"].endswith("PaymentRequested")
    ]
    assert (asked[-1].request, asked[-1].amount.units) == (f"{one.code}/2", 50_000)
    with refused("INVALID_TRANSITION"):
        await applying.call(pb.RequestPermitPaymentRequest(code=before.code))


async def test_a_draft_of_a_kind_that_is_gone_is_given_up_or_lapses(
    applying: Applying, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = await applying.begun(), await applying.begun()
    _gone(applying, monkeypatch)
    assert (await applying.move(one, "withdraw", SRI, "")).state == pb.PERMIT_STATE_WITHDRAWN
    await applying.due(days=40)
    assert (await applying.get(other)).state == pb.PERMIT_STATE_LAPSED
