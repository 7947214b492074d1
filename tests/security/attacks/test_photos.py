"""Photos that would take the machine: memory, time, disk. None is decoded that asks for too much, none left behind."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from deploy.local.process import free_ports
from gateway.answers.problems import Problem
from gateway.photos import headers, orphans
from gateway.photos.images import Images
from gateway.photos.orphans import Orphans
from gateway.photos.records import Records
from gateway.photos.store import Files
from gateway.photos.workers import Workers
from tests.gateway.conftest import file, new_key
from tests.gateway.photos.test_photos import picture
from tests.gateway.running import Stand, serving
from tests.security.attacks import pictures

MEBIBYTE = 1 << 20
HONEST, ATTACKER = "127.0.0.2", "127.0.0.1"


@pytest.fixture
async def images(stand: Stand) -> AsyncIterator[Images]:
    """What cleans photos, with its own processes."""
    made = Images(stand.settings)
    yield made
    await made.close()


@pytest.fixture
def filed_files(stand: Stand) -> Callable[[dict[str, str]], set[Path]]:
    """The files that lie in the store for a case."""
    folder = Path(stand.settings.files_url.removeprefix("file://")) / "complaints"
    return lambda filed: set((folder / filed["code"]).glob("*"))


@asynccontextmanager
async def somebody(stand: Stand, address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor at another address."""
    way = httpx.AsyncHTTPTransport(local_address=address)
    async with httpx.AsyncClient(base_url=stand.url, timeout=60, transport=way) as made:
        yield made


async def upload(client: httpx.AsyncClient, filed: dict[str, str], data: bytes, **headers: str) -> httpx.Response:
    sent = new_key() | {"x-link-key": filed["link_key"], "content-type": "image/jpeg"} | headers
    return await client.post(f"/v1/complaints/{filed['code']}/photos", content=data, headers=sent)


def reason(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["reason"]


Decoding = Callable[[], list[psutil.Process]]


@pytest.fixture
def decoding() -> Decoding:
    """The processes that decode for this test."""
    before = set(psutil.Process().children())

    def found() -> list[psutil.Process]:
        children = [each for each in psutil.Process().children() if each not in before]
        return [each for each in children if each.status() != psutil.STATUS_ZOMBIE]

    return found


async def refused(images: Images, data: bytes, address: str = ATTACKER) -> str:
    with pytest.raises(Problem) as caught:
        await images.clean(data, address)
    assert caught.value.errors, "it says which field"
    return caught.value.reason


# What a file says of itself


@pytest.mark.parametrize(
    "bomb",
    [
        pictures.webp(7_000, 7_000),
        pictures.webp(16_384, 16_384),
        pictures.webp_canvas(4_000, 3_001),
        pictures.webp_lossy(4_000, 3_001),
        pictures.png(5_000, 4_001),
        pictures.png(1 << 31, 1 << 31),
        pictures.jpeg(5_000, 4_001, progressive=True, scans=10),
        pictures.jpeg(65_535, 65_535, progressive=False),
    ],
    ids=["webp of 49 Mpx", "largest webp", "canvas", "lossy", "png", "largest png", "progressive jpeg", "jpeg"],
)
async def test_a_few_bytes_that_ask_for_a_gigabyte_are_refused_by_what_they_say(images: Images, bomb: bytes) -> None:
    assert len(bomb) < 300
    before = time.process_time()
    assert await refused(images, bomb) == "PHOTO_TOO_MANY_PIXELS"
    assert time.process_time() - before < 0.1
    assert not images._workers.idle, "no process was even started for it"


@pytest.mark.parametrize(
    "bomb",
    [
        pictures.jpeg(100, 100, progressive=True, scans=headers.SCANS_MOST + 1),
        pictures.jpeg(5_000, 4_000, progressive=True, scans=13),
        b"\xff\xd8" + b"\xff\xe1\x00\x02" * 2_500_000,
        b"\xff\xd8" + b"\xff" * (10 * MEBIBYTE - 2),
        b"\xff\xd8\xff\xe0\x00\x10" + b"\x00" * (10 * MEBIBYTE - 6),
        pictures.png(8, 8, pictures._chunk(b"tEXt", b"") * 800_000),
        b"\xff\xd8" + (b"\xff" * 1_000 + b"\xff\xe1\x00\x02") * 10_000,
        pictures.jpeg(8, 8, progressive=False)[:15] + pictures.jpeg(9_000, 9_000, progressive=True)[2:],
        pictures.jpeg(8, 8, progressive=False)[:12],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
        pictures.webp(8, 8)[:22],
    ],
    ids=[
        "scans",
        "pixels times scans",
        "segments",
        "fill",
        "nothing",
        "chunks",
        "fill between",
        "two frames",
        "cut",
        "png",
        "webp",
    ],
)
async def test_headers_without_end_are_read_only_so_far(images: Images, bomb: bytes) -> None:
    before = time.process_time()
    assert await refused(images, bomb) == "PHOTO_BROKEN"
    assert time.process_time() - before < 0.1, "the event loop waits meanwhile"
    assert not images._workers.idle


@pytest.mark.parametrize(
    "film", [pictures.webp_canvas(8, 8, 0x02), pictures.png_of_frames(2), pictures.png_of_frames(1 << 31)]
)
async def test_a_film_is_no_photo(images: Images, film: bytes) -> None:
    assert await refused(images, film) == "PHOTO_ANIMATED"


async def test_a_photo_of_a_thousand_scans_is_refused_over_http_too(client: httpx.AsyncClient) -> None:
    filed = await file(client)
    assert reason(await upload(client, filed, pictures.scanned(1_000, 1_000))) == (422, "PHOTO_BROKEN")


@pytest.mark.parametrize(
    ("kind", "options"),
    [("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {}), ("WEBP", {"lossless": True})],
)
async def test_honest_photos_are_read_alike_by_header_and_by_decoder(
    images: Images, kind: str, options: dict[str, Any]
) -> None:
    data = pictures.encoded(kind, (1_203, 907), **options)
    header = headers.read(data)
    assert (header.kind, header.width, header.height) == (kind, 1_203, 907)
    clean = await images.clean(data, HONEST)
    assert (clean.width, clean.height) == (1_203, 907)


# What decoding takes


async def test_an_honest_photo_waits_for_none_of_five_costly_ones_of_somebody_else(
    stand: Stand, client: httpx.AsyncClient, decoding: Decoding
) -> None:
    await stand.gateway.images.close()
    costly = pictures.encoded("JPEG", (4_900, 4_000), progressive=True, subsampling=0)
    theirs, ours = [await file(client) for _ in range(2)], await file(client)
    async with somebody(stand, ATTACKER) as attacker, somebody(stand, HONEST) as citizen:
        bombs = [asyncio.create_task(upload(attacker, theirs[n % 2], costly)) for n in range(5)]
        while len(decoding()) < 1:
            await asyncio.sleep(0.01)
        began = time.monotonic()
        answer = await upload(citizen, ours, picture())
        seconds, left = time.monotonic() - began, [each for each in bombs if not each.done()]
        answers = await asyncio.gather(*bombs)
    assert answer.status_code == 201, answer.text
    assert len(left) >= 3, "the others were still at it"
    assert seconds < 2 or os.getloadavg()[0] > 4, "more waits for the processor than this test"
    assert {each.status_code for each in answers} <= {201, 503}


async def test_a_photo_that_takes_too_long_is_ended_and_the_next_one_served(
    images: Images, decoding: Decoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SCANS_MOST", "SCANNED_PIXELS_MOST", "SEGMENTS_MOST"):
        monkeypatch.setattr(headers, name, 1 << 60)
    images._workers = Workers(cpu_seconds=0.4)
    assert await refused(images, pictures.scanned(800)) == "PHOTO_TOO_COSTLY"
    assert decoding() == []
    assert (await images.clean(picture(), ATTACKER)).width == 40


async def test_a_photo_that_takes_too_much_memory_is_refused_and_its_process_goes_on(
    images: Images, decoding: Decoding
) -> None:
    images._workers = Workers(memory_bytes=120 * MEBIBYTE)
    assert (await images.clean(picture(), ATTACKER)).width == 40
    worker = decoding()
    assert await refused(images, pictures.encoded("WEBP", (4_000, 3_000), method=0)) == "PHOTO_BROKEN"
    assert (await images.clean(picture(), ATTACKER)).width == 40
    assert decoding() == worker


async def test_the_largest_photos_that_are_taken_fit_into_a_workers_memory(images: Images) -> None:
    for kind, size, options in (
        ("WEBP", (4_000, 3_000), {"method": 0}),
        ("PNG", (5_000, 4_000), {"compress_level": 1}),
        ("JPEG", (5_000, 4_000), {"progressive": True, "subsampling": 0}),
        ("JPEG", (8_160, 6_120), {}),
    ):
        mode = "RGB" if kind == "JPEG" else "RGBA"
        clean = await images.clean(pictures.encoded(kind, size, mode, **options), HONEST)
        assert max(clean.width, clean.height) == 2_560


async def test_a_process_that_is_killed_over_a_photo_costs_that_photo_alone(images: Images, decoding: Decoding) -> None:
    long = asyncio.create_task(images.clean(pictures.encoded("PNG", (4_000, 4_000)), ATTACKER))
    while not decoding():
        await asyncio.sleep(0.005)
    decoding()[0].kill()
    with pytest.raises(Problem) as caught:
        await long
    assert (caught.value.status, caught.value.reason) == (503, "PHOTOS_BUSY")
    assert (await images.clean(picture(), ATTACKER)).width == 40


async def test_whoever_gives_up_frees_the_process(images: Images, decoding: Decoding) -> None:
    await images.clean(picture(), ATTACKER)
    worker = decoding()[0]
    long = asyncio.create_task(images.clean(pictures.encoded("PNG", (4_400, 4_400)), ATTACKER))
    while not images._turns._working:
        await asyncio.sleep(0.005)
    waiting = asyncio.create_task(images.clean(picture(), ATTACKER))
    await asyncio.sleep(0.05)
    for each in (waiting, long):
        each.cancel()
    assert all(isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(
        waiting, long, return_exceptions=True))  # fmt: skip
    assert not worker.is_running()
    assert (images._turns._working, images._turns.waiting) == ({}, 0)
    assert (await images.clean(picture(), ATTACKER)).width == 40


async def test_a_worker_knows_no_secrets_and_bounds_itself(images: Images, decoding: Decoding) -> None:
    await images.clean(picture(), HONEST)
    worker = decoding()[0]
    assert not [name for name in worker.environ() if name.startswith(("SMARTCITY_", "AWS_"))]
    assert worker.rlimit(psutil.RLIMIT_AS) == (320 * MEBIBYTE, 320 * MEBIBYTE)
    assert worker.rlimit(psutil.RLIMIT_FSIZE) == worker.rlimit(psutil.RLIMIT_CORE) == (0, 0)
    assert Path(f"/proc/{worker.pid}/oom_score_adj").read_text(encoding="ascii") == "1000\n"
    loaded = Path(f"/proc/{worker.pid}/maps").read_text(encoding="ascii")
    assert "grpc" not in loaded
    assert worker.memory_full_info().pss < 40 * MEBIBYTE


# What lies on the disk


async def test_photos_over_the_count_are_refused_before_they_are_read(
    stand: Stand, client: httpx.AsyncClient, filed_files: Callable[[dict[str, str]], set[Path]]
) -> None:
    filed = await file(client)
    key = new_key()["idempotency-key"]
    taken = [await upload(client, filed, picture(), **({"idempotency-key": key} if n == 2 else {})) for n in range(3)]
    assert [each.status_code for each in taken] == [201] * 3
    before = filed_files(filed)
    for _ in range(8):
        assert await _refused_unread(stand, filed) == (409, "TOO_MANY_PHOTOS")
    assert filed_files(filed) == before
    again = await upload(client, filed, picture(), **{"idempotency-key": key})
    assert (again.status_code, again.json()) == (201, taken[2].json()), "what is sent again is no further photo"


async def _refused_unread(stand: Stand, filed: dict[str, str]) -> tuple[int, str]:
    """The answer to a photo of which nothing was sent but the headers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stand.settings.port)
    head = (
        f"POST /v1/complaints/{filed['code']}/photos HTTP/1.1\r\nhost: city\r\nidempotency-key: {uuid4()}\r\n"
        f"x-link-key: {filed['link_key']}\r\ncontent-type: image/jpeg\r\ncontent-length: 9000000\r\n\r\n"
    )
    writer.write(head.encode())
    async with asyncio.timeout(20):
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].split()[0])
        problem = httpx.Response(int(answer.split()[1]), content=await reader.readexactly(length))
    writer.close()
    return reason(problem)


async def test_a_form_with_more_photos_than_there_is_room_stores_none_of_them(
    client: httpx.AsyncClient, filed_files: Callable[[dict[str, str]], set[Path]]
) -> None:
    filed = await file(client)
    for _ in range(2):
        await upload(client, filed, picture())
    await client.get(f"/lapor/{filed['code']}?k={filed['link_key']}")
    page = (await client.get(f"/lapor/{filed['code']}")).text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    before = filed_files(filed)
    sent = [("photos", (f"{n}.jpg", picture(), "image/jpeg")) for n in range(2)]
    fields = {"csrf": csrf, "request_id": str(uuid4())}
    answer = await client.post(f"/lapor/{filed['code']}/foto", data=fields, files=sent)
    assert answer.status_code == 409
    assert filed_files(filed) == before


async def test_the_file_of_a_refused_photo_goes_and_that_of_a_recorded_one_stays(
    client: httpx.AsyncClient, filed_files: Callable[[dict[str, str]], set[Path]]
) -> None:
    filed = await file(client)
    key = new_key()
    first = await upload(client, filed, picture(), **key)
    recorded = filed_files(filed)
    other = await upload(client, filed, picture(size=(90, 20)), **key)
    assert reason(other) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert filed_files(filed) == recorded
    shown = await client.get(first.headers["location"], headers={"x-link-key": filed["link_key"]})
    assert shown.status_code == 200


@pytest.mark.parametrize("where", ["file", "memory"])
async def test_files_that_nobody_refers_to_go_after_a_day_and_no_others(
    stand: Stand, client: httpx.AsyncClient, tmp_path: Path, where: str
) -> None:
    filed = await file(client)
    photo = (await upload(client, filed, picture())).json()
    [recorded] = await _paths(stand.gateway.files, photo["id"])
    files = Files(tmp_path.as_uri() if where == "file" else "memory:///")
    stray = f"complaints/{filed['code']}/{uuid4()}-{'0' * 16}.jpg"
    another = recorded.replace("-", "-", 1)[:-20] + f"{'f' * 16}.jpg"  # the recorded photo's id, not its bytes
    foreign = ("complaints/readme.txt", f"complaints/{filed['code']}/photo.jpg", f"elsewhere/{uuid4()}-{'0' * 16}.jpg")
    for path in (recorded, stray, another, *foreign):
        await files.put(path, b"x")
    sweep = Orphans(files, stand.gateway.pillars, stand.gateway.pool)
    assert await sweep.sweep() == 0, "they may be on their way still"
    assert await sweep.sweep(datetime.now(UTC) + timedelta(days=1, minutes=1)) == 2
    left = {each.path async for batch in files.under("") for each in batch}
    assert left == {recorded, *foreign}


async def _paths(files: Files, photo: str) -> list[str]:
    return [each.path async for batch in files.under("complaints") for each in batch if photo in each.path]


async def test_a_file_that_is_stored_anew_while_it_is_swept_stays(stand: Stand, tmp_path: Path) -> None:
    files = Files(tmp_path.as_uri())
    path = f"complaints/SMG-7K4P-92/{uuid4()}-{'0' * 16}.jpg"
    await files.put(path, b"x")
    long_ago = time.time() - 3 * 86_400
    os.utime(tmp_path / path, (long_ago, long_ago))
    sweep = Orphans(files, stand.gateway.pillars, stand.gateway.pool)
    asked = sweep._unrecorded

    async def and_stored_meanwhile(records: Records, paths: list[str]) -> list[str]:
        found = await asked(records, paths)
        await files.put(path, b"x")
        return found

    sweep._unrecorded = and_stored_meanwhile  # type: ignore[method-assign]
    assert await sweep.sweep() == 0
    assert await files.get(path) == b"x"


async def test_one_gateway_of_all_sweeps_once_a_day(stand: Stand) -> None:
    await stand.gateway.pool.execute("DELETE FROM sweep")
    turns = await asyncio.gather(*(stand.gateway.pool.fetchval(orphans._TURN, orphans.EVERY) for _ in range(5)))
    assert turns.count(True) == 1
    await stand.gateway.pool.execute("UPDATE sweep SET begin_time = begin_time - interval '1 day'")
    assert await stand.gateway.pool.fetchval(orphans._TURN, orphans.EVERY)


async def test_a_gateway_of_a_restore_that_is_tried_deletes_no_photo_that_it_does_not_know(stand: Stand) -> None:
    def sweeps() -> int:
        return [task.get_name() for task in asyncio.all_tasks()].count("photo sweep")

    before = sweeps()
    tried = stand.settings.model_copy(update={"port": free_ports(1)[0], "photo_sweep": False})
    async with serving(tried):
        assert sweeps() == before
    async with serving(tried.model_copy(update={"photo_sweep": True})):
        assert sweeps() == before + 1
