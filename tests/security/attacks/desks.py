"""Two gateways with a provider that does what a test wants, and an officer who is logged in, for tests of logins."""

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.callers import session as sessions
from tests.security.attacks.issuer import Desk, Issuer, desk_at_work, roles

OFFICER = ["agency:dlh", "officer"]


@pytest.fixture(scope="module")
async def desks(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """The gateways of all tests here."""
    async with desk_at_work(postgres, tmp_path_factory.mktemp("desk"), Issuer({})) as made:
        yield made


@pytest.fixture
async def desk(desks: Desk, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """The same with a provider that is well, and sessions that are read anew at each request."""
    monkeypatch.setattr(sessions, "CACHE_SECONDS", 0.0)
    well = Issuer({"petugas": OFFICER, "petugas-2": OFFICER, "warga": []}, key=desks.issuer.key)
    desks.issuer.__dict__.update(well.__dict__)
    await desks.database.execute("TRUNCATE session, logout_token")
    for app in desks.apps:
        app.state.gateway.sessions._cache.clear()
        app.state.gateway.renewals._asking.clear()
        app.state.gateway.provider._keys._tried_at = float("-inf")  # as if it had been asked long ago
    yield desks
    await desks.asked()


@pytest.fixture
async def officer(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """An officer who is logged in."""
    async with desk.browser() as browser:
        await desk.log_in(browser, "petugas", sid="login-1")
        assert "officer" in await roles(browser)
        yield browser
