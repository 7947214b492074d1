"""What can be done with a plan and its stops: one function per use case."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from services.environment.cleanups import actions as cleanups
from services.environment.fleet.model import Fleet
from services.environment.fleet.profile import fleet_of
from services.environment.rounds import events, gathering, model, store
from services.environment.rounds.candidates import Candidate, Day
from services.environment.rounds.keeping import kept
from services.environment.rounds.model import Failure, Hindrance, Kind, Phase, Plan, Round, State, Stop, StopState
from services.environment.routing import model as routing
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, forbidden, invalid, not_found
from services.kit.rpc import etag as etags


class Shown(NamedTuple):
    """A plan with its rounds and stops."""

    plan: Plan
    rounds: Sequence[Round]
    stops: Sequence[Stop]
    hindered: Mapping[UUID, Hindrance]
    """Stops to which no truck should go any more."""


async def get(tx: Transaction, id_: str) -> Shown:
    """A plan. Errors: ROUND_PLAN_NOT_FOUND."""
    known = ids.parse(id_)
    plan = await store.by_id(tx, known) if known else None
    if plan is None or not tx.allows(plan.agency):
        message = "There is no such plan for you; the list is at /v1/waste/rounds."
        raise not_found("ROUND_PLAN_NOT_FOUND", message, field="id")
    stops = await store.stops(tx, plan.id)
    return Shown(plan, await store.rounds(tx, plan.id), stops, await _hindered(tx, plan, stops))


async def page(tx: Transaction, depot: str, day: str, size: int, token: str) -> Page[Plan]:
    """Plans, the newest first; officers see their agency's. Errors: DAY_INVALID, PAGE_SIZE_INVALID, ..."""
    if tx.agency is None:
        return Page([])
    return await store.page(tx, tx.agency, depot, _day(day) if day else None, size, token)


async def plan(tx: Transaction, depot: str, day: str) -> Plan:
    """Asks for a plan, which is made in the background.

    Errors: NOT_YOURS, DEPOT_UNKNOWN, DAY_INVALID, ROUNDS_DAY_INVALID, PLAN_UNDER_WAY, TRUCK_LEFT.
    """
    fleet = fleet_of(tx.runtime.city)
    if not tx.allows(fleet.agency):
        raise forbidden("NOT_YOURS", "Only the agency that collects waste plans its rounds.")
    if fleet.depot(depot) is None:
        message = "The city has no such depot; the list is at /v1/waste/depots."
        raise invalid("DEPOT_UNKNOWN", message, field="depot")
    today = today_of(tx)
    wanted = _day(day) if day else today
    model.check_day(wanted, today)
    await one_at_a_time(tx, depot, wanted)
    before = await store.newest(tx, depot, wanted)
    if before is not None and before.state is State.PLANNING:
        raise conflict("PLAN_UNDER_WAY", "A plan of this day is being made; wait for it.", field="day")
    standing = await store.standing(tx, depot, wanted)
    if standing is not None:
        model.require_at_depot(standing)
    made = _asked(tx, fleet, depot, wanted, before)
    await store.save(tx, made)
    return made


async def plan_anew(tx: Transaction, story: str) -> None:
    """Asks for other editions of plans that know of other floods than there are, and whose trucks are not out."""
    seen = set()
    for one, flooded in await gathering.of_live(tx):
        # What is being made may be about to hold: whoever finishes it, and we, wait for each other.
        if (one.state is State.PLANNING or model.outdated(one, flooded)) and (one.depot, one.day) not in seen:
            seen.add((one.depot, one.day))
            await _anew(tx, one.depot, one.day, flooded, story)


async def ask_again(tx: Transaction) -> None:
    """Asks for editions that failed, or that nobody asked for, of days whose trucks would go by another flood than
    there is.
    """
    for one, flooded in await gathering.of_live(tx):
        if one.state is State.PLANNED and model.outdated(one, flooded):
            newest = await store.newest(tx, one.depot, one.day)
            if newest is not None and model.is_worth_another_try(newest, one, tx.now):
                await _anew(tx, one.depot, one.day, flooded, newest.story)


async def _anew(tx: Transaction, depot: str, day: date, flooded: frozenset[str], story: str) -> None:
    """Asks for another edition of a day that is still outdated; what is being made looks again at its end."""
    await one_at_a_time(tx, depot, day)
    before = await store.newest(tx, depot, day)
    standing = await store.standing(tx, depot, day)
    if before is None or before.state is State.PLANNING or standing is None or not model.outdated(standing, flooded):
        return
    await store.save(tx, _asked(tx, fleet_of(tx.runtime.city), depot, day, before, story))


async def begin(tx: Transaction) -> Plan | None:
    """The plan that is to be made next, begun or given up; None where none waits."""
    waiting = await store.next_to_make(tx)
    if waiting is None:
        return None
    begun = model.begin(waiting, tx.now)
    await store.save(tx, begun)
    return begun


async def progress(tx: Transaction, begun: Plan, percent: int) -> None:
    """Tells how far a search is."""
    known = await _making(tx, begun)
    if known is not None:
        await store.save(tx, model.progress(known, percent, tx.now))


async def fail(tx: Transaction, begun: Plan, failure: Failure) -> None:
    """Gives a plan up."""
    known = await _making(tx, begun)
    if known is not None:
        await store.save(tx, model.fail(known, failure, tx.now))


async def finish(tx: Transaction, begun: Plan, day: Day, found: Sequence[Candidate], made: routing.Plan) -> None:
    """Stores what was planned and checked; it takes the place of the edition before, unless that one's trucks left."""
    await one_at_a_time(tx, begun.depot, begun.day)
    known = await _making(tx, begun)
    if known is None:
        return
    standing = await store.standing(tx, begun.depot, begun.day)
    if standing is not None and standing.ticked:
        await store.save(tx, model.fail(known, Failure.TRUCK_LEFT, tx.now))
        return
    if standing is not None:
        await store.save(tx, model.supersede(standing, tx.now))
    served = sum(len(one.visits) for one in made.rounds)
    done = model.finish(known, served, tuple(sorted(day.flooded)), tx.now)
    await store.save(tx, done)
    rounds, stops = kept(done, day, found, made)
    await store.add_rounds(tx, rounds)
    await store.add_stops(tx, stops)
    event = events.planned(done, tx.runtime.city, len(made.rounds), len(found) - served)
    tx.emit(event, aggregate=str(done.id), version=done.version, correlation=done.correlation)
    now = await gathering.day_of(tx, done)
    if now is not None and now.flooded != day.flooded:  # warnings changed during the search
        await store.save(tx, _asked(tx, day.fleet, done.depot, done.day, done, done.story))


async def tick(tx: Transaction, id_: str, etag: str, state: StopState, note: str, at: datetime | None) -> Stop:
    """Ticks a stop off, or takes its tick back.

    Errors: ROUND_STOP_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model.
    """
    known = ids.parse(id_)
    seen = await store.stop_by_id(tx, known) if known else None
    whole = await store.by_id(tx, seen.plan, lock=True) if seen else None  # ticks of a plan wait for each other here
    if seen is None or whole is None or not tx.allows(whole.agency):
        message = "There is no such stop for you; read the day's rounds again."
        raise not_found("ROUND_STOP_NOT_FOUND", message, field="id")
    before = await store.stop_by_id(tx, seen.id, lock=True)
    assert before is not None, "stops are never deleted"
    etags.require(etag, before.version)
    after = model.tick(whole, before, state, note, at, today_of(tx), tx.now)
    await store.save_stop(tx, after)
    whole = model.ticked(whole, before, after, tx.now)
    await store.save(tx, whole)
    if after.kind is Kind.CLEANUP:
        await _tell_job(tx, whole, before, after)
    if after.round is not None:
        await _complete(tx, whole, after.round, opened=before.state is not after.state is StopState.OPEN)
    return after


async def complete_rounds(tx: Transaction) -> None:
    """Rounds of today are complete when what was left of them were jobs that are over since the last tick."""
    today = today_of(tx)
    for one in await store.live(tx, [one.id for one in fleet_of(tx.runtime.city).depots], today, today):
        plan = await store.by_id(tx, one.id, lock=True) if 0 < one.ticked < one.stops else None
        if plan is not None and plan.state is State.PLANNED:
            for round_ in sorted({*(await store.over(tx, plan)).values()}):
                await _complete(tx, plan, round_)


def today_of(tx: Transaction) -> date:
    """The day of the city's calendar."""
    return tx.now.astimezone(tx.runtime.city.timezone).date()


async def one_at_a_time(tx: Transaction, depot: str, day: date) -> None:
    """A depot's day is planned by one at a time."""
    await tx.one_at_a_time(f"rounds of {depot} on {day}")


def _asked(
    tx: Transaction, fleet: Fleet, depot: str, day: date, before: Plan | None, story: str = ""
) -> Plan:  # fmt: skip
    return Plan(
        id=ids.uuid7(),
        version=1,
        agency=fleet.agency,
        depot=depot,
        day=day,
        edition=before.edition + 1 if before else 1,
        state=State.PLANNING,
        created_at=tx.now,
        updated_at=tx.now,
        phase=Phase.WAITING,
        detour=fleet.detour,
        made_up=fleet.made_up,
        story=story,
    )


async def _making(tx: Transaction, begun: Plan) -> Plan | None:
    """The plan, locked; None where somebody else has gone on with it."""
    known = await store.by_id(tx, begun.id, lock=True)
    same = known is not None and known.state is State.PLANNING and known.attempts == begun.attempts
    return known if same else None


async def _hindered(tx: Transaction, plan: Plan, stops: Sequence[Stop]) -> dict[UUID, Hindrance]:
    """What is against going to stops of a plan that holds; on a day that is over nobody does."""
    if plan.state is not State.PLANNED or plan.day < today_of(tx):
        return {}
    day = await gathering.day_of(tx, plan)
    return model.hindrances(stops, await store.over(tx, plan), day.flooded if day else ())


async def _tell_job(tx: Transaction, plan: Plan, before: Stop, after: Stop) -> None:
    """The job behind a stop has the truck as its crew while it is ticked off as done."""
    if after.state is StopState.DONE:
        await cleanups.take_along(tx, after.subject, plan.agency, await _crew(tx, after))
    elif before.state is StopState.DONE:
        await cleanups.leave(tx, after.subject, plan.agency, await _crew(tx, after))


async def _crew(tx: Transaction, stop: Stop) -> str:
    """What a clean-up job calls the truck that was there."""
    one = await store.round_by_id(tx, stop.round) if stop.round else None
    return f"{one.name} ({one.truck})" if one else ""


async def _complete(tx: Transaction, plan: Plan, round_: UUID, *, opened: bool = False) -> None:
    """Tells once that a round is complete; again where a tick was taken back (``opened``) in between."""
    one = await store.round_by_id(tx, round_, lock=True)
    if one is not None and one.completed_at is not None and opened:
        await store.save_round(tx, model.reopen(one))
    if one is None or one.completed_at is not None:
        return
    counted = await store.counted(tx, one.id)
    still = counted.pop(StopState.OPEN, 0)
    if counted and (not still or still == list((await store.over(tx, plan)).values()).count(one.id)):
        done = model.complete(one, tx.now)
        await store.save_round(tx, done)
        event = events.completed(plan, done, counted)
        tx.emit(event, aggregate=str(done.id), version=done.version, correlation=plan.correlation)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid("DAY_INVALID", "There is no such day.", field="day") from None
