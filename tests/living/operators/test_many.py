"""Many alerts of many operators: each feed's are ended by what it tells itself, however many others tell."""

from services.living.alerts import store as alerts
from services.living.operators import actions, store
from tests.living.alerts.passengers import Passengers
from tests.living.operators.feeds import operator

_OTHERS = """
INSERT INTO living.service_alert (id, version, state, origin, source, exercise, content, correlation, created_at,
                                  updated_at)
SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, 1, 'published', 'operator',
       'full-' || number % 5 || '/' || number, false, content, '', created_at, updated_at
  FROM generate_series(1, 1000) AS number, living.service_alert WHERE source = 'other/a1'
"""


async def test_what_a_feed_tells_no_more_ends_behind_a_thousand_alerts_of_others(passengers: Passengers) -> None:
    async with operator(passengers.served) as other:
        other.tells("a1", "Jalur N1 tidak beroperasi", route="N")
        await other.read()
        await passengers.served.admin.execute(_OTHERS)
        async with passengers.served.runtime.transaction() as tx:
            (feed,) = await store.feeds(tx)
            await actions._alerts(tx, feed, {})
            assert await alerts.told_of_feed(tx, "other") == []
            silent = await alerts.unheard(tx, [f"full-{number}" for number in range(1, 5)])
            assert {one.partition("/")[0] for one in silent} == {"full-0"}
            assert len(silent) == 200
