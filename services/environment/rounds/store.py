"""SQL of plans, rounds and stops."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.environment.fleet.model import MISSED_FOR
from services.environment.rounds.model import Cause, Plan, Round, State, Stop, StopState, was_missed
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_PLANS = Table(
    Plan, "round_plan", fixed=("agency", "depot", "day", "edition", "created_at", "detour", "made_up", "story")
)
_ROUNDS = Table(Round, "round", fixed=("plan", "truck", "name", "m3", "starts_at", "ends_at", "metres", "trips"))
_STOPS = Table(
    Stop,
    "round_stop",
    fixed=("plan", "round", "place", "trip", "kind", "subject", "code", "name", "area", "lon", "lat", "m3", "fill",
           "cause", "begins_at", "ends_at", "part"),
)  # fmt: skip
_NEWEST: Keyset[Plan] = Keyset(
    {"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id), descending=True
)
_WAITING = "SELECT created_at FROM round_plan WHERE state = 'planning' ORDER BY created_at LIMIT 1"
save, save_round, save_stop = _PLANS.save, _ROUNDS.save, _STOPS.save
add_rounds, add_stops = _ROUNDS.add_all, _STOPS.add_all
by_id, stop_by_id, round_by_id = _PLANS.get, _STOPS.get, _ROUNDS.get


async def page(tx: Transaction, agency: str, depot: str, day: date | None, size: int, token: str) -> Page[Plan]:
    """Plans, the newest first; an empty agency or depot means any."""
    return await _PLANS.page(tx, _NEWEST, size, token, agency=agency, depot=depot, day=day)


async def newest(tx: Transaction, depot: str, day: date) -> Plan | None:
    """The newest edition of a depot's day."""
    return await _PLANS.first(tx, "depot = $1 AND day = $2 ORDER BY edition DESC", depot, day)


async def first_after(tx: Transaction, depot: str, day: date, edition: int) -> Plan | None:
    """The first edition of a depot's day after one."""
    return await _PLANS.first(tx, "depot = $1 AND day = $2 AND edition > $3 ORDER BY edition", depot, day, edition)


async def standing(tx: Transaction, depot: str, day: date) -> Plan | None:
    """The edition of a depot's day that holds, locked."""
    return await _PLANS.first(tx, "depot = $1 AND day = $2 AND state = $3", depot, day, State.PLANNED.value, lock=True)


async def live(tx: Transaction, depots: Sequence[str], first: date, last: date) -> list[Plan]:
    """The editions of these depots' days that hold or are made."""
    tail = "depot = ANY($1::text[]) AND day BETWEEN $2 AND $3 AND state IN ('planned', 'planning') ORDER BY depot, day"
    return await _PLANS.every(tx, tail, list(depots), first, last)


async def next_to_make(tx: Transaction) -> Plan | None:
    """The plan that has waited the longest to be made, locked."""
    return await _PLANS.first(tx, "state = 'planning' ORDER BY created_at", lock=True)


async def longest_waiting(tx: Transaction) -> datetime | None:
    """When the plan was asked for that has waited the longest to be made; None where none waits."""
    found: datetime | None = await tx.fetchval(_WAITING)
    return found


async def rounds(tx: Transaction, plan: UUID) -> list[Round]:
    """The rounds of a plan."""
    return await _ROUNDS.every(tx, "plan = $1 ORDER BY truck", plan)


async def stops(tx: Transaction, plan: UUID) -> list[Stop]:
    """The stops of a plan in their order, with what it leaves out."""
    return await _STOPS.every(tx, "plan = $1 ORDER BY round, place, id", plan)


async def left(tx: Transaction, depot: str, day: date, today: date) -> dict[UUID, float]:
    """Cubic metres that the last round before a day that was to have a container, or what an event left, did not take
    along: 0 where it did, or still may.
    """
    sql = """
        SELECT subject, state, cause, m3, over
          FROM (SELECT stop.subject, stop.state, stop.cause, stop.m3, plan.day < $4 AND plan.ticked > 0 AS over,
                       rank() OVER (PARTITION BY stop.subject ORDER BY plan.day DESC) AS age
                  FROM round_plan AS plan JOIN round_stop AS stop ON stop.plan = plan.id
                 WHERE plan.depot = $1 AND plan.day >= $2 AND plan.day < $3 AND plan.state = 'planned'
                   AND stop.kind IN ('container', 'gathering')) AS seen
         WHERE age = 1
    """
    found: dict[UUID, float] = {}
    for row in await tx.fetch(sql, depot, day - MISSED_FOR, day, today):
        missed = was_missed(StopState(row["state"]), Cause(row["cause"]), over=row["over"])
        found[row["subject"]] = found.get(row["subject"], 0.0) + (row["m3"] if missed else 0.0)
    return found


async def counted(tx: Transaction, round_: UUID) -> dict[StopState, int]:
    """How many stops of a round are in which state."""
    sql = "SELECT state, count(*)::integer AS count FROM round_stop WHERE round = $1 GROUP BY state"
    return {StopState(row["state"]): row["count"] for row in await tx.fetch(sql, round_)}


async def over(tx: Transaction, plan: Plan) -> dict[UUID, UUID]:
    """Open stops of a plan's rounds whose clean-up job is over, or another agency's by now, each with its round."""
    sql = """
        SELECT stop.id, stop.round FROM round_stop AS stop JOIN cleanup ON cleanup.id = stop.subject
         WHERE stop.plan = $1 AND stop.kind = 'cleanup' AND stop.state = 'open'
           AND NOT (cleanup.live AND cleanup.agency = $2)
    """
    return {row["id"]: row["round"] for row in await tx.fetch(sql, plan.id, plan.agency)}
