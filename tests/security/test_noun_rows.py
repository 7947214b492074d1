"""Who may act on which row, as nouns say it with their own tests: whom it concerns is let in, others are kept out."""

import grpc
import pytest

from deploy.pillars import NAMES, pillars
from services.kit.caller import Caller, Scope
from services.kit.rpc.contract import Rpc, rpcs_of
from tests.fixtures.nouns import Row, found
from tests.fixtures.pillars import Served
from tests.security.conftest import Door

STRANGERS = (Caller("citizen-budi", frozenset({"citizen"})), Caller("verifier-1", frozenset({"verifier"})))
KEPT_OUT = {grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNAUTHENTICATED}


@pytest.mark.parametrize("served", [name for name in NAMES if found("rows", "ROWS", name)], indirect=True)
async def test_whom_a_row_concerns_is_let_in_and_others_are_kept_out(served: Served, subtests: pytest.Subtests) -> None:
    pillar = pillars()[served.runtime.pillar]
    known = {f"{service.name}.{one.method.name}": one for service in pillar.served() for one in rpcs_of(service)}
    rows: dict[str, Row] = found("rows", "ROWS", pillar.name)
    for name, row in rows.items():
        with subtests.test(name):
            await _tried(served, known[name], row)


async def _tried(served: Served, rpc: Rpc, row: Row) -> None:
    door, scopes = Door(rpc.pillar, served.channel, served.minter), rpc.scopes()
    strangers = [one for one in STRANGERS if not any(scopes.get(role) is Scope.ANY for role in one.roles)]
    if row.own:
        strangers = [one for one in strangers if not one.roles & scopes.keys()]
    for caller in (*strangers, *row.others):
        code, reason = await door.knock(rpc.name, caller, (await row.make(served)).SerializeToString())
        assert code in KEPT_OUT, f"{caller.subject} of {caller.agency or 'no agency'}: {code} {reason}"
    for caller in row.concerned:
        told = await door.knock(rpc.name, caller, (await row.make(served)).SerializeToString())
        assert told == (grpc.StatusCode.OK, ""), caller.subject
