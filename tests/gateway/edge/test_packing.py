"""Packed answers: smaller, the same when unpacked, told apart by caches, and telling nothing of what they hold."""

import asyncio
import gzip
import re
import threading
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.answers import packing as answers_packing
from gateway.answers.packing import LEAST_BYTES, Piece, packed, packed_around, takes_gzip
from gateway.callers.masking import masked, unmasked
from gateway.edge import packing
from gateway.edge.packing import BESIDE_BYTES, Packing
from gateway.portal.kit.assets import asset
from tests.gateway.callers.test_auth import log_in
from tests.gateway.conftest import file, new_key
from tests.gateway.running import Stand

GZIP, PLAIN = {"accept-encoding": "gzip"}, {"accept-encoding": "identity"}


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("deflate, *", True),
        ("GZIP ; q=1.0", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("identity", False),
        ("*;q=0", False),
        ("*, gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*;q=0, gzip", True),
    ],
)
def test_who_takes_gzip(said: str, takes: bool) -> None:
    assert takes_gzip(said) is takes


async def raw(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
    """The answer, and its bytes as they came over the wire."""
    async with client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([chunk async for chunk in answer.aiter_raw()])


@pytest.mark.parametrize(
    "path", ["/", "/lapor", "/docs", "/v1/city", "/v1/categories", "/peta/areas.geojson", "/openapi.json", "portal.css"]
)
async def test_pages_json_and_assets_are_packed_for_whoever_unpacks_them(client: httpx.AsyncClient, path: str) -> None:
    path = path if path.startswith("/") else asset(path)
    plain, whole = await raw(client, path, PLAIN)
    small, sent = await raw(client, path, GZIP)
    assert "content-encoding" not in plain.headers
    assert small.headers["content-encoding"] == "gzip"
    unpacked = gzip.decompress(sent)  # the home page may hold more than a moment ago
    assert int(small.headers["content-length"]) == len(sent) < 0.6 * len(unpacked)
    assert (b"<html" in whole) is (b"<html" in unpacked)
    for answer in (plain, small):
        assert "accept-encoding" in answer.headers["vary"].lower(), "a cache keeps them apart"
    assert int(plain.headers["content-length"]) == len(whole)


async def test_what_is_small_or_packed_already_goes_as_it_is(client: httpx.AsyncClient) -> None:
    for path in ("/v1/me", "/livez", "/static/vendor/leaflet/images/marker-icon.png"):
        answer = await client.get(path, headers=GZIP)
        assert answer.status_code == 200
        assert "content-encoding" not in answer.headers, path


@pytest.mark.parametrize("encoding", [GZIP, PLAIN], ids=["packed", "plain"])
async def test_the_head_alone_tells_the_length_and_kind_of_what_would_come(
    client: httpx.AsyncClient, encoding: dict[str, str]
) -> None:
    made = await file(client, text="Sampah menumpuk di depan pasar sejak tiga hari. " * 40)
    for path in (f"/v1/complaints/{made['code']}", "/docs", "/v1/categories", "/v1/performance.csv", "/v1/nothing"):
        read, told = await client.get(path, headers=encoding), await client.head(path, headers=encoding)
        assert (told.status_code, told.content) == (read.status_code, b""), path
        for name in ("content-length", "content-encoding", "content-type", "vary", "etag"):
            assert told.headers.get(name) == read.headers.get(name), (path, name)


async def test_a_change_may_name_the_version_whichever_way_it_came(stand: Stand, client: httpx.AsyncClient) -> None:
    text = "Sampah menumpuk di depan pasar sejak tiga hari. " * 40
    made = await file(client, text=text)
    path, key = f"/v1/complaints/{made['code']}", await stand.bearer("verifikator")
    plain, small = [await client.get(path, headers=key | each) for each in (PLAIN, GZIP)]
    assert small.headers["content-encoding"] == "gzip"
    assert small.headers["etag"] == plain.headers["etag"]
    move = {"transition": "verify"}
    stale = await client.post(f"{path}/transitions", json=move, headers=new_key() | key | {"if-match": 'W/"99"'})
    assert (stale.status_code, stale.json()["reason"]) == (412, "STALE_ETAG")
    match = {"if-match": small.headers["etag"]}
    done = await client.post(f"{path}/transitions", json=move, headers=new_key() | key | match)
    assert done.status_code == 200, done.text


async def test_an_asset_is_known_again(client: httpx.AsyncClient) -> None:
    path = asset("portal.js")
    first = await client.get(path, headers=GZIP)
    again = await client.get(path, headers=GZIP | {"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["vary"] == "Accept-Encoding"


def forms_token(page: str) -> str:
    return str(re.findall(r'name="csrf" value="([^"]+)"', page)[0])


async def test_the_forms_token_is_other_bytes_in_each_page_and_works_all_the_same(client: httpx.AsyncClient) -> None:
    pages = [(await client.get("/lapor")).text for _ in range(3)]
    tokens = [forms_token(page) for page in pages]
    assert len(set(tokens)) == 3
    assert len({unmasked(each) for each in tokens}) == 1
    parts = [{each[at : at + 8] for at in range(len(each) - 8)} for each in tokens]
    assert not parts[0] & parts[1], "nothing of one page's token stands in another's"
    for token in (*tokens, unmasked(tokens[0])):
        answer = await client.post("/lapor", data={"csrf": token, "go": "where", "text": "Lampu jalan mati di sini"})
        assert (answer.status_code == 403) == (token == unmasked(tokens[0])), "the bare token is in no page"


async def test_a_session_token_of_the_api_is_masked_too(stand: Stand) -> None:
    async with stand.client() as browser:
        await log_in(stand, browser, "warga")
        tokens = {(await browser.get("/v1/me")).json()["csrf_token"] for _ in range(2)}
        assert len(tokens) == 2
        for token in tokens:
            answer = await browser.post("/v1/wallets", headers=new_key() | {"x-csrf-token": token})
            assert answer.status_code != 403


@pytest.mark.parametrize("made_up", ["", "é", "a", "ab==", "x" * 4001, "🗝"])
def test_what_is_no_token_is_none(made_up: str) -> None:
    assert unmasked(made_up) != "secret"
    assert unmasked(masked("secret")) == "secret"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_page_that_another_site_leads_to_is_not_packed(client: httpx.AsyncClient, site: str) -> None:
    own = GZIP | {"cookie": "visitor=x"}
    assert "content-encoding" in (await client.get("/lacak", headers=own | {"sec-fetch-site": "none"})).headers
    assert "content-encoding" not in (await client.get("/lacak", headers=own | {"sec-fetch-site": site})).headers


async def answer_of(app: ASGIApp, headers: dict[str, str] = GZIP, method: str = "GET") -> list[Any]:
    """The messages that an application sends through the packing."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()  # the client stays

    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    await Packing(app)({"type": "http", "method": method, "path": "/", "headers": named}, receive, send)
    return sent


async def test_a_stream_of_events_is_sent_on_at_once() -> None:
    begun = asyncio.Event()

    async def events(scope: Scope, receive: Receive, send: Send) -> None:
        head = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        begun.set()
        await send({"type": "http.response.body", "body": b"x" * 2 * LEAST_BYTES, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    sent = await answer_of(events)
    assert [each["type"] for each in sent] == ["http.response.start", *["http.response.body"] * 2]
    assert dict(sent[0]["headers"]).keys() == {b"content-type"}


async def test_what_comes_in_parts_goes_on_in_parts() -> None:
    sent = await answer_of(StreamingResponse(iter(["a" * 2000, "b" * 2000]), media_type="text/csv"))
    assert b"".join(each["body"] for each in sent[1:]) == b"a" * 2000 + b"b" * 2000
    assert b"content-encoding" not in dict(sent[0]["headers"])


@pytest.mark.parametrize(("size", "beside"), [(BESIDE_BYTES - 1, False), (BESIDE_BYTES, True)])
async def test_a_large_page_is_packed_beside_the_loop(monkeypatch: pytest.MonkeyPatch, size: int, beside: bool) -> None:
    where: list[bool] = []

    def watched(body: bytes, level: int) -> bytes:
        where.append(threading.current_thread() is not threading.main_thread())
        return packed(body, level)

    monkeypatch.setattr(packing, "packed", watched)
    sent = await answer_of(PlainTextResponse("x" * size))
    assert gzip.decompress(sent[1]["body"]) == b"x" * size
    assert where == [beside]


async def test_what_is_too_large_goes_as_it_is() -> None:
    sent = await answer_of(PlainTextResponse("x" * (packing.MOST_BYTES + 1)))
    assert b"content-encoding" not in dict(sent[0]["headers"])


@given(st.lists(st.tuples(st.text(), st.text(min_size=1), st.booleans())), st.text())
def test_what_is_packed_around_pieces_is_the_body(told: list[tuple[str, str, bool]], last: str) -> None:
    body = "".join(before + (piece if held else "") for before, piece, held in told) + last
    around = packed_around(body.encode(), [Piece(piece) for _, piece, _ in told])
    assert gzip.decompress(around) == body.encode()


async def test_of_a_home_that_is_made_for_a_crowd_nothing_is_packed_anew(
    stand: Stand, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway.home, "_put", lambda *_: None)  # nothing changes meanwhile
    monkeypatch.setattr(stand.app.state.crowds, "_seconds", 60.0)
    whole = (await raw(client, "/", GZIP))[0]
    sizes: list[int] = []
    blocks = answers_packing._blocks

    def counted(data: bytes) -> bytes:
        sizes.append(len(data))
        return blocks(data)

    monkeypatch.setattr(answers_packing, "_blocks", counted)
    again, sent = await raw(client, "/", GZIP)
    assert (whole.status_code, again.headers["content-encoding"]) == (200, "gzip")
    assert len(gzip.decompress(sent)) > 2 * len(sent)
    assert sizes == []
