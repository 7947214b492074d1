"""What is more than a truck holds is several stops of a plan."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0035"
down_revision = "environment_0033"
branch_labels = None
depends_on = None

ONE = {"round_stop_part": "round_stop (plan, kind, subject, part)"}


def upgrade() -> None:
    """Adds which part it is; one of all that were planned so far."""
    op.execute("ALTER TABLE round_stop ADD COLUMN IF NOT EXISTS part integer NOT NULL DEFAULT 1")
    indexes.build(ONE, unique=True)
    op.execute("ALTER TABLE round_stop DROP CONSTRAINT IF EXISTS round_stop_plan_kind_subject_key")


def downgrade() -> None:
    """Takes further parts away: the version before knows of one stop of each."""
    op.execute(
        """
        DELETE FROM round_stop WHERE part > 1;
        DROP INDEX round_stop_part;
        ALTER TABLE round_stop DROP COLUMN part;
        """
    )
    op.execute("ALTER TABLE round_stop ADD CONSTRAINT round_stop_plan_kind_subject_key UNIQUE (plan, kind, subject)")
