"""How far a message of a warning has come is counted by its mails' states."""

from alembic import op

revision = "environment_0021"
down_revision = "environment_0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the index."""
    op.execute(
        "CREATE INDEX warning_mail_told ON warning_mail (warning, number, state) INCLUDE (ended_at)"
        " WHERE warning IS NOT NULL"
    )


def downgrade() -> None:
    """Takes it away."""
    op.execute("DROP INDEX warning_mail_told")
