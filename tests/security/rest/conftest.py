"""The live gateway, a token for every role, and cases to ask for."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fixtures.house import House
from tests.security.rest.api import ROLES, Api
from tests.security.rest.seeds import Seeds


@pytest.fixture(scope="session")
async def api(house: House) -> AsyncIterator[Api]:
    """The API of the running platform."""
    tokens = {role: await house.token(user) for role, user in ROLES.items() if user}
    async with httpx.AsyncClient(base_url=house.url, timeout=20) as client:
        document = (await client.get("/openapi.json")).json()
        yield Api(document, client, tokens)


@pytest.fixture(scope="session")
def seeds(api: Api, house: House) -> Seeds:
    """Makes cases and payments."""
    return Seeds(api, str(house.about["urls"]["bank"]))
