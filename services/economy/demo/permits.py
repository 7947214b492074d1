"""Seeds permits that a local start shows: applied for, checked, decided, objected to, by people who are nobody.

In the ordinary way of the rooms, once, and without a single event. Their documents are not there: nobody took photos.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.economy.permit_kinds import profile
from services.economy.permit_kinds.profile import Kind, Step
from services.economy.permits import kinds, moving, store
from services.economy.permits.model import MOVED_BY, Move, Party, Permit, Wanted
from services.economy.permitting import actions
from services.kit.caller import Caller
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.runtime import Runtime

CHECKED, DECIDED = "demo-checker", "demo-decider"
WHY = "Dokumen lengkap dan lokasi sesuai ketentuan."
_SENT = (Move.SUBMIT,)
_CHECK = (*_SENT, Move.CHECK)
_GRANT = (*_CHECK, Move.GRANT)
_HELP = (*_SENT, Move.GRANT)
_SILENT = 20
"""Working days that have passed for certain since what silence granted was sent."""


@dataclass(frozen=True)
class Told:
    """One of them: what for, how long ago it was sent, and how it went since."""

    kind: str
    name: str
    holder: str
    area: int
    """Which of the city's kelurahan and desa, of the first kecamatan that has an office and so on, or from the end."""
    place: str
    days: int
    moves: tuple[Move, ...]
    note: str = WHY

    def fits(self, kind: Kind | None) -> bool:
        """Whether the city grants this in the way that is told: it names kinds as it likes, and their steps."""
        if kind is None or kind.retired or kind.fee or kind.dated_days or kind.service is not (self.moves == _HELP):
            return False
        if Move.DEEM in self.moves:
            return kind.days < _SILENT
        return self.moves == _SENT or (Step.CHECK in kind.steps) is (Move.CHECK in self.moves)


STORIES = (
    Told("kios-pasar", "Batik Bu Endang", "Endang Lestari", 0, "Pasar blok C, kios 12", 40, _GRANT),
    Told("pkl", "Soto Pak Man", "Suparman", 1, "Jalan pasar sisi utara, nomor 7", 1, _SENT),
    Told("kios-pasar", "Toko Rempah Jaya", "Siti Aminah", 0, "Pasar blok A, kios 3", 2, _CHECK),
    Told("pkl", "Es Puter Segar", "Joko Santoso", -1, "Taman kota, lapak 4", 200, _GRANT),
    Told(
        "pkl",
        "Gorengan Mbak Tini",
        "Tini",
        0,
        "Trotoar di depan pasar, nomor 20",
        30,
        (*_GRANT, Move.SUSPEND),
        "Lapak menutup jalur pemandu tunanetra.",
    ),
    Told(
        "kios-pasar",
        "Kelontong Berkah",
        "Agus Salim",
        1,
        "Pasar blok B, kios 9",
        10,
        (*_CHECK, Move.REFUSE, Move.OBJECT),
        "Kios itu sudah dipakai pedagang lain.",
    ),
    Told("bantu-nib", "Keripik Tempe Bu Wahyuni", "Wahyuni", -2, "Rumah produksi RT 02 RW 05", 12, _HELP),
    Told("pkl", "Wedang Ronde Pak Slamet", "Slamet", 0, "Jalan pasar, lapak 11", 60, (*_SENT, Move.DEEM)),
)


async def seed_permits(runtime: Runtime, owner: str) -> int:
    """Fills a city without permits; how many there are then. ``owner`` is the subject of who has the first ones.

    Nothing happens where they have some, or the city grants none or has no made-up history.
    """
    terms = profile.terms_of_permits(runtime.city)
    areas = _areas(runtime.city)
    if runtime.city.demo() is None or terms is None or not areas:
        return 0
    stories = [told for told in STORIES if told.fits(terms.by_id.get(told.kind))]
    async with runtime.transaction() as tx:
        await tx.one_at_a_time("economy demo permits")
        if await store.owned(tx, owner):
            return 0
        for number, told in enumerate(stories):
            area = areas[told.area % len(areas)]
            await _tell(tx, told, area, owner if number in (0, 1) else f"demo-{number}")
        tx.emitted.clear()
    return len(stories)


def _areas(city: City) -> list[str]:
    """Where somebody checks what is applied for: that of the first office first, whose officer a local start has."""
    lowest = [area.code for area in city.areas.values() if area.is_lowest]
    offices = list(city.agencies)
    placed = [(offices.index(office), code) for code in lowest if (office := profile.district_agency(city, code))]
    return [code for _, code in sorted(placed)]


async def _tell(tx: Transaction, told: Told, area: str, owner: str) -> None:
    """One that went its way; a day lies between two steps, where there were so many."""
    at = tx.now - timedelta(days=told.days)
    then = replace(tx, now=at, caller=Caller(owner, frozenset({"citizen"})))
    wanted = Wanted(told.name, area, told.place, "", None, None)
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
