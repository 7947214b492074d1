"""What pages tell of money and of agencies: what the bank did, and no rank by a handful of cases."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.portal.city.home import LEAST_RESOLVED, _league
from gateway.portal.economy.desk import refund_told
from gateway.portal.kit.texts import Texts
from gateway.portal.kit.trouble import told
from smartcity.economy.v1 import payments_pb2
from smartcity.governance.v1 import overview_views
from smartcity.types.v1 import place_views


@pytest.mark.parametrize(
    ("state", "word"),
    [("DONE", "refund_done"), ("PROCESSING", "refund_processing"), ("FAILED", "refund_refused")],
)
def test_a_refund_is_told_by_what_became_of_it(state: str, word: str) -> None:
    refund = payments_pb2.Refund(state=payments_pb2.RefundState.Value(f"REFUND_STATE_{state}"))
    assert refund_told(refund) == word


def test_cash_is_not_said_to_be_given_back_before_somebody_hands_it_over() -> None:
    given = payments_pb2.Refund(state=payments_pb2.REFUND_STATE_DONE, way=payments_pb2.REFUND_WAY_CASH)
    assert refund_told(given) == "refund_cash"


@pytest.mark.parametrize(("language", "choose"), [("id", "Pilih"), ("en", "Choose")])
def test_a_bank_that_is_away_leaves_a_choice_only_where_there_is_one(language: str, choose: str) -> None:
    texts = Texts(language)
    assert choose not in texts("reason.PROVIDER_DIFFERS"), "the page of a refund has nothing to choose from"
    assert choose in told(texts, "PROVIDER_DIFFERS", "target", "")


def _agency(name: str, resolved: int, on_time: int) -> Any:
    return overview_views.AgencyPunctuality(
        agency=place_views.Agency(id=name, name=name), resolved=resolved, on_time=on_time, open=0, overdue=0
    )


def test_a_league_ranks_only_agencies_of_which_a_share_says_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.portal.city.home.city_words", lambda request: SimpleNamespace(agency_names={}))
    few = _agency("few", LEAST_RESOLVED - 1, LEAST_RESOLVED - 1)
    many, none = _agency("many", 40, 10), _agency("no", 0, 0)
    request: Any = None
    rows = _league(request, [few, none, many])
    assert [(row["name"], row["share"]) for row in rows] == [("many", 25), ("few", None), ("no", None)]
