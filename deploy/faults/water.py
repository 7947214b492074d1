"""What faults do to the tables of environment, and undo: what measures, who is warned, pumps and air."""

_MARK = "smartcity-fault"

# The numbers of passwords that were issued are small; no device is given another one by the way back.
LOCKED_OUT = ("UPDATE environment.device SET generation = generation + 1000000 WHERE generation < 1000000",)
LET_IN = ("UPDATE environment.device SET generation = generation - 1000000 WHERE generation >= 1000000",)

# As if all had measured once, a day ago; what they did measure says how it was.
SILENT = (
    """INSERT INTO environment.latest (datastream, at, value, received, flags)
       SELECT number, now() - interval '1 day', 0, now() - interval '1 day', 0 FROM environment.datastream
       ON CONFLICT (datastream) DO UPDATE SET at = least(latest.at, excluded.at)""",
)
HEARD = (
    """DELETE FROM environment.latest
        WHERE NOT EXISTS (SELECT FROM environment.observation WHERE datastream = latest.datastream)""",
    """UPDATE environment.latest SET at = newest.at
         FROM (SELECT datastream, max(at) AS at FROM environment.observation
                WHERE at > now() - interval '1 month' GROUP BY datastream) AS newest
        WHERE newest.datastream = latest.datastream AND latest.at <> newest.at""",
)

# An alarm that means a level, opened while no warning can be written: nobody follows it.
_ALARM = """
    INSERT INTO environment.alarm
      (id, rule, rule_name, kind, datastream, unit, thing, thing_code, thing_name, area, made_up, value, opened_at,
       created_at, lasting)
    SELECT md5('smartcity-fault ' || rule.id)::uuid, rule.id, rule.name, rule.kind, datastream.id, 'm', thing.id,
           thing.code, thing.name, thing.area, true, rule.bound, now() - interval '5 minutes',
           now() - interval '5 minutes', 1
      FROM environment.rule JOIN environment.datastream ON datastream.number = rule.datastream
      JOIN environment.thing ON thing.id = rule.thing
     WHERE thing.code = 'pasut-tanjung-emas' AND datastream.name = 'level' AND rule.name = 'waspada'
    ON CONFLICT DO NOTHING"""
_NO_ALARM = """
    DELETE FROM environment.alarm
     WHERE id IN (SELECT md5('smartcity-fault ' || id)::uuid FROM environment.rule)"""
UNWARNED = ("ALTER TABLE environment.warning ADD CONSTRAINT smartcity_fault CHECK (false) NOT VALID", _ALARM)
WARNED = ("ALTER TABLE environment.warning DROP CONSTRAINT IF EXISTS smartcity_fault", _NO_ALARM)

# A warning of officers for the coast that ends soon while its gauge speaks on. It has no message, so it is in no feed.
_WARNING = f"""
    INSERT INTO environment.warning
      (id, version, state, zone, hazard, level, areas, exercise, automatic, correlation, note, note_en, step, messages,
       raised_at, expires_at, created_at, updated_at)
    VALUES (gen_random_uuid(), 1, 'in_force', 'pesisir', 'rob', 'waspada', '{{33.74.02.1008}}', false, false, '{_MARK}',
            '', '', 'raise', 0, now(), now() + interval '25 minutes', now(), now())
    ON CONFLICT DO NOTHING"""  # noqa: S608 - a constant
_NO_WARNING = f"""
    UPDATE environment.warning SET state = 'cancelled', ended_at = now() WHERE correlation = '{_MARK}' AND live"""  # noqa: S608
ENDING = (_ALARM, _WARNING)
ENDED = (_NO_ALARM, _NO_WARNING)

# What an officer proposed, and nobody decides on.
UNDECIDED = (
    f"""WITH proposed AS (
          INSERT INTO environment.warning
            (id, version, state, zone, hazard, level, areas, exercise, automatic, correlation, note, note_en, step,
             messages, created_at, updated_at)
          VALUES (gen_random_uuid(), 1, 'proposed', '', 'flood', 'awas', '{{33.74.02.1008}}', false, false, '{_MARK}',
                  '', '', '', 0, now(), now()) RETURNING id)
        INSERT INTO environment.warning_proposal
          (id, warning, step, level, hours, note, note_en, by, created_at, fate, decided_by, reason)
        SELECT gen_random_uuid(), id, 'raise', 'awas', 6, '', '', '{_MARK}', now(), 'waiting', '', '' FROM proposed""",  # noqa: S608
)
DECIDED = (
    f"""UPDATE environment.warning_proposal SET fate = 'rejected', decided_at = now()
         WHERE by = '{_MARK}' AND fate = 'waiting'""",  # noqa: S608
    f"""UPDATE environment.warning SET state = 'rejected', ended_at = now()
         WHERE correlation = '{_MARK}' AND live""",  # noqa: S608
)

# A warning's message that is on its way to its subscribers, and comes no further.
UNTOLD = (
    """INSERT INTO environment.warning_telling (warning, number, areas, created_at)
       SELECT md5('smartcity-fault')::uuid, 1, '{33.74.02.1008}', now() - interval '5 minutes'
        WHERE NOT EXISTS (SELECT FROM environment.warning_telling WHERE warning = md5('smartcity-fault')::uuid)""",
    "ALTER TABLE environment.warning_telling ADD CONSTRAINT smartcity_fault CHECK (false) NOT VALID",
)
TELLING = (
    "ALTER TABLE environment.warning_telling DROP CONSTRAINT IF EXISTS smartcity_fault",
    "DELETE FROM environment.warning_telling WHERE warning = md5('smartcity-fault')::uuid",
)

UNANSWERED = (
    f"""INSERT INTO environment.pump_command SELECT made.* FROM environment.thing, jsonb_populate_record(
          NULL::environment.pump_command, jsonb_build_object(
            'id', gen_random_uuid(), 'version', 3, 'thing', id, 'agency', agency, 'device', '{_MARK}', 'pumps', 1,
            'reason', '{_MARK}', 'by', '{_MARK}', 'exercise', false, 'state', 'timed_out',
            'created_at', now() - interval '1 minute', 'deadline_at', now(), 'due_at', now(), 'again_at', now(),
            'updated_at', now(), 'sent_at', now() - interval '1 minute', 'note', '')) AS made
         WHERE kind = 'pump_station' AND NOT retired ORDER BY code LIMIT 1""",  # noqa: S608
)
ANSWERED = (f"DELETE FROM environment.pump_command WHERE by = '{_MARK}'",)  # noqa: S608

# No index is ever due again; what stations show grows old.
NO_AIR = (
    """INSERT INTO environment.air_station (thing, due, at)
       SELECT id, 'infinity', date_trunc('hour', now()) - interval '3 hours'
         FROM environment.thing WHERE kind = 'air_station' AND NOT retired
       ON CONFLICT (thing) DO UPDATE SET due = 'infinity', at = excluded.at""",
)
AIR = (
    """UPDATE environment.air_station SET due = at FROM environment.thing
        WHERE thing.id = air_station.thing AND NOT thing.retired AND due = 'infinity'""",
)
