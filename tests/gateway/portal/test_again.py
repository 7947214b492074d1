"""What a form said comes back when its request is refused before it is read: as far as it came before its files."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request

from gateway.answers.problems import Problem
from gateway.bodies import entries
from gateway.bodies.body import Body
from gateway.bodies.flight import Flight
from gateway.bodies.forms import OPENING
from gateway.portal.kit.again import wait_of
from gateway.settings import GatewaySettings

SETTINGS = cast(GatewaySettings, SimpleNamespace(origin="https://x.example", photo_bytes=10 << 20, body_bytes=1 << 18))
OURS = {"sec-fetch-site": "same-origin", "accept": "text/html"}


async def given_back(text: str, photo: int, piece: int, **headers: str) -> entries.Entries | None:
    """What is read of a form with a text and a photo of so many bytes, of which so many come at once."""
    head = b'--b\r\ncontent-disposition: form-data; name="'
    sent = head + b'text"\r\n\r\n' + text.encode() + b"\r\n"
    sent += head + b'photos"; filename="a.jpg"\r\n\r\n' + bytes(photo)
    at = 0

    async def receive() -> dict[str, Any]:
        nonlocal at
        chunk, at = sent[at : at + piece], at + piece
        return {"type": "http.request", "body": chunk, "more_body": at < len(sent)}

    told = {"host": "x.example", "content-type": "multipart/form-data; boundary=b", **headers}
    scope = {
        "type": "http", "method": "POST", "path": "/lapor", "query_string": b"", "scheme": "https",
        "server": ("x.example", 443), "state": {"address": "192.0.2.1"},
        "headers": [(name.encode(), value.encode()) for name, value in told.items()],
    }  # fmt: skip
    flight = Flight(1 << 26, 1 << 25)
    body = Body(scope, receive, SETTINGS, flight)
    found = await entries.read(Request(scope, body.receive), SETTINGS)
    body.close()
    assert flight.small.bytes == 0
    assert at <= OPENING + 2 * piece, "the photo itself is not waited for"
    return found


@pytest.mark.parametrize("piece", [1_000, 65_536, 131_072])
async def test_what_was_typed_before_forty_megabytes_of_photo_comes_back(piece: int) -> None:
    found = await given_back("x" * 5_000, 40 << 20, piece, **OURS)
    assert found is not None
    assert (found.fields, found.files, found.parts) == ([("text", "x" * 5_000)], "photos", True)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"accept": "text/html"},
        {**OURS, "sec-fetch-site": "cross-site"},
        {**OURS, "sec-fetch-site": "none"},
        {"accept": "text/html", "origin": "https://evil.example"},
        {**OURS, "accept": "application/json"},
    ],
)
async def test_another_sites_form_never_comes_back_as_ours(headers: dict[str, str]) -> None:
    assert await given_back("Sampah", 10, 1_000, **headers) is None


async def test_an_older_browser_says_by_its_origin_whose_form_it_is() -> None:
    found = await given_back("Sampah", 10, 1_000, accept="text/html", origin="https://x.example")
    assert found is not None
    assert found.fields == [("text", "Sampah")]


@pytest.mark.parametrize(("said", "shown"), [("5", 5), ("120", 120), ("600", 0), ("82800", 0), ("", 0)])
def test_people_are_told_seconds_that_they_can_wait_for(said: str, shown: int) -> None:
    assert wait_of(Problem(429, "DATA_REQUESTS_FULL", "Later.", headers={"retry-after": said})) == shown


def test_how_long_a_rate_lasts_is_always_told_since_its_words_do_not() -> None:
    assert wait_of(Problem(429, "RATE_LIMITED", "Later.", headers={"retry-after": "360"})) == 360
