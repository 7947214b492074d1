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
