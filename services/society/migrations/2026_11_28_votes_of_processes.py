"""A process and its ballot are one: it knows its ballot, and its proposals what came of it."""

from alembic import op

revision = "society_0007"
down_revision = "society_0006"
branch_labels = None
depends_on = None

STATES = (
    "waiting", "refused", "open", "accepted", "declined", "merged", "withdrawn", "in_progress", "done",
)  # fmt: skip
DECIDED = ("chosen", "not_chosen")


def _check(states: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{one}'" for one in states)
    return f"""
    ALTER TABLE proposal DROP CONSTRAINT proposal_state_check;
    ALTER TABLE proposal ADD CONSTRAINT proposal_state_check CHECK (state IN ({listed})) NOT VALID;
    ALTER TABLE proposal VALIDATE CONSTRAINT proposal_state_check;
    """


COLUMNS = """
ALTER TABLE process ADD COLUMN ballot uuid, ADD COLUMN ballot_counted boolean NOT NULL DEFAULT false;
ALTER TABLE proposal ADD COLUMN ballot uuid, ADD COLUMN approvals bigint NOT NULL DEFAULT 0,
    ADD COLUMN votes bigint NOT NULL DEFAULT 0;
UPDATE process SET ballot = held.id, ballot_counted = (held.state = 'counted'),
       due_at = CASE WHEN held.state = 'counted' THEN due_at END
  FROM ballot AS held WHERE held.process = process.id::text;
"""


def upgrade() -> None:
    """Adds them, and tells processes of ballots that there are."""
    op.execute(_check(STATES + DECIDED))
    op.execute(COLUMNS)


def downgrade() -> None:
    """Takes them away; what was decided counts as accepted or declined again."""
    op.execute(
        """
        UPDATE proposal SET state = CASE state WHEN 'chosen' THEN 'accepted' ELSE 'declined' END
         WHERE state IN ('chosen', 'not_chosen');
        ALTER TABLE proposal DROP COLUMN ballot, DROP COLUMN approvals, DROP COLUMN votes;
        ALTER TABLE process DROP COLUMN ballot, DROP COLUMN ballot_counted;
        """
    )
    op.execute(_check(STATES))
