"""Ballots that cannot be counted are cancelled by two officers; a year's satisfaction keeps its formula."""

from alembic import op

revision = "society_0015"
down_revision = "society_0014"
branch_labels = None
depends_on = None

# The rules of what is changed, whatever PostgreSQL named them.
FREE = """
DO $$
DECLARE rule record;
BEGIN
    FOR rule IN SELECT conname FROM pg_constraint WHERE conrelid = 'ballot'::regclass AND contype = 'c'
                   AND (pg_get_constraintdef(oid) LIKE '%private_key%' OR pg_get_constraintdef(oid) LIKE '%held%')
    LOOP EXECUTE format('ALTER TABLE ballot DROP CONSTRAINT %I', rule.conname);
    END LOOP;
END $$;
"""
CHANGES = """
ALTER TABLE ballot
    ADD cancel_reason text NOT NULL DEFAULT '',
    ADD cancel_asked_by text NOT NULL DEFAULT '',
    ADD cancelled_by text NOT NULL DEFAULT '',
    ADD CHECK (state IN ('held', 'counting', 'counted', 'cancelled')),
    ADD CHECK ((private_key = '') = (state IN ('counted', 'cancelled'))),
    ADD CHECK ((cancel_reason = '') = (cancel_asked_by = '')),
    ADD CHECK ((state = 'cancelled') = (cancelled_by <> '')),
    ADD CHECK (cancelled_by = '' OR (cancel_asked_by <> '' AND cancelled_by <> cancel_asked_by));
ALTER TABLE satisfaction_year ADD formula text NOT NULL DEFAULT '';
"""


def upgrade() -> None:
    """Adds them."""
    op.execute(FREE + CHANGES)


def downgrade() -> None:
    """Takes them away; what was cancelled stays so."""
    op.execute(
        """
        ALTER TABLE satisfaction_year DROP formula;
        ALTER TABLE ballot DROP cancel_reason, DROP cancel_asked_by, DROP cancelled_by;
        """
        + FREE
        + """
        ALTER TABLE ballot
            ADD CHECK (state IN ('held', 'counting', 'counted')) NOT VALID,
            ADD CHECK ((private_key = '') = (state = 'counted')) NOT VALID;
        """
    )
