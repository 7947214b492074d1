"""How each operation on stories is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fixtures.house import new_key, until
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _correlation(seeds: Seeds) -> str:
    """That of a device that was just registered."""
    body = {**seeds.api.example("registerThing"), "code": f"s{new_key()[-12:]}", "kind": "tide_gauge"}
    thing = await seeds.done(Call("registerThing", "officer", body=body))
    path = {"correlation": thing["id"]}

    async def there() -> bool:
        return (await seeds.api.send(Call("getStory", path=path))).status_code == 200

    await until(there, 20, "a story")
    return str(thing["id"])


def _about(operation: str) -> Seed:
    async def seed(seeds: Seeds) -> Call:
        return Call(operation, "anonymous", path={"correlation": await _correlation(seeds)})

    return seed


SEEDS: dict[str, Seed] = {"getStory": _about("getStory"), "followStory": _about("followStory")}
