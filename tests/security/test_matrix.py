"""Who may call what: every RPC of every pillar as every role, through the real servers, against the contracts."""

from collections.abc import Mapping
from typing import Any

import grpc
import pytest

from deploy.pillars import NAMES, pillars
from services.kit.caller import ROLES, SYSTEM, Caller, Scope
from services.kit.pillar import Pillar
from services.kit.rpc.contract import rpcs_of
from smartcity.contracts import SERVICES
from tests.security.conftest import Door

OUTSIDE = sorted(ROLES - {"system"})
NOT_LET_IN = {"LOGIN_REQUIRED", "ROLE_NOT_ALLOWED"}
every_pillar = pytest.mark.parametrize("served", NAMES, indirect=True)


def caller(role: str) -> Caller:
    return Caller(f"{role}-1", frozenset({role}), "dlh" if role == "officer" else "")


def methods(pillar: Pillar) -> list[str]:
    """``service/Rpc`` of all RPCs, from the descriptors."""
    return [rpc.name for service in pillar.served() for rpc in rpcs_of(service)]


def expected(row: Mapping[str, Scope]) -> dict[str, str]:
    """What each role is told, by the row of the contract."""
    refusal = {role: "LOGIN_REQUIRED" if role == "anonymous" else "ROLE_NOT_ALLOWED" for role in OUTSIDE}
    return {role: "let in" if role in row else refusal[role] for role in OUTSIDE}


@pytest.mark.parametrize("name", NAMES)
def test_every_rpc_has_a_row_and_every_row_known_roles(name: str) -> None:
    pillar = pillars()[name]
    assert methods(pillar), "a pillar serves something"
    for service, table in pillar.access().items():
        for rpc, row in table.items():
            assert row, f"nobody may call {service}/{rpc}"
            assert set(row) <= set(OUTSIDE), f"{service}/{rpc} names a role that cannot come from outside"
    assert methods(pillar) == [f"{service}/{rpc}" for service, table in pillar.access().items() for rpc in table]


@pytest.mark.parametrize("name", NAMES)
def test_every_service_of_a_pillars_contracts_is_served(name: str) -> None:
    served = {service.full_name for service in pillars()[name].served()}
    assert served == {one.full_name for one in SERVICES if one.full_name.startswith(f"smartcity.{name}.")}


@every_pillar
async def test_each_role_is_let_in_as_the_contract_says(door: Door) -> None:
    pillar = pillars()[door.pillar]
    found: dict[str, dict[str, str]] = {}
    for method in methods(pillar):
        row = found[method] = {}
        for role in OUTSIDE:
            code, reason = await door.knock(method, caller(role))
            row[role] = reason if reason in NOT_LET_IN else "let in"
            assert code not in {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN}, f"{method} as {role}: {reason}"
            if reason in NOT_LET_IN:
                wanted = grpc.StatusCode.UNAUTHENTICATED if role == "anonymous" else grpc.StatusCode.PERMISSION_DENIED
                assert code is wanted
    rows = [row for table in pillar.access().values() for row in table.values()]
    assert found == dict(zip(methods(pillar), map(expected, rows), strict=True))


@every_pillar
async def test_nobody_is_let_in_without_an_assertion_of_the_gateway_for_this_pillar(door: Door) -> None:
    other = next(name for name in NAMES if name != door.pillar)
    ways: list[tuple[dict[str, Any], Caller | None]] = [
        ({}, None),
        ({"audience": other}, caller("admin")),
        ({}, SYSTEM),
        ({}, Caller("x", frozenset({"admin", "system"}))),
        ({}, Caller("", frozenset({"admin"}))),
        ({}, Caller("x", frozenset())),
    ]
    for method in methods(pillars()[door.pillar]):
        for more, who in ways:
            code, reason = await door.knock(method, who, **more)
            assert code is grpc.StatusCode.UNAUTHENTICATED, f"{method} with {more} as {who}"
            assert reason in {"ASSERTION_MISSING", "ASSERTION_REFUSED"}


@every_pillar
async def test_no_rpc_is_served_without_a_deadline(door: Door) -> None:
    pillar = pillars()[door.pillar]
    access = pillar.access()
    for method in methods(pillar):
        service, _, rpc = method.partition("/")
        role = next(iter(access[service][rpc]))
        code, reason = await door.knock(method, caller(role), timeout=None)
        assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "DEADLINE_REQUIRED"), method
