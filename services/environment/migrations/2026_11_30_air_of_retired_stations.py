"""Stations that were retired while their air was told come due once more, so that it is told no more."""

from alembic import op

revision = "environment_0026"
down_revision = "environment_0025"
branch_labels = None
depends_on = None

UPGRADE = """
UPDATE air_station SET due = air_station.at FROM thing
 WHERE thing.id = air_station.thing AND thing.retired AND air_station.category IS NOT NULL
"""


def upgrade() -> None:
    """Lets them be looked at."""
    op.execute(UPGRADE)


def downgrade() -> None:
    """Nothing is to be undone: the version before looks at them and goes on."""
