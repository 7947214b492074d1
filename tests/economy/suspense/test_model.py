"""The rules of money in suspense."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.economy.suspense import model
from services.kit.errors import DomainError

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_two_people_move_money_out_of_suspense() -> None:
    item = model.Item(
        id=uuid4(),
        reason=model.Reason.LATE,
        currency="IDR",
        amount=5,
        provider_reference="R",
        correlation="story",
        created_at=NOW,
        updated_at=NOW,
    )
    for target in (UUID(int=1), None):
        proposed = model.propose(item, target, "Milik pasar", "first", NOW)
        with pytest.raises(DomainError, match="somebody else"):
            model.approve(proposed, "first", NOW)
        approved = model.approve(proposed, "second", NOW)
        assert approved.is_returning == (target is None)
        assert (approved.state is model.State.RELEASED) == (target is not None)
        assert approved.version == 3
    opened = model.unreturnable(approved, "refused", NOW)
    assert (opened.state, opened.approved_by, opened.is_returning) == (model.State.OPEN, "", False)


@pytest.mark.parametrize(
    ("reason", "nmid", "of_drills", "told"),
    [
        ("refused", "ID1", False, "stopped"),
        ("refused", "ID1", True, "refused"),
        ("refused", "", False, "refused"),
        ("unlinked", "ID1", False, "unlinked"),
    ],
)
def test_only_what_the_printed_qris_of_a_stopped_merchant_brought_is_told_as_such(
    reason: str, nmid: str, of_drills: bool, told: str
) -> None:
    item = model.Item(
        id=uuid4(),
        reason=model.Reason(reason),
        currency="IDR",
        amount=5,
        provider_reference="R",
        nmid=nmid,
        correlation="story",
        created_at=NOW,
        updated_at=NOW,
    )
    assert model.told_reason(item, of_drills=of_drills) is model.Reason(told)
