"""Whom a matter concerns decides nothing of it; the platform and strangers are concerned by nothing."""

import pytest

from services.kit.caller import ANONYMOUS, SYSTEM, Caller
from services.kit.errors import DomainError
from services.kit.interest import own_matter, require_disinterested

BUDI = Caller("budi", frozenset({"officer"}), "dpu")


@pytest.mark.parametrize("role", ["citizen", "officer", "verifier", "admin"])
def test_nobody_decides_on_what_is_their_own(role: str) -> None:
    with pytest.raises(DomainError, match="somebody else"):
        require_disinterested(Caller("budi", frozenset({role})), "", "ani", "budi")


@pytest.mark.parametrize("concerned", [(), ("",), ("ani",), ("dpu",)])
def test_others_do(concerned: tuple[str, ...]) -> None:
    require_disinterested(BUDI, *concerned)


@pytest.mark.parametrize("caller", [ANONYMOUS, SYSTEM])
def test_neither_the_platform_nor_who_has_not_logged_in_is_anybody(caller: Caller) -> None:
    assert own_matter(caller, "", caller.subject) is None
