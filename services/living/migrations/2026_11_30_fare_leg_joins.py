"""Which legs a feed's fares take for one. Of feeds before it nothing is known: they are as those without any."""

from alembic import op

revision = "living_0021"
down_revision = "living_0020"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE fare_leg_join_rule (
    feed integer NOT NULL, number integer NOT NULL, from_network text NOT NULL, to_network text NOT NULL,
    from_stop integer, to_stop integer,
    PRIMARY KEY (feed, number)
) PARTITION BY LIST (feed);
"""


def upgrade() -> None:
    """Makes the table."""
    op.execute(TABLE)


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TABLE fare_leg_join_rule")
