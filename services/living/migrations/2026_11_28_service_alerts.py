"""Service alerts of public transport, and who changed which when and why."""

from alembic import op

revision = "living_0006"
down_revision = "living_0005"
branch_labels = None
depends_on = None

TABLES = """
-- `content` is what it says, as JSON. `source` is the warning it comes from, or the operator's feed and its entity.
CREATE TABLE service_alert (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'published', 'ended')),
    origin text NOT NULL CHECK (origin IN ('officers', 'warning', 'operator')),
    source text NOT NULL,
    exercise boolean NOT NULL,
    content text NOT NULL,
    correlation text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    over_at timestamptz,
    published_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX service_alert_state ON service_alert (state, id);
CREATE INDEX service_alert_over ON service_alert (over_at) WHERE state = 'published';
CREATE INDEX service_alert_source ON service_alert (origin, source, id);
CREATE TABLE service_alert_change (
    alert uuid NOT NULL REFERENCES service_alert,
    version integer NOT NULL,
    step text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (alert, version)
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drops them."""
    op.execute("DROP TABLE service_alert_change, service_alert")
