"""The live gateway, a token for every role, and cases to ask for."""

from collections.abc import AsyncIterator

import httpx
import pytest
import schemathesis
from schemathesis.core.result import Ok

from tests.fixtures.house import House
from tests.security.rest.api import BANKS, ROLES, Api, Documented
from tests.security.rest.seeds import Seeds


@pytest.fixture(scope="session")
async def api(house: House) -> AsyncIterator[Api]:
    """The API of the running platform."""
    tokens = {role: await house.token(user) for role, user in ROLES.items() if user}
    async with httpx.AsyncClient(base_url=house.url, timeout=90) as client:  # a busy machine is long at closing a day
        document = (await client.get("/openapi.json")).json()
        yield Api(document, client, tokens)


@pytest.fixture(scope="session")
def seeds(api: Api, house: House) -> Seeds:
    """Makes cases and payments."""
    return Seeds(api, str(house.about["urls"]["bank"]))


@pytest.fixture(scope="session")
def documented(api: Api) -> Documented:
    """The operations of the live document, as what generates requests of them and judges answers has them."""
    refused = {"expected-statuses": ["4xx"]}
    config = schemathesis.Config.from_dict({"checks": {"negative_data_rejection": refused}})
    every = schemathesis.openapi.from_dict(api.document, config=config).get_all_operations()
    found = [each.ok() for each in every if isinstance(each, Ok)]
    return {each.definition.raw["operationId"]: each for each in found if each.definition.raw["tags"] != BANKS}
