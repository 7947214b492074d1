"""Etags: which version, and what else of a thing, a change must name."""

import pytest

from services.kit.errors import DomainError
from services.kit.rpc import etag as etags


@pytest.mark.parametrize(
    ("version", "mark", "etag"), [(7, "", "7"), (7, "ab12", "7.ab12")], ids=["version alone", "with a mark"]
)
def test_an_etag_names_a_version_and_its_mark(version: int, mark: str, etag: str) -> None:
    assert etags.of(version, mark) == etag
    for spelt in (etag, f'"{etag}"', f'W/"{etag}"'):
        etags.require(spelt, version, mark=mark)


@pytest.mark.parametrize("etag", ["7", "6.ab12", "7.ab1", "7.ab123", "7.", "ab12"])
def test_another_version_or_mark_is_stale_and_the_etag_now_is_told(etag: str) -> None:
    with pytest.raises(DomainError) as caught:
        etags.require(etag, 7, mark="ab12")
    assert (caught.value.reason, caught.value.metadata["etag"]) == ("STALE_ETAG", "7.ab12")


def test_a_mark_is_stale_where_there_is_none_now() -> None:
    with pytest.raises(DomainError, match="changed"):
        etags.require("7.ab12", 7)


def test_whatever_mark_is_taken_where_only_the_version_matters() -> None:
    for etag in ("7", "7.ab12", 'W/"7.ab12"'):
        etags.match(etag, 7, mark=None)
    for etag in ("6", "6.ab12", "70", ".ab12"):
        with pytest.raises(DomainError, match="changed"):
            etags.require(etag, 7, mark=None)


def test_a_version_since_which_nothing_mattered_is_taken_with_the_mark_alone() -> None:
    etags.require("5.ab12", 7, mark="ab12", since=5)
    for etag in ("4.ab12", "5.cd34", "8.ab12"):
        with pytest.raises(DomainError, match="changed"):
            etags.require(etag, 7, mark="ab12", since=5)


def test_one_is_required_but_where_any_version_is_meant() -> None:
    etags.match("", 7, mark="ab12")
    with pytest.raises(DomainError) as caught:
        etags.require("", 7, mark="ab12")
    assert caught.value.reason == "ETAG_REQUIRED"
