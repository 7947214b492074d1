"""What docs/operate.md runs after a restore: what was taken out of cases meanwhile is taken out again."""

import re
from pathlib import Path

from services.kit.ids import uuid7
from tests.governance.calls import Records
from tests.governance.conftest import MONDAY
from tests.governance.photos.test_photos import add

OPERATE = Path(__file__).parents[3] / "docs" / "operate.md"


async def test_what_stands_in_two_redactions_is_taken_out_again_and_out_of_mails_that_wait(records: Records) -> None:
    filed, admin = await records.file(), records.governance.admin
    photo = await add(records, filed, link_key=filed.link_key)
    await admin.execute("INSERT INTO governance.contact VALUES ($1, $1, false, '', false, $2)", filed.id, MONDAY)
    mail = """INSERT INTO governance.news (id, complaint_id, subject, kind, facts, create_time, state, next_time)
              VALUES ($1, $2, $2, 'rejected', '{"note": "Budi, 0812", "code": "x"}', $3, 'queued', $3)"""
    await admin.execute(mail, uuid7(), filed.id, MONDAY)
    text = OPERATE.read_text(encoding="utf-8")
    (changes,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    (made,) = re.findall(r"echo '(CREATE TEMP TABLE gone .*?)'", text)
    await admin.execute(made)
    for words in (False, True):
        row = "INSERT INTO gone VALUES ($1, $2, ARRAY[$3::uuid], ARRAY[1])"
        await admin.execute(row, filed.id, words, photo.id)
    await admin.execute(changes)
    assert await admin.fetchval("SELECT text FROM governance.complaint WHERE id = $1", filed.id) == ""
    assert await admin.fetchval("SELECT facts::text FROM governance.news") == '{"code": "x"}'
    assert await admin.fetchval("SELECT path FROM governance.photo") == ""
    assert list((await records.redaction("ListErasedFiles")).paths) == [f"p/{photo.id}.jpg"]
    await admin.execute("DROP TABLE gone")
