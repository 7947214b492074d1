"""What faults do to the tables of living, and undo."""

from msgspec import msgpack

from services.living.tracking.model import Call

_MARK = "smartcity-fault"

# A correction of the first facility that is there, which no officer decides on.
UNREAD = (
    f"""INSERT INTO living.facility_correction
          (id, version, state, facility, agency, name, area, hours, access, reason, by, created_at, updated_at,
           decided_by, note, before)
        SELECT gen_random_uuid(), 1, 'waiting', id, agency, '{_MARK}', '', '', 'unknown', '{_MARK}', '{_MARK}', now(),
               now(), '', '', '{{}}'
          FROM living.facility ORDER BY name, id LIMIT 1""",  # noqa: S608 - a constant
)
READ = (
    f"""UPDATE living.facility_correction SET state = 'declined', decided_at = now()
         WHERE by = '{_MARK}' AND state = 'waiting'""",  # noqa: S608
)

# A ride that is asked for since an hour, and nobody answers: economy was never told of it.
UNSETTLED = (
    f"""INSERT INTO living.travel_card
          (id, version, number, owner, due, refused, blocked, denied, denied_at, change, created_at, updated_at)
        SELECT gen_random_uuid(), 1, '{_MARK}', '{_MARK}', 3500, 0, false, false, NULL, 0, now(), now()
        ON CONFLICT DO NOTHING""",
    f"""INSERT INTO living.ride
          (id, version, card, owner, validator, sequence, route, stop, tapped_at, day, offline, rider, fare, basis,
           state, attempt, reason, payment, taken_by, note, decided_by, created_at, updated_at, asked_at)
        SELECT gen_random_uuid(), 1, id, owner, '{_MARK}', 1, '{_MARK}', '', now(), current_date, false, 'umum', 3500,
               'full', 'due', 1, '', '', '{_MARK}', '', '', now(), now(), now() - interval '1 hour'
          FROM living.travel_card WHERE number = '{_MARK}'
        ON CONFLICT DO NOTHING""",  # noqa: S608
)
SETTLED = (
    f"DELETE FROM living.ride WHERE validator = '{_MARK}'",  # noqa: S608
    f"DELETE FROM living.ride_tally WHERE route = '{_MARK}'",  # noqa: S608
    f"DELETE FROM living.travel_card WHERE number = '{_MARK}'",  # noqa: S608
)


def _feed(digest: str, contact: str) -> str:
    """Makes a feed without anything, as where the city has none."""
    return f"""
        INSERT INTO living.feed (id, number, digest, source, made_up, kept, publisher, publisher_url, language,
               feed_version, contact, timezone, first_day, last_day, bytes, stops, routes, trips, stop_times, warnings,
               infos, imported_at)
        SELECT gen_random_uuid(), nextval('living.feed_number'), '{digest}', '{digest}', true, true, '', '', 'id', '',
               {contact}, 'Asia/Jakarta', current_date, current_date + 30, 0, 0, 0, 0, 0, 0, 0, now()"""


# The timetable that holds is said to be long over: by ten years, which are added again. Where none holds, one does.
_NONE = f"{_MARK}-none"
OVER = (
    _feed(_NONE, "''") + " WHERE NOT EXISTS (SELECT FROM living.feed_current)",
    f"INSERT INTO living.feed_current (feed, since) SELECT number, now() FROM living.feed WHERE digest = '{_NONE}'",  # noqa: S608
    f"""UPDATE living.feed SET last_day = last_day - 3650, source = source || ' {_MARK}'
         WHERE number = (SELECT feed FROM living.feed_current) AND source NOT LIKE '% {_MARK}'""",  # noqa: S608
)
NOT_OVER = (
    f"""UPDATE living.feed SET last_day = last_day + 3650, source = replace(source, ' {_MARK}', '')
         WHERE source LIKE '% {_MARK}'""",  # noqa: S608
    f"DELETE FROM living.feed_current WHERE feed = (SELECT number FROM living.feed WHERE digest = '{_NONE}')",  # noqa: S608
    f"DELETE FROM living.feed WHERE digest = '{_NONE}'",  # noqa: S608
)
# A feed without anything holds, and the pillar may not read trips: no planner can load it. The number of the feed that
# was the one before stands in its contact meanwhile.
UNPLANNED = (
    "REVOKE SELECT ON living.trip FROM living",
    _feed(_MARK, "coalesce((SELECT previous::text FROM living.feed_current), '')"),
    f"""INSERT INTO living.feed_current (feed, since) SELECT number, now() FROM living.feed WHERE digest = '{_MARK}'
            ON CONFLICT (one_row) DO UPDATE SET previous = feed_current.feed, feed = excluded.feed""",  # noqa: S608
)
PLANNED = (
    f"""UPDATE living.feed_current c SET feed = c.previous, previous = nullif(f.contact, '')::integer
          FROM living.feed f WHERE f.number = c.feed AND f.digest = '{_MARK}' AND c.previous IS NOT NULL""",  # noqa: S608
    f"DELETE FROM living.feed_current WHERE feed = (SELECT number FROM living.feed WHERE digest = '{_MARK}')",  # noqa: S608
    f"DELETE FROM living.feed WHERE digest = '{_MARK}'",  # noqa: S608
    "GRANT SELECT ON living.trip TO living",
)

# Buses that fell silent two minutes ago on their way to a stop; those of the simulation do besides, which is stopped.
_AHEAD = msgpack.encode((Call("TS001", "TS001", 0, 0, 0),)).hex()
MUTE = (
    f"""INSERT INTO living.vehicle
          (id, version, label, plate, agency, access, capacity, simulated, created_at, updated_at, reason)
        SELECT '{_MARK}-' || n, 1, 'X' || n, '', 'dishub', 'unknown', 0, true, now(), now(), ''
          FROM generate_series(1, 20) AS n
        ON CONFLICT DO NOTHING""",  # noqa: S608 - a constant
    f"""INSERT INTO living.vehicle_progress
          (vehicle, feed, at, lat, lon, route, line, headsign, trip, way, headway, start_day, start_second, metres,
           elapsed, delay, calls)
        SELECT id, 0, now() - interval '2 minutes', -6.99, 110.4, '', '', '', '', -1, 0, NULL, 0, 0, 0, NULL,
               '\\x{_AHEAD}'
          FROM living.vehicle WHERE id LIKE '{_MARK}-%'
        ON CONFLICT DO NOTHING""",  # noqa: S608
)
TELLING = (f"DELETE FROM living.vehicle WHERE id LIKE '{_MARK}-%'",)  # noqa: S608

# A feed that last told something an hour ago. Who reads none forgets all feeds four times a minute: this one stays.
UNHEARD = (
    """CREATE FUNCTION living.smartcity_fault() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN RETURN NULL; END $$""",
    f"""CREATE TRIGGER smartcity_fault BEFORE DELETE ON living.operator_feed
        FOR EACH ROW WHEN (OLD.id = '{_MARK}') EXECUTE FUNCTION living.smartcity_fault()""",
    f"""INSERT INTO living.operator_feed (id, url, since, read_at, told_at, etag, modified, problem, unknown)
        SELECT '{_MARK}', 'https://operator.invalid/', now() - interval '2 hours', now() - interval '1 hour',
               now() - interval '1 hour', '', '', '', 0
        ON CONFLICT DO NOTHING""",
)
HEARD = (
    "DROP TRIGGER IF EXISTS smartcity_fault ON living.operator_feed",
    "DROP FUNCTION IF EXISTS living.smartcity_fault()",
    f"DELETE FROM living.operator_feed WHERE id = '{_MARK}'",  # noqa: S608
)
