"""Figures of the city's payments, counted from events."""

from alembic import op

revision = "economy_0007"
down_revision = "economy_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE indicator (
            day date NOT NULL,
            area text NOT NULL,
            sector text NOT NULL,
            payments bigint NOT NULL DEFAULT 0,
            cashless bigint NOT NULL DEFAULT 0,
            units bigint NOT NULL DEFAULT 0,
            cashless_units bigint NOT NULL DEFAULT 0,
            bills bigint NOT NULL DEFAULT 0,
            PRIMARY KEY (day, area, sector)
        );
        """
    )


def downgrade() -> None:
    """Takes the tables away."""
    op.execute("DROP TABLE indicator")
