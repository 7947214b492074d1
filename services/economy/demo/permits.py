"""Seeds permits that a local start shows: applied for, checked, decided, objected to, by people who are nobody.

In the ordinary way of the rooms, once, and without a single event. Their documents are not there: nobody took photos.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.economy.permit_kinds import profile
from services.economy.permits import kinds, moving, store
from services.economy.permits.model import MOVED_BY, Move, Party, Permit, Wanted
from services.economy.permitting import actions
from services.kit.caller import Caller
from services.kit.database import Transaction
from services.kit.runtime import Runtime

CHECKED, DECIDED = "demo-checker", "demo-decider"
WHY = "Dokumen lengkap dan lokasi sesuai ketentuan."
_CHECK = (Move.SUBMIT, Move.CHECK)
_GRANT = (*_CHECK, Move.GRANT)
_HELP = (Move.SUBMIT, Move.GRANT)


@dataclass(frozen=True)
class Told:
    """One of them: what for, how long ago it was sent, and how it went since."""

    kind: str
    name: str
    holder: str
    area: str
    place: str
    days: int
    moves: tuple[Move, ...]
    note: str = WHY


STORIES = (
    Told("kios-pasar", "Batik Bu Endang", "Endang Lestari", "33.74.01.1007", "Pasar Johar blok C, kios 12", 40, _GRANT),
    Told("pkl", "Soto Pak Man", "Suparman", "33.74.01.1010", "Jalan Depok sisi utara, nomor 7", 1, (Move.SUBMIT,)),
    Told("kios-pasar", "Toko Rempah Jaya", "Siti Aminah", "33.74.01.1007", "Pasar Johar blok A, kios 3", 2, _CHECK),
    Told("pkl", "Es Puter Simpang", "Joko Santoso", "33.74.03.1004", "Taman Kota Lama, lapak 4", 200, _GRANT),
    Told(
        "pkl",
        "Gorengan Mbak Tini",
        "Tini",
        "33.74.01.1007",
        "Trotoar Jalan Pemuda, depan nomor 20",
        30,
        (*_GRANT, Move.SUSPEND),
        "Lapak menutup jalur pemandu tunanetra.",
    ),
    Told(
        "kios-pasar",
        "Kelontong Berkah",
        "Agus Salim",
        "33.74.01.1010",
        "Pasar Johar blok B, kios 9",
        10,
        (*_CHECK, Move.REFUSE, Move.OBJECT),
        "Kios itu sudah dipakai pedagang lain.",
    ),
    Told("bantu-nib", "Keripik Tempe Ngaliyan", "Wahyuni", "33.74.15.1003", "Rumah produksi RT 02 RW 05", 12, _HELP),
    Told(
        "pkl",
        "Wedang Ronde Pandanaran",
        "Slamet",
        "33.74.01.1007",
        "Jalan Pandanaran, lapak 11",
        60,
        (Move.SUBMIT, Move.DEEM),
    ),
)


async def seed_permits(runtime: Runtime, owner: str) -> int:
    """Fills a city without permits; how many there are then. ``owner`` is the subject of who has the first ones.

    Nothing happens where they have some, or the city grants none or has no made-up history.
    """
    if runtime.city.demo() is None or profile.terms_of_permits(runtime.city) is None:
        return 0
    async with runtime.transaction() as tx:
        await tx.one_at_a_time("economy demo permits")
        if await store.owned(tx, owner):
            return 0
        for number, told in enumerate(STORIES):
            await _tell(tx, told, owner if number in (0, 1) else f"demo-{number}")
        tx.emitted.clear()
    return len(STORIES)


async def _tell(tx: Transaction, told: Told, owner: str) -> None:
    """One that went its way; a day lies between two steps, where there were so many."""
    at = tx.now - timedelta(days=told.days)
    then = replace(tx, now=at, caller=Caller(owner, frozenset({"citizen"})))
    wanted = Wanted(told.name, told.area, told.place, "", None, None)
    one = await actions.create(then, told.kind, wanted, told.holder, "")
    rules = kinds.rules_of(tx, told.kind)
    for move in told.moves:
        party = MOVED_BY[move]
        by = {Party.CHECKER: CHECKED, Party.DECIDER: DECIDED}.get(party, owner)
        at = _when(tx, one, move, at)
        last = (move is told.moves[-1] and party is Party.DECIDER) or move is Move.OBJECT
        note = told.note if last else WHY if move is Move.GRANT else ""
        done = moving.moved(one, move, rules, by=by, note=note, now=at)
        one = await actions.settle(replace(then, now=at, caller=Caller(by, frozenset())), one, done, move, party, rules)


def _when(tx: Transaction, one: Permit, move: Move, before: datetime) -> datetime:
    """Sent at once, and another step most of a day later; silence speaks in its own time."""
    if move is Move.SUBMIT:
        return before
    if move is Move.DEEM and (due := one.due(tx.runtime.city.calendar)) is not None:
        return due + timedelta(seconds=1)
    return min(tx.now, before + timedelta(hours=20))
