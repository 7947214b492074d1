"""Extensions wake on their first day, and nothing is left of help that was erased."""

from alembic import op

revision = "economy_0028"
down_revision = "economy_0027"
branch_labels = None
depends_on = None

# An extension that holds, but not yet, wakes on its first day, by this clock or the city's.
WAKE = """
UPDATE permit SET wake_at = least(wake_at, first_day)
 WHERE extends IS NOT NULL AND state IN ('granted', 'deemed_granted') AND first_day > now()
"""
# Help that was given had no paper and was never cleared of what its paper would have said.
CLEAR = """
UPDATE permit SET name = '', place = '', nib = ''
 WHERE owner = '' AND (name <> '' OR place <> '' OR nib <> '')
   AND NOT EXISTS (SELECT FROM permit_paper paper WHERE paper.id = permit.id)
"""


def upgrade() -> None:
    """Mends both."""
    op.execute(WAKE)
    op.execute(CLEAR)


def downgrade() -> None:
    """They stay mended."""
