"""Who may act for a merchant, who may see it, who is the treasury: for every kind of caller and scope."""

from dataclasses import replace

import pytest

from services.economy import access
from services.economy.merchants import store
from services.kit.caller import ANONYMOUS, SYSTEM, Caller, Scope
from services.kit.errors import DomainError
from tests.economy.conftest import ADMIN, BUSINESS_OFFICE, CITIZEN, MARKETS, OWNER, TREASURER, Economy
from tests.economy.merchants.cases import NMID, active

OFFICER_AT_HOME = replace(TREASURER, roles=frozenset({"citizen", "officer"}))
"""A treasurer who pays as a citizen: the scope is that of the citizen."""
IMPOSTOR = Caller("citizen-3", frozenset({"citizen"}), "bpkad")


@pytest.mark.parametrize(
    ("caller", "scope", "treasury", "office", "acts", "serves", "sees"),
    [
        # caller, scope, is treasury, is business office, acts for the business, for the counter of disdag, sees both
        (ADMIN, Scope.ANY, True, True, True, True, True),
        (SYSTEM, Scope.ANY, True, True, True, True, True),
        (TREASURER, Scope.OWN_AGENCY, True, False, False, False, True),
        (TREASURER, Scope.ANY, True, False, False, False, True),
        (BUSINESS_OFFICE, Scope.OWN_AGENCY, False, True, False, False, True),
        (MARKETS, Scope.OWN_AGENCY, False, False, False, True, False),
        (MARKETS, Scope.ANY, False, False, False, True, False),
        (OWNER, Scope.OWN, False, False, True, False, False),
        (OWNER, Scope.ANY, False, False, True, False, False),
        (CITIZEN, Scope.OWN, False, False, False, False, False),
        (CITIZEN, Scope.ANY, False, False, False, False, False),
        (ANONYMOUS, Scope.ANY, False, False, False, False, False),
        (IMPOSTOR, Scope.OWN, False, False, False, False, False),
        (IMPOSTOR, Scope.ANY, False, False, False, False, False),
        (OFFICER_AT_HOME, Scope.OWN, False, False, False, False, False),
    ],
)
async def test_rights_follow_from_role_agency_and_scope(
    economy: Economy, caller: Caller, scope: Scope, treasury: bool, office: bool, acts: bool, serves: bool, sees: bool
) -> None:
    await active(economy)
    async with economy.runtime.snapshot(caller, scope) as tx:
        business, counter = await store.by_nmid(tx, NMID), await store.counter_of(tx, "disdag")
        assert business is not None
        assert counter is not None
        assert (access.is_treasury(tx), access.is_business_office(tx)) == (treasury, office)
        assert (access.may_act_for(tx, business), access.may_act_for(tx, counter)) == (acts, serves)
        assert (access.may_see(tx, business), access.may_see(tx, counter)) == (sees or acts, sees or serves)
        assert access.sees_all(tx) == sees
        for is_one, require in ((treasury, access.require_treasury), (office, access.require_business_office)):
            if is_one:
                require(tx)
                continue
            with pytest.raises(DomainError, match="ask an officer there"):
                require(tx)
