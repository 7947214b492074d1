"""Gates over the real server: admitted once, at the right gate and day, also without a connection."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.caller import Caller
from services.kit.signing import decode
from smartcity.branding.v1 import gates_pb2 as pb
from smartcity.branding.v1 import ticket_events_pb2, tickets_pb2
from smartcity.branding.v1 import ticket_sales_pb2 as sales
from tests.branding.tickets.ticketing import DLH, SELLER, SITI, Ticketing, stamp, word
from tests.governance.conftest import refused


class Entrance:
    """A gate on the day, and a ticket for it."""

    def __init__(self, office: Ticketing, gate: str, sale: str, ticket: tickets_pb2.Ticket) -> None:
        self.office, self.gate, self.sale, self.ticket = office, gate, sale, ticket

    async def scan(
        self, shown: str = "", *, gate: str = "", at: Timestamp | None = None, offline: bool = False,
        leaving: bool = False, scan: str = "",
    ) -> pb.ScanResult:  # fmt: skip
        """One scan."""
        one = pb.Scan(scan=scan or str(uuid4()), shown=shown or self.ticket.token, time=at, exit=leaving)
        asked = pb.UploadScansRequest(id=gate or self.gate, scans=[one], offline=offline)
        found: pb.ScanResult = (await self.office.call(asked, SELLER)).results[0]
        return found

    async def says(self, shown: str = "", **more: Any) -> str:
        """The verdict on one scan."""
        return word(pb.ScanVerdict, (await self.scan(shown, **more)).verdict)

    async def amiss(self) -> list[tuple[str, str]]:
        """What should not have happened."""
        found = await self.office.call(pb.ListAmissScansRequest(sale=self.sale), SELLER)
        return [(one.gate, word(pb.ScanVerdict, one.verdict)) for one in found.scans]


async def entrance(office: Ticketing, *, days: float = 30, hours: float = 4, **fields: Any) -> Entrance:
    """A gate when what is sold has begun five minutes ago, and a paid ticket."""
    sale = (await office.sale(days=days, hours=hours)).id
    order = await office.paid(sale, await office.sort(sale, **fields))
    gate = (await office.call(pb.CreateGateRequest(sale=sale, name="Utara"), SELLER)).gate.id
    office.served.pass_time(days=days, minutes=5)
    return Entrance(office, gate, sale, order.tickets[0])


async def test_a_ticket_lets_in_once_and_that_is_told_without_a_name(office: Ticketing) -> None:
    door = await entrance(office)
    assert await door.says() == "admitted"
    again = await door.scan()
    assert (word(pb.ScanVerdict, again.verdict), again.HasField("before_time")) == ("used", True)
    assert await door.says(door.ticket.code.lower().replace("-", " ")) == "used", "typed, it is the same ticket"
    (told,) = await office.told(ticket_events_pb2.TicketAdmitted)
    assert (told.gate, told.sale, told.day) == ("Utara", door.sale, "2026-12-24")
    found = (await office.call(pb.GetGateRequest(id=door.gate), SELLER)).gate
    assert found.admitted_today == 1
    assert (await office.ticket(door.ticket.code)).admissions == 1


async def test_many_gates_at_once_let_a_ticket_in_once(office: Ticketing) -> None:
    door = await entrance(office)
    verdicts = await asyncio.gather(*(door.says() for _ in range(8)))
    assert sorted(verdicts) == ["admitted", *["used"] * 7]


async def test_what_is_forged_mistyped_or_for_something_else_is_refused_with_its_reason(office: Ticketing) -> None:
    door = await entrance(office, gates=["utara"])
    token, code = door.ticket.token, door.ticket.code
    begin, _, signature = token.rpartition(".")
    for forged in (f"{begin}.{signature[:-3]}AAA", token.replace(".1.", ".2.", 1), "SCT1.SMGE11111111.1.x.y.z"):
        assert await door.says(forged) == "forged"
    assert await door.says(code[:-1] + ("2" if code[-1] != "2" else "3")) == "mistyped"
    assert await door.says("SMGE-7K4P2M8Q-9") == "mistyped"
    south = (await office.call(pb.CreateGateRequest(sale=door.sale, name="Selatan"), SELLER)).gate.id
    assert await door.says(gate=south) == "other_gate"
    other = (await office.call(pb.CreateGateRequest(sale=(await office.sale()).id, name="A"), SELLER)).gate.id
    for _ in range(2):  # the second answer is that of before
        found = await door.scan(gate=other, scan="shown-twice")
        assert (word(pb.ScanVerdict, found.verdict), found.first_day, found.last_day) == ("elsewhere", "", "")
    office.served.pass_time(days=-2)
    assert await door.says() == "other_day"
    office.served.pass_time(days=2)
    assert await door.says() == "admitted"
    assert await door.amiss() == [], "who was refused stayed outside"


async def test_without_a_connection_a_second_admission_is_taken_found_and_listed_once(office: Ticketing) -> None:
    door = await entrance(office)
    south = (await office.call(pb.CreateGateRequest(sale=door.sale, name="Selatan"), SELLER)).gate.id
    assert await door.says() == "admitted"
    earlier = stamp(office.served.now - timedelta(minutes=3))
    for _ in range(2):
        result = await door.scan(gate=south, at=earlier, offline=True, scan="south-0001")
    assert result.repeated
    assert await door.amiss() == [("Utara", "used")], "the one that came later is the second, whoever told it first"
    assert (await office.ticket(door.ticket.code)).admissions == 2
    assert len(await office.told(ticket_events_pb2.TicketAdmitted)) == 1


async def test_who_was_refused_and_came_in_since_the_answer_was_lost_is_found(office: Ticketing) -> None:
    door = await entrance(office)
    assert await door.says() == "admitted"
    office.served.pass_time(minutes=1)
    at = stamp(office.served.now)
    assert await door.says(scan="lost-0001", at=at) == "used"
    for _ in range(2):
        result = await door.scan(scan="lost-0001", at=at, offline=True)
        assert (word(pb.ScanVerdict, result.verdict), result.amiss) == ("used", True)
    assert result.repeated
    assert await door.amiss() == [("Utara", "used")]
    assert (await office.ticket(door.ticket.code)).admissions == 2


async def test_what_a_phone_whose_clock_is_ahead_let_in_came_in_now(office: Ticketing) -> None:
    door = await entrance(office, reentry=sales.TICKET_REENTRY_AFTER_EXIT)
    now = office.served.now
    moves = [(6, False), (8, True), (10, False)]  # minutes ahead of the platform: in, out and in again
    scans = [
        pb.Scan(scan=str(uuid4()), shown=door.ticket.token, time=stamp(now + timedelta(minutes=ahead)), exit=leaving)
        for ahead, leaving in moves
    ]
    answer = await office.call(pb.UploadScansRequest(id=door.gate, scans=scans, offline=True), SELLER)
    assert [word(pb.ScanVerdict, one.verdict) for one in answer.results] == ["admitted", "left", "readmitted"]
    assert (await office.ticket(door.ticket.code)).admissions == 2
    office.served.pass_time(seconds=1)
    assert (await door.says(), await door.amiss()) == ("used", [])


async def test_what_came_in_too_long_ago_or_with_a_ticket_of_another_sale_is_listed(office: Ticketing) -> None:
    door = await entrance(office)
    elsewhere = (await office.call(pb.CreateGateRequest(sale=(await office.sale()).id, name="A"), SELLER)).gate
    assert await door.says(at=stamp(office.served.now - timedelta(days=8)), offline=True) == "time_invalid"
    assert await door.says(gate=elsewhere.id) == "elsewhere", "with a connection they stayed outside"
    at = stamp(office.served.now)
    for _ in range(2):
        result = await door.scan(gate=elsewhere.id, at=at, offline=True, scan="changed-0001")
        assert (word(pb.ScanVerdict, result.verdict), result.amiss) == ("elsewhere", True)
    assert await door.amiss() == [("Utara", "time_invalid")]
    door.sale = elsewhere.sale
    assert await door.amiss() == [("A", "elsewhere")]
    assert await door.says() == "admitted", "of what it is for it has let in nobody"


async def test_who_went_out_comes_in_again_where_the_type_allows_it(office: Ticketing) -> None:
    door = await entrance(office, reentry=sales.TICKET_REENTRY_AFTER_EXIT)
    assert await door.says() == "admitted"
    assert await door.says() == "used"
    office.served.pass_time(minutes=1)
    assert await door.says(leaving=True) == "left"
    office.served.pass_time(minutes=1)
    assert await door.says() == "readmitted"
    assert len(await office.told(ticket_events_pb2.TicketAdmitted)) == 1


async def test_who_went_out_before_midnight_comes_in_again_after_it(office: Ticketing) -> None:
    door = await entrance(office, days=30.5, hours=5, reentry=sales.TICKET_REENTRY_AFTER_EXIT)  # 21:00 to 02:00
    assert await door.says() == "admitted"
    office.served.pass_time(hours=2, minutes=45)
    assert await door.says(leaving=True) == "left"
    office.served.pass_time(minutes=15)
    again = await door.scan()
    assert (word(pb.ScanVerdict, again.verdict), again.amiss) == ("readmitted", False)
    found = (await office.call(pb.GetGateRequest(id=door.gate), SELLER)).gate
    assert found.admitted_today == 2, "as many as came in that night"
    page = (await office.call(pb.GetGateListRequest(id=door.gate), SELLER)).page
    assert page.text.splitlines()[2].endswith(" 2026-12-24 1")


async def test_a_ticket_that_lets_in_daily_lets_in_once_a_night(office: Ticketing) -> None:
    door = await entrance(office, days=30.5, hours=5, admission=sales.TICKET_ADMISSION_DAILY)
    assert await door.says() == "admitted"
    office.served.pass_time(hours=3)
    assert await door.says() == "used", "whoever was handed it over the fence after midnight"
    assert await door.says(offline=True, at=stamp(office.served.now)) == "used"
    assert await door.amiss() == [("Utara", "used")]


async def test_of_several_days_each_lets_in_once_and_its_night_belongs_to_it(office: Ticketing) -> None:
    door = await entrance(office, days=30.25, hours=59, admission=sales.TICKET_ADMISSION_DAILY)  # 15:00, to 02:00
    page = (await office.call(pb.GetGateListRequest(id=door.gate), SELLER)).page
    assert page.text.splitlines()[0].endswith(" 5")
    told = []
    for hours in (0, 10, 6, 17, 7):  # 15:05, 01:05, 07:05, 00:05, 07:05
        office.served.pass_time(hours=hours)
        told.append(await door.says())
    assert told == ["admitted", "used", "admitted", "used", "admitted"]
    days = [one.day for one in await office.told(ticket_events_pb2.TicketAdmitted)]
    assert days == ["2026-12-24", "2026-12-25", "2026-12-26"]


async def test_what_gates_let_in_is_changed_to_gates_that_were_opened(office: Ticketing) -> None:
    door = await entrance(office, gates=["Timur"])
    assert await door.says() == "other_gate"
    for names, reason in ((["selatan"], "GATE_UNKNOWN"), (["x" * 41], "GATES_INVALID")):
        with refused(reason):
            await change_gates(door, names)
    assert await change_gates(door, ["UTARA", "timur"]) == ["Utara", "Timur"], "what it names already may stay"
    assert await door.says() == "admitted"
    assert await change_gates(door, []) == []
    with refused("NOT_YOURS"):
        await change_gates(door, [], DLH)
    with refused("STALE_ETAG"):
        await change_gates(door, [], etag="1")


async def change_gates(door: Entrance, names: list[str], caller: Caller = SELLER, etag: str = "") -> list[str]:
    """Says what gates let in the first type of a sale."""
    one = (await door.office.call(sales.GetTicketSaleRequest(id=door.sale))).ticket_sale.types[0]
    gates = sales.TicketTypeGates(names=names)
    asked = sales.ChangeTicketTypeRequest(id=one.id, etag=etag or one.etag, open=True, gates=gates)
    return list((await door.office.call(asked, caller)).ticket_sale.types[0].gates)


async def test_the_list_of_a_gate_is_signed_and_names_nobody(office: Ticketing) -> None:
    door = await entrance(office)
    page = (await office.call(pb.GetGateListRequest(id=door.gate), SELLER)).page
    key = office.served.runtime.extra.signer.signer.private.public_key()
    key.verify(decode(page.signature), page.text.encode())
    head, kind, ticket = page.text.splitlines()
    assert head.startswith(f"SCL1 {door.gate} {door.sale} 2026-12-24 2026-12-24 ")
    assert head.endswith(" 24"), "a date of some hours is one day, whenever it ends"
    assert (kind, ticket) == ("T 0 once none", f"{door.ticket.code.replace('-', '')} 1 0 - 0")
    await door.says()
    page = (await office.call(pb.GetGateListRequest(id=door.gate), SELLER)).page
    assert page.text.splitlines()[2].endswith(" 2026-12-24 1")
    assert "Rahma" not in page.text


async def test_only_the_agency_that_sells_stands_at_its_gates(office: Ticketing) -> None:
    door = await entrance(office)
    for request in (pb.GetGateRequest(id=door.gate), pb.GetGateListRequest(id=door.gate)):
        with refused("GATE_NOT_FOUND"):
            await office.call(request, DLH)
    with refused("ROLE_NOT_ALLOWED"):
        await office.call(pb.GetGateRequest(id=door.gate), SITI)
    with refused("GATE_EXISTS"):
        await office.call(pb.CreateGateRequest(sale=door.sale, name="utara"), SELLER)


async def test_a_gate_is_named_by_nobodys_number_since_events_name_it(office: Ticketing) -> None:
    sale = await office.sale()
    with refused("WORDS_PERSONAL"):
        await office.call(pb.CreateGateRequest(sale=sale.id, name="Pak Budi 0812-3456-7890"), SELLER)


@pytest.mark.parametrize("days", [0, 1])
async def test_a_ticket_of_a_destination_is_for_its_day(office: Ticketing, days: int) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    entry = await office.sort(sale, price=0)
    order = (await office.order(sale, entry, day="2026-11-25")).order
    gate = (await office.call(pb.CreateGateRequest(sale=sale, name="Pintu"), SELLER)).gate.id
    office.served.pass_time(days=days)
    door = Entrance(office, gate, sale, order.tickets[0])
    assert await door.says() == ("admitted" if days else "other_day")
