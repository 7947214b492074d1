"""A booth's count knows its own repeats, and nothing is kept by which its papers could be tried out."""

from alembic import op

revision = "society_0020"
down_revision = "society_0019"
branch_labels = None
depends_on = None

# A new schema has the kit's tables after the pillar's.
FORGET = """
DO $$
BEGIN
    IF to_regclass('idempotency_key') IS NOT NULL THEN
        DELETE FROM idempotency_key WHERE rpc = 'smartcity.society.v1.EnterBoothCountRequest';
    END IF;
END $$;
"""


def upgrade() -> None:
    """Makes the column; what idempotency kept of counts goes, and what is left of those that are over."""
    op.execute(
        """
        ALTER TABLE booth_count ADD key bytea NOT NULL DEFAULT '';
        UPDATE booth_count SET digest = '' WHERE sealed = '';
        """
    )
    op.execute(FORGET)


def downgrade() -> None:
    """Drops it."""
    op.execute("ALTER TABLE booth_count DROP key")
