"""Days after which a city event leaves waste at a place, and stops of rounds there."""

from alembic import op

revision = "environment_0022"
down_revision = "environment_0021"
branch_labels = None
depends_on = None

TABLES = """
-- `day` is when it is collected: the day after.
CREATE TABLE gathering (
    id uuid PRIMARY KEY,
    event uuid NOT NULL,
    code text NOT NULL,
    day date NOT NULL,
    area text NOT NULL,
    lon double precision,
    lat double precision,
    expected integer NOT NULL,
    UNIQUE (event, day)
);
CREATE INDEX gathering_day ON gathering (day, area);
"""
CHECK = """
ALTER TABLE round_stop DROP CONSTRAINT round_stop_kind_check,
    ADD CONSTRAINT round_stop_kind_check CHECK (kind IN ({kinds})) NOT VALID;
ALTER TABLE round_stop VALIDATE CONSTRAINT round_stop_kind_check;
"""


def upgrade() -> None:
    """Makes the table, and lets such stops in."""
    op.execute(TABLES)
    op.execute(CHECK.format(kinds="'container', 'cleanup', 'gathering'"))


def downgrade() -> None:
    """Drops it, and keeps them out."""
    op.execute("DELETE FROM round_stop WHERE kind = 'gathering'")
    op.execute(CHECK.format(kinds="'container', 'cleanup'"))
    op.execute("DROP TABLE gathering")
