"""What faults do to the tables of society, and undo."""

_MARK = "smartcity-fault"
_PROCESS = "00000000-0000-7000-8000-0000000000f1"
_FOLLOWED = "smartcity-fault-followed"
_STEP = "00000000-0000-7000-8000-0000000000f2"


def _proposed(mark: str, process: str, due: str) -> tuple[str, ...]:
    """Makes a process and a proposal to it that waits for its officer, who should answer by then."""
    return (
        f"""INSERT INTO society.process
              (id, version, kind, agency, area, phase, title, title_en, summary, summary_en, rt, regulation, budget,
               votes, min_age, voter_areas, created_at, updated_at)
            VALUES ('{process}', 1, 'konsultasi', '{mark}', '33.74', 'collect', '{mark}', '', '{mark}', '', '', '', 0,
                    false, 0, '{{}}', now(), now())
            ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
        f"""INSERT INTO society.proposal
              (id, version, code, process, agency, state, title, words, area, cost, supporters, created_at, updated_at,
               due_at, answer)
            VALUES ('{process}', 1, '{mark}', '{process}', '{mark}', 'waiting', '{mark}', '{mark}', '33.74', 0,
                    0, now(), now(), {due}, '')
            ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
    )


def _withdrawn(mark: str, process: str) -> tuple[str, ...]:
    """Takes both away. The triggers count what comes and changes; what is taken away is taken off here, if it was
    there.
    """
    return (
        f"""WITH gone AS (DELETE FROM society.proposal WHERE code = '{mark}' RETURNING state)
            INSERT INTO society.proposal_tally (state, proposals) SELECT state, -1 FROM gone""",  # noqa: S608 - of ours
        f"""WITH gone AS (DELETE FROM society.process WHERE id = '{process}' RETURNING phase)
            INSERT INTO society.process_tally (phase, processes) SELECT phase, -1 FROM gone""",  # noqa: S608
    )


# A proposal that should have been answered a week ago.
UNANSWERED = _proposed(_MARK, _PROCESS, "now() - interval '7 days'")
ANSWERED = _withdrawn(_MARK, _PROCESS)
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
# A step that was made two hours ago.
UNTOLD = (
    *_proposed(_FOLLOWED, _STEP, "now() + interval '7 days'"),
    f"""INSERT INTO society.follower_telling (step, proposal, created_at)
        VALUES ('{_STEP}', '{_STEP}', now() - interval '2 hours') ON CONFLICT DO NOTHING""",  # noqa: S608 - of ours
    "ALTER TABLE society.follower_telling ADD CONSTRAINT smartcity_fault CHECK (false) NOT VALID",
)
TELLING = (
    "ALTER TABLE society.follower_telling DROP CONSTRAINT IF EXISTS smartcity_fault",
    *_withdrawn(_FOLLOWED, _STEP),
)
