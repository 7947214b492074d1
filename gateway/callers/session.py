"""Login sessions, kept on our side: the browser holds a random token, the database its hash.

``gateway.callers.renewal`` asks the identity provider again about sessions that carry roles of staff.
For routes: ``current_caller`` and ``current_session`` are dependencies; ``csrf_token`` goes into every form and
``csrf_checked`` stands before every route that takes one.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.bodies.forms import read_form
from gateway.bodies.kinds import SMALL, Kind
from gateway.callers.identity import NOBODY, STAFF, Cookie, Identity, Session
from gateway.callers.masking import masked, unmasked
from gateway.callers.sealing import sealed, unsealed
from gateway.settings import GatewaySettings
from services.kit.caller import Caller
from services.kit.database.lost import LOST
from services.kit.database.pool import fetch_within

SESSION_COOKIE = "session"
VISITOR_COOKIE = "visitor"
CSRF_HEADER = "x-csrf-token"
"""Name of the header, for scripts of our own pages."""
COOKIE_REST = timedelta(days=1)
"""So much longer than its session a browser keeps the cookie: whose form comes too late is known by it."""
_OF = "~"
"""In a token before whose it is, and before when it ends."""
CACHE_SECONDS = 10.0
"""How long a session is used without asking the database; a logout elsewhere takes this long to be noticed."""
CACHE_MOST = 5_000
LOOK_SECONDS, FIRST_LOOK_SECONDS = 1.0, 5.0
"""The longest that a request waits for the database to tell of its session: of one seen lately, and of any other."""
REST_SECONDS = 1.0
"""So long a session seen lately goes on without another look, once one was in vain."""
_COLUMNS = "digest, subject, roles, agency, name, expire_time, confirm_time, refresh_token <> '' AS renewable"
_OPEN = 2
"""Dots in an ID token of before, which was kept as it came; sealed ones have more."""


class Sessions:
    """The sessions of the gateway's own schema."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", settings: GatewaySettings) -> None:
        """Uses the pool; keys come from the session secret."""
        self._pool = pool
        self._key = settings.session_secret.get_secret_value().encode()
        self._life = timedelta(hours=settings.session_hours)
        self._staff_life = timedelta(hours=settings.staff_hours)
        self._cache: dict[bytes, tuple[float, Session]] = {}
        self._ended: dict[bytes, float] = {}
        """Until when a token of ours is known to have no session: it costs no query meanwhile."""

    async def create(
        self, caller: Caller, name: str, id_token: str, *, sid: str = "", refresh_token: str = ""
    ) -> tuple[str, Session]:
        """Begins a session; the token is for the cookie and is not kept.

        ``sid`` is the login's name at the provider. Nobody reads ID token and refresh token without the cookie's token.
        """
        ends = int((datetime.now(UTC) + self._life).timestamp())
        secret = _OF.join((secrets.token_urlsafe(32), self.login(caller), str(ends)))
        token = f"{secret}.{self._mac('session', secret)}"
        try:
            row = await self._pool.fetchrow(
                "INSERT INTO session (digest, subject, roles, agency, name, id_token, expire_time, sid, refresh_token)"
                f" VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval, $8, $9) RETURNING {_COLUMNS}",
                _digest(token), caller.subject, sorted(caller.roles), caller.agency, name,
                sealed(id_token, self._key, f"id\n{token}"), self._life, sid,
                sealed(refresh_token, self._key, f"refresh\n{token}"),
            )  # fmt: skip
        except LOST as error:
            raise _unavailable() from error
        assert row is not None, "an insert returns its row"
        return token, self._session(row, id_token)

    def read(self, token: str) -> Cookie | None:
        """What a token says by itself; None where it was made up."""
        secret, _, mac = token.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac("session", secret).encode()):
            return None
        _, login, ends = (*secret.split(_OF), "", "")[:3]
        return Cookie(_digest(token), login, int(ends or 0))

    async def find(self, token: str) -> Session | None:
        """The living session of a token. While the database is away, sessions seen lately go on."""
        cookie = self.read(token)
        if cookie is None or 0 < cookie.ends <= time.time():
            return None  # not worth a query
        digest, now = cookie.digest, time.monotonic()
        if now < self._ended.get(digest, 0.0):
            return None
        kept = self._cache.get(digest)
        if kept is None or now > kept[0]:
            try:
                kept = await self._load(token, digest, now, LOOK_SECONDS if kept else FIRST_LOOK_SECONDS)
            except LOST as error:
                if kept is None:
                    raise _unavailable() from error
                if self._cache.get(digest) is kept:  # it did not end meanwhile
                    self._cache[digest] = (time.monotonic() + REST_SECONDS, kept[1])
        if kept is None or kept[1].expires <= datetime.now(UTC):
            return None
        return kept[1]

    async def _load(self, token: str, digest: bytes, now: float, seconds: float) -> tuple[float, Session] | None:
        sql = f"SELECT {_COLUMNS}, id_token FROM session WHERE digest = $1 AND expire_time > now()"
        rows = await fetch_within(self._pool, seconds, sql, digest)
        if not rows:
            self._gone(digest, now)
            return None
        kept = rows[0]["id_token"]
        id_token = kept if kept.count(".") == _OPEN else unsealed(kept, self._key, f"id\n{token}")
        return self._keep(self._session(rows[0], id_token), now)

    def _gone(self, digest: bytes, now: float) -> None:
        """It has ended: nor does a look that is still under way keep it."""
        self._cache.pop(digest, None)
        if len(self._ended) >= CACHE_MOST:
            self._ended.clear()
        self._ended[digest] = now + CACHE_SECONDS

    def _keep(self, session: Session, now: float) -> tuple[float, Session]:
        if len(self._cache) >= CACHE_MOST:
            self._cache.clear()
        self._cache[session.digest] = kept = (now + CACHE_SECONDS, session)
        return kept

    def _session(self, row: asyncpg.Record, id_token: str) -> Session:
        caller = Caller(row["subject"], frozenset(row["roles"]), row["agency"])
        expires, confirmed = row["expire_time"], row["confirm_time"]
        if caller.roles & STAFF:
            expires = min(expires, confirmed + self._staff_life)
        return Session(row["digest"], caller, row["name"], expires, confirmed, id_token, row["renewable"])

    def forget(self, session: Session) -> None:
        """Asks the database at its next request."""
        self._cache.pop(session.digest, None)

    async def end(self, session: Session) -> None:
        """Ends a session. Raises SESSIONS_UNAVAILABLE while the database is away: it goes on until it expires."""
        self._cache.pop(session.digest, None)
        try:
            await self._pool.execute("DELETE FROM session WHERE digest = $1", session.digest)
        except LOST as error:
            raise _unavailable() from error
        self._gone(session.digest, time.monotonic())

    async def end_login(self, jti: str, kept_until: datetime, subject: str, sid: str) -> bool:
        """Ends what a logout token names: all sessions of a subject, or those of one login (``sid``), or of both.

        False, and nothing ended, when the token was used before.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            digest = hashlib.sha256(jti.encode()).digest()
            new = await connection.fetchval(
                "INSERT INTO logout_token VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true", digest, kept_until
            )
            if not new:
                return False
            if not subject:
                where, given = "sid = $1 AND sid <> ''", [sid]
            elif not sid:
                where, given = "subject = $1", [subject]
            else:  # a login whose sid the provider did not tell is meant too: better one too many
                where, given = "subject = $1 AND sid IN ('', $2)", [subject, sid]
            ended = await connection.fetch(f"DELETE FROM session WHERE {where} RETURNING digest", *given)
        for row in ended:
            self._gone(row["digest"], time.monotonic())
        return True

    async def claim(self, token: str, rest: timedelta) -> str:
        """The refresh token, for whoever may ask the provider now; empty when another did within ``rest``."""
        found = await self._pool.fetchval(
            "UPDATE session SET try_time = now() WHERE digest = $1 AND expire_time > now()"
            " AND (try_time IS NULL OR try_time <= now() - $2::interval) RETURNING refresh_token",
            _digest(token), rest,
        )  # fmt: skip
        return unsealed(found or "", self._key, f"refresh\n{token}")

    async def keep_refresh_token(self, token: str, refresh_token: str) -> None:
        """Keeps the refresh token that the provider gave last."""
        kept = sealed(refresh_token, self._key, f"refresh\n{token}")
        await self._pool.execute("UPDATE session SET refresh_token = $2 WHERE digest = $1", _digest(token), kept)

    async def confirm(self, session: Session, caller: Caller) -> None:
        """The provider spoke for the session: it lives on, with the roles it has now."""
        row = await self._pool.fetchrow(
            f"UPDATE session SET roles = $2, agency = $3, confirm_time = now() WHERE digest = $1 RETURNING {_COLUMNS}",
            session.digest, sorted(caller.roles), caller.agency,
        )  # fmt: skip
        if row is not None:
            self._keep(self._session(row, session.id_token), time.monotonic())

    async def sweep(self) -> None:
        """Deletes expired sessions and logout tokens."""
        # Both bounds, so that any plan takes it for the short stretch of the index that it is.
        for table in ("session", "logout_token"):
            await self._pool.execute(f"DELETE FROM {table} WHERE expire_time > '-infinity' AND expire_time <= now()")

    def csrf(self, visitor: str, session: Session | Cookie | None) -> str:
        """The form token that belongs to a visitor's cookie and, after login, to the session too."""
        return self._mac("csrf", visitor, session.digest.hex() if session else "")

    def login(self, caller: Caller) -> str:
        """Tells logins apart on a device that several people use, and says of none who it is."""
        return self._mac("login", caller.subject)[:16]

    def _mac(self, *parts: str) -> str:
        mac = hmac.digest(self._key, "\n".join(parts).encode(), "sha256")
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def _unavailable() -> Problem:
    detail = "Logins cannot be checked now. Try again soon."
    return Problem(503, "SESSIONS_UNAVAILABLE", detail, headers={"retry-after": "5"})


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def current_identity(request: Request) -> Identity:
    """Dependency: who makes the request, as the admission found out."""
    return getattr(request.state, "identity", NOBODY)


def current_session(request: Request) -> Session | None:
    """Dependency: the login session, if there is one."""
    return current_identity(request).session


def current_caller(request: Request) -> Caller:
    """Dependency: who makes the request; anonymous without a login."""
    return current_identity(request).caller


def csrf_token(request: Request) -> str:
    """The token for the forms of a page; gives the visitor a cookie when they have none yet."""
    state = request.state
    visitor = getattr(state, "visitor", "")
    if not visitor:
        state.visitor = state.new_visitor = visitor = secrets.token_urlsafe(16)
    sessions: Sessions = request.app.state.gateway.sessions
    return masked(sessions.csrf(visitor, current_session(request)))


def check_csrf(request: Request, given: str) -> None:
    """Raises CSRF_TOKEN_REFUSED unless ``given`` is the token of this browser."""
    if not fits(request, given, current_session(request)):
        detail = "This form is from another session or too old. Go back, reload the page and send it again."
        raise Problem(403, "CSRF_TOKEN_REFUSED", detail)


def check_logout(request: Request, given: str) -> None:
    """The same, of a page of the login that the browser's cookie is of, whatever is known of its session."""
    if not written_before(request, given):
        check_csrf(request, given)


def written_before(request: Request, given: str) -> bool:
    """Whether ``given`` is the token of a page of the login that the browser's cookie is of, which may have ended."""
    cookie: Cookie | None = getattr(request.state, "cookie", None)
    return cookie is not None and fits(request, given, cookie)


def fits(request: Request, given: str, session: Session | Cookie | None) -> bool:
    """Whether ``given`` is the token of a page of this browser and that session."""
    visitor = getattr(request.state, "visitor", "")
    sessions: Sessions = request.app.state.gateway.sessions
    return bool(visitor) and hmac.compare_digest(
        unmasked(given).encode(), sessions.csrf(visitor, session).encode()
    )  # fmt: skip


class FormChecked:
    """Dependency: reads a form (``request.state.form``) whose token belongs to this browser; refuses any other.

    The token comes as a header or as the field ``csrf``, and is looked at before any file is taken in.
    """

    def __init__(self, kind: Kind, check: Callable[[Request, str], None] = check_csrf) -> None:
        """``kind``: what the form may hold; ``check``: what looks at its token."""
        self._kind, self._check = kind, check

    async def __call__(self, request: Request) -> None:
        given = request.headers.get(CSRF_HEADER)
        if given is not None:
            self._check(request, given)
        check = partial(self._check, request) if given is None else None
        request.state.form = await read_form(request, self._kind, check)


csrf_checked = FormChecked(SMALL)
"""Dependency: a form of fields whose token belongs to this browser."""
