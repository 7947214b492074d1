"""From which day on every day is compared with an acquirer's report, however late."""

from alembic import op

revision = "economy_0042"
down_revision = "economy_0041"
branch_labels = None
depends_on = None

BEGIN = """
CREATE TABLE IF NOT EXISTS reconciling (
    provider text PRIMARY KEY,
    since date NOT NULL
);
INSERT INTO reconciling (provider, since) SELECT provider, min(day) FROM reconciliation GROUP BY provider
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    """Begins with the first day that was compared: those that were left out since are compared as well."""
    op.execute(BEGIN)


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP TABLE reconciling")
