"""Kinds of permits that the city's profile retires, and kinds that it lacks: what was applied for goes on, or waits."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway import app
from services.economy.permit_kinds import profile
from services.kit.city import City
from services.kit.errors import DomainError
from smartcity.economy.v1 import permit_documents_pb2 as documents
from smartcity.economy.v1 import permit_kinds_pb2 as kinds
from smartcity.economy.v1 import permits_pb2 as pb
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.economy.permits.applying import BUDI, CAMAT, LURAH, MARKETS, ROADS, SRI, Applying, moves
from tests.economy.permits.reminding import Reminding
from tests.economy.permits.test_pages import readers
from tests.fixtures.edge import edge_before
from tests.governance.conftest import refused
from tests.governance.mails import catching
from tests.society.pages import said

REMINDED = 731 - 30
"""Days from its grant until the holder of a stall's permit is reminded of its end."""
Change = Callable[[str], None]
"""The city's profile says something else of a kind from now on."""


@pytest.fixture
def city(applying: Applying) -> City:
    """The city as it was."""
    return applying.served.runtime.city


@pytest.fixture
def retire(applying: Applying, tmp_path: Path) -> Change:
    """The city retires a kind."""
    return lambda kind: _change(applying, tmp_path, kind, lambda section: f"{section}retired = true\n")


@pytest.fixture
def lose(applying: Applying, tmp_path: Path) -> Change:
    """The section of a kind is left out by mistake."""
    return lambda kind: _change(applying, tmp_path, kind, lambda _: "")


def _change(applying: Applying, folder: Path, kind: str, change: Callable[[str], str]) -> None:
    runtime = applying.served.runtime
    folder = Path(shutil.copytree(runtime.city.folder, folder / "cities"))
    file = folder / profile.FILE
    section = rf'\[\[kinds]]\nid = "{kind}"\n(?:.+\n)+'
    text, found = re.subn(section, lambda one: change(one[0]), file.read_text())
    assert found == 1
    file.write_text(text)
    runtime.city = replace(runtime.city, folder=folder)


async def test_a_retired_kind_is_listed_no_more_and_still_read_by_its_id(applying: Applying, retire: Change) -> None:
    retire("pkl")
    listed = (await applying.call(kinds.ListPermitKindsRequest(), BUDI)).permit_kinds
    assert [one.id for one in listed] == ["kios-pasar", "bongkar-muat", "acara", "bantu-nib"]
    one = (await applying.call(kinds.GetPermitKindRequest(id="pkl"), BUDI)).permit_kind
    assert (one.name_en, one.retired, one.extendable) == ("Street vendor registration (TDU)", True, False)


async def test_nobody_applies_for_a_retired_kind(applying: Applying, retire: Change) -> None:
    retire("kios-pasar")
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.begun()


async def test_a_draft_of_a_retired_kind_is_not_sent_but_withdrawn_or_lapses(
    applying: Applying, retire: Change
) -> None:
    one, other = await applying.begun(), await applying.begun()
    retire("kios-pasar")
    assert moves(await applying.get(one)) == {"withdraw"}
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.move(one, "submit", SRI, "")
    assert (await applying.move(one, "withdraw", SRI, "")).state == pb.PERMIT_STATE_WITHDRAWN
    await applying.due(days=40)
    assert (await applying.get(other)).state == pb.PERMIT_STATE_LAPSED


async def test_what_was_sent_goes_on_by_the_documents_the_fee_and_the_days_of_its_retired_kind(
    applying: Applying, retire: Change
) -> None:
    one = await applying.move(await applying.sent("bongkar-muat"), "ask", LURAH)
    retire("bongkar-muat")
    shown = one.documents[0]
    await applying.call(documents.DeletePermitDocumentRequest(code=one.code, id=shown.id))
    one = await applying.get(one)
    assert (list(one.missing), moves(one)) == ([shown.document], {"submit", "withdraw"})
    with refused("PERMIT_DOCUMENTS_MISSING"):
        await applying.move(one, "submit", SRI, "")
    await applying.shown(one, shown.document)
    one = await applying.move(one, "submit", SRI, "")
    one = await applying.move(await applying.move(one, "check", LURAH), "grant", ROADS)
    assert one.state == pb.PERMIT_STATE_PAYABLE
    (asked,) = [
        PaymentRequested.FromString(row["payload"])
        for row in await applying.served.outbox()
        if row["type"].endswith("PaymentRequested")
    ]
    assert asked.amount.units == 50_000
    await applying.paid(one)
    assert (await applying.paper(one)).validity == pb.PERMIT_VALIDITY_VALID


async def test_silence_grants_what_was_sent_of_a_retired_kind(applying: Applying, retire: Change) -> None:
    one = await applying.sent("pkl")
    retire("pkl")
    await applying.due(days=8)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_DEEMED_GRANTED


async def test_help_of_a_retired_kind_is_given_without_a_paper(applying: Applying, retire: Change) -> None:
    one = await applying.deciding("bantu-nib")
    retire("bantu-nib")
    done = await applying.move(one, "grant", CAMAT)
    assert (done.state, done.has_paper) == (pb.PERMIT_STATE_ENDED, False)


async def test_a_permit_of_a_retired_kind_is_not_extended(applying: Applying, retire: Change) -> None:
    one = await applying.granted()
    applying.served.pass_time(days=REMINDED)
    assert (await applying.get(one)).extendable
    retire("kios-pasar")
    assert not (await applying.get(one)).extendable
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.begun(extends=one.code)


async def test_an_extension_that_was_sent_before_its_kind_was_retired_goes_on(
    applying: Applying, retire: Change
) -> None:
    one = await applying.granted()
    applying.served.pass_time(days=REMINDED)
    longer = await applying.sent(extends=one.code)
    retire("kios-pasar")
    longer = await applying.move(await applying.move(longer, "check", LURAH), "grant", MARKETS)
    await applying.due(days=31)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_ENDED
    assert (await applying.paper(longer)).validity == pb.PERMIT_VALIDITY_VALID


async def test_nobody_is_reminded_to_extend_a_permit_of_a_retired_kind(applying: Applying, retire: Change) -> None:
    async with catching(applying.served.runtime) as catcher:
        reminding, one = Reminding(applying, catcher), await applying.granted()
        await reminding.reminded(one)
        retire("kios-pasar")
        with refused("PERMIT_NOT_EXTENDABLE"):
            await reminding.ask(one)
        await applying.due(days=REMINDED)
        assert (await reminding.mails(), [step.act for step in (await applying.get(one)).steps][-1]) == ([], "grant")
        await applying.due(days=31)
        assert (await applying.get(one)).state == pb.PERMIT_STATE_ENDED


async def test_a_reminder_that_waits_is_not_sent_where_its_kind_is_retired_meanwhile(
    applying: Applying, retire: Change
) -> None:
    async with catching(applying.served.runtime) as catcher:
        reminding, one = Reminding(applying, catcher), await applying.granted()
        await reminding.reminded(one)
        await applying.due(days=REMINDED)
        retire("kios-pasar")
        assert await reminding.mails() == []


async def test_the_link_of_a_reminder_leads_to_no_extension_of_a_retired_kind(
    applying: Applying, retire: Change
) -> None:
    async with catching(applying.served.runtime) as catcher:
        reminding, one = Reminding(applying, catcher), await applying.granted()
        await reminding.reminded(one)
        await applying.due(days=REMINDED)
        (mail,) = await reminding.mails()
        assert (await reminding.look(mail)).code == one.code
        retire("kios-pasar")
        assert (await reminding.look(mail)).code == ""


async def test_a_permit_whose_kind_is_missing_keeps_its_state_and_no_move_is_offered_or_accepted(
    applying: Applying, lose: Change
) -> None:
    one, waits = await applying.move(await applying.sent(), "ask", LURAH), await applying.deciding()
    lose("kios-pasar")
    assert moves(await applying.get(one)) == moves(await applying.get(waits, MARKETS)) == set()
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.move(one, "submit", SRI, "")
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.move(waits, "grant", MARKETS)
    with refused("PERMIT_KIND_NOT_FOUND"):
        await applying.shown(one, "ktp")
    assert (await applying.get(one)).state == pb.PERMIT_STATE_ASKED


async def test_what_is_due_of_a_missing_kind_is_put_off_by_a_day_with_one_line_and_holds_up_no_other(
    applying: Applying, city: City, lose: Change
) -> None:
    one, other = await applying.sent(), await applying.sent("pkl")
    lose("kios-pasar")
    with capture_logs() as logs:
        await applying.due(days=8)
        await applying.due(hours=23)
    assert [line["kind"] for line in logs if "waits for its kind" in line["event"]] == ["kios-pasar"]
    assert (await applying.get(one)).state == pb.PERMIT_STATE_CHECKING
    assert (await applying.get(other)).state == pb.PERMIT_STATE_DEEMED_GRANTED
    applying.served.runtime.city = city
    await applying.due(hours=1)
    assert (await applying.get(one)).state == pb.PERMIT_STATE_DEEMED_GRANTED


async def test_a_fee_that_is_paid_while_the_kind_is_missing_counts_once_it_is_back(
    applying: Applying, city: City, lose: Change
) -> None:
    one = await applying.granted("bongkar-muat", ROADS)
    lose("bongkar-muat")
    with pytest.raises(DomainError, match="Put the kind `bongkar-muat` back"):
        await applying.paid(one)
    applying.served.runtime.city = city
    await applying.paid(one)  # as the dead letter is replayed
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED


async def test_what_is_over_is_forgotten_without_its_kind(applying: Applying, lose: Change) -> None:
    one = await applying.move(await applying.sent(), "withdraw", SRI, "")
    lose("kios-pasar")
    await applying.due(days=366)
    sql = "SELECT owner || name FROM economy.permit WHERE code = $1"
    assert await applying.served.admin.fetchval(sql, one.code) == ""


async def test_a_paper_whose_kind_is_missing_is_valid_until_its_last_day_as_the_public_page_says(
    applying: Applying, lose: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await applying.granted()
    lose("kios-pasar")
    monkeypatch.setattr(app, "load_city", lambda _: applying.served.runtime.city)
    async with edge_before(applying.served) as somebody:
        for days, verdict in ((730, "valid"), (1, "ended")):
            await applying.due(days=days)
            page = (await somebody.get(f"/izin/cek/{one.code}")).text
            assert f'data-verdict="{verdict}"' in page
    assert (await applying.get(one)).state == pb.PERMIT_STATE_GRANTED


@pytest.mark.timeout(60)
async def test_the_portal_offers_no_retired_kind_and_names_it_where_it_was_applied_for(
    applying: Applying, retire: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, held = await applying.begun(), await applying.granted()
    retire("kios-pasar")
    monkeypatch.setattr(app, "load_city", lambda _: applying.served.runtime.city)
    async with readers(applying) as (sri, _, markets):
        assert "kios-pasar" not in (await sri.page("/izin")).xpath("//li/@data-kind")
        assert "/izin/jenis/kios-pasar" not in (await sri.page("/cari?q=kios")).xpath("//a/@href")
        for path in ("/izin/jenis/kios-pasar", "/izin/jenis/kios-pasar/ajukan"):
            assert (await sri.client.get(path)).status_code == 404
        page = await sri.page(f"/izin/saya/{draft.code}")
        assert "offers this kind of permit no more" in said(page, "not-offered")
        assert page.xpath("//form/@id")[-1:] == ["withdraw-form"]
        for who, path in ((sri, "/izin/saya"), (markets, "/petugas/izin"), (sri, "/izin/cek")):
            assert "Market stall permit" in (await who.page(f"{path}/{held.code}")).text_content()
