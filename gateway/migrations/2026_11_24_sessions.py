"""Login sessions of the portal."""

from alembic import op

revision = "gateway_0001"
down_revision = None
branch_labels = ("gateway",)
depends_on = None


def upgrade() -> None:
    """Sessions, found by the hash of their token."""
    op.execute(
        """
        CREATE TABLE session (
            digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
            subject text NOT NULL,
            roles text[] NOT NULL,
            agency text NOT NULL,
            name text NOT NULL,
            id_token text NOT NULL,
            create_time timestamptz NOT NULL DEFAULT now(),
            expire_time timestamptz NOT NULL
        );
        CREATE INDEX session_expire_time ON session (expire_time);
        COMMENT ON TABLE session IS 'Who is logged in with a browser; rows go when they expire.';
        """
    )


def downgrade() -> None:
    """Everybody is logged out."""
    op.execute("DROP TABLE session")
