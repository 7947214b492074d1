"""Finds what is left of those who joined a case and were erased: nobody counts twice, or decides on their own."""

from services.kit.database import indexes

revision = "governance_0035"
down_revision = "governance_0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    indexes.build({"supporter_marks": "supporter (complaint_id) WHERE starts_with(subject, 'left:')"})


def downgrade() -> None:
    """Takes it away; the version before takes marks for logins that nobody has."""
    indexes.drop("supporter_marks")
