"""What crews are told is found among all lines, boards are read by what is most urgent, and a warning whose flood comes
back can open another incident: that none is opened while one is open is seen to by those who open it, one after the
other.
"""

from alembic import op

from services.kit.database import indexes

revision = "governance_0021"
down_revision = "governance_0020"
branch_labels = None
depends_on = None

INDEXES = {
    "dispatch_entry_noted": "dispatch_entry (incident, number) WHERE what = 'incident_noted'",
    "emergency_call_board": "emergency_call (state, (exercise::integer), number)",
    "incident_board": "incident (state, (exercise::integer), priority, number)",
    "incident_warned": "incident (warning, number) WHERE warning <> ''",
}


def upgrade() -> None:
    """Makes the indexes and the column."""
    indexes.build(INDEXES)
    op.execute("DROP INDEX IF EXISTS incident_of_warning")
    op.execute(
        """
        ALTER TABLE flooded_area ADD COLUMN level text;
        COMMENT ON COLUMN flooded_area.level IS 'Of the warning, as it was told last; NULL where nobody wrote it down.';
        """
    )


def downgrade() -> None:
    """Takes them away. A warning may have opened several incidents meanwhile, so its index is of no single one."""
    op.execute("ALTER TABLE flooded_area DROP COLUMN level")
    indexes.build({"incident_of_warning": "incident (warning) WHERE warning <> ''"})
    for name in INDEXES:
        op.execute(f"DROP INDEX {name}")
