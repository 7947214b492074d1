"""What branding keeps of somebody, and what of it is erased: not what can still be used, nor what is owed to them."""

from services.branding.orders import timers
from services.branding.personal import reactions
from services.branding.waiting import timers as waiting
from services.kit.database import maintenance
from smartcity.branding.v1 import own_records_pb2, tickets_pb2
from smartcity.branding.v1.own_records_pb2_grpc import OwnRecordServiceStub
from tests.branding.destinations.tour import Tour
from tests.branding.tickets.ticketing import BUDI, SELLER, SITI, Ticketing
from tests.branding.waiting.test_waiting import room
from tests.fixtures.personal import asked, exported


async def test_what_is_over_is_erased_and_what_can_be_used_is_kept_with_its_reason(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    await office.paid(sale, adult, 2)
    await office.order(sale, adult, 1)
    office.served.pass_time(minutes=20)
    await timers.expire(office.served.runtime)
    assert await asked(office.served, reactions, SITI.subject) == {
        "orders": (2, 0, "ticket"), "tickets": (2, 0, "ticket"), "places": (0, 0, ""),
        "events": (0, 0, ""), "corrections": (0, 0, ""),
    }  # fmt: skip
    assert (await asked(office.served, reactions, SELLER.subject))["ticket_sales"] == (1, 0, "office")
    listed = await exported(office.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert {kind: len(rows) for kind, rows in listed.items()} == {"orders": 2, "tickets": 2}
    assert {one["order"] for one in listed["tickets"]} < {one["code"] for one in listed["orders"]}
    told = await asked(office.served, reactions, SITI.subject, erase=True)
    assert (told["orders"], told["tickets"]) == ((2, 1, "ticket"), (2, 0, "ticket"))
    office.served.pass_time(days=31)
    told = await asked(office.served, reactions, SITI.subject, erase=True)
    assert (told["orders"], told["tickets"]) == ((1, 1, ""), (2, 2, ""))
    sealed = await office.served.admin.fetchval(
        "SELECT count(*) FROM branding.ticket WHERE sealed IS NOT NULL OR holder <> ''"
    )
    assert sealed == 0
    await office.served.admin.execute(
        "UPDATE branding.idempotency_key SET created_at = created_at - interval '31 days'"
    )
    await maintenance.prune(office.served.runtime)
    by = await office.served.admin.fetch("SELECT DISTINCT caller FROM branding.idempotency_key")
    assert SITI.subject not in {row["caller"] for row in by}, "with what was answered to who ordered"


async def test_names_on_orders_and_tickets_are_told_to_who_gave_them_and_of_a_ticket_passed_on_no_name(
    office: Ticketing,
) -> None:
    kept, passed = (await office.paid(*await office.on_sale(), 2)).tickets
    await office.call(tickets_pb2.TransferTicketRequest(code=passed.code, etag=passed.etag, holder="Budi Santoso"))
    listed = await exported(office.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert [one["holder"] for one in listed["orders"]] == ["Siti Rahma"]
    assert {one["code"]: one.get("holder") for one in listed["tickets"]} == {
        kept.code: "Siti Rahma", passed.code: None
    }  # fmt: skip


async def test_what_was_put_off_is_told_with_its_times_and_not_with_the_days_that_were(office: Ticketing) -> None:
    await office.paid(*await office.on_sale())
    place = (await office.sale(destination="lawang-sewu")).id
    await office.order(place, await office.sort(place, price=0), day="2026-11-30")
    await office.put_off(days=90)
    listed = await exported(office.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    when = ("starts_at", "ends_at", "first_day", "last_day")
    assert [[one.get(name, "") for name in when] for one in listed["tickets"]] == [
        ["", "", "2026-11-30", "2026-11-30"],
        ["2027-03-24T02:00:00Z", "2027-03-24T06:00:00Z", "", ""],
    ]
    assert [(one.get("ends_at", ""), one.get("last_day", "")) for one in listed["orders"]] == [
        ("", "2026-11-30"), ("2027-03-24T06:00:00Z", ""),
    ]  # fmt: skip


async def test_who_is_owed_money_is_known_until_it_is_back(office: Ticketing) -> None:
    sale, adult = await office.on_sale(quota=1)
    await office.order(sale, adult)
    office.served.pass_time(minutes=20)
    await timers.expire(office.served.runtime)
    await office.paid(sale, adult, caller=BUDI)
    assert (await asked(office.served, reactions, SITI.subject, erase=True))["orders"] == (1, 0, "ticket")
    await office.give_back()
    assert (await asked(office.served, reactions, SITI.subject, erase=True))["orders"] == (1, 1, "")


async def test_an_order_whose_tickets_were_all_given_back_is_erased_when_the_money_is_back(office: Ticketing) -> None:
    (ticket,) = (await office.paid(*await office.on_sale())).tickets
    await office.call(tickets_pb2.CancelTicketRequest(code=ticket.code, etag=ticket.etag))
    assert (await asked(office.served, reactions, SITI.subject, erase=True))["orders"] == (1, 0, "ticket")
    await office.give_back()
    assert (await asked(office.served, reactions, SITI.subject, erase=True))["orders"] == (1, 1, "")


async def test_a_correction_that_was_declined_is_erased_and_one_that_was_accepted_is_nobodys(office: Ticketing) -> None:
    tour = await Tour(office.served).enter()
    filed = [await tour.correct(caller=SITI, note=note) for note in ("Tutup saat hujan.", "Loket di utara.")]
    await tour.decide(filed[0], "DECLINED")
    accepted = await tour.correct(caller=SITI, note="Parkir di timur.")
    await tour.decide(accepted)
    listed = await exported(office.served, OwnRecordServiceStub, own_records_pb2.ListOwnRecordsRequest(), SITI)
    assert len(listed["corrections"]) == 3
    told = await asked(office.served, reactions, SITI.subject, erase=True)
    assert told["corrections"] == (3, 2, "undecided")
    declined, kept = await tour.correction(filed[0]), await tour.correction(accepted)
    assert (declined.content.note, declined.note, declined.reason) == ("", "", "")
    assert (kept.content.note, kept.reason) == ("Parkir di timur.", "")
    held = "SELECT id FROM branding.destination_correction WHERE by = $1"
    assert str(await office.served.admin.fetchval(held, SITI.subject)) == filed[1]


async def test_a_place_in_a_waiting_room_is_kept_until_its_turn(office: Ticketing) -> None:
    sale, type_ = await room(office, opens=-1)
    await office.place(sale, type_, caller=SITI)
    assert (await asked(office.served, reactions, SITI.subject, erase=True))["places"] == (1, 0, "turn")
    await waiting.serve(office.served.runtime)
    assert (await asked(office.served, reactions, SITI.subject, erase=True))["places"] == (1, 1, "")


async def test_what_would_go_has_no_reason_to_stay_when_it_is_only_looked_at(office: Ticketing) -> None:
    (ticket,) = (await office.paid(*await office.on_sale())).tickets
    await office.call(tickets_pb2.CancelTicketRequest(code=ticket.code, etag=ticket.etag))
    assert (await asked(office.served, reactions, SITI.subject))["orders"] == (1, 0, "ticket"), "money is to come back"
    await office.give_back()
    seen = await asked(office.served, reactions, SITI.subject)
    assert (seen["orders"], seen["tickets"]) == ((1, 0, ""), (1, 0, ""))


async def test_a_place_in_a_waiting_room_has_no_reason_to_stay_once_its_turn_was(office: Ticketing) -> None:
    sale, type_ = await room(office, opens=-1)
    await office.place(sale, type_, caller=SITI)
    assert (await asked(office.served, reactions, SITI.subject))["places"] == (1, 0, "turn")
    await waiting.serve(office.served.runtime)
    assert (await asked(office.served, reactions, SITI.subject))["places"] == (1, 0, "")


async def test_a_correction_that_was_declined_has_no_reason_to_stay(office: Ticketing) -> None:
    tour = await Tour(office.served).enter()
    filed = await tour.correct(caller=SITI, note="Loket di utara.")
    assert (await asked(office.served, reactions, SITI.subject))["corrections"] == (1, 0, "undecided")
    await tour.decide(filed, "DECLINED")
    assert (await asked(office.served, reactions, SITI.subject))["corrections"] == (1, 0, "")
