"""What faults do to the tables of society, and undo."""

_MARK = "smartcity-fault"
_PROCESS = "00000000-0000-7000-8000-0000000000f1"

# A proposal that should have been answered a week ago.
UNANSWERED = (
    f"""INSERT INTO society.process
          (id, version, kind, agency, area, phase, title, title_en, summary, summary_en, rt, regulation, budget, votes,
           min_age, voter_areas, created_at, updated_at)
        VALUES ('{_PROCESS}', 1, 'konsultasi', '{_MARK}', '33.74', 'collect', '{_MARK}', '', '{_MARK}', '', '', '', 0,
                false, 0, '{{}}', now(), now())
        ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
    f"""INSERT INTO society.proposal
          (id, version, code, process, agency, state, title, words, area, cost, supporters, created_at, updated_at,
           due_at, answer)
        VALUES (gen_random_uuid(), 1, '{_MARK}', '{_PROCESS}', '{_MARK}', 'waiting', '{_MARK}', '{_MARK}', '33.74', 0,
                0, now(), now(), now() - interval '7 days', '')
        ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
)
# A ballot that closed three days ago.
UNCOUNTED = (
    f"""INSERT INTO society.ballot
          (id, version, state, agency, process, title, title_en, method, names, names_en, costs, proposals, budget,
           winners, most_choices, min_age, areas, cut_off, regulation, opens_at, closes_at, public_key, private_key,
           created_at, updated_at)
        VALUES ('{_PROCESS}', 1, 'held', '{_MARK}', '', '{_MARK}', '', 'approval', '{{a,b}}', '{{a,b}}', '{{0,0}}',
                '{{"",""}}', 0, 1, 1, 0, '{{33.74}}', now()::date, '', now() - interval '4 days',
                now() - interval '3 days', '\\x00', '\\x00', now(), now())
        ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
)
COUNTED = (f"DELETE FROM society.ballot WHERE id = '{_PROCESS}'",)  # noqa: S608 - of ours
# The triggers count what comes and changes; what is taken away is taken off here, if it was there.
ANSWERED = (
    f"""WITH gone AS (DELETE FROM society.proposal WHERE code = '{_MARK}' RETURNING state)
        INSERT INTO society.proposal_tally (state, proposals) SELECT state, -1 FROM gone""",  # noqa: S608 - of ours
    f"""WITH gone AS (DELETE FROM society.process WHERE id = '{_PROCESS}' RETURNING phase)
        INSERT INTO society.process_tally (phase, processes) SELECT phase, -1 FROM gone""",  # noqa: S608
)
