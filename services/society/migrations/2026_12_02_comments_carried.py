"""Comments that wait go along to the agency that their proposal is carried to."""

from alembic import op

from services.kit.database import filling

revision = "society_0037"
down_revision = "society_0036"
branch_labels = None
depends_on = None

# A trigger, since pods of the version before carry proposals on, too.
GO_ALONG = """
CREATE OR REPLACE FUNCTION take_comments_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE society.comment SET agency = NEW.agency WHERE proposal = NEW.id AND state = 'waiting';
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER proposal_carried AFTER UPDATE ON proposal
    FOR EACH ROW WHEN (NEW.agency <> OLD.agency) EXECUTE FUNCTION take_comments_along();
"""
LEFT_BEHIND = """
UPDATE comment SET agency = proposal.agency FROM proposal
 WHERE {slice} AND proposal.id = comment.proposal AND comment.state = 'waiting' AND comment.agency <> proposal.agency
"""


def upgrade() -> None:
    """Makes the trigger, and takes those along that were left behind."""
    op.execute(GO_ALONG)
    filling.fill("comment", LEFT_BEHIND)


def downgrade() -> None:
    """Takes the trigger away; comments stay where they are."""
    op.execute("DROP TRIGGER proposal_carried ON proposal; DROP FUNCTION take_comments_along()")
