"""A warning knows when its newest message was published, which is not when officers last proposed something."""

from alembic import op

revision = "environment_0028"
down_revision = "environment_0027"
branch_labels = None
depends_on = None

# The trigger is for pods of the version before, which publish and do not know the column.
COLUMN = """
ALTER TABLE warning ADD COLUMN IF NOT EXISTS published_at timestamptz;
UPDATE warning SET published_at = said.sent FROM warning_message AS said
 WHERE said.warning = warning.id AND said.number = warning.messages AND published_at IS NULL;
CREATE OR REPLACE FUNCTION date_warning_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.published_at := NEW.updated_at;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER warning_published BEFORE UPDATE ON warning
    FOR EACH ROW WHEN (NEW.messages > OLD.messages) EXECUTE FUNCTION date_warning_message();
"""


def upgrade() -> None:
    """Adds the column, and what fills it."""
    op.execute(COLUMN)


def downgrade() -> None:
    """Takes both away."""
    op.execute("DROP TRIGGER warning_published ON warning; DROP FUNCTION date_warning_message()")
    op.execute("ALTER TABLE warning DROP COLUMN published_at")
