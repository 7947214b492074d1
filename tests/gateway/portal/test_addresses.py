"""The addresses of pages: found by themselves, and each reached although others may be any word."""

import re

import pytest
from starlette.routing import Match, Route

from gateway.portal import pages_in_order
from gateway.portal.kit.here import DEEPEST

PAGES = [(route, verb) for route in pages_in_order() for verb in sorted(route.methods or ())]


def first(path: str, verb: str) -> Route:
    scope = {"type": "http", "path": path, "method": verb, "root_path": ""}
    return next(each for each in pages_in_order() if each.matches(dict(scope))[0] is Match.FULL)


def test_each_page_is_reached_at_its_address() -> None:
    found = [(page, first(re.sub(r"\{\w+\}", "SMG-0001-00", page.path), verb)) for page, verb in PAGES]
    assert [page.path for page, reached in found if reached.endpoint is not page.endpoint] == []


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/bayar/kuitansi", "economy.payment_receipts"),
        ("/bayar/B-0001", "economy.pay"),
        ("/petugas/pembersihan", "environment.cleanups"),
        ("/petugas/usaha", "economy.business"),
        ("/petugas/SMG-0001-00", "governance.work"),
    ],
)
def test_of_two_pages_that_fit_the_narrower_one_is_served(path: str, page: str) -> None:
    assert first(path, "GET").endpoint.__module__ == f"gateway.portal.{page}"


def test_no_page_has_a_deeper_address_than_the_search_for_the_page_of_a_form_goes() -> None:
    assert max(page.path.count("/") for page, verb in PAGES if verb == "GET" and ":path}" not in page.path) == DEEPEST
