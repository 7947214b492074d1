"""When something was last put in order that one gateway does for all."""

from alembic import op

revision = "gateway_0003"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A row for each kind of sweep."""
    op.execute(
        """
        CREATE TABLE sweep (
            name text PRIMARY KEY,
            begin_time timestamptz NOT NULL
        );
        COMMENT ON TABLE sweep IS 'When a job was last begun that one gateway does for all.';
        """
    )


def downgrade() -> None:
    """Each gateway would sweep by itself."""
    op.execute("DROP TABLE sweep")
