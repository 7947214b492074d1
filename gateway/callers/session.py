"""Login sessions, kept on our side: the browser holds a random token, the database its hash.

For routes: ``current_caller`` and ``current_session`` are dependencies; ``csrf_token`` goes into every form and
``csrf_checked`` stands before every route that takes one.
"""

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.settings import GatewaySettings
from observability.context import current_trace_id
from services.kit.caller import ANONYMOUS, Caller

SESSION_COOKIE = "session"
VISITOR_COOKIE = "visitor"
CSRF_FIELD = "csrf"
"""Name of the form field."""
CSRF_HEADER = "x-csrf-token"
"""Name of the header, for scripts of our own pages."""
CACHE_SECONDS = 10.0
"""How long a session is used without asking the database; a logout elsewhere takes this long to be noticed."""
CACHE_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who logged in with a browser."""

    digest: bytes
    """SHA-256 of the token."""
    caller: Caller
    name: str
    """What the identity provider calls them; for their own eyes."""
    expires: datetime
    id_token: str = ""
    """Hint for the provider's logout."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who makes a request, and how we know."""

    caller: Caller
    session: Session | None = None
    """Set when a cookie says so: such writes need a CSRF token."""


NOBODY = Identity(ANONYMOUS)


class Sessions:
    """The sessions of the gateway's own schema."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", settings: GatewaySettings) -> None:
        """Uses the pool; keys come from the session secret."""
        self._pool = pool
        self._key = settings.session_secret.get_secret_value().encode()
        self._life = timedelta(hours=settings.session_hours)
        self._cache: dict[bytes, tuple[float, Session]] = {}

    async def create(self, caller: Caller, name: str, id_token: str) -> tuple[str, Session]:
        """Begins a session; the token is for the cookie and is not kept."""
        secret = secrets.token_urlsafe(32)
        token = f"{secret}.{self._mac('session', secret)}"
        session = Session(_digest(token), caller, name, datetime.now(UTC) + self._life, id_token)
        await self._pool.execute(
            "INSERT INTO session (digest, subject, roles, agency, name, id_token, expire_time)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            session.digest, caller.subject, sorted(caller.roles), caller.agency, name, id_token, session.expires,
        )  # fmt: skip
        return token, session

    async def find(self, token: str) -> Session | None:
        """The living session of a token. While the database is away, sessions seen lately go on."""
        secret, _, mac = token.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac("session", secret).encode()):
            return None  # made up: not worth a query
        digest, now = _digest(token), time.monotonic()
        kept = self._cache.get(digest)
        if kept is None or now > kept[0]:
            try:
                kept = await self._load(digest, now)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                if kept is None:
                    raise Problem(
                        503, "SESSIONS_UNAVAILABLE", "Logins cannot be checked now. Try again soon."
                    ) from error
        if kept is None or kept[1].expires <= datetime.now(UTC):
            return None
        return kept[1]

    async def _load(self, digest: bytes, now: float) -> tuple[float, Session] | None:
        row = await self._pool.fetchrow(
            "SELECT subject, roles, agency, name, id_token, expire_time FROM session"
            " WHERE digest = $1 AND expire_time > now()",
            digest,
        )
        if row is None:
            self._cache.pop(digest, None)
            return None
        caller = Caller(row["subject"], frozenset(row["roles"]), row["agency"])
        session = Session(digest, caller, row["name"], row["expire_time"], row["id_token"])
        if len(self._cache) >= CACHE_MOST:
            self._cache.clear()
        self._cache[digest] = kept = (now + CACHE_SECONDS, session)
        return kept

    async def end(self, session: Session) -> None:
        """Ends a session."""
        self._cache.pop(session.digest, None)
        await self._pool.execute("DELETE FROM session WHERE digest = $1", session.digest)

    async def sweep(self) -> None:
        """Deletes expired sessions."""
        # Both bounds, so that any plan takes it for the short stretch of the index that it is.
        await self._pool.execute("DELETE FROM session WHERE expire_time > '-infinity' AND expire_time <= now()")

    def csrf(self, visitor: str, session: Session | None) -> str:
        """The form token that belongs to a visitor's cookie and, after login, to the session too."""
        return self._mac("csrf", visitor, session.digest.hex() if session else "")

    def _mac(self, *parts: str) -> str:
        mac = hmac.digest(self._key, "\n".join(parts).encode(), "sha256")
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


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
    return sessions.csrf(visitor, current_session(request))


async def csrf_checked(request: Request) -> None:
    """Dependency: refuses a form whose token does not belong to this browser (field ``csrf`` or header)."""
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        given = str((await request.form()).get(CSRF_FIELD, ""))
    check_csrf(request, given)


def check_csrf(request: Request, given: str) -> None:
    """Raises CSRF_TOKEN_REFUSED unless ``given`` is the token of this browser."""
    visitor = getattr(request.state, "visitor", "")
    sessions: Sessions = request.app.state.gateway.sessions
    expected = sessions.csrf(visitor, current_session(request)) if visitor else ""
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        detail = "This form is from another session or too old. Go back, reload the page and send it again."
        raise Problem(403, "CSRF_TOKEN_REFUSED", detail)


def csp_nonce(request: Request) -> str:
    """The nonce that this page's own script and style elements carry."""
    state = request.state
    nonce: str = getattr(state, "nonce", "")
    if not nonce:
        state.nonce = nonce = secrets.token_urlsafe(16)
    return nonce


def trace_id() -> str:
    """The trace of the request, for pages that show it; empty outside a trace."""
    return current_trace_id() or ""
