"""Differences are put right whose money only the bank had, and which left suspense since."""

from alembic import op

revision = "economy_0050"
down_revision = "economy_0047"
branch_labels = None
depends_on = None

FILL = """
UPDATE difference SET mended = true FROM suspense
 WHERE difference.kind = 'only_bank' AND NOT difference.mended
   AND suspense.provider_reference = difference.provider_reference AND suspense.state = 'released'
"""


def upgrade() -> None:
    """Puts them right."""
    op.execute(FILL)


def downgrade() -> None:
    """They stay right."""
