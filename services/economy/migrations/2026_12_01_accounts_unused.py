"""Whose an account was can be forgotten where no money was ever on it; nothing else of whose it is can be changed."""

from alembic import op

revision = "economy_0053"
down_revision = "economy_0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Lets it be forgotten."""
    op.execute(
        """
        CREATE TRIGGER account_keeps_its_owner BEFORE UPDATE OF owner ON account FOR EACH ROW
            WHEN (NEW.owner <> OLD.owner AND (NEW.owner <> '' OR OLD.entries > 0)) EXECUTE FUNCTION refuse_change();
        GRANT UPDATE (owner) ON account TO economy;
        """
    )


def downgrade() -> None:
    """It stays for good."""
    op.execute(
        """
        REVOKE UPDATE (owner) ON account FROM economy;
        DROP TRIGGER account_keeps_its_owner ON account;
        """
    )
