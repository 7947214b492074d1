"""Whether a datastream's sensor was made up is said by itself, and no more within the sensor's name."""

from alembic import op

revision = "environment_0015"
down_revision = "environment_0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column and takes the words out of the names; what is made up as a whole has made-up sensors."""
    op.execute(
        """
        ALTER TABLE datastream ADD COLUMN made_up boolean NOT NULL DEFAULT false;
        UPDATE datastream SET made_up = true, sensor = replace(sensor, ' (dibuat-buat)', '')
         WHERE sensor LIKE '% (dibuat-buat)%' OR thing IN (SELECT id FROM thing WHERE made_up);
        """
    )


def downgrade() -> None:
    """Puts the words back."""
    op.execute(
        """
        UPDATE datastream SET sensor = sensor || ' (dibuat-buat)' WHERE made_up;
        ALTER TABLE datastream DROP COLUMN made_up;
        """
    )
