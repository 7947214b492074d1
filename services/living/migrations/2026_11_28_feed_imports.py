"""Imports of feeds at a desk, with what was found in them and their archives while they are needed; and who let which
feed hold when.
"""

from alembic import op

revision = "living_0012"
down_revision = "living_0011"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE feed_import (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('uploading', 'waiting', 'running', 'checked', 'held', 'faulty', 'failed',
                                         'dropped')),
    source text NOT NULL,
    url text NOT NULL,
    agency text NOT NULL,
    brought_by text NOT NULL,
    accepted_agency text NOT NULL,
    accepted_by text NOT NULL CHECK (accepted_by <> brought_by OR accepted_by = ''),
    bytes bigint NOT NULL,
    came bigint NOT NULL CHECK (came <= bytes),
    digest text NOT NULL,
    run uuid,
    step text NOT NULL,
    about text NOT NULL,
    percent integer NOT NULL,
    problem text NOT NULL,
    errors integer NOT NULL,
    warnings integer NOT NULL,
    infos integer NOT NULL,
    stops integer NOT NULL,
    routes integer NOT NULL,
    trips integer NOT NULL,
    stop_times integer NOT NULL,
    first_day date,
    last_day date,
    feed uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((state = 'running') = (run IS NOT NULL))
);
CREATE INDEX feed_import_waiting ON feed_import (id) WHERE state = 'waiting';
CREATE INDEX feed_import_running ON feed_import (id) WHERE state = 'running';
CREATE INDEX feed_import_open ON feed_import (updated_at) WHERE state IN ('uploading', 'checked', 'failed');
CREATE INDEX feed_import_kept ON feed_import (id) WHERE state IN ('uploading', 'checked', 'failed') AND bytes > 0;
CREATE TABLE feed_import_part (
    import uuid NOT NULL REFERENCES feed_import (id) ON DELETE CASCADE,
    part integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (import, part)
);
-- One by one; `place` is their order: the worst first, then by file and line.
CREATE TABLE feed_import_finding (
    import uuid NOT NULL REFERENCES feed_import (id) ON DELETE CASCADE,
    place integer NOT NULL,
    severity text NOT NULL,
    code text NOT NULL,
    file text NOT NULL,
    line integer NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (import, place)
);
CREATE INDEX feed_import_finding_severity ON feed_import_finding (import, severity, place);
CREATE TABLE feed_swap (
    id uuid PRIMARY KEY,
    feed integer NOT NULL REFERENCES feed (number),
    way text NOT NULL CHECK (way IN ('import', 'rollback', 'command')),
    agency text NOT NULL,
    swapped_by text NOT NULL,
    swapped_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Makes the tables."""
    op.execute(TABLES)


def downgrade() -> None:
    """Takes them away."""
    op.execute("DROP TABLE feed_swap, feed_import_finding, feed_import_part, feed_import")
