"""Bodies that would fill memory or disk: routes say what they take, and nothing else is read."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psutil  # type: ignore[import-untyped]
import pytest
from fastapi.routing import APIRoute

import gateway.portal
from gateway.bodies.kinds import NOTHING
from gateway.callers.session import FormChecked
from gateway.portal import pages_in_order
from gateway.rest.routes import routes
from tests.gateway.conftest import file, new_key
from tests.gateway.photos.test_photos import picture
from tests.gateway.running import Stand
from tests.security.attacks.bodies import (
    FORM,
    LARGE,
    MEBIBYTE,
    SIGNED,
    Visitor,
    flight_of,
    part,
    reason,
    token,
)

TEMPLATES = Path(gateway.portal.__file__).parent


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
            assert path.endswith(("_link.html", "mail_stale.html")), path
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
        "/izin/saya/{code}/dokumen",
        "/lapor",
        "/lapor/{code}/foto",
        "/petugas/{code}/foto",
        "/petugas/wisata/foto/{code}",
        "/petugas/{code}/pembersihan/selesai",
        "/petugas/{code}/{path}",
        "/petugas/jadwal/kirim",
        "/receipts/check",
    }
