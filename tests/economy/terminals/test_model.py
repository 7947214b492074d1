"""Which tills a merchant can have beside each other."""

import pytest

from services.economy.merchants.model import Terminal
from services.economy.terminals import model
from services.kit.errors import DomainError

KNOWN = [Terminal(f"T{number:02}") for number in range(49)]


def refusal(label: str, wanted: Terminal) -> str:
    """Why a till cannot be added (no label: a new one) or changed."""
    with pytest.raises(DomainError) as caught:
        model.change(label, wanted, KNOWN) if label else model.add(wanted, KNOWN)
    return caught.value.reason


def test_a_merchant_has_at_most_fifty_tills_each_with_its_own_label() -> None:
    assert model.add(Terminal("T49", "Los B 12"), KNOWN) == Terminal("T49", "Los B 12")
    assert refusal("", Terminal("T00")) == "TERMINAL_EXISTS"
    assert refusal("", Terminal("T50", "a\x00b")) == "PLACE_INVALID"
    with pytest.raises(DomainError) as caught:
        model.add(Terminal("T50"), [*KNOWN, Terminal("T49")])
    assert caught.value.reason == "TERMINALS_TOO_MANY"


def test_a_till_keeps_its_label_or_takes_one_that_is_free() -> None:
    for wanted in (Terminal("T01", "Los B 12"), Terminal("KASIR1")):
        assert model.change("T01", wanted, KNOWN) == wanted
    assert refusal("T01", Terminal("T02")) == "TERMINAL_EXISTS"
    assert refusal("T01", Terminal("T01", "a\x00b")) == "PLACE_INVALID"
    assert refusal("T99", Terminal("T98")) == "TERMINAL_NOT_FOUND"
