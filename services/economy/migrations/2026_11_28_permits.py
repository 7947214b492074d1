"""Permits, the steps that they went, their documents and papers."""

from alembic import op

revision = "economy_0015"
down_revision = "economy_0014"
branch_labels = None
depends_on = None

_STATES = (
    "'draft', 'checking', 'asked', 'deciding', 'payable', 'granted', 'deemed_granted', 'suspended', 'refused', "
    "'objected', 'revoked', 'ended', 'withdrawn', 'lapsed'"
)


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        f"""
        CREATE TABLE permit (
            id uuid PRIMARY KEY,
            code text NOT NULL UNIQUE,
            version integer NOT NULL,
            state text NOT NULL CHECK (state IN ({_STATES})),
            kind text NOT NULL,
            agency text NOT NULL,
            checker text NOT NULL,
            owner text NOT NULL,
            sealed bytea,
            name text NOT NULL,
            area text NOT NULL,
            place text NOT NULL,
            nib text NOT NULL,
            first_day date,
            last_day date,
            extends uuid REFERENCES permit (id),
            due_at timestamptz,
            remaining interval,
            before text CHECK (before IN ({_STATES})),
            objected boolean NOT NULL,
            deemed boolean NOT NULL,
            checked_by text NOT NULL,
            decided_by text NOT NULL,
            note text NOT NULL,
            payment text NOT NULL,
            payments integer NOT NULL,
            wake_at timestamptz,
            reminded boolean NOT NULL,
            submitted_at timestamptz,
            decided_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE INDEX permit_owner ON permit (owner, id);
        CREATE INDEX permit_owner_state ON permit (owner, state, id);
        CREATE INDEX permit_state ON permit (state, coalesce(due_at, 'infinity'::timestamptz), id);
        CREATE INDEX permit_checker ON permit (checker, state, coalesce(due_at, 'infinity'::timestamptz), id);
        CREATE INDEX permit_agency ON permit (agency, state, coalesce(due_at, 'infinity'::timestamptz), id);
        CREATE INDEX permit_wake ON permit (wake_at) WHERE wake_at IS NOT NULL;
        CREATE UNIQUE INDEX permit_extended ON permit (extends) WHERE state NOT IN ('refused', 'withdrawn', 'lapsed');
        CREATE TABLE permit_step (
            id uuid PRIMARY KEY,
            permit uuid NOT NULL REFERENCES permit (id),
            move text NOT NULL,
            party text NOT NULL,
            agency text NOT NULL,
            by text NOT NULL,
            note text NOT NULL,
            at timestamptz NOT NULL
        );
        CREATE INDEX permit_steps ON permit_step (permit, id);
        CREATE TABLE permit_document (
            id uuid PRIMARY KEY,
            permit uuid NOT NULL REFERENCES permit (id),
            document text NOT NULL,
            content_type text NOT NULL,
            width integer NOT NULL,
            height integer NOT NULL,
            size integer NOT NULL,
            path text NOT NULL,
            sha256 text NOT NULL,
            created_at timestamptz NOT NULL
        );
        CREATE INDEX permit_documents ON permit_document (permit, created_at, id);
        CREATE TABLE erased_permit_file (path text PRIMARY KEY, since timestamptz NOT NULL);
        CREATE INDEX erased_permit_file_oldest ON erased_permit_file (since);
        CREATE TABLE permit_paper (
            id uuid PRIMARY KEY REFERENCES permit (id),
            text text NOT NULL,
            signature text NOT NULL,
            key_id text NOT NULL,
            key text NOT NULL,
            provider text NOT NULL,
            simulated boolean NOT NULL,
            electronic text NOT NULL,
            issued_at timestamptz NOT NULL
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE permit_paper, erased_permit_file, permit_document, permit_step, permit")
