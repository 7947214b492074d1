"""The gateway's own statements, planned with a million sessions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.migrate import GATEWAY_MIGRATIONS
from gateway.callers.session import Sessions
from gateway.drafts.held import Held, HeldForms
from gateway.drafts.store import Drafts
from gateway.photos import orphans
from services.kit.database import migrate
from services.kit.database.pool import connect_pool
from services.kit.ids import uuid7
from tests.environment.conftest import Environment
from tests.gateway.running import gateway_settings
from tests.governance.conftest import CITIZEN
from tests.growth.judging import judge
from tests.growth.recording import Recorder

SMALL = {"alembic_version": "a row for each branch of migrations"}


async def test_no_statement_of_the_gateway_grows_with_its_tables(
    environment: Environment, recorder: Recorder, tmp_path: Path
) -> None:
    served = environment.served
    url = served.runtime.settings.postgres_url.get_secret_value()
    await migrate.prepare_schema(served.admin, "gateway", None)
    await migrate.upgrade(url, "gateway", [GATEWAY_MIGRATIONS])
    pool = await connect_pool(url, "gateway", 2)
    settings = gateway_settings(url, served.assertion_key, tmp_path, {})
    sessions, soon = Sessions(pool, settings), datetime.now(UTC) + timedelta(minutes=5)
    token, session = await sessions.create(CITIZEN, "Siti", "", sid="s", refresh_token="r")
    assert await sessions.find(token)
    assert await sessions.claim(token, timedelta(seconds=30)) == "r"
    await sessions.keep_refresh_token(token, "r2")
    await sessions.confirm(session, CITIZEN)
    await sessions.end(session)
    for jti, subject, sid in (("1", CITIZEN.subject, "s"), ("2", CITIZEN.subject, ""), ("3", "", "s")):
        assert await sessions.end_login(jti, soon, subject, sid)
    await sessions.sweep()
    assert await pool.fetchval(orphans._TURN, orphans.EVERY)
    drafts, draft = Drafts(pool, settings), uuid7()
    async with drafts.changing("visitor", draft, "network") as begun:
        begun.fields = {"text": "Sampah menumpuk."}
    assert await drafts.find("visitor", draft)
    assert await drafts.latest("visitor")
    assert await drafts.bytes_of("network") == 0
    await drafts.drop("visitor", draft)
    held, form = HeldForms(pool, settings), Held("/", "/lapor", [("note", "Sampah menumpuk.")], parts=False, files="")
    id_ = await held.keep("visitor", "login", "network", form)
    assert id_
    assert await held.find("visitor", "login", id_)
    await drafts.sweep()
    await pool.close()
    named = ("session", "logout_token", "INTO sweep", "draft")
    own = [sql for sql in recorder.statements if any(name in sql for name in named)]
    recorder.statements = dict.fromkeys(own)
    await judge(recorder, Path("gateway"), served.admin, "gateway", small=SMALL, unrun={}, allowed={})
