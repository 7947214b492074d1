"""Permits over the pillar's real server: applying, checking, deciding, silence, papers, fees, erasure."""

import runpy
from datetime import UTC, timedelta
from typing import Any

import pytest

from services.economy.demo import seed_permits
from services.economy.demo.permits import STORIES
from services.economy.personal import reactions
from services.economy.pillar import PILLAR
from services.kit.caller import Caller
from services.kit.signing import parse_key_set, read_key_set, signed
from smartcity.economy.v1 import events_pb2
from smartcity.economy.v1 import permit_kinds_pb2 as kinds
from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import (
    BUDI,
    CAMAT,
    LURAH,
    MARKETS,
    OTHERS,
    ROADS,
    SRI,
    WHY,
    Applying,
    moves,
)
from tests.fixtures.personal import asked
from tests.governance.conftest import refused


async def test_from_an_application_to_a_paper_that_anybody_checks(applying: Applying) -> None:
    one = await applying.begun()
    assert (one.state, list(one.missing), one.holder) == (pb.PERMIT_STATE_DRAFT, ["ktp", "foto-usaha"], "")
    with refused("PERMIT_DOCUMENTS_MISSING"):
        await applying.move(one, "submit", SRI, "")
    await applying.shown(one)
    await applying.shown(one, "foto-usaha")
    one = await applying.move(one, "submit", SRI, "")
    assert (one.state, one.due_time.ToJsonString()) == (pb.PERMIT_STATE_CHECKING, "2026-12-01T16:59:59Z")
    assert (await applying.get(one, LURAH)).holder == "Sri Wahyuni"
    one = await applying.move(one, "check", LURAH)
    done = await applying.move(one, "grant", MARKETS)
    assert (done.state, done.last_day, done.has_paper) == (pb.PERMIT_STATE_GRANTED, "2028-11-23", True)
    mine = await applying.get(done)
    paper = await applying.paper(done, mine.signature)
    assert (paper.validity, paper.genuine, paper.electronic_simulated) == (pb.PERMIT_VALIDITY_VALID, True, True)
    key = read_key_set(parse_key_set(paper.keys))[paper.key_id]
    assert signed(key, paper.signature, paper.text.encode())
    assert not (await applying.paper(done, mine.signature[:-1])).genuine
    assert (await applying.paper(done)).checked is False
    suspended = await applying.move(done, "suspend", MARKETS)
    assert (await applying.paper(done)).validity == pb.PERMIT_VALIDITY_SUSPENDED
    await applying.move(suspended, "resume", MARKETS)
    assert await applying.told() == ["PermitAdvanced"] * 3 + ["PermitGranted"] + ["PermitAdvanced"] * 2
    first = events_pb2.PermitAdvanced.FromString((await applying.served.outbox())[0]["payload"])
    assert (first.agency, first.checker) == (mine.agency, mine.checker)


async def test_everybody_sees_what_is_theirs_to_see_and_does_what_is_theirs_to_do(applying: Applying) -> None:
    draft = await applying.begun()
    for caller in (BUDI, LURAH, MARKETS):
        with refused("PERMIT_NOT_FOUND"):
            await applying.get(draft, caller)
    one = await applying.sent()
    for caller in (BUDI, *OTHERS):
        with refused("PERMIT_NOT_FOUND"):
            await applying.get(one, caller)
    assert moves(await applying.get(one)) == {"withdraw"}
    assert moves(await applying.get(one, LURAH)) == {"ask", "check"}
    assert moves(await applying.get(one, MARKETS)) == set()
    with refused("NOT_YOURS"):
        await applying.move(one, "check", MARKETS)
    with refused("NOTE_REQUIRED"):
        await applying.move(one, "ask", LURAH, "kurang")
    own = Caller(SRI.subject, frozenset({"officer", "citizen"}), "kec-semarang-tengah")
    with refused("OWN_MATTER"):
        await applying.move(one, "check", own)
    pkl = await applying.deciding("pkl")
    with refused("SECOND_PERSON_REQUIRED"):
        await applying.move(pkl, "grant", LURAH)
    with refused("NOTE_REQUIRED"):
        await applying.move(pkl, "grant", CAMAT, "")
    assert (await applying.move(pkl, "grant", CAMAT)).state == pb.PERMIT_STATE_GRANTED


async def test_lists_are_of_the_desk_and_of_ones_own(applying: Applying) -> None:
    first, second = await applying.sent(), await applying.deciding("pkl")

    async def codes(caller: Caller, **wanted: Any) -> list[str]:
        return [one.code for one in (await applying.call(pb.ListPermitsRequest(**wanted), caller)).permits]

    assert await codes(LURAH, checking=True) == [first.code]
    assert await codes(LURAH) == [second.code]
    assert await codes(MARKETS, states=[pb.PERMIT_STATE_CHECKING]) == [first.code]
    assert await codes(SRI) == [second.code, first.code]
    assert await codes(BUDI) == await codes(LURAH, own=True) == await codes(OTHERS[0], checking=True) == []
    with refused("NOT_YOURS"):
        await codes(LURAH, states=[pb.PERMIT_STATE_DRAFT])


async def test_a_desk_lists_first_what_is_for_days_before_it_is_due(applying: Applying) -> None:
    def on(days: int) -> dict[str, Any]:
        day = f"{applying.served.now + timedelta(days=days):%Y-%m-%d}"
        return {"first_day": day, "last_day": day}

    undated, far = await applying.sent(), await applying.sent("acara", **on(30))
    applying.served.pass_time(days=1)
    soon = await applying.sent("acara", **on(1))
    asked = pb.ListPermitsRequest(checking=True, page_size=2)
    page = await applying.call(asked, LURAH)
    asked.page_token = page.next_page_token
    listed = [one.code for one in (*page.permits, *(await applying.call(asked, LURAH)).permits)]
    assert listed == [soon.code, undated.code, far.code]


@pytest.mark.parametrize(
    ("field", "words"), [("name", "Pasar rakyat 081234567890"), ("place", "Depan rumah NIK 3374010101900001")]
)
async def test_nobodys_number_is_written_where_everybody_reads_it(applying: Applying, field: str, words: str) -> None:
    wanted = applying.wanted(**{field: words})
    with refused("WORDS_PERSONAL") as caught:
        await applying.call(wanted)
    assert caught.value.metadata["field"] == field
    one = await applying.begun()
    changed = pb.UpdatePermitRequest(
        code=one.code, etag=one.etag, name=wanted.name, holder=wanted.holder, area=wanted.area, place=wanted.place
    )
    with refused("WORDS_PERSONAL"):
        await applying.call(changed)


async def test_an_application_from_before_that_rule_is_not_sent_with_a_number_of_somebody(applying: Applying) -> None:
    one = await applying.begun()
    for document in one.missing:
        await applying.shown(one, document)
    await applying.served.admin.execute("UPDATE economy.permit SET name = 'Pasar rakyat 081234567890'")
    with refused("WORDS_PERSONAL") as caught:
        await applying.move(one, "submit", SRI, "")
    assert caught.value.metadata["field"] == "name"


async def test_who_asks_for_help_may_say_how_to_reach_them(applying: Applying) -> None:
    one = await applying.sent("bantu-nib", place="Rumah biru, tanya 0812-9999-7777")
    assert one.state == pb.PERMIT_STATE_DECIDING, "officers alone read it"


async def test_an_applicant_is_told_until_when_to_send_to_answer_and_to_pay(applying: Applying) -> None:
    def in_30_days(one: pb.Permit) -> bool:
        return bool(one.lapse_time.ToDatetime(UTC) == applying.served.now + timedelta(days=30))

    assert in_30_days(await applying.begun())
    sent = await applying.sent()
    assert not sent.HasField("lapse_time"), "it is the city's turn"
    asked = await applying.move(sent, "ask", LURAH)
    payable = await applying.granted("bongkar-muat", ROADS)
    assert (in_30_days(asked), payable.HasField("lapse_time")) == (True, True)
    await applying.due(days=30)
    assert (await applying.get(asked)).state == pb.PERMIT_STATE_LAPSED


async def test_help_that_was_given_is_erased_whole(applying: Applying) -> None:
    one = await applying.move(await applying.deciding("bantu-nib"), "grant", CAMAT, nib="9" * 13)
    assert one.state == pb.PERMIT_STATE_ENDED
    await applying.due(days=366)
    row = await applying.served.runtime.pool.fetchrow("SELECT name, place, nib FROM permit WHERE code = $1", one.code)
    assert row is not None
    assert tuple(row) == ("", "", ""), "it stands on no paper"


async def test_of_help_that_was_erased_before_nothing_is_left_and_of_a_paper_what_stands_on_it(
    applying: Applying,
) -> None:
    helped = await applying.move(await applying.deciding("bantu-nib"), "grant", CAMAT)
    held, pool = await applying.granted(), applying.served.runtime.pool
    await pool.execute("UPDATE permit SET owner = ''")  # erased as before
    await pool.execute(runpy.run_path(str(PILLAR.migrations / "2026_11_30_permits_mended.py"))["CLEAR"])
    left = {row["code"]: row["name"] for row in await pool.fetch("SELECT code, name FROM permit")}
    assert left == {helped.code: "", held.code: "Warung Bu Sri"}


async def test_what_was_never_sent_is_shown_to_no_officer(applying: Applying) -> None:
    sent = await applying.move(await applying.sent(), "withdraw", SRI, "")
    await applying.move(await applying.begun(), "withdraw", SRI, "")
    found = await applying.call(pb.ListPermitsRequest(checking=True, states=[pb.PERMIT_STATE_WITHDRAWN]), LURAH)
    assert [one.code for one in found.permits] == [sent.code]


async def test_a_page_of_a_desk_is_full_however_much_was_never_sent(applying: Applying) -> None:
    for _ in range(3):
        await applying.move(await applying.begun(), "withdraw", SRI, "")
    sent = [await applying.move(await applying.sent(), "withdraw", SRI, "") for _ in range(2)]
    wanted = pb.ListPermitsRequest(checking=True, states=[pb.PERMIT_STATE_WITHDRAWN], page_size=1)
    page = await applying.call(wanted, LURAH)
    assert [one.code for one in page.permits] == [sent[0].code]
    wanted.page_token = page.next_page_token
    page = await applying.call(wanted, LURAH)
    assert ([one.code for one in page.permits], page.next_page_token) == ([sent[1].code], "")


async def test_days_that_have_passed_are_not_applied_for(applying: Applying) -> None:
    one = await applying.begun("bongkar-muat")
    for document in one.missing:
        await applying.shown(one, document)
    await applying.due(days=1)
    with refused("PERMIT_DAYS_INVALID"):
        await applying.move(one, "submit", SRI, "")


async def test_a_business_number_on_a_paper_is_not_changed_by_a_later_move(applying: Applying) -> None:
    one = await applying.move(await applying.deciding(), "grant", MARKETS, nib="9120001234567")
    stopped = await applying.move(one, "suspend", MARKETS, nib="9120007654321")
    assert stopped.nib == (await applying.paper(one)).nib == "9120001234567"


async def test_who_asks_is_told_of_their_permits_and_those_that_are_over_are_erased(applying: Applying) -> None:
    over = await applying.move(await applying.sent(), "withdraw", SRI, "")
    await applying.granted()
    told = await asked(applying.served, reactions, SRI.subject, erase=True)
    assert told["permits"] == (2, 1, "permit")
    with refused("PERMIT_NOT_FOUND"):
        await applying.get(over)


async def test_a_draft_ends_with_an_erasure_and_what_was_sent_stays_under_way(applying: Applying) -> None:
    draft, sent = await applying.begun(), await applying.sent()
    told = await asked(applying.served, reactions, SRI.subject, erase=True)
    assert told["permits"] == (2, 1, "permit")
    with refused("PERMIT_NOT_FOUND"):
        await applying.get(draft)
    kept = await applying.served.admin.fetchrow(
        "SELECT owner, sealed, name, place FROM economy.permit WHERE code = $1", draft.code
    )
    assert kept is not None
    assert tuple(kept) == ("", None, "", "")
    assert (await applying.get(sent)).name == sent.name


async def test_applications_are_bounded_and_bad_ones_told(applying: Applying) -> None:
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("PERMIT_KIND_NOT_FOUND", {"kind": "pesawat"}), ("AREA_UNKNOWN", {"area": "33.74"}),
        ("NIB_INVALID", {"nib": "123"}), ("PERMIT_DAYS_INVALID", {"first_day": "2026-02-31"}),
        ("PERMIT_NAME_REQUIRED", {"name": " "}),
    ]  # fmt: skip
    for reason, more in wrong:
        with refused(reason):
            await applying.begun(**more)
    one = await applying.begun()
    with refused("PERMIT_DOCUMENT_UNKNOWN"):
        await applying.shown(one, "ijazah")
    for _ in range(3):
        await applying.shown(one)
    with refused("TOO_MANY_PHOTOS"):
        await applying.shown(one)
    for _ in range(9):
        await applying.begun()
    with refused("PERMITS_TOO_MANY"):
        await applying.begun()
    with refused("PERMIT_PLACE_FIXED"):
        wanted = applying.wanted()
        await applying.call(
            pb.UpdatePermitRequest(
                code=one.code, etag=one.etag, name=wanted.name, holder=wanted.holder, area="33.74.03.1004",
                place=wanted.place,
            )
        )  # fmt: skip


async def test_the_kinds_are_there_for_everybody(applying: Applying) -> None:
    found = (await applying.call(kinds.ListPermitKindsRequest(), BUDI)).permit_kinds
    assert [one.id for one in found] == ["kios-pasar", "pkl", "bongkar-muat", "acara", "bantu-nib"]
    one = (await applying.call(kinds.GetPermitKindRequest(id="bongkar-muat"), BUDI)).permit_kind
    assert (one.fee.units, one.days, "fee" in one.made_up, WHY != "") == (50_000, 5, True, True)


async def test_a_local_start_shows_permits_of_nobody_that_tell_nobody(applying: Applying) -> None:
    assert await seed_permits(applying.served.runtime, SRI.subject) == len(STORIES)
    assert await seed_permits(applying.served.runtime, SRI.subject) == 0
    assert await applying.told() == []
    mine = (await applying.call(pb.ListPermitsRequest())).permits
    assert {one.state for one in mine} == {pb.PERMIT_STATE_GRANTED, pb.PERMIT_STATE_CHECKING}
    holds = next(one for one in mine if one.state == pb.PERMIT_STATE_GRANTED)
    assert (await applying.get(holds)).holder == "Endang Lestari"
    assert (await applying.paper(holds)).validity == pb.PERMIT_VALIDITY_VALID
