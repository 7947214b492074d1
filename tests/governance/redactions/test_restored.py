"""What docs/operate.md runs after a restore: what was taken out of cases meanwhile is taken out again."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from deploy.local.postgres import binaries
from services.governance.notifications import timers
from services.kit.ids import uuid7
from tests.governance.calls import Records
from tests.governance.conftest import MONDAY, VERIFIER
from tests.governance.mails import Catcher, confirm
from tests.governance.photos.test_photos import add

OPERATE = Path(__file__).parents[3] / "docs" / "operate.md"


async def listing(records: Records) -> str:
    """The tables that its lists are read into; answers with what is run then."""
    text = OPERATE.read_text(encoding="utf-8")
    (changes,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    for made in re.findall(r"echo '(CREATE TEMP TABLE .*?)'", text):
        await records.governance.admin.execute(made)
    return str(changes)


async def test_what_stands_in_two_redactions_is_taken_out_again_and_out_of_mails_that_wait(records: Records) -> None:
    filed, admin = await records.file(), records.governance.admin
    photo = await add(records, filed, link_key=filed.link_key)
    await admin.execute("INSERT INTO governance.contact VALUES ($1, $1, false, '', false, $2)", filed.id, MONDAY)
    mail = """INSERT INTO governance.news (id, complaint_id, subject, kind, facts, create_time, state, next_time)
              VALUES ($1, $2, $2, 'rejected', '{"note": "Budi, 0812", "code": "x"}', $3, 'queued', $3)"""
    await admin.execute(mail, uuid7(), filed.id, MONDAY)
    changes = await listing(records)
    for words in (False, True):
        row = "INSERT INTO gone VALUES ($1, $2, ARRAY[$3::uuid], ARRAY[1])"
        await admin.execute(row, filed.id, words, photo.id)
    await admin.execute(changes)
    assert await admin.fetchval("SELECT link_round FROM governance.contact") == 1, "links mailed before act no more"
    await admin.execute("UPDATE governance.complaint SET redact_time = $1", MONDAY)
    await admin.execute(changes)
    assert await admin.fetchval("SELECT redact_time FROM governance.complaint") == MONDAY, "it keeps when"
    assert await admin.fetchval("SELECT link_round FROM governance.contact") == 1
    assert await admin.fetchval("SELECT text FROM governance.complaint WHERE id = $1", filed.id) == ""
    assert await admin.fetchval("SELECT facts::text FROM governance.news") == '{"code": "x"}'
    assert await admin.fetchval("SELECT path FROM governance.photo") == ""
    assert list((await records.redaction("ListErasedFiles")).paths) == [f"p/{photo.id}.jpg"]
    await admin.execute("DROP TABLE gone, stopped")


async def test_words_that_were_made_public_between_two_erasures_are_taken_out_again(records: Records) -> None:
    filed, admin = await records.file(), records.governance.admin
    public = "UPDATE governance.complaint SET text = '', public_text = 'Budi, 0812', redact_time = $1"
    await admin.execute(public, MONDAY)
    changes = await listing(records)
    await admin.execute("INSERT INTO gone VALUES ($1, true, '{}', '{}')", filed.id)
    await admin.execute(changes)
    assert await admin.fetchval("SELECT public_text FROM governance.complaint WHERE id = $1", filed.id) == ""
    await admin.execute("DROP TABLE gone, stopped")


async def test_an_address_that_said_stop_meanwhile_gets_nothing_again(records: Records, catcher: Catcher) -> None:
    admin, changes = records.governance.admin, await listing(records)
    filed = await records.file(contact={"email": "siti@contoh.id"})
    await confirm(records, catcher)
    address = await admin.fetchval("SELECT address FROM governance.contact")
    row = "INSERT INTO stopped VALUES ($1, 'unsubscribed', $2)"
    await admin.execute(row, address, records.governance.now)
    await admin.execute(row, b"elsewhere", records.governance.now)
    for _ in range(2):
        await admin.execute(changes)
    stopped = await admin.fetch("SELECT address, stop FROM governance.mail_address ORDER BY address = $1", address)
    assert [tuple(one) for one in stopped] == [(b"elsewhere", "unsubscribed"), (address, "unsubscribed")]
    assert await admin.fetchval("SELECT mail FROM governance.contact") == "unsubscribed"
    mails = len(catcher.mails)
    await records.transition(filed, "verify", VERIFIER)
    await timers.send_due(records.runtime)
    assert len(catcher.mails) == mails
    await admin.execute("DROP TABLE gone, stopped")


def kept(postgres: str, queries: Mapping[str, str]) -> dict[str, bytes]:
    """What the lists of each hour are, as the server writes them."""
    with psycopg.connect(postgres) as connection:
        written = {}
        for name, sql in queries.items():
            with connection.cursor().copy(sql) as copy:
                written[name] = b"".join(bytes(part) for part in copy)
        return written


async def test_an_empty_list_is_taken_where_nothing_was_taken_out_and_refused_where_it_was_lost(
    records: Records,
) -> None:
    text, url = OPERATE.read_text(encoding="utf-8"), records.runtime.settings.postgres_url.get_secret_value()
    queries = dict(re.findall(r'^keep (\w+)\.\w+ \$PSQL -c "(COPY .*)"$', text, re.MULTILINE))
    tables = re.findall(r"echo '(CREATE TEMP TABLE (\w+) .*?)'", text)
    reads = re.findall(r"echo '(COPY (\w+) FROM STDIN .*?);'; cat \"\$(\w+)\"", text)
    lists = kept(url, queries)
    assert [name for _, _, name in reads] == list(lists) == ["redactions", "stops"]
    for (sql, _, name), (made, _) in zip(reads, tables, strict=True):
        with psycopg.connect(url) as connection:
            connection.execute(made)
            with connection.cursor().copy(sql) as copy:
                copy.write(lists[name])
            with pytest.raises(psycopg.errors.BadCopyFileFormat), connection.cursor().copy(sql) as copy:
                pass


PROGRAMS = [str(binaries(None) / "psql"), *filter(None, [shutil.which("psql")])]
"""The platform's own, and the machine's where there is one, which may be older than the server."""


def documented(folder: Path, block: str, psql: str, url: str) -> subprocess.CompletedProcess[str]:
    """Runs a block of docs/operate.md in a folder."""
    env = os.environ | {"PSQL": f"{psql} {url}"}
    done = ["bash", "-o", "pipefail", "-c", block]
    return subprocess.run(done, cwd=folder, env=env, capture_output=True, text=True, check=False)


def blocks_of_lists() -> tuple[str, str]:
    """What docs/operate.md writes each hour of the database, and what reads it after a restore."""
    text = OPERATE.read_text(encoding="utf-8")
    (written,) = re.findall(r"^(keep\(\) \{.*?)\n\[ ", text, re.MULTILINE | re.DOTALL)
    (read,) = re.findall(r"```sh\n( *redactions=.*?)```", text, re.DOTALL)
    return re.sub(r"^keep .* kubectl .*\n", "", written, flags=re.MULTILINE), read


@pytest.mark.parametrize("psql", PROGRAMS)
async def test_lists_of_an_hour_are_read_again_by_a_psql_of_any_version(
    records: Records, tmp_path: Path, psql: str
) -> None:
    filed, admin = await records.file(), records.governance.admin
    url = records.runtime.settings.postgres_url.get_secret_value()
    columns = "id, complaint_id, reason, words, photos, entries, by, asker, create_time, done_time"
    values = "$1, $1, 'personal', true, ARRAY[$1::uuid, $1], ARRAY[1, 2], '', '', $2, $2"
    await admin.execute(f"INSERT INTO governance.redaction ({columns}) VALUES ({values})", filed.id, MONDAY)
    stop = "INSERT INTO governance.mail_address VALUES ($1, $2::date, 0, 0, NULL, 'unsubscribed', $3)"
    await admin.execute(stop, b"\\.\n,", MONDAY.date(), MONDAY)
    written, read = blocks_of_lists()
    listed = documented(tmp_path, written, psql, url)
    assert (listed.returncode, listed.stderr) == (0, "")
    await admin.execute("DELETE FROM governance.mail_address")  # as in the backup
    (tmp_path / "again.sql").write_text(re.findall(r"```sql\n(.*?)```", OPERATE.read_text(), re.DOTALL)[0])
    done = documented(tmp_path, read, psql, url)
    assert (done.returncode, done.stderr) == (0, "")
    assert await admin.fetchval("SELECT text FROM governance.complaint WHERE id = $1", filed.id) == ""
    assert await admin.fetchval("SELECT stop FROM governance.mail_address WHERE address = $1", b"\\.\n,")


@pytest.mark.parametrize("psql", PROGRAMS)
async def test_a_list_that_is_lost_or_cut_short_changes_nothing(records: Records, tmp_path: Path, psql: str) -> None:
    filed, url = await records.file(), records.runtime.settings.postgres_url.get_secret_value()
    (tmp_path / "again.sql").write_text("UPDATE governance.complaint SET text = '';")
    written, read = blocks_of_lists()
    assert documented(tmp_path, written, psql, url).returncode == 0
    assert documented(tmp_path, read, psql, url).returncode == 0
    await records.governance.admin.execute("UPDATE governance.complaint SET text = 'Lubang'")
    (stops,) = tmp_path.glob("stops-*")
    for lost in ("", "address\tstop"):
        stops.write_text(lost)
        assert documented(tmp_path, read, psql, url).returncode != 0
    stops.unlink()
    assert documented(tmp_path, read, psql, url).returncode != 0
    text = "SELECT text FROM governance.complaint WHERE id = $1"
    assert await records.governance.admin.fetchval(text, filed.id) == "Lubang"
