"""What the faults of permits and fees do in the database: rows of nobody's, that are found again to be taken away."""

_MARK = "smartcity-fault"
_ID = "00000000-0000-7000-8000-00000000fa17"
# An application in its last day; nothing falls due by itself of it, so that it waits as long as the fault is on.
SILENT = (
    f"""INSERT INTO economy.permit
          (id, code, version, state, kind, agency, checker, owner, name, area, place, nib, objected, deemed, checked_by,
           decided_by, note, payment, payments, reminded, due_at, wake_at, submitted_at, created_at,
           updated_at)
        VALUES ('{_ID}', '{_MARK}', 1, 'checking', 'kios-pasar', '{_MARK}', '{_MARK}', '', '{_MARK}', '33.74',
                '{_MARK}', '', false, false, '', '', '', '', 0, false, now() + interval '1 hour',
                now() + interval '1 hour', now(), now(), now())
        ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
)
DECIDED = (f"DELETE FROM economy.permit WHERE id = '{_ID}'",)  # noqa: S608 - of ours
# What was refused since yesterday and is not asked for again before an hour is over.
NOT_GIVEN_BACK = (
    f"""INSERT INTO economy.payment_return
          (id, version, state, request, amount, why, correlation, exercise, attempt, reason, created_at, updated_at,
           again_at)
        VALUES ('{_ID}', 1, 'refused', '{_MARK}', 50000, '', '{_MARK}', false, 1, 'INSUFFICIENT_FUNDS',
                now() - interval '1 day', now(), now() + interval '1 hour')
        ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
)
NOT_COMPARED = (
    """INSERT INTO economy.reconciling AS known (provider, since) VALUES ('snap', current_date - 1000)
       ON CONFLICT (provider) DO UPDATE SET since = known.since - 1000""",
)
COMPARED = ("UPDATE economy.reconciling SET since = since + 1000 WHERE since < current_date - 500",)
GIVEN_BACK = (f"DELETE FROM economy.payment_return WHERE id = '{_ID}'",)  # noqa: S608 - of ours
