"""What could not be sent is told from what nobody answered; a command's agency is its station's."""

from alembic import op

revision = "environment_0016"
down_revision = "environment_0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lets commands be unsent."""
    op.execute(
        """
        ALTER TABLE pump_command DROP COLUMN agency, DROP CONSTRAINT pump_command_state_check,
            ADD CONSTRAINT pump_command_state_check CHECK (
                state IN ('waiting', 'sent', 'done', 'refused', 'timed_out', 'unsent', 'exercised')
            );
        UPDATE pump_command SET state = 'unsent' WHERE state = 'timed_out' AND sent_at IS NULL;
        """
    )


def downgrade() -> None:
    """Takes it back."""
    op.execute(
        """
        UPDATE pump_command SET state = 'timed_out' WHERE state = 'unsent';
        ALTER TABLE pump_command ADD COLUMN agency text NOT NULL DEFAULT '', DROP CONSTRAINT pump_command_state_check,
            ADD CONSTRAINT pump_command_state_check CHECK (
                state IN ('waiting', 'sent', 'done', 'refused', 'timed_out', 'exercised')
            );
        UPDATE pump_command SET agency = thing.agency FROM thing WHERE thing.id = pump_command.thing;
        ALTER TABLE pump_command ALTER COLUMN agency DROP DEFAULT;
        """
    )
