"""Evidence waits for a verifier by a date, and who declines a case gives it back to whoever handed it over.

Evidence that is there already and that nobody sees waits from now on, without a promise that could be broken: it stands
in the verifiers' list with a date three days ahead, which escalates with the next change of the case at the earliest.
Code of the version before goes on working: it knows none of these columns, and none of them lacks a default.
"""

from alembic import op

revision = "governance_0007"
down_revision = "governance_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns and the list's index, and lets what nobody has looked at wait."""
    op.execute(
        """
        ALTER TABLE photo ADD COLUMN check_time timestamptz; -- when a verifier decided whether the public sees it
        UPDATE photo SET check_time = create_time WHERE released;

        ALTER TABLE complaint
            ADD COLUMN evidence_due timestamptz, -- until when a verifier looks at it; none waits without
            ADD COLUMN evidence_told boolean NOT NULL DEFAULT false, -- whether its passing was escalated
            ADD COLUMN handed_by text NOT NULL DEFAULT ''; -- agency that handed it over, until another has taken it
        UPDATE complaint SET evidence_due = now() + interval '3 days'
         WHERE NOT secret AND id IN (
             SELECT complaint_id FROM photo WHERE evidence AND check_time IS NULL AND redact_time IS NULL);
        CREATE INDEX complaint_evidence ON complaint (evidence_due, id) WHERE evidence_due IS NOT NULL;
        """
    )


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP INDEX complaint_evidence;
        ALTER TABLE complaint DROP COLUMN evidence_due, DROP COLUMN evidence_told, DROP COLUMN handed_by;
        ALTER TABLE photo DROP COLUMN check_time;
        """
    )
