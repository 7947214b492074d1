"""Nothing is left of what officers wrote on the attendance of those whose name was erased."""

from alembic import op

revision = "society_0032"
down_revision = "society_0031"
branch_labels = None
depends_on = None

# They are few: nothing but a correction has words.
CLEAR = """
UPDATE attendance_mark SET note = ''
 WHERE note <> '' AND enrolment IN (SELECT id FROM enrolment WHERE subject = '')
"""


def upgrade() -> None:
    """Takes away what is left."""
    op.execute(CLEAR)


def downgrade() -> None:
    """It stays away."""
