"""What refers to a course is found by it: whoever deletes a draft goes through no certificates and no followers."""

from services.kit.database import indexes

revision = "society_0036"
down_revision = "society_0035"
branch_labels = None
depends_on = None

# Of followers there is one by course already, of those that have not ended; a reference does not end.
INDEXES = {"certificate_course": "certificate (course)", "course_follower_of": "course_follower (course)"}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    indexes.drop(*INDEXES)
