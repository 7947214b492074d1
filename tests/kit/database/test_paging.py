"""Page tokens and etags."""

import base64
import contextlib
import json
from datetime import UTC
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.database import paging
from services.kit.errors import DomainError
from services.kit.rpc import etag

FILTER = ("open", "dlh")
places = st.tuples(st.none() | st.datetimes(timezones=st.just(UTC)), st.uuids())


def forged(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@given(places)
def test_a_token_leads_back_to_its_place(place: paging.Place) -> None:
    assert paging.after(paging.token(place, FILTER), FILTER) == place


def test_the_first_page_needs_no_token() -> None:
    assert paging.after("", FILTER) is None


def test_a_token_of_another_filter_is_refused() -> None:
    with pytest.raises(DomainError, match="another filter"):
        paging.after(paging.token((None, uuid4()), FILTER), ("open", "dpu"))


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "é",
        "A" * 500,
        forged(None),
        forged([None, "no id", ""]),
        forged(["2026-01-01T00:00:00", str(UUID(int=1)), ""]),
        forged(["0001-01-01T00:00:00+14:00", str(UUID(int=1)), ""]),
        forged([7, str(UUID(int=1)), ""]),
    ],
)
def test_whatever_is_no_token_is_refused_with_what_to_do(token: str) -> None:
    with pytest.raises(DomainError, match="Start again without `page_token`") as caught:
        paging.after(token, FILTER)
    assert caught.value.reason == "PAGE_TOKEN_INVALID"


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_no_text_breaks_the_reading_of_tokens(token: str) -> None:
    with contextlib.suppress(DomainError):
        assert paging.after(token, FILTER) is None


@pytest.mark.parametrize("given", ["3", '"3"', 'W/"3"'])
def test_the_version_is_known_in_every_spelling_of_http(given: str) -> None:
    etag.require(given, 3)


@pytest.mark.parametrize(("given", "reason"), [("", "ETAG_REQUIRED"), ("2", "STALE_ETAG"), ("*", "STALE_ETAG")])
def test_another_version_is_refused(given: str, reason: str) -> None:
    with pytest.raises(DomainError) as caught:
        etag.require(given, 3)
    assert caught.value.reason == reason
