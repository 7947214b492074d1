"""Two people pay a batch out in spite of differences with the bank's report."""

from alembic import op

revision = "economy_0056"
down_revision = "economy_0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table, and says of a difference with which batch it was paid out in spite of it."""
    op.execute(
        """
        CREATE TABLE payout_despite (
            id uuid PRIMARY KEY REFERENCES batch,
            -- What whoever asked for it had seen, and the second person sees: else it does not stand.
            batch_version integer NOT NULL,
            differing text NOT NULL,
            differences integer NOT NULL,
            lacking bigint NOT NULL,
            to_former boolean NOT NULL,
            reason text NOT NULL CHECK (reason <> ''),
            asked_by text NOT NULL CHECK (asked_by <> ''),
            asked_at timestamptz NOT NULL,
            approved_by text NOT NULL DEFAULT '',
            approved_at timestamptz,
            CONSTRAINT second_person CHECK (approved_by <> asked_by AND (approved_by = '') = (approved_at IS NULL))
        );
        CREATE INDEX payout_despite_waiting ON payout_despite (asked_at, id) WHERE approved_by = '';
        ALTER TABLE difference ADD COLUMN paid_batch uuid;
        -- From now on: nobody was ever written down before as having asked for a payout.
        ALTER TABLE act ADD CONSTRAINT second_payer CHECK (asker <> doer OR what <> 'payout_confirmed') NOT VALID;
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        ALTER TABLE act DROP CONSTRAINT second_payer;
        ALTER TABLE difference DROP COLUMN paid_batch;
        DROP TABLE payout_despite;
        """
    )
