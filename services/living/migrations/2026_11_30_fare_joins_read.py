"""Which legs the fares of kept feeds take for one, where they were imported before that was read: from their archives.

Without, a ride with a change would be told the fares of its legs added up.
"""

import csv
import io
import zipfile
from collections.abc import Iterator

from alembic import op
from sqlalchemy import Connection, text

revision = "living_0024"
down_revision = "living_0023"
branch_labels = None
depends_on = None

FILE = "fare_leg_join_rules.txt"
COLUMNS = ("from_network_id", "to_network_id", "from_stop_id", "to_stop_id")
UNREAD = "SELECT number FROM feed WHERE kept AND to_regclass('fare_leg_join_rule_' || number) IS NULL ORDER BY number"
PART = "CREATE TABLE fare_leg_join_rule_{feed} PARTITION OF fare_leg_join_rule FOR VALUES IN ({feed})"
ARCHIVE = "SELECT content FROM feed_part WHERE feed = :feed ORDER BY part"
RULE = """
INSERT INTO fare_leg_join_rule (feed, number, from_network, to_network, from_stop, to_stop)
VALUES (:feed, :number, :from_network_id, :to_network_id,
        (SELECT number FROM stop WHERE feed = :feed AND id = :from_stop_id),
        (SELECT number FROM stop WHERE feed = :feed AND id = :to_stop_id))
"""


def upgrade() -> None:
    """Reads them."""
    read(op.get_bind())


def downgrade() -> None:
    """Leaves them: what was read is as if it had been imported so."""


def read(connection: Connection) -> None:
    """Reads the rules of each kept feed that has no part for them yet."""
    for (feed,) in connection.execute(text(UNREAD)).all():
        connection.execute(text(PART.format(feed=feed)))
        packed = b"".join(part for (part,) in connection.execute(text(ARCHIVE), {"feed": feed}))
        rows = [{"feed": feed, "number": number, **row} for number, row in enumerate(_rules(packed))]
        if rows:
            connection.execute(text(RULE), rows)


def _rules(packed: bytes) -> Iterator[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        if FILE not in archive.namelist():
            return
        lines = csv.reader(io.StringIO(archive.read(FILE).decode("utf-8-sig", "replace")))
        head = [one.strip() for one in next(lines, [])]
        for line in lines:
            row = dict(zip(head, (one.strip() for one in line), strict=False))
            if any(row.values()):
                yield {name: row.get(name, "") for name in COLUMNS}
