"""Photos of destinations, each with author, licence and source."""

from alembic import op

revision = "branding_0015"
down_revision = "branding_0014"
branch_labels = None
depends_on = None

TABLES = """
-- What is withdrawn keeps no word of who has to be named, nor where it lay.
CREATE TABLE destination_photo (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('shown', 'withdrawn')),
    destination uuid NOT NULL REFERENCES destination,
    code text NOT NULL,
    content_type text NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size bigint NOT NULL,
    path text NOT NULL,
    sha256 text NOT NULL,
    author text NOT NULL,
    licence text NOT NULL,
    source text NOT NULL,
    text text NOT NULL,
    text_en text NOT NULL,
    by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    reason text NOT NULL,
    CHECK ((state = 'shown') = (path <> '' AND author <> '' AND source <> ''))
);
CREATE INDEX destination_photo_shown ON destination_photo (destination, created_at) WHERE state = 'shown';
"""


def upgrade() -> None:
    """Makes the table."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops it."""
    op.execute("DROP TABLE destination_photo")
