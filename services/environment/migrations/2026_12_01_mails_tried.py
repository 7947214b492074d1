"""Since when mails wait that were not tried, and those of warnings that the mail server put off, is found at once."""

from alembic import op

from services.kit.database import indexes

revision = "environment_0031"
down_revision = "environment_0030"
branch_labels = None
depends_on = None

INDEXES = {
    "warning_mail_untried": "warning_mail (created_at) WHERE state = 'waiting' AND attempts = 0",
    "warning_mail_tried": (
        "warning_mail (created_at) WHERE state = 'waiting' AND warning IS NOT NULL AND attempts > 0"
    ),
}


def upgrade() -> None:
    """Makes the indexes."""
    indexes.build(INDEXES)


def downgrade() -> None:
    """Takes them away."""
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
