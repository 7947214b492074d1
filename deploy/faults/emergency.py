"""What faults do to the tables of the emergency number, and undo."""

_MARK = "smartcity-fault"
_INCIDENT = f"""INSERT INTO governance.incident
      (id, version, number, state, kind, priority, place, area, note, exercise, warning, story, outcome, report, hurt,
       dead, called_at, created_at, updated_at)
    SELECT gen_random_uuid(), 1, -1, 'waiting', 'fire', 1, '{_MARK}', '', '{_MARK}', false, '', '{_MARK}', '', '', 0, 0,
           now(), now(), now()
    ON CONFLICT DO NOTHING"""
_GONE = f"DELETE FROM governance.incident WHERE place = '{_MARK}' AND number = -1"  # noqa: S608

# An incident whose clock ran out an hour ago, and no unit was sent; it was told of already.
UNATTENDED = (
    _INCIDENT,
    f"""INSERT INTO governance.incident_clock (id, incident, service, priority, due_at, late_told, open)
        SELECT gen_random_uuid(), id, 'fire', 1, now() - interval '1 hour', true, true
          FROM governance.incident WHERE place = '{_MARK}' AND number = -1
        ON CONFLICT DO NOTHING""",  # noqa: S608
)
ATTENDED = (
    f"""DELETE FROM governance.incident_clock
         WHERE incident IN (SELECT id FROM governance.incident WHERE place = '{_MARK}' AND number = -1)""",  # noqa: S608
    _GONE,
)

# A unit at work that did not answer when it was asked.
SILENT = (
    f"""INSERT INTO governance.emergency_unit
          (id, version, code, name, service, agency, state, crew, made_up, moved_at, heard_at, asked_at, escalated,
           created_at)
        SELECT gen_random_uuid(), 1, '{_MARK}', '{_MARK}', 'fire', '', 'on_scene', '', true, now(), now(),
               now() - interval '10 minutes', true, now()
        ON CONFLICT DO NOTHING""",
)
HEARD = (f"DELETE FROM governance.emergency_unit WHERE code = '{_MARK}'",)  # noqa: S608

# A hand-off that escalated and is not acknowledged; nobody is told again.
UNANSWERED = (
    _INCIDENT.replace("-1", "-2"),
    f"""INSERT INTO governance.hand_off
          (id, version, incident, party, state, created_at, due_at, next_at, escalations, reference, exercise)
        SELECT gen_random_uuid(), 2, id, 'police', 'asked', now() - interval '1 hour', now() - interval '50 minutes',
               'infinity', 12, '{_MARK}', false
          FROM governance.incident WHERE place = '{_MARK}' AND number = -2""",  # noqa: S608
)
ANSWERED = (
    f"DELETE FROM governance.hand_off WHERE reference = '{_MARK}'",  # noqa: S608
    _GONE.replace("-1", "-2"),
)
