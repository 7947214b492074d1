"""Text of which nothing is seen, or that holds what no page can show, is kept nowhere: every field of every RPC."""

import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from google.protobuf.message import Message

from gateway.calls.contracts import RPCS
from gateway.rest.routes import routes
from gateway.rest.values import json_scalar, query_reader
from services.kit.errors import DomainError
from services.kit.rpc import rules
from services.kit.rpc.rules import Field, fields_of
from services.kit.rpc.text import has_control, is_blank
from tests.gateway.conftest import WASTE, new_key
from tests.gateway.portal.pages import Browser

UNSEEN = {
    "zero-width space": "\u200b", "zero-width joiner": "\u200d", "word joiner": "\u2060", "byte order mark": "\ufeff",
    "left-to-right mark": "\u200e", "right-to-left override": "\u202e", "isolate": "\u2067\u2069",
    "soft hyphen": "\u00ad", "blank braille": "\u2800", "Hangul filler": "\u3164", "Mongolian selector": "\u180b",
    "variation selector": "\ufe0f", "selector of the supplement": "\U000e0101", "tag": "\U000e0041",
    "invisible times": "\u2062", "line separator": "\u2028", "no-break space": "\u00a0", "delete": "\x7f",
    "next line": "\x85", "C1": "\x9b", "bell": "\x07", "nothing": "\x00", "mixed": "\u200b\x7f\u202e \x85\ufeff",
}  # fmt: skip
RAW = {"smartcity.economy.v1.SnapHeader"}
"""Messages of what a bank sent, which is hashed and compared and never shown."""


class Place(NamedTuple):
    """A text in a request, however deep."""

    request: type[Message]
    path: tuple[Field, ...]

    def __str__(self) -> str:
        return f"{self.request.__name__}.{'.'.join(each.descriptor.name for each in self.path)}"

    def put(self, request: Message, text: str) -> None:
        """Gives the request this text here."""
        at: Any = request
        for each in self.path[:-1]:
            at = getattr(at, each.descriptor.name)
            if each.descriptor.is_repeated:
                at = at.add()
        last = self.path[-1].descriptor
        if last.is_repeated:
            getattr(at, last.name).append(text)
        else:
            setattr(at, last.name, text)

    def found(self, request: Message) -> str:
        """The text that stands here."""
        at: Any = request
        for each in self.path:
            at = getattr(at, each.descriptor.name)
            if each.descriptor.is_repeated:
                at = at[0]
        return str(at)


def _places(descriptor: Any, request: type[Message], above: tuple[Field, ...] = ()) -> Iterator[Place]:
    for field in fields_of(descriptor):
        inner = field.descriptor.message_type
        if inner is not None and inner.full_name not in RAW and not inner.full_name.startswith("google."):
            yield from _places(inner, request, (*above, field))
        elif field.is_text and not field.rules.verbatim and field.name != "request_id":  # a key: test_keys.py
            yield Place(request, (*above, field))


PLACES = [place for rpc in RPCS.values() for place in _places(rpc.method.input_type, rpc.request)]


def _is_fit(text: str) -> bool:
    return not text or (not has_control(text) and not is_blank(text))


def test_there_is_a_list_to_go_through() -> None:
    assert len(PLACES) > 150
    assert all(is_blank(each) or has_control(each) for each in UNSEEN.values())


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_no_field_of_a_pillar_takes_text_of_which_nothing_is_seen(text: str) -> None:
    kept = []
    for place in PLACES:
        request = place.request()
        place.put(request, text * 8)
        try:
            checked = rules.checked(request)
        except DomainError:
            continue
        if not _is_fit(place.found(checked)):
            kept.append(str(place))
    assert kept == []


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_no_field_of_the_api_takes_it_in_a_body(text: str) -> None:
    kept = []
    for route in routes():
        for place in (
            found
            for field in route.in_body
            for found in (
                _places(field.descriptor.message_type, route.rpc.request)
                if field.descriptor.message_type is not None
                else [Place(route.rpc.request, (field,))]
                if field.is_text and not field.rules.verbatim
                else []
            )
        ):
            value, wrong = json_scalar(place.path[-1])(text * 8)
            if not wrong and not (_is_fit(value) or place.path[-1].rules.words):
                kept.append(str(place))
    assert kept == []


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_no_query_and_no_path_of_the_api_takes_it(text: str) -> None:
    kept = []
    for route in routes():
        for field in route.in_query:
            values: dict[str, Any] = {}
            faults: list[Any] = []
            query_reader(field)(httpx.QueryParams({field.name: text * 8}) if not field.descriptor.is_repeated else
                                _Many(field.name, text * 8), values, faults)  # fmt: skip
            given = values.get(field.descriptor.name, "")
            if field.is_text and not faults and not field.rules.words:
                kept += [f"{route.operation}.{field.name}" for one in ([given] if isinstance(given, str) else given)
                         if not _is_fit(one)]  # fmt: skip
    assert kept == []


class _Many:
    """A query with one value of a list."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text

    def getlist(self, name: str) -> list[str]:
        """All values."""
        return [self._text] if name == self._name else []


@pytest.mark.parametrize("text", ["\u200b" * 30, "\u202e\u202c" * 15, "\x7f" * 30, "\x85\x9b" * 15, "\U000e0101" * 30])
async def test_a_report_of_nothing_to_be_seen_is_not_filed(
    client: httpx.AsyncClient, citizen: Browser, text: str
) -> None:
    refused = await client.post("/v1/complaints", json={**WASTE, "text": text}, headers=new_key())
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "text")
    page = await citizen.open("/lapor")
    page = await citizen.send(page.forms["report-form"], go="where", text=text)
    assert (page.status, page.ids["text"]["aria-invalid"]) == (422, "true")


def test_every_sign_that_is_drawn_as_nothing_counts() -> None:
    for number in (*range(0x180B, 0x1810), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)):
        assert is_blank(chr(number)), hex(number)
    for sign in map(chr, range(0x110000)):
        if unicodedata.category(sign) in ("Cc", "Cf", "Zs", "Zl", "Zp"):
            assert is_blank(sign), hex(ord(sign))


def test_each_sign_is_looked_at_once_however_long_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    category = unicodedata.category

    def counted(sign: str) -> str:
        looked.append(sign)
        return category(sign)

    monkeypatch.setattr("services.kit.rpc.text.unicodedata.category", counted)
    assert is_blank("\u200b\u202e " * 100_000)
    assert len(looked) == 3
