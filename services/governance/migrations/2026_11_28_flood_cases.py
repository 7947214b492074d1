"""Complaints that belong to floods, by the warning."""

from alembic import op

revision = "governance_0012"
down_revision = "governance_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.execute(
        """
        CREATE TABLE flood (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            story text NOT NULL,
            exercise boolean NOT NULL,
            complaints integer NOT NULL,
            created_at timestamptz NOT NULL,
            over_at timestamptz
        );
        COMMENT ON TABLE flood IS 'Flood warnings as complaints see them; the id is that of the warning.';
        CREATE INDEX flood_over ON flood (over_at) WHERE over_at IS NOT NULL;

        CREATE TABLE flood_case (
            complaint_id uuid NOT NULL REFERENCES complaint ON DELETE CASCADE,
            warning uuid NOT NULL REFERENCES flood,
            linked_at timestamptz NOT NULL,
            PRIMARY KEY (complaint_id, warning)
        );
        CREATE INDEX flood_case_warning ON flood_case (warning, complaint_id);
        CREATE VIEW flood_link AS
            SELECT c.complaint_id, c.warning, c.linked_at, f.over_at
              FROM flood_case AS c JOIN flood AS f ON f.id = c.warning;
        CREATE INDEX flooded_area_area ON flooded_area (area);

        -- Warnings that are in force now; what was filed before them is linked when they are next updated.
        INSERT INTO flood (id, version, story, exercise, complaints, created_at)
        SELECT f.warning::uuid, 0, coalesce((SELECT story FROM incident WHERE incident.warning = f.warning), f.warning),
               bool_or(f.exercise), 0, now()
          FROM flooded_area AS f GROUP BY f.warning;
        """
    )


def downgrade() -> None:
    """Drops them."""
    op.execute(
        """
        DROP INDEX flooded_area_area;
        DROP VIEW flood_link;
        DROP TABLE flood_case, flood;
        """
    )
