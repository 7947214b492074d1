"""A passenger's card and the desk of rides, as people without JavaScript use them."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from gateway.portal.living import ride_desk
from tests.fixtures.house import new_key
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

CARD, DESK = "/transit/kartu", "/petugas/perjalanan"
NOTE = "Kartu asli diperlihatkan di loket."
PAID = "state = 'paid', settled_at = now()"


@pytest.fixture
async def rider(stand: Stand) -> AsyncIterator[Browser]:
    """A citizen with a login and no wallet."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("pedagang"))


@pytest.fixture
async def dishub(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the transport agency."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dishub"))


async def opened(rider: Browser) -> tuple[Page, str]:
    """The page of the rider's card, opened where there is none, and the card's number."""
    page = await rider.open(CARD)
    if "open-form" in page.forms:
        page = await rider.send(page.forms["open-form"])
        assert "Your card is open." in page.words, page.words
    found = re.search(r'id="number">(SMGK-[0-9A-Z]{8}-[0-9A-Z]{2})<', page.source)
    assert found, page.words
    return page, found[1]


async def tapped(stand: Stand, number: str) -> str:
    """The verdict on a tap of a minute ago, taken without a connection."""
    time = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    tap = {"card": number, "validator": new_key()[-12:], "sequence": 1, "route": "K1", "time": time}
    headers = {**await stand.bearer("petugas-dishub"), "idempotency-key": new_key()}
    async with stand.client() as client:
        answer = await client.post("/v1/taps", json={"taps": [tap], "offline": True}, headers=headers)
    assert answer.status_code == 200, answer.text
    verdict: str = answer.json()["results"][0]["verdict"]
    return verdict


async def refuse(database: str) -> None:
    """What economy's answer does, which nobody brings here: rides that are due are refused."""
    connection = await asyncpg.connect(database)
    await connection.execute(
        """
        WITH refused AS (UPDATE living.ride SET state = 'refused', reason = 'WALLET_MISSING', version = version + 1
                          WHERE state = 'due' RETURNING card, fare, attempt),
             sums AS (SELECT card, sum(fare) AS fares FROM refused WHERE attempt = 1 GROUP BY card)
        UPDATE living.travel_card c SET due = due - fares, refused = refused + fares, denied = true, denied_at = now()
          FROM sums WHERE c.id = sums.card
        """
    )
    await connection.close()


async def settle(database: str) -> None:
    """Nothing is owed for what was ridden before: who owes opens no other card."""
    await refuse(database)
    connection = await asyncpg.connect(database)
    await connection.execute(
        """
        UPDATE living.travel_card SET due = 0, refused = 0, denied = blocked,
               denied_at = CASE WHEN blocked THEN denied_at END
        """
    )
    await connection.close()


async def test_a_passenger_rides_owes_and_loses_the_card(
    stand: Stand, edge_database: str, rider: Browser, dishub: Browser
) -> None:
    page, number = await opened(rider)
    assert "General" in page.words
    assert "<svg" in page.source
    assert await tapped(stand, number) == "accepted"
    assert "of your rides is being asked for" in (await rider.open(CARD)).words
    await refuse(edge_database)
    page = await rider.open(CARD)
    assert f"of rides with card {number} could not be paid" in page.words
    page = await rider.send(page.forms["/transit/kartu/bayar"])
    assert "It is asked for." in page.words
    assert ("/transit/kartu/bayar" in page.forms, "data-under-way" in page.source) == (False, True)
    desk = await dishub.open(DESK)
    assert 'data-route="K1"' in desk.source
    await refuse(edge_database)
    desk = await dishub.open(DESK)
    assert "There is no wallet" in desk.words
    one = await dishub.open(re.findall(rf'"({DESK}/tunggakan/[\w-]+)"', desk.source)[0])
    assert (number in one.source, number[-5:] in one.words) == (False, True), "whoever has it can ride on it"
    short = await dishub.send(one.forms["write-off-form"], note="ya")
    assert short.status == 422
    done = await dishub.send(one.forms["write-off-form"], note=NOTE)
    assert "Nothing is asked for this ride any more." in done.words
    page = await rider.open(CARD)
    page = await rider.send(page.forms["block-form"])
    assert "The card is blocked." in page.words
    assert "open-form" in page.forms
    card = await dishub.send(desk.forms["card-form"], kartu=number.lower())
    assert ("blocked" in card.words, number in card.source, number in str(card.answer.url)) == (True, False, False)
    page = await dishub.send(card.forms["unblock-form"])
    assert "The card can be used again." in page.words


async def test_a_card_that_the_desk_blocked_says_so_to_its_holder_and_what_to_do(
    edge_database: str, rider: Browser, dishub: Browser
) -> None:
    await settle(edge_database)
    _, number = await opened(rider)
    card = await dishub.send((await dishub.open(DESK)).forms["card-form"], kartu=number)
    assert "its owner can open another card" in card.words
    await dishub.send(card.forms["block-form"])
    page = await rider.open(CARD)
    assert f"Your card {number} is blocked and not taken. It was lost or stolen." in page.words
    assert "If it was not you who blocked it, ask the transport agency." in page.words
    assert number not in (await opened(rider))[0].source, "with another card the old one is no matter any more"


async def test_the_desk_says_of_a_card_that_was_blocked_as_lost_that_it_was_misused(
    edge_database: str, rider: Browser, dishub: Browser
) -> None:
    await settle(edge_database)
    page, number = await opened(rider)
    await rider.send(page.forms["block-form"])
    card = await dishub.send((await dishub.open(DESK)).forms["card-form"], kartu=number)
    await dishub.send(card.forms["misuse-form"])
    card = await dishub.send((await dishub.open(DESK)).forms["card-form"], kartu=number)
    assert ("it was misused" in card.words, "misuse-form" in card.forms) == (True, False)
    page = await rider.open(CARD)
    assert (page.ids["blocked"]["data-block"], "open-form" in page.forms) == ("misused", False)
    await dishub.send(card.forms["unblock-form"])
    assert "blocked" not in (await rider.open(CARD)).ids


async def test_whose_card_was_misused_is_told_so_and_is_offered_no_other(
    edge_database: str, rider: Browser, dishub: Browser
) -> None:
    await settle(edge_database)
    page, number = await opened(rider)
    card = await dishub.send((await dishub.open(DESK)).forms["card-form"], kartu=number)
    await dishub.send(card.forms["block-form"], reason="misused")
    page = await rider.open(CARD)
    assert (page.ids["blocked"]["data-block"], "open-form" in page.forms) == ("misused", False)
    card = await dishub.send((await dishub.open(DESK)).forms["card-form"], kartu=number)
    assert "it was misused" in card.words
    await dishub.send(card.forms["unblock-form"])
    assert "blocked" not in (await rider.open(CARD)).ids


async def test_what_nobody_answers_for_is_asked_for_again_by_the_passenger_or_the_desk(
    stand: Stand, edge_database: str, rider: Browser, dishub: Browser
) -> None:
    await settle(edge_database)
    _, number = await opened(rider)
    for _ in range(6):
        await tapped(stand, number)
    page = await rider.open(CARD)
    assert ("data-under-way" in page.source, "is unpaid, so it is not taken yet" in page.words) == (True, True)
    connection = await asyncpg.connect(edge_database)
    for browser in (rider, dishub):
        await connection.execute("UPDATE living.ride SET asked_at = now() - interval '2 hours' WHERE state = 'due'")
        if browser is rider:
            page = await rider.open(CARD)
            assert "no answer has come for an hour" in page.words
            page = await rider.send(page.forms["/transit/kartu/bayar"])
            assert "/transit/kartu/bayar" not in page.forms
        else:
            desk = await dishub.open(DESK)
            card = await dishub.send(desk.forms["card-form"], kartu=number)
            page = await dishub.send(card.forms["settle-form"])
        assert "It is asked for." in page.words
    await connection.close()
    await settle(edge_database)


async def test_a_class_that_was_asked_for_by_mistake_is_taken_back(rider: Browser) -> None:
    page, _ = await opened(rider)
    assert '<option value="">Choose a class' in page.source, "nothing is chosen beforehand"
    page = await rider.send(page.forms["concession-form"], rider="veteran", proof="Kartu veteran")
    page = await rider.send(page.forms["back-veteran"])
    assert ("Taken back." in page.words, "back-veteran" in page.forms) == (True, False)


async def test_a_concession_is_asked_for_and_granted(rider: Browser, dishub: Browser) -> None:
    page, number = await opened(rider)
    wrong = await rider.send(page.forms["concession-form"], rider="lansia", proof="K")
    assert (wrong.status, "Say in at least 3 letters" in wrong.words) == (422, True)
    wrong = await rider.send(page.forms["concession-form"], rider="lansia", proof="x" * 10_000)
    assert (wrong.status, "at most 200, now 10,000" in wrong.words, "at least" in wrong.words) == (422, True, False)
    page = await rider.send(page.forms["concession-form"], rider="lansia", proof="KTP asli saya")
    assert "Asked for." in page.words
    assert "waits for an officer" in page.words
    again = await rider.send(page.forms["concession-form"], rider="lansia", proof="KTP asli saya")
    assert (again.status, "You have asked for this class already" in again.words) == (409, True)
    desk = await dishub.open(DESK)
    code = re.findall(r"data-code>(SMGN-[\w-]+)<", page.source)[0]
    lost = await dishub.send(desk.forms["code-form"], kode="SMGN-XXXX")
    assert (lost.status, "Nothing waits with this code." in lost.words) == (404, True)
    one = await dishub.send(desk.forms["code-form"], kode=code.lower().replace("-", " "))
    assert ("KTP asli saya" in one.words, code in one.source) == (True, False)
    assert re.search(r"grants this class until [\w ,]+ \d{4} at most", one.words), "how long it may be is said first"
    late = await dishub.send(one.forms["grant-form"], last_day="2099-01-01", note=NOTE)
    assert "does not grant this class for so long" in late.words
    last = str((datetime.now(UTC) + timedelta(days=100)).date())
    assert "Granted." in (await dishub.send(one.forms["grant-form"], last_day=last, note=NOTE)).words
    page = await rider.open(CARD)
    assert re.search(r'id="class">\s*Seniors', page.source)
    assert "IDR 1,000" in page.words.replace("\u00a0", " ")
    assert one.answer.url.path in (await dishub.open(f"{DESK}?keringanan=granted")).source, "a list of those granted"
    card = await dishub.send(desk.forms["card-form"], kartu=number)
    assert f'href="{one.answer.url.path}"' in card.source, "by its holder's card"
    gone = await dishub.send(desk.forms["code-form"], kode=code)
    assert "What is granted already is found by its holder's card" in gone.words
    back = await dishub.send((await dishub.open(one.answer.url.path)).forms["decline-form"], note=NOTE)
    assert ("Taken back." in back.words, "Declined." in back.words) == (True, False)
    assert "taken back" in (await dishub.open(one.answer.url.path)).words
    page = await rider.open(CARD)
    assert ("taken back" in page.words, "declined" in page.words) == (True, False)


async def granted(stand: Stand, user: str, rider: str) -> str:
    """The path at the desk of a concession that somebody has until the end of the month after next."""
    last = str((datetime.now(UTC) + timedelta(days=60)).date())
    async with stand.client() as client:
        headers = {**await stand.bearer(user), "idempotency-key": new_key()}
        made = await client.post("/v1/concessions", json={"rider": rider, "proof": "Kartu asli"}, headers=headers)
        assert made.status_code == 201, made.text
        headers = {
            **await stand.bearer("petugas-dishub"), "idempotency-key": new_key(), "if-match": made.headers["etag"],
        }  # fmt: skip
        path = f"/v1/concessions/{made.json()['id']}/grant"
        answer = await client.post(path, json={"last_day": last, "note": NOTE}, headers=headers)
        assert answer.status_code == 200, answer.text
    return f"{DESK}/keringanan/{made.json()['id']}"


async def test_who_has_a_concession_is_asked_whether_another_passenger_boards_at_the_usual_fare(
    stand: Stand, edge_database: str, rider: Browser, dishub: Browser
) -> None:
    await settle(edge_database)
    await opened(rider)
    desk = await granted(stand, "pedagang", "veteran")
    await registered(stand, "ts-code-9")
    await drives(edge_database, "ts-code-9")
    board = "/transit/bus/ts-code-9/naik"
    done = await rider.send((await rider.open(board)).forms["board-form"])
    assert "Class Veterans" in done.words
    page = await rider.open(board)
    assert "Another passenger: General, IDR 3,500" in page.words.replace("\u00a0", " ")
    assert "Myself once more: Veterans, IDR 1,000" in page.words.replace("\u00a0", " ")
    (after,) = re.findall(r'name="after" value="([\w-]+)"', page.source)
    done = await rider.send(page.forms["board-form"], after=after)
    assert "Class General" in done.words
    await dishub.send((await dishub.open(desk)).forms["decline-form"], note=NOTE)


async def test_the_day_and_which_concessions_are_listed_last_at_the_desk(dishub: Browser) -> None:
    page = await dishub.open(f"{DESK}?hari=2026-11-02&keringanan=granted")
    assert page.forms["day-form"].filled()["keringanan"] == "granted"
    waiting = urlsplit(page.ids["others"]["href"] or "")
    assert (waiting.path, parse_qs(waiting.query)) == (DESK, {"hari": ["2026-11-02"]})
    page = await dishub.open(f"{DESK}?hari=2026-11-02")
    granted = parse_qs(urlsplit(page.ids["others"]["href"] or "").query)
    assert granted == {"hari": ["2026-11-02"], "keringanan": ["granted"]}


async def test_the_next_unpaid_rides_are_of_the_same_day_and_concessions(
    stand: Stand, edge_database: str, rider: Browser, dishub: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ride_desk, "PAGE", 1)
    await settle(edge_database)
    _, number = await opened(rider)
    for _ in range(2):
        await tapped(stand, number)
    await refuse(edge_database)
    page = await dishub.open(f"{DESK}?hari=2026-11-02&keringanan=granted")
    (found,) = re.findall(rf'href="({DESK}\?[^"]*page=[^"]*)"', page.source)
    query = parse_qs(urlsplit(unescape(found)).query)
    assert (query["hari"], query["keringanan"]) == (["2026-11-02"], ["granted"])
    await settle(edge_database)


async def test_what_is_not_found_is_said_at_the_desk_with_what_was_looked_for(dishub: Browser) -> None:
    desk = await dishub.open(DESK)
    for name, status, entered in (
        ("kartu", 404, "SMGK-XXXX"), ("kartu", 404, "!!!"), ("hari", 422, "2026-02-30"), ("hari", 422, "2026-W01-1"),
    ):  # fmt: skip
        sent = dishub.send(desk.forms["card-form"], kartu=entered) if name == "kartu" else None
        page = await (sent or dishub.open(f"{DESK}?hari={entered}"))
        assert page.status == status
        assert f'id="{name}-error"' in page.source
        assert f'value="{entered}"' in page.source
        assert "card-form" in page.forms


async def test_pages_are_for_those_they_concern(citizen: Browser, officer: Browser) -> None:
    assert (await citizen.open(CARD)).status == 401
    assert (await citizen.open(DESK)).status == 401
    assert (await officer.open(DESK)).status == 403
    assert DESK not in (await officer.open("/petugas")).source


async def drives(database: str, bus: str) -> None:
    """The bus tells that it drives K1 now."""
    connection = await asyncpg.connect(database)
    await connection.execute(
        """
        INSERT INTO living.vehicle_position (vehicle, at, received, lat, lon, route, trip, flags)
        VALUES ($1, now(), now(), -7, 110.4, 'K1', '', 0) ON CONFLICT (vehicle) DO UPDATE SET at = excluded.at
        """,
        bus,
    )
    await connection.execute(
        """
        INSERT INTO living.vehicle_progress VALUES
            ($1, 1, now(), -7, 110.4, 'K1', 'K1', 'Penggaron', '', 0, 600, NULL, 0, 0, 0, NULL, '\\x90')
        ON CONFLICT (vehicle) DO UPDATE SET at = excluded.at
        """,
        bus,
    )
    await connection.close()


async def registered(stand: Stand, bus: str) -> None:
    """A bus of the agency that runs them."""
    headers = {**await stand.bearer("petugas-blu-trans-semarang"), "idempotency-key": new_key()}
    async with stand.client() as client:
        body = {"id": bus, "label": "K1-77"}
        answer = await client.post("/v1/vehicle-registrations", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


async def test_a_passenger_boards_by_the_code_in_a_bus(
    stand: Stand, edge_database: str, citizen: Browser, rider: Browser
) -> None:
    await registered(stand, "ts-code-1")
    board = "/transit/bus/ts-code-1/naik"
    async with stand.client() as client:
        desk = Browser(client, await stand.bearer("petugas-blu-trans-semarang"))
        for path in ("/petugas/bus/ts-code-1", "/petugas/bus/ts-code-1/kode"):
            page = await desk.open(path)
            shown = page.source.replace("<wbr>", "")
            assert (f"{board}</figcaption>" in shown, 'class="qr"' in shown) == (True, True)
    page = await citizen.open(board)
    assert (page.status, "board-form" in page.forms, 'id="log-in"' in page.source) == (200, False, True)
    async with stand.client() as client:
        ani = Browser(client, await stand.bearer("warga"))
        page = await ani.open(board)
        assert "You have no travel card yet." in page.words
        page = await ani.send(page.forms["open-form"])
        assert "The bus does not tell its line at the moment." in page.words
        missing = await ani.send(page.forms["board-form"])
        assert (missing.status, "Choose the line that is written on the bus." in missing.words) == (422, True)
        await drives(edge_database, "ts-code-1")
        page = await ani.open(board)
        assert re.search(r'id="fare">IDR.3,500<', page.source)
        done = await ani.send(page.forms["board-form"])
        assert "On board" in done.words
        assert re.search(r'<dd class="amount"><time datetime="[^"]+">\d\d:\d\d:\d\d</time>', done.source)
        assert ("K1-77" in done.words, "data-clock=" in done.source, "Penggaron" in done.words) == (True, True, False)
        again = await ani.send(page.forms["board-form"])
        assert again.source.count("data-clock") == 1
        other = await ani.send(page.forms["board-form"], request_id=new_key())
        assert (other.status, "Pay one more fare for another passenger only." in other.words) == (409, True)
        assert 'name="after"' in other.source, "and it can be meant"
        connection = await asyncpg.connect(edge_database)
        rides = await connection.fetch("SELECT id FROM living.ride WHERE validator = 'ts-code-1'")
        await connection.execute(f"UPDATE living.ride SET {PAID} WHERE id = $1", rides[0]["id"])
        await connection.close()
        assert len(rides) == 1, "the form was sent twice"
        paid = await ani.open(f"{board}?perjalanan={rides[0]['id']}")
        assert 'http-equiv="refresh"' in paid.source, "its clock goes on without JavaScript"
        assert "You boarded this bus at" in (await ani.open(board)).words
        await ani.send((await ani.open(CARD)).forms["block-form"])
        page = await ani.open(board)
        assert ('id="blocked"' in page.source, "You have no travel card yet." in page.words) == (True, False)
    assert (await rider.open(f"{board}?perjalanan={rides[0]['id']}")).status == 404, "somebody else's"
    unknown = await citizen.open("/transit/bus/ts-none/naik")
    assert (unknown.status, "This code no longer holds" in unknown.words) == (404, True)
