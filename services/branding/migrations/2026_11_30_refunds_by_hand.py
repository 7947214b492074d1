"""Refunds by hand: what an officer gave back at the money desk is counted, and what was asked for can become less."""

from alembic import op

revision = "branding_0021"
down_revision = "branding_0020"
branch_labels = None
depends_on = None

COUNTED = """
CREATE OR REPLACE FUNCTION take_refunds_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, owed, refunded)
    SELECT now.sale, sum(now.amount - was.amount),
           coalesce(sum(now.amount) FILTER (WHERE now.state = 'done' AND was.state <> 'done'), 0)
      FROM now JOIN was USING (id)
     WHERE now.amount <> was.amount OR (now.state = 'done' AND was.state <> 'done')
     GROUP BY now.sale ORDER BY now.sale;
    RETURN NULL;
END $$
"""
BEFORE = """
CREATE OR REPLACE FUNCTION take_refunds_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO branding.ticket_takings (sale, refunded)
    SELECT now.sale, sum(now.amount) FROM now JOIN was USING (id) WHERE now.state = 'done' AND was.state <> 'done'
     GROUP BY now.sale ORDER BY now.sale;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Knows the cause, and follows amounts."""
    op.execute(
        """
        ALTER TABLE ticket_refund DROP CONSTRAINT ticket_refund_cause_check,
            ADD CONSTRAINT ticket_refund_cause_check
            CHECK (cause IN ('late', 'given_back', 'changed', 'cancelled', 'by_hand'))
        """
    )
    op.execute(COUNTED)


def downgrade() -> None:
    """Goes by causes and amounts as before; what was given back by hand stays counted, as given back."""
    op.execute(BEFORE)
    op.execute(
        """
        UPDATE ticket_refund SET cause = 'given_back' WHERE cause = 'by_hand';
        ALTER TABLE ticket_refund DROP CONSTRAINT ticket_refund_cause_check,
            ADD CONSTRAINT ticket_refund_cause_check CHECK (cause IN ('late', 'given_back', 'changed', 'cancelled'))
        """
    )
