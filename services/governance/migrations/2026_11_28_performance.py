"""Performance of agencies: what was counted, of which cases, and what it adds up to."""

from alembic import op

revision = "governance_0009"
down_revision = "governance_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        -- The events that were counted, for as long as cases are told. No words, nobody's data.
        CREATE TABLE performance_event (
            id uuid PRIMARY KEY,
            complaint uuid NOT NULL,
            version bigint NOT NULL,
            what text NOT NULL,
            at timestamptz NOT NULL,
            heard_at timestamptz NOT NULL,
            code text NOT NULL,
            agency text NOT NULL,
            value integer NOT NULL
        );
        CREATE INDEX performance_event_case ON performance_event (complaint, version);
        CREATE INDEX performance_event_at ON performance_event (at, complaint);

        -- What is owed of each case.
        CREATE TABLE performance_case (
            complaint uuid PRIMARY KEY,
            agency text NOT NULL,
            since timestamptz,
            silent boolean NOT NULL,
            overdue boolean NOT NULL,
            changed_at timestamptz NOT NULL
        ) WITH (fillfactor = 80);
        CREATE INDEX performance_case_changed ON performance_case (changed_at);

        -- Each case counted. A correction is what came after the month's cut-off.
        CREATE TABLE performance_fact (
            event uuid NOT NULL,
            kind text NOT NULL,
            month date NOT NULL,
            agency text NOT NULL,
            correction text NOT NULL,
            complaint uuid NOT NULL,
            code text NOT NULL,
            at timestamptz NOT NULL,
            value integer NOT NULL,
            PRIMARY KEY (event, kind)
        );
        CREATE INDEX performance_fact_behind ON performance_fact (agency, month, kind, at, event);
        CREATE INDEX performance_fact_month ON performance_fact (month);

        -- What the facts add up to; these stay.
        CREATE TABLE performance_figure (
            month date NOT NULL,
            agency text NOT NULL,
            correction text NOT NULL,
            kind text NOT NULL,
            cases bigint NOT NULL,
            total bigint NOT NULL,
            PRIMARY KEY (month, agency, correction, kind)
        ) WITH (fillfactor = 70);
        CREATE INDEX performance_figure_agency ON performance_figure (agency, month);

        -- What surveys published of an agency.
        CREATE TABLE performance_satisfaction (
            survey text PRIMARY KEY,
            agency text NOT NULL,
            first_day date NOT NULL,
            last_day date NOT NULL,
            index text NOT NULL,
            answers bigint NOT NULL
        );
        CREATE INDEX performance_satisfaction_agency ON performance_satisfaction (agency, last_day);

        -- Asked for by the operator: months that are counted again from the events.
        CREATE TABLE performance_recompute (
            id uuid PRIMARY KEY,
            first date NOT NULL,
            last date NOT NULL,
            asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            done_at timestamptz,
            events bigint NOT NULL DEFAULT 0,
            missing bigint NOT NULL DEFAULT 0,
            changed bigint NOT NULL DEFAULT 0,
            refused text NOT NULL DEFAULT ''
        );
        CREATE INDEX performance_recompute_waits ON performance_recompute (asked_at) WHERE done_at IS NULL;
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute(
        """
        DROP TABLE performance_event, performance_case, performance_fact, performance_figure,
                   performance_satisfaction, performance_recompute
        """
    )
