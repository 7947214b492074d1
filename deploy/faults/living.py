"""What faults do to the tables of living, and undo."""

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
# The timetable that holds is said to be long over: by ten years, which are added again.
OVER = (
    f"""UPDATE living.feed SET last_day = last_day - 3650, source = source || ' {_MARK}'
         WHERE number = (SELECT feed FROM living.feed_current) AND source NOT LIKE '% {_MARK}'""",  # noqa: S608
)
NOT_OVER = (
    f"""UPDATE living.feed SET last_day = last_day + 3650, source = replace(source, ' {_MARK}', '')
         WHERE source LIKE '% {_MARK}'""",  # noqa: S608
)
