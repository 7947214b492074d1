"""Evidence waits for a verifier by a date, and who declines a case gives it back to whoever handed it over.

Evidence that is there already and that nobody sees waits from now on, without a promise that could be broken: it stands
in the verifiers' list with a date three days ahead, which escalates with the next change of the case at the earliest.
Code of the version before goes on working: it knows none of these columns, and none of them lacks a default.
"""

from alembic import op

from services.kit.database import filling, indexes

revision = "governance_0007"
down_revision = "governance_0006"
branch_labels = None
depends_on = None


COLUMNS = """
ALTER TABLE photo
    ADD COLUMN IF NOT EXISTS check_time timestamptz; -- when a verifier decided whether the public sees it
ALTER TABLE complaint
    ADD COLUMN IF NOT EXISTS evidence_due timestamptz, -- until when a verifier looks at it; none waits without
    ADD COLUMN IF NOT EXISTS evidence_told boolean NOT NULL DEFAULT false, -- whether its passing was escalated
    ADD COLUMN IF NOT EXISTS handed_by text NOT NULL DEFAULT ''; -- agency that handed it over, until another took it
"""
CHECKED = "UPDATE photo SET check_time = create_time WHERE {slice} AND released AND check_time IS NULL"
# By photo: each slice finds its cases by their keys, and does not go through all photos.
WAITING = """
UPDATE complaint SET evidence_due = now() + interval '3 days'
  FROM (SELECT DISTINCT complaint_id FROM photo
         WHERE {slice} AND evidence AND check_time IS NULL AND redact_time IS NULL AND NOT released) AS unseen
 WHERE complaint.id = unseen.complaint_id AND NOT secret AND evidence_due IS NULL
"""


def upgrade() -> None:
    """Adds the columns and the list's index, and lets what nobody has looked at wait."""
    op.execute(COLUMNS)
    filling.fill("photo", CHECKED)
    filling.fill("photo", WAITING)
    indexes.build({"complaint_evidence": "complaint (evidence_due, id) WHERE evidence_due IS NOT NULL"})


def downgrade() -> None:
    """Takes them away."""
    op.execute(
        """
        DROP INDEX complaint_evidence;
        ALTER TABLE complaint DROP COLUMN evidence_due, DROP COLUMN evidence_told, DROP COLUMN handed_by;
        ALTER TABLE photo DROP COLUMN check_time;
        """
    )
