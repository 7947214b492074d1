"""How each operation on subscriptions is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.environment.warnings.seeds import proposed
from tests.security.rest.api import Call

if TYPE_CHECKING:
    from tests.security.rest.seeds import Seed, Seeds


async def _create(seeds: Seeds) -> Call:
    return Call("createWarningSubscription", "anonymous", body=seeds.api.example("createWarningSubscription"))


async def _mails(seeds: Seeds) -> Call:
    made = await proposed(seeds)
    await seeds.done(Call("approveWarning", "watch", path={"id": made["id"]}, version=made["etag"]))
    return Call("getWarningMails", "warner", path={"id": made["id"]})


SEEDS: dict[str, Seed] = {"createWarningSubscription": _create, "getWarningMails": _mails}
