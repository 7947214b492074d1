"""Bodies that would fill memory or disk: routes say what they take, and nothing else is read."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
from fastapi.routing import APIRoute

import gateway.portal
from gateway.answers.problems import Problem
from gateway.bodies.flight import Flight, Pool
from gateway.bodies.kinds import NOTHING, SMALL
from gateway.callers.session import FormChecked
from gateway.edge.middleware import RequestLimits
from gateway.portal import pages_in_order
from gateway.portal.kit.texts import catalogue
from gateway.rest.routes import routes
from tests.gateway.conftest import file, new_key
from tests.gateway.photos.test_photos import picture
from tests.gateway.running import Stand, gateway_settings, serving

MEBIBYTE = 1 << 20
LARGE = 30 * MEBIBYTE
FORM = "multipart/form-data; boundary=x"
WAIT = 20.0
TEMPLATES = Path(gateway.portal.__file__).parent
SIGNED = "/surat/"
"""Links in mails: a signed token in the address stands for the form's, and mail programs post there by themselves."""


def part(name: str, value: str = "", filename: str | None = None) -> bytes:
    """The beginning of a part, or a whole field."""
    said = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    end = f"{value}\r\n" if filename is None else value
    return f"--x\r\ncontent-disposition: {said}\r\n\r\n{end}".encode()


WORDS = {
    name: catalogue("id")[f"reason.{name}"]
    for name in ("CSRF_TOKEN_REFUSED", "BODIES_BUSY", "BODIES_FROM_ADDRESS", "MEDIA_TYPE_NOT_TAKEN")
}


class Visitor:
    """A request whose body is sent piece by piece."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def post(
        cls, stand: Stand, path: str, kind: str, size: int | None, address: str = "127.0.0.1", **headers: str
    ) -> Visitor:
        """Sends the headers of a request; without ``size`` the body comes in chunks."""
        way = await asyncio.open_connection("127.0.0.1", stand.settings.port, local_addr=(address, 0))
        made = cls(*way)
        length = "transfer-encoding: chunked" if size is None else f"content-length: {size}"
        more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"POST {path} HTTP/1.1\r\nhost: city\r\ncontent-type: {kind}\r\n{length}\r\n{more}\r\n"
        made._writer.write(head.encode())
        return made

    async def send(self, data: bytes) -> None:
        """Sends so much of the body."""
        self._writer.write(data)
        await self._writer.drain()

    @property
    def answered(self) -> bool:
        """Whether an answer is there, or beginning."""
        return bool(self._reader._buffer)  # type: ignore[attr-defined]

    async def answer(self) -> httpx.Response:
        """The answer, in time."""
        async with asyncio.timeout(WAIT):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            length = int(head.partition("content-length: ")[2].split()[0])
            body = await self._reader.readexactly(length)
        pairs = [line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line]
        return httpx.Response(int(head.split()[1]), headers=[(a, b) for a, b in pairs], content=body)

    def close(self) -> None:
        """Gone."""
        self._writer.close()


def reason(answer: httpx.Response) -> tuple[int, str]:
    """Status and reason; pages tell people of it in words."""
    said = answer.headers["content-type"]
    if said.startswith("text/html"):
        [told] = [name for name, words in WORDS.items() if html.escape(words) in answer.text] or [""]
        return answer.status_code, told
    return answer.status_code, json.loads(answer.content)["reason"]


async def token(client: httpx.AsyncClient) -> dict[str, str]:
    """Form token and cookie of a visitor."""
    page = await client.get("/lapor")
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    return {"csrf": csrf, "cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


def flight_of(stand: Stand) -> Flight:
    """What the gateway counts."""
    app: Any = stand.app.middleware_stack
    while not isinstance(app, RequestLimits):
        app = getattr(app, "app", None) or app._app
    return app._flight


# What a route takes


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/v1/complaints/similar", FORM, 415),
        ("/v1/complaints", "Multipart/Form-Data; boundary=x", 415),
        ("/v1/snap/v1.0/qr/qr-mpm-notify", FORM, 415),
        ("/v1/snap/v1.0/access-token/b2b", "application/json", 413),
        ("/v1/complaints/similar", "application/json", 413),
        ("/v1/complaints/similar", "image/jpeg", 413),
        ("/v1/complaints/similar", "text/csv", 413),
        ("/v1/complaints/similar", "application/octet-stream", 413),
        ("/auth/logout", FORM, 415),
        ("/petugas/simulasi", FORM, 415),
        ("/lapor", "application/x-www-form-urlencoded", 413),
        ("/nowhere", FORM, 404),
        ("/v1/nowhere", "application/json", 404),
        ("/v1/city", FORM, 405),
        ("/", FORM, 405),
    ],
)
async def test_thirty_megabytes_where_they_are_not_taken_are_refused_unread(
    stand: Stand, path: str, kind: str, status: int
) -> None:
    visitor = await Visitor.post(stand, path, kind, LARGE)
    assert (await visitor.answer()).status_code == status
    visitor.close()


async def test_twenty_large_forms_to_a_route_of_json_cost_no_memory(stand: Stand) -> None:
    before = psutil.Process().memory_info().rss
    visitors = [await Visitor.post(stand, "/v1/complaints/similar", FORM, None) for _ in range(20)]
    answers = await asyncio.gather(*(each.answer() for each in visitors))
    for each in visitors:
        for _ in range(16):
            await each.send(b"10000\r\n" + bytes(65_536) + b"\r\n")
    assert {reason(each) for each in answers} == {(415, "MEDIA_TYPE_NOT_TAKEN")}
    assert psutil.Process().memory_info().rss - before < 30 * MEBIBYTE, "20 MB were sent after it"
    for each in visitors:
        each.close()


async def test_a_body_that_does_not_say_its_length_ends_where_the_routes_limit_is(stand: Stand) -> None:
    visitor = await Visitor.post(stand, "/v1/complaints/similar", "application/json", None)
    for _ in range(5):
        await visitor.send(b"10000\r\n" + b" " * 65_536 + b"\r\n")
    assert reason(await visitor.answer()) == (413, "BODY_TOO_LARGE")
    visitor.close()


async def test_a_write_without_a_body_reads_none(client: httpx.AsyncClient) -> None:
    assert all(each.takes is NOTHING for each in routes() if not each.body and not each.act)
    filed = await file(client)
    answer = await client.post(
        f"/v1/complaints/{filed['code']}/withdrawal", content=bytes(200_000), headers=new_key() | {"x-link-key": "no"}
    )
    assert answer.status_code in (401, 403, 404), "its answer is the same as without"


# Forms


async def test_no_byte_of_a_file_is_read_before_the_forms_token(stand: Stand) -> None:
    for path in ("/lapor", "/receipts/check", "/lapor/SMG-7K4P-92/foto"):
        visitor = await Visitor.post(stand, path, FORM, LARGE if path != "/receipts/check" else MEBIBYTE)
        await visitor.send(part("photos", filename="a.jpg"))
        assert reason(await visitor.answer()) == (403, "CSRF_TOKEN_REFUSED")
        visitor.close()


async def test_a_wrong_token_ends_the_reading_at_once(stand: Stand, client: httpx.AsyncClient) -> None:
    known = await token(client)
    for first in (part("csrf", "made-up"), part("text", known["csrf"]), part("csrf", "é")):
        visitor = await Visitor.post(stand, "/lapor", FORM, LARGE, cookie=known["cookie"])
        await visitor.send(first + b"--x\r\n")
        assert reason(await visitor.answer()) == (403, "CSRF_TOKEN_REFUSED")
        visitor.close()


async def test_a_token_in_the_header_counts_before_the_body(stand: Stand, client: httpx.AsyncClient) -> None:
    known = await token(client)
    wrong = await Visitor.post(stand, "/lapor", FORM, LARGE, cookie=known["cookie"], **{"x-csrf-token": "no"})
    assert reason(await wrong.answer()) == (403, "CSRF_TOKEN_REFUSED")
    wrong.close()
    headers = {"x-csrf-token": known["csrf"]}
    right = await client.post("/lapor", files={"photos": ("a.jpg", picture())}, headers=headers)
    assert right.status_code == 303, "to the first screen"


@pytest.mark.parametrize(
    "body",
    [
        b"nonsense",
        b"--x\r\n" + b"a: b\r\n" * 9 + b"\r\n--x--\r\n",
        b"--x\r\ncontent-disposition: " + b"a" * 5_000,
        b"--x\r\ncontent-disposition: form-data\r\n\r\nx\r\n--x--\r\n",
        part("csrf", "{csrf}") + part("a" * 201, "x") + b"--x--\r\n",
        part("csrf", "{csrf}") + part("a", "x") * 300 + b"--x--\r\n",
        part("csrf", "{csrf}") + part("f", "", "f") * 0 + (part("f", "\r\n", "f")) * 300 + b"--x--\r\n",
        part("csrf", "{csrf}") + part("text", "x" * 300_000) + b"--x--\r\n",
    ],
    ids=["none", "headers", "long header", "no name", "long name", "fields", "files", "long field"],
)
async def test_forms_that_are_none_or_have_no_end_are_refused(client: httpx.AsyncClient, body: bytes) -> None:
    known = await token(client)
    sent = body.replace(b"{csrf}", known["csrf"].encode())
    answer = await client.post("/lapor", content=sent, headers={"content-type": FORM})
    assert (answer.status_code, "form" in answer.text) == (400, True)
    bare = await client.post("/lapor", content=b"a", headers={"content-type": "multipart/form-data"})
    assert bare.status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\r\n\r\n",
        b"--x--\r\n",
        b"--x\r\n--x--\r\n",
        b"--x\r\n\r\n",
        part("text", "x")[:-2],
        part("csrf", "{csrf}")[:-2],
    ],
    ids=["nothing", "blank", "end", "ends", "begun", "unfinished", "token unfinished"],
)
@pytest.mark.parametrize("path", ["/lapor", "/lapor/SMG-AAAA-AAAA/foto", "/petugas/SMG-AAAA-AAAA/mulai"])
async def test_a_form_of_nothing_bears_no_token(client: httpx.AsyncClient, body: bytes, path: str) -> None:
    """Before: whoever got a browser to send an empty form of parts was not asked for its token."""
    sent = body.replace(b"{csrf}", (await token(client))["csrf"].encode())
    answer = await client.post(path, content=sent, headers={"content-type": FORM})
    assert answer.status_code in (400, 403), answer.text


async def test_files_beyond_the_count_and_the_size_are_not_kept(stand: Stand, client: httpx.AsyncClient) -> None:
    known = await token(client)
    fields = {"csrf": known["csrf"], "request_id": str(uuid4())}
    what = {"step": "what", "go": "where", "text": "Sampah menumpuk di depan pasar."}
    for entered in (what, {"step": "where", "go": "check", "area_code": "33.74.01.1007"}):
        assert (await client.post("/lapor", data=fields | entered)).status_code == 303
    fields |= {"step": "check", "go": "send"}
    many = [("photos", (f"{n}.jpg", picture(), "image/jpeg")) for n in range(6)]
    answer = await client.post("/lapor", data=fields, files=many, follow_redirects=True)
    assert answer.status_code == 422
    assert "3" in answer.text
    assert flight_of(stand).uploads.bytes == 0


def test_the_token_comes_first_in_every_form_of_the_portal() -> None:
    forms = list(_forms())
    assert len(forms) > 30
    for path, form in forms:
        first = re.search(r"\{\{ secured\(|name=\"(\w+)\"", form)
        if first is None:
            assert path.endswith(("mail_link.html", "mail_stale.html")), path
        else:
            assert first[1] in (None, "csrf"), f"{path}: {first[0]}"


def _forms() -> Iterator[tuple[str, str]]:
    for path in TEMPLATES.rglob("*.html"):
        for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(encoding="utf-8"), re.DOTALL):
            if "{% block fields %}" not in form or "secured" in form:
                yield str(path), form


def test_every_page_that_takes_a_form_checks_its_token_and_those_with_files_alone_take_files() -> None:
    with_files = set()
    for route in pages_in_order():
        if not isinstance(route, APIRoute) or "POST" not in (route.methods or ()):
            continue
        checks = [each.dependency for each in route.dependencies if isinstance(each.dependency, FormChecked)]
        assert checks or route.path.startswith(SIGNED), route.path
        with_files |= {route.path for each in checks if each._kind.files}
    assert with_files == {
        "/lapor",
        "/lapor/{code}/foto",
        "/petugas/{code}/foto",
        "/petugas/{code}/pembersihan/selesai",
        "/petugas/{code}/{path}",
        "/petugas/jadwal/kirim",
        "/receipts/check",
    }


# How much at once


def test_room_is_for_all_and_for_one_and_comes_back() -> None:
    pool = Pool(100, 60)
    pool.take("a", 60)
    with pytest.raises(Problem, match="your address") as caught:
        pool.take("a", 1)
    assert (caught.value.status, caught.value.reason, caught.value.headers["retry-after"]) == (
        429, "BODIES_FROM_ADDRESS", "5",
    )  # fmt: skip
    pool.take("b", 40)
    with pytest.raises(Problem) as caught:
        pool.take("c", 1)
    assert (caught.value.status, caught.value.reason) == (503, "BODIES_BUSY")
    pool.give_back("a", 60)
    pool.take("c", 60)
    assert pool.bytes == 100
    pool.give_back("b", 40)
    assert "b" not in pool._held, "who is gone is forgotten"


@asynccontextmanager
async def narrow(stand: Stand, tmp_path: Path, **room: int) -> AsyncIterator[Stand]:
    """A gateway with little room and no pillars."""
    settings = gateway_settings(
        stand.settings.postgres_url.get_secret_value(),
        json.loads(stand.settings.assertion_key.get_secret_value()),
        tmp_path,
        {},
        **room,
    )
    async with serving(settings) as made:
        yield made


async def test_uploads_that_wait_leave_room_for_other_addresses_and_for_everything_else(
    stand: Stand, tmp_path: Path
) -> None:
    async with narrow(stand, tmp_path, upload_bytes=4 * MEBIBYTE) as tight, tight.client() as client:
        known, uploads = await token(client), flight_of(tight).uploads
        opening = part("csrf", known["csrf"]) + part("photos", filename="a.jpg")

        async def hold(address: str, size: int) -> Visitor:
            visitor = await Visitor.post(tight, "/lapor", FORM, None, address, cookie=known["cookie"])
            for piece in (opening, *[bytes(65_536)] * (size >> 16)):
                await visitor.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            return visitor

        async def held(size: int) -> None:
            async with asyncio.timeout(WAIT):
                while uploads.bytes < size:
                    await asyncio.sleep(0.01)

        first = await hold("127.0.0.1", MEBIBYTE)
        await held(MEBIBYTE)
        over = await hold("127.0.0.1", 2 * MEBIBYTE)
        assert reason(await over.answer()) == (429, "BODIES_FROM_ADDRESS")
        said = await Visitor.post(tight, "/lapor", FORM, 3 * MEBIBYTE, cookie=known["cookie"])
        refusal = await said.answer()
        assert reason(refusal) == (429, "BODIES_FROM_ADDRESS"), "by what it says, before a byte of it came"
        assert refusal.headers["retry-after"] == "5"
        others = [await hold(f"127.0.0.{n}", 1 * MEBIBYTE) for n in (2, 3)]
        await held(3 * MEBIBYTE)
        full = await Visitor.post(tight, "/lapor", FORM, 2 * MEBIBYTE - 65_536, "127.0.0.4", cookie=known["cookie"])
        busy = await full.answer()
        assert (reason(busy), busy.headers["retry-after"]) == ((503, "BODIES_BUSY"), "5")
        fields = {"csrf": known["csrf"], "step": "what", "text": "Lampu jalan mati sejak kemarin."}
        assert (await client.post("/lapor", data=fields)).status_code == 303, "what is no upload goes on"
        for each in (first, over, said, full, *others):
            each.close()
        async with asyncio.timeout(WAIT):
            while uploads.bytes:
                await asyncio.sleep(0.01)


async def test_many_small_bodies_are_bounded_too(stand: Stand, tmp_path: Path) -> None:
    async with narrow(stand, tmp_path, small_body_bytes=MEBIBYTE) as tight:
        held = [await Visitor.post(tight, "/v1/complaints/similar", "application/json", 200_000) for _ in range(2)]
        for each in held:
            await each.send(b" " * 199_000)
        answers = await asyncio.gather(*(asyncio.wait_for(each.answer(), 5) for each in held), return_exceptions=True)
        assert [reason(each) for each in answers if isinstance(each, httpx.Response)] == [(429, "BODIES_FROM_ADDRESS")]
        for each in held:
            each.close()


def test_small_bodies_never_take_the_room_of_uploads() -> None:
    flight = Flight(100, 40)
    flight.small.take("a", 10)
    flight.uploads.take("a", 50)
    assert (flight.small.bytes, flight.uploads.bytes) == (10, 50)
    assert SMALL.files == 0
