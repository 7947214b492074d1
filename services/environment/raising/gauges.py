"""Whether gauges can speak and are followed, what waits for an officer, and what ends while it is still needed."""

from datetime import timedelta

from observability import semconv
from services.environment.criteria.profile import criteria_of
from services.environment.raising import model, store
from services.environment.warnings import actions as warnings
from services.kit.gauges import Gauges, Readings
from services.kit.runtime import Runtime

FOLLOWED_WITHIN = timedelta(seconds=30)
"""After an alarm was opened."""


async def read(runtime: Runtime) -> Readings:
    """Looks at every zone of the criteria."""
    zones = criteria_of(runtime.city).zones
    unfollowed = ending = 0
    async with runtime.snapshot() as tx:
        now = tx.now
        standing = await store.standing(tx, [zone.id for zone in zones])
        for zone, speaking in (await store.speaking(tx, zones)).items():
            one = standing.get(zone)
            late = [each for each in speaking if each.since <= now - FOLLOWED_WITHIN]
            decided = await store.decided(tx, zone) if late else None
            unfollowed += sum(not model.followed(each, one, decided) for each in late)
            ending += model.ends_early(one, speaking, now)
        oldest = await store.oldest_proposal(tx)
        awake = await warnings.awake(tx, zones)
    # Those without criteria are for officers alone to warn.
    unwatched = sum(bool(zone.criteria) and not any(one.names in awake for one in zone.criteria) for zone in zones)
    age = (now - oldest).total_seconds() if oldest else 0.0
    return {
        semconv.ALARMS_UNFOLLOWED: [(unfollowed, {})],
        semconv.WARNINGS_ENDING: [(ending, {})],
        semconv.PROPOSAL_AGE: [(age, {})],
        semconv.ZONES_UNWATCHED: [(unwatched, {})],
    }


GAUGES = Gauges(
    (semconv.ALARMS_UNFOLLOWED, semconv.WARNINGS_ENDING, semconv.PROPOSAL_AGE, semconv.ZONES_UNWATCHED), read
)
